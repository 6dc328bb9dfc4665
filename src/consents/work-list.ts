import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, ConsentId, ItemId, ObjectionId, RoundId } from '../ids.ts'
import { stateOf } from './consent.ts'
import type { Item } from './item.ts'
import { OBJECTION_DAYS } from './object.ts'
import { itemsOfRound, roundsOf } from './rounds.ts'
import { type AskedItem, consentsById } from './store.ts'
import { showsStopsFrom } from './turn-of-the-year.ts'

/** What waits for the school: parents who do not agree, objections to decide, what stops. Whom nobody may answer for is `unanswerable`. */
export interface WorkList {
  conflicts: AskedItem[]
  objections: { objectionId: ObjectionId; consentId: ConsentId; madeAt: Date; decideBy: Date }[]
  /** From June: what stops with the school year, since nothing is renewed by itself (K04). */
  stops: StoppingItem[]
}

/** An item that runs out with its round, with how many said something to it, and the round that asks the same anew. */
export interface StoppingItem {
  item: Item
  roundId: RoundId
  title: string
  endsAt: Date
  pupils: number
  askedAnewIn: { roundId: RoundId; publishedAt: Date | null } | null
}

/**
 * The school's work list about pupils. Nothing about staff: no superior sees what they answered. Subject-oriented consents
 * are not the school's and stay hidden. Does NOT check the mandate of who asks.
 */
export async function workListOf(tx: Tx, boardId: BoardId, at: Date): Promise<WorkList> {
  return {
    conflicts: await conflictsOf(tx, boardId, at),
    objections: await pendingObjections(tx, boardId),
    stops: await stopsSoon(tx, boardId, at),
  }
}

async function conflictsOf(tx: Tx, boardId: BoardId, at: Date): Promise<AskedItem[]> {
  const { rows } = await sql<{ consent_id: ConsentId }>`
    select c.consent_id from consents c
    join answers a on a.board_id = c.board_id and a.consent_id = c.consent_id and a.undone_at is null -- answers_one_per_revision
    where c.board_id = ${boardId} and c.approach = 'organisation' and c.ended_at is null
    group by c.consent_id having count(distinct a.answer) = 2`.execute(tx)
  const consents = await consentsById(
    tx,
    boardId,
    rows.map(({ consent_id }) => consent_id),
  )
  return [...consents.values()].filter((consent) => consent.question.subject.kind === 'pupil' && stateOf(consent, at).state === 'conflict')
}

async function pendingObjections(tx: Tx, boardId: BoardId): Promise<WorkList['objections']> {
  const rows = await tx
    .selectFrom('objections')
    .select(['objection_id', 'consent_id', 'made_at'])
    .where('board_id', '=', boardId) // objections_one_pending
    .where('approach', '=', 'organisation')
    .where('decided_at', 'is', null)
    .orderBy('made_at')
    .execute()
  return rows.map((row) => ({
    objectionId: row.objection_id,
    consentId: row.consent_id,
    madeAt: row.made_at,
    decideBy: new Date(row.made_at.getTime() + OBJECTION_DAYS * 86_400_000),
  }))
}

/** What stops with a round of pupils that ends within two months; each with whether a later round asks the same. */
async function stopsSoon(tx: Tx, boardId: BoardId, at: Date): Promise<StoppingItem[]> {
  const rounds = (await roundsOf(tx, boardId)).filter(({ subjectKind }) => subjectKind === 'pupil')
  const ending = rounds.filter(({ publishedAt, endsAt }) => publishedAt && endsAt > at && showsStopsFrom(endsAt) <= at)
  const later = []
  // What was published asks people anew; of a draft that is still to be seen.
  for (const round of rounds.toSorted((a, b) => Number(b.publishedAt !== null) - Number(a.publishedAt !== null))) {
    if (ending.some(({ endsAt }) => round.startsAt >= endsAt)) later.push({ round, items: await itemsOfRound(tx, boardId, round.roundId) })
  }
  const found: StoppingItem[] = []
  for (const { roundId, title, endsAt } of ending) {
    const pupils = new Map((await askedOn(tx, boardId, roundId)).map(({ item_id, pupils }) => [item_id, pupils]))
    for (const item of await itemsOfRound(tx, boardId, roundId)) {
      const asked = pupils.get(item.itemId)
      if (item.legalBasis !== 'consent' || !asked) continue
      const anew = later.find(({ items }) => items.some((other) => Buffer.from(other.meaningHash).equals(Buffer.from(item.meaningHash))))
      const askedAnewIn = anew ? { roundId: anew.round.roundId, publishedAt: anew.round.publishedAt } : null
      found.push({ item, roundId, title, endsAt, pupils: asked, askedAnewIn })
    }
  }
  return found
}

/** Of how many pupils each item of a round is open and was answered. */
async function askedOn(tx: Tx, boardId: BoardId, roundId: RoundId): Promise<{ item_id: ItemId; pupils: number }[]> {
  const { rows } = await sql<{ item_id: ItemId; pupils: number }>`
    select i.item_id, count(*)::int as pupils
    from items i join consents c on c.board_id = i.board_id and c.item_id = i.item_id and c.ended_at is null and c.revision > 0 -- consents_one_open
    where i.board_id = ${boardId} and i.round_id = ${roundId} -- items_by_round
    group by i.item_id`.execute(tx)
  return rows
}

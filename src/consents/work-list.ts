import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, ConsentId, ItemId, ObjectionId, RoundId, SchoolId } from '../ids.ts'
import { stateOf } from './consent.ts'
import type { Item } from './item.ts'
import { OBJECTION_DAYS } from './object.ts'
import { itemsOfRound, type Round, roundsOf } from './rounds.ts'
import { type AskedItem, consentsById, itemOf } from './store.ts'
import { showsStopsFrom } from './turn-of-the-year.ts'

/** What waits for the school: parents who do not agree, objections to decide, what stops. Whom nobody may answer for is `unanswerable`. */
export interface WorkList {
  conflicts: AskedItem[]
  objections: { objectionId: ObjectionId; consentId: ConsentId; madeAt: Date; decideBy: Date }[]
  /** From June: what stops with the school year, since nothing is renewed by itself (K04). */
  stops: StoppingItem[]
}

/** An item of a round or a request that runs out, with how many said something to it, and the round that asks the same anew. */
export interface StoppingItem {
  item: Item
  /** Of which school's own round or request it is; null is the board's. */
  schoolId: SchoolId | null
  endsAt: Date
  pupils: number
  /** A round of the board, or of the same school: what another school asks, these parents are not asked. */
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

/** What stops within two months, with a round of pupils or by its own term; each with whether a later round asks the same. */
async function stopsSoon(tx: Tx, boardId: BoardId, at: Date): Promise<StoppingItem[]> {
  const rounds = (await roundsOf(tx, boardId)).filter(({ subjectKind }) => subjectKind === 'pupil')
  const isSoon = (endsAt: Date) => endsAt > at && showsStopsFrom(endsAt) <= at
  const stopping: Pick<StoppingItem, 'item' | 'schoolId' | 'endsAt'>[] = []
  for (const { roundId, schoolId, publishedAt, endsAt } of rounds) {
    if (!publishedAt || !isSoon(endsAt)) continue
    stopping.push(...(await itemsOfRound(tx, boardId, roundId)).map((item) => ({ item, schoolId, endsAt })))
  }
  const asked = (await itemsOfRequests(tx, boardId, at)).filter(({ item }) => isSoon(item.endsAt))
  stopping.push(...asked.map(({ item, schoolId }) => ({ item, schoolId, endsAt: item.endsAt })))
  stopping.sort((a, b) => a.endsAt.getTime() - b.endsAt.getTime())
  const later: { round: Round; items: Item[] }[] = []
  // What was published asks people anew; of a draft that is still to be seen.
  for (const round of rounds.toSorted((a, b) => Number(b.publishedAt !== null) - Number(a.publishedAt !== null))) {
    if (stopping.some(({ endsAt }) => round.startsAt >= endsAt))
      later.push({ round, items: await itemsOfRound(tx, boardId, round.roundId) })
  }
  const answered = await answeredOn(
    tx,
    boardId,
    stopping.map(({ item }) => item.itemId),
  )
  return stopping.flatMap(({ item, schoolId, endsAt }): StoppingItem[] => {
    const pupils = answered.get(item.itemId)
    if (item.legalBasis !== 'consent' || !pupils) return []
    const anew = later.find(
      ({ round, items }) =>
        round.startsAt >= endsAt &&
        (round.schoolId === null || round.schoolId === schoolId) &&
        items.some((other) => Buffer.from(other.meaningHash).equals(Buffer.from(item.meaningHash))),
    )
    const askedAnewIn = anew ? { roundId: anew.round.roundId, publishedAt: anew.round.publishedAt } : null
    return [{ item, schoolId, endsAt, pupils, askedAnewIn }]
  })
}

/** What suppliers asked about pupils by way of the school during the year, and has not stopped yet. */
async function itemsOfRequests(tx: Tx, boardId: BoardId, at: Date): Promise<{ item: Item; schoolId: SchoolId | null }[]> {
  const rows = await tx
    .selectFrom('items as i')
    .innerJoin('access_requests as r', (join) => join.onRef('r.board_id', '=', 'i.board_id').onRef('r.request_id', '=', 'i.request_id')) // access_requests_pkey
    .selectAll('i')
    .select('r.school_id')
    .where('i.board_id', '=', boardId) // items_pkey
    .where('i.approach', '=', 'organisation')
    .where('r.subject_kind', '=', 'pupil')
    .where('i.ends_at', '>', at)
    .where('i.dropped_at', 'is', null)
    .orderBy('i.ends_at')
    .orderBy('i.item_id')
    .execute()
  return rows.map(({ school_id, ...row }) => ({ item: itemOf(row), schoolId: school_id }))
}

/** Of how many pupils each of these items is open and was answered. */
async function answeredOn(tx: Tx, boardId: BoardId, itemIds: readonly ItemId[]): Promise<Map<ItemId, number>> {
  const { rows } = await sql<{ item_id: ItemId; pupils: number }>`
    select item_id, count(*)::int as pupils from consents -- consents_one_open
    where board_id = ${boardId} and item_id = any(${itemIds}::uuid[]) and ended_at is null and revision > 0
    group by item_id`.execute(tx)
  return new Map(rows.map(({ item_id, pupils }) => [item_id, pupils]))
}

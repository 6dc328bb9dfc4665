import type { PersonActor } from '../actors.ts'
import { plainText } from '../catalog/plain-text.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type BoardId, type ItemId, newId, type RoundId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import type { MandateRole } from '../people/mandate.ts'
import { mustHold } from '../people/mandates.ts'
import { schoolYearOf } from '../people/school-year.ts'
import { boardById } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import { createItem, type NewItem } from './create-item.ts'

/** Who makes and publishes rounds, for the board as a whole. */
export const ROUND_SIDE: MandateRole[] = ['school_leader', 'consent_officer']

export interface NewRound {
  title: string
  /** The subject agreement of pupils (ouderovereenkomst) or of staff. */
  subjectKind: 'pupil' | 'employee'
  /** What the school undertakes in the agreement. */
  undertakings: string
  /** A moment in the school year it is for; absent is this year. It never goes over into the next (K04). */
  during?: Date
}

/**
 * Begins the year's subject agreement (K04, K06): a draft, valid for one school year, to which items are added.
 *
 * @throws Refusal `mandate_missing`, `input_invalid`
 */
export async function draftRound(deps: Deps, actor: PersonActor, input: NewRound): Promise<{ roundId: RoundId }> {
  const at = deps.now()
  const { boardId, personId } = actor
  const title = plainText(200).safeParse(input.title)
  const undertakings = plainText(5000).safeParse(input.undertakings)
  if (!title.success || !undertakings.success) {
    const field = title.success ? 'undertakings' : 'title'
    throw new Refusal('input_invalid', { errors: [{ field, reason: 'is not plain text' }] })
  }
  const roundId = newId<RoundId>(at)
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, ROUND_SIDE, at)
    const year = schoolYearOf(await boardById(tx, boardId), input.during ?? at)
    if (year.endsAt <= at) throw new Refusal('input_invalid', { errors: [{ field: 'during', reason: 'is past' }] })
    await tx
      .insertInto('rounds')
      .values({
        board_id: boardId,
        round_id: roundId,
        title: title.data,
        subject_kind: input.subjectKind,
        school_year: year.name,
        undertakings: undertakings.data,
        starts_at: year.startsAt,
        ends_at: year.endsAt,
        drafted_at: at,
        drafted_by: personId,
      })
      .execute()
    const facts = { schoolYear: year.name, subjectKind: input.subjectKind }
    await append(tx, { boardId, approach: 'organisation', at, event: 'round_drafted', actor: `person:${personId}`, ref: roundId, facts })
  })
  return { roundId }
}

/** An item of a round runs with it, unless it names a shorter time within. */
export type RoundItem = Omit<NewItem, 'approach' | 'roundId' | 'requestId' | 'startsAt' | 'endsAt'> & { startsAt?: Date; endsAt?: Date }

/**
 * Adds an item to a draft round. Whether it is asked is decided at publication, where the round's items are named.
 *
 * @throws Refusal `mandate_missing`, `round_not_found`, `round_already_published`, and as `createItem`
 */
export async function addItem(deps: Deps, actor: PersonActor, roundId: RoundId, input: RoundItem): Promise<{ itemId: ItemId }> {
  const at = deps.now()
  const { boardId } = actor
  return await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, ROUND_SIDE, at)
    const round = await draftById(tx, boardId, roundId)
    const startsAt = input.startsAt ?? round.startsAt
    const endsAt = input.endsAt ?? round.endsAt
    if (startsAt < round.startsAt || endsAt > round.endsAt) {
      throw new Refusal('input_invalid', { errors: [{ field: 'endsAt', reason: 'is not within the round' }] })
    }
    const { itemId } = await createItem(tx, at, boardId, { ...input, approach: 'organisation', roundId, startsAt, endsAt })
    return { itemId }
  })
}

/** @throws Refusal `round_not_found`, `round_already_published` */
async function draftById(tx: Tx, boardId: BoardId, roundId: RoundId): Promise<{ startsAt: Date; endsAt: Date }> {
  const round = await tx
    .selectFrom('rounds')
    .select(['starts_at', 'ends_at', 'published_at'])
    .where('board_id', '=', boardId)
    .where('round_id', '=', roundId) // rounds_pkey
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!round) throw new Refusal('round_not_found')
  if (round.published_at) throw new Refusal('round_already_published')
  return { startsAt: round.starts_at, endsAt: round.ends_at }
}

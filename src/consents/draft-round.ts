import type { PersonActor } from '../actors.ts'
import { plainText } from '../catalog/plain-text.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { newId, type RoundId, type SchoolId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import type { MandateRole } from '../people/mandate.ts'
import { mustHold } from '../people/mandates.ts'
import { schoolYearOf } from '../people/school-year.ts'
import { boardById } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import { opensAtFor } from './turn-of-the-year.ts'

/** Who makes and publishes rounds: for the board as a whole, or for the school of their mandate. */
export const ROUND_SIDE: MandateRole[] = ['school_leader', 'consent_officer']

export interface NewRound {
  title: string
  /** The subject agreement of pupils (ouderovereenkomst) or of staff. */
  subjectKind: 'pupil' | 'employee'
  /** What the school undertakes in the agreement. */
  undertakings: string
  /** One school's own round; absent is the board's. */
  schoolId?: SchoolId | undefined
  /** A moment in the school year it is for; absent is this year. It never goes over into the next (K04). */
  during?: Date
  copiedFrom?: RoundId
}

/**
 * Begins the year's subject agreement (K04, K06): a draft, valid for one school year, to which items are added. That of a
 * year still to come can be published any time and is answered from three months before.
 *
 * @throws Refusal `mandate_missing`, `input_invalid` naming the field, `school_not_found`
 */
export async function draftRound(deps: Deps, actor: PersonActor, input: NewRound): Promise<{ roundId: RoundId }> {
  const at = deps.now()
  return await inTransaction(deps.db, { actor: 'staff', boards: [actor.boardId] }, (tx) => draftIn(tx, at, actor, input))
}

/** As `draftRound`, in the transaction of an act that makes more of it. */
export async function draftIn(tx: Tx, at: Date, actor: PersonActor, input: NewRound): Promise<{ roundId: RoundId }> {
  const { boardId, personId } = actor
  const words = roundWords(input)
  const roundId = newId<RoundId>(at)
  await mustHold(tx, actor, ROUND_SIDE, at, input.schoolId)
  const year = schoolYearOf(await boardById(tx, boardId), input.during ?? at)
  if (year.endsAt <= at) throw new Refusal('input_invalid', { errors: [{ field: 'during', reason: 'is past' }] })
  if (input.schoolId) {
    const schools = tx.selectFrom('schools').select('school_id').where('board_id', '=', boardId)
    if (!(await schools.where('school_id', '=', input.schoolId).executeTakeFirst())) throw new Refusal('school_not_found')
  }
  await tx
    .insertInto('rounds')
    .values({
      board_id: boardId,
      round_id: roundId,
      ...words,
      subject_kind: input.subjectKind,
      school_id: input.schoolId ?? null,
      school_year: year.name,
      starts_at: year.startsAt,
      ends_at: year.endsAt,
      opens_at: year.startsAt > at ? opensAtFor(year.startsAt) : null,
      drafted_at: at,
      drafted_by: personId,
      copied_from: input.copiedFrom ?? null,
    })
    .execute()
  const facts = { schoolYear: year.name, subjectKind: input.subjectKind, schoolId: input.schoolId ?? null }
  await append(tx, { boardId, approach: 'organisation', at, event: 'round_drafted', actor: `person:${personId}`, ref: roundId, facts })
  return { roundId }
}

/** @throws Refusal `input_invalid` naming the field */
export function roundWords(input: { title: string; undertakings: string }): { title: string; undertakings: string } {
  const title = plainText(200).safeParse(input.title)
  const undertakings = plainText(5000).safeParse(input.undertakings)
  if (title.success && undertakings.success) return { title: title.data, undertakings: undertakings.data }
  const field = title.success ? 'undertakings' : 'title'
  throw new Refusal('input_invalid', { errors: [{ field, reason: 'is not plain text' }] })
}

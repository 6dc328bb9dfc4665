import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { newSecret, type PersonId, type RequestId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { commitment } from '../ledger/commitment.ts'
import { currentTenures } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import { MOST_SUBJECTS } from './ask-school.ts'
import { requestOfStaff } from './staff.ts'
import { type AccessRequest, subjectsOf } from './store.ts'

/** Who a supplier's reference is. */
export interface Match {
  reference: string
  personId: PersonId
  /** Who it was when whoever matches looked, null for nobody; absent where what others matched does not matter. */
  seen?: PersonId | null
}

/**
 * Staff say who the supplier means, each by its reference; the hint that helped is erased. A wrong match can be made
 * right until the question goes out.
 *
 * @throws Refusal as `requestOfStaff`; `person_not_found` for who is not a pupil (or member of staff) of the school now, or
 *   for a reference the request does not have; `subject_matched_already` when two references would be one person;
 *   `changed_meanwhile` when a reference is somebody else by now than was seen
 */
export async function matchSubjects(
  { db, now }: Deps,
  actor: PersonActor,
  { requestId, matches }: { requestId: RequestId; matches: Match[] },
): Promise<void> {
  const at = now()
  const { boardId, personId: staffId } = actor
  await inTransaction(db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const request = await requestOfStaff(tx, actor, requestId, 'match', at)
    await mustBelong(
      tx,
      request,
      matches.map(({ personId }) => personId),
      at,
    )
    const subjects = await subjectsOf(tx, boardId, requestId)
    const after = new Map(subjects.map(({ reference, subjectId }) => [reference, subjectId]))
    for (const { reference, personId, seen } of matches) {
      const now = after.get(reference)
      if (now === undefined) throw new Refusal('person_not_found')
      if (seen !== undefined && now !== seen && now !== personId) throw new Refusal('changed_meanwhile')
      after.set(reference, personId)
    }
    const known = [...after.values()].filter((personId) => personId !== null)
    if (new Set(known).size < known.length) throw new Refusal('subject_matched_already')
    // What changes is let go first: two references may be changing places.
    const references = matches.map(({ reference }) => reference)
    await tx
      .updateTable('request_subjects')
      .set({ subject_id: null, matched_at: null, matched_by: null })
      .where('board_id', '=', boardId)
      .where('request_id', '=', requestId)
      .where('reference', 'in', references) // request_subjects_pkey
      .execute()
    for (const { reference, personId } of matches) {
      await tx
        .updateTable('request_subjects')
        .set({ subject_id: personId, matched_at: at, matched_by: staffId, hint: null, left_out_at: null, left_out_because: null })
        .where('board_id', '=', boardId)
        .where('request_id', '=', requestId)
        .where('reference', '=', reference) // request_subjects_pkey
        .execute()
    }
    await appendMatched(tx, actor, requestId, matches, at)
  })
}

/**
 * Where the supplier named nobody, staff pick the persons. Each gets a reference of ours, by which the supplier will know them.
 *
 * @throws Refusal as `matchSubjects`; `request_widens` when the supplier named whom it means
 */
export async function pickSubjects(
  { db, now }: Deps,
  actor: PersonActor,
  { requestId, personIds }: { requestId: RequestId; personIds: PersonId[] },
): Promise<void> {
  const at = now()
  const { boardId, personId: staffId } = actor
  await inTransaction(db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const request = await requestOfStaff(tx, actor, requestId, 'match', at)
    if (!request.schoolPicks) throw new Refusal('request_widens')
    await mustBelong(tx, request, personIds, at)
    const before = (await subjectsOf(tx, boardId, requestId)).flatMap(({ subjectId }) => subjectId ?? [])
    const together = [...before, ...personIds]
    if (new Set(together).size < together.length) throw new Refusal('subject_matched_already')
    if (together.length > MOST_SUBJECTS) throw new Refusal('input_invalid', { errors: [{ field: 'subjects', reason: 'are too many' }] })
    const picks = personIds.map((personId): Match => ({ reference: newSecret(), personId }))
    await tx
      .insertInto('request_subjects')
      .values(
        picks.map(({ reference, personId }) => ({
          board_id: boardId,
          request_id: requestId,
          reference,
          approach: 'organisation' as const,
          subject_id: personId,
          matched_at: at,
          matched_by: staffId,
        })),
      )
      .execute()
    await appendMatched(tx, actor, requestId, picks, at)
  })
}

/** @throws Refusal `person_not_found`, `input_invalid` when there is nobody */
async function mustBelong(tx: Tx, { boardId, schoolId, subjectKind }: AccessRequest, personIds: PersonId[], at: Date): Promise<void> {
  if (personIds.length === 0) throw new Refusal('input_invalid', { errors: [{ field: 'subjects', reason: 'names nobody' }] })
  const tenures = await currentTenures(tx, boardId, personIds, at)
  const kind = subjectKind === 'pupil' ? 'enrolment' : 'employment'
  const belongs = (personId: PersonId) => {
    const tenure = tenures.get(personId)
    return tenure?.kind === kind && (schoolId === null || tenure.schoolId === schoolId)
  }
  if (!personIds.every(belongs)) throw new Refusal('person_not_found')
}

/** The supplier's references may tell who somebody is: they stand in the ledger as commitments under the person's key. */
async function appendMatched(tx: Tx, { boardId, personId }: PersonActor, requestId: RequestId, matches: Match[], at: Date): Promise<void> {
  const facts: { subjectId: PersonId; reference: string }[] = []
  for (const { reference, personId: subjectId } of matches) {
    facts.push({ subjectId, reference: await commitment(tx, boardId, subjectId, reference) })
  }
  await append(tx, {
    boardId,
    approach: 'organisation',
    at,
    event: 'request_matched',
    actor: `person:${personId}`,
    ref: requestId,
    facts: { matches: facts },
  })
}

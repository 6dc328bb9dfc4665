import type { PersonActor } from '../actors.ts'
import { meaningHash } from '../consents/item.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { RequestId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import { requestOfStaff } from './staff.ts'
import { subjectsOf } from './store.ts'

export interface Narrowing {
  requestId: RequestId
  /** Those that are left. */
  datatypes?: string[]
  endsAt?: Date
  /** References of subjects who are left out. */
  without?: string[]
}

/**
 * Staff make a request smaller before it goes out: fewer data, a shorter time, fewer subjects. It only takes away; to ask for
 * more, the supplier asks again.
 *
 * @throws Refusal as `requestOfStaff`; `request_widens`; `input_invalid` when nothing would change or nothing be left
 */
export async function narrowRequest({ db, now }: Deps, actor: PersonActor, narrowing: Narrowing): Promise<void> {
  const at = now()
  const { boardId, personId } = actor
  const { requestId, without = [] } = narrowing
  await inTransaction(db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const request = await requestOfStaff(tx, actor, requestId, 'narrow', at)
    const datatypes = [...new Set(narrowing.datatypes ?? request.datatypes)].toSorted()
    const endsAt = narrowing.endsAt ?? request.endsAt
    if (!datatypes.every((datatype) => request.datatypes.includes(datatype)) || endsAt > request.endsAt) throw new Refusal('request_widens')
    if (datatypes.length === 0) throw new Refusal('input_invalid', { errors: [{ field: 'datatypes', reason: 'leave nothing' }] })
    if (endsAt <= at || endsAt <= request.startsAt)
      throw new Refusal('input_invalid', { errors: [{ field: 'endsAt', reason: 'leaves no time' }] })
    const subjects = await subjectsOf(tx, boardId, requestId)
    const known = (reference: string) => subjects.some((subject) => subject.reference === reference && !subject.leftOut)
    if (!without.every(known)) throw new Refusal('person_not_found')
    const sameUse = datatypes.length === request.datatypes.length && endsAt.getTime() === request.endsAt.getTime()
    if (sameUse && without.length === 0) throw new Refusal('input_invalid', { errors: [{ field: '', reason: 'changes nothing' }] })

    const { numUpdatedRows } = await tx
      .updateTable('access_requests')
      .set({
        datatypes,
        ends_at: endsAt,
        meaning_hash: meaningHash({ ...request, datatypes, image: null }),
        narrowed_at: at,
        narrowed_by: personId,
      })
      .where('board_id', '=', boardId)
      .where('request_id', '=', requestId) // access_requests_pkey
      .where('forwarded_at', 'is', null)
      .where('refused_at', 'is', null)
      .where('withdrawn_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('changed_meanwhile')
    if (without.length > 0) {
      await tx
        .updateTable('request_subjects')
        .set({ hint: null, left_out_at: at, left_out_because: 'school' })
        .where('board_id', '=', boardId)
        .where('request_id', '=', requestId)
        .where('reference', 'in', without) // request_subjects_pkey
        .execute()
    }
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'request_narrowed',
      actor: `person:${personId}`,
      ref: requestId,
      facts: { datatypes, endsAt, leftOut: without.length },
    })
  })
}

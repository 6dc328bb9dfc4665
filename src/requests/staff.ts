import type { PersonActor } from '../actors.ts'
import type { Tx } from '../database.ts'
import type { RequestId } from '../ids.ts'
import type { MandateRole } from '../people/mandate.ts'
import { mustHold } from '../people/mandates.ts'
import { mustBePossible, requestStateAt, type Verb } from './request.ts'
import { type AccessRequest, requestToChange } from './store.ts'

/** Who decides on requests. */
export const REQUEST_SIDE = ['consent_officer', 'school_leader'] satisfies MandateRole[]

/**
 * Gives a member of staff hold of a request to do something to it, until commit: a consent officer or school leader of its
 * school, or of the board. The data protection officer decides nothing. What was addressed to the board is the board's.
 *
 * @throws Refusal `request_not_found`, `mandate_missing`
 * @throws Refusal `request_closed` and what else `mustBePossible` says for this verb
 */
export async function requestOfStaff(tx: Tx, actor: PersonActor, requestId: RequestId, verb: Verb, at: Date): Promise<AccessRequest> {
  const request = await requestToChange(tx, actor.boardId, requestId)
  await mustHold(tx, actor, REQUEST_SIDE, at, request.schoolId ?? undefined)
  mustBePossible(verb, requestStateAt(request, at))
  return request
}

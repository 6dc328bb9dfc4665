import type { PersonActor } from '../actors.ts'
import { onwardClause } from '../agreements/store.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { RequestId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { enqueueEvent } from '../notifications/enqueue.ts'
import { Refusal } from '../refusal.ts'
import { mustHaveCouncil } from './council.ts'
import { mayBeReleased, mayStillBeReleased } from './may-be-released.ts'
import { heldConsents, heldCoverage, insertRelease, type Named } from './releases.ts'
import { requestOfStaff } from './staff.ts'
import { type AccessRequest, namedConsents, subjectsOf } from './store.ts'

/**
 * Step 4 (K09): the school lets the supplier have the data of those who said yes. Impossible while nobody did (step 3), and
 * without an agreement in force that covers the use (K07). Can be done again for who says yes later.
 *
 * Of staff it says nothing about who answered what: whoever said or says yes is in, and nobody sees who that is.
 *
 * @param coversLater staff ticked that whoever says yes later is in too
 * @returns how many subjects were named whose yes stands; of staff nobody is told
 * @throws Refusal as `requestOfStaff`; `nothing_to_release`, `agreement_not_in_force`, `onward_clause_missing`
 * @throws Refusal `council_approval_missing`, `request_already_released` for data of staff
 */
export async function releaseRequest(
  { db, now }: Deps,
  actor: PersonActor,
  { requestId, coversLater }: { requestId: RequestId; coversLater: boolean },
): Promise<number | undefined> {
  const at = now()
  const { boardId } = actor
  return await inTransaction(db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const request = await requestOfStaff(tx, actor, requestId, 'release', at)
    await mustHaveCouncil(tx, request)
    const agreementId = await heldCoverage(tx, request, at)
    if (!agreementId) throw new Refusal('agreement_not_in_force')
    if (!(await onwardClause(tx, boardId, request.holderId, request.datatypes, at))) throw new Refusal('onward_clause_missing')
    const ofStaff = request.subjectKind === 'employee'
    const named = ofStaff ? await everybody(tx, request, at) : await whoseYesStands(tx, request, coversLater, at)
    const by = `person:${actor.personId}` as const
    const release = await insertRelease(tx, at, request, { agreementId, coversLater: coversLater || ofStaff, by, named })
    await enqueueEvent(tx, ...release.events)
    await append(tx, release.entry)
    return ofStaff ? undefined : release.events.length
  })
}

/**
 * Who is named: those whose yes stands and who are not released yet, and with `coversLater` those besides who may still say yes.
 *
 * @throws Refusal `nothing_to_release`
 */
async function whoseYesStands(tx: Tx, request: AccessRequest, coversLater: boolean, at: Date): Promise<Named[]> {
  const answering = await held(tx, request)
  const stands = ({ consent }: Named) => mayBeReleased(consent, request.datatypes, at)
  const before = await namedConsents(tx, request)
  const named = answering
    .filter(({ consent }) => !before.has(consent.consentId))
    .filter((subject) => stands(subject) || (coversLater && mayStillBeReleased(subject.consent, at)))
  if (named.length === 0 || !answering.some(stands)) throw new Refusal('nothing_to_release')
  return named
}

/**
 * Of staff: whoever was asked and may still say yes, for nobody may learn who did.
 *
 * @throws Refusal `request_already_released`
 */
export async function everybody(tx: Tx, request: AccessRequest, at: Date): Promise<Named[]> {
  if (request.releases.some(({ withdrawnAt }) => !withdrawnAt)) throw new Refusal('request_already_released')
  return (await held(tx, request)).filter(({ consent }) => mayStillBeReleased(consent, at))
}

async function held(tx: Tx, request: AccessRequest): Promise<Named[]> {
  const subjects = await subjectsOf(tx, request.boardId, request.requestId)
  const answering = subjects.flatMap(({ reference, consentId }) => (consentId ? [{ reference, consentId }] : []))
  const consents = await heldConsents(
    tx,
    request,
    answering.map(({ consentId }) => consentId),
  )
  return answering.map(({ reference, consentId }) => ({ reference, consent: consents.get(consentId)! }))
}

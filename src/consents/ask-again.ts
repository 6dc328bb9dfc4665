import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, ConsentId, RequestId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { whoMayAnswer } from '../people/who-may-answer.ts'
import { Refusal } from '../refusal.ts'
import { heldConsent } from './answer.ts'
import { askConsents, askedFacts } from './ask.ts'
import { stateOf } from './consent.ts'
import { endConsent } from './end.ts'
import { followRequests } from './follow-requests.ts'

/**
 * Whoever may answer has a question put anew that ended before its time: what was stopped stays stopped, and a later yes is
 * a new consent. Only what comes by way of the school; a supplier that asked directly must ask again itself.
 *
 * @throws Refusal `consent_not_found` also for one that is not theirs, or whose question is no longer asked: it lapsed, or its
 *   request was refused or taken back
 * @throws Refusal `consent_ended` when the item itself is over; `basis_is_not_consent`
 * @throws Refusal `changed_meanwhile` when it is open, or was put anew already
 */
export async function askAgain(deps: Deps, actor: PersonActor, consentId: ConsentId): Promise<{ consentId: ConsentId }> {
  const at = deps.now()
  const { boardId, personId } = actor
  return await inTransaction(deps.db, { actor: 'account', boards: [boardId] }, async (tx) => {
    const before = await heldConsent(tx, boardId, consentId)
    const { item, question } = before
    const may = whoMayAnswer(question.subject, at)
    if (!may.known || !may.deciders.some((decider) => decider.personId === personId)) throw new Refusal('not_your_consent')
    const now = stateOf(before, at)
    if (item.approach !== 'organisation' || now.state === 'lapsed') throw new Refusal('consent_not_found')
    if (item.requestId && (await isClosed(tx, boardId, item.requestId))) throw new Refusal('consent_not_found')
    if (item.legalBasis !== 'consent') throw new Refusal('basis_is_not_consent')
    if (item.endsAt <= at) throw new Refusal('consent_ended')
    if (now.state !== 'withdrawn' && now.state !== 'expired' && now.state !== 'invalidated') throw new Refusal('changed_meanwhile')
    // A yes for a shorter time has run out without a row saying so: its row makes place now.
    if (!before.ended) await endConsent(tx, now.at, before, 'expired', now.by)
    const asked = await askConsents(tx, at, item, [question.subject.personId])
    const [anew] = asked
    if (!anew) throw new Refusal('changed_meanwhile')
    const joined = await followRequests(tx, at, before, anew.consentId, `person:${personId}`)
    await append(
      tx,
      {
        boardId,
        approach: item.approach,
        at,
        event: 'consents_asked',
        actor: `person:${personId}`,
        ref: anew.consentId,
        facts: { ...askedFacts(asked), itemId: item.itemId, insteadOf: consentId },
      },
      ...joined,
    )
    return { consentId: anew.consentId }
  })
}

/** A request that was refused or taken back asks nothing any more. */
async function isClosed(tx: Tx, boardId: BoardId, requestId: RequestId): Promise<boolean> {
  const open = await tx
    .selectFrom('access_requests')
    .select('request_id')
    .where('board_id', '=', boardId)
    .where('request_id', '=', requestId) // access_requests_pkey
    .where('refused_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  return open === undefined
}

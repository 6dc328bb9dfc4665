import { stateOf } from '../consents/consent.ts'
import { lapseConsents } from '../consents/lapse.ts'
import { openConsentsOn } from '../consents/store.ts'
import type { Tx } from '../database.ts'
import type { ConsentId, DutyId, ItemId, ReleaseId, TokenId } from '../ids.ts'
import type { LedgerActor } from '../ledger/append.ts'
import type { LedgerEvent } from '../ledger/events.ts'
import type { NewEvent } from '../notifications/enqueue.ts'
import { stopReleases } from './releases.ts'
import type { AccessRequest } from './store.ts'

/** What followed from the close of a request, for the caller's events and ledger entry. */
export interface Closed {
  releaseIds: ReleaseId[]
  lapsed: ConsentId[]
  endedTokens: TokenId[]
  dutyIds: DutyId[]
  events: NewEvent[]
}

/**
 * Does what follows when a request is refused or withdrawn: its releases stop, its questions that wait for an answer fall
 * away, its hints are erased. A yes or no that was said stays what it is: an answer to that question.
 *
 * Called before the request's own row is updated: releases are always changed before requests.
 */
export async function closeRequest(tx: Tx, at: Date, request: AccessRequest, by: LedgerActor, event: LedgerEvent): Promise<Closed> {
  const { boardId, requestId } = request
  const { events, releaseIds, ...stopped } = await stopReleases(tx, at, request, by, event)
  const { lapsed, ...aftermath } = await lapseConsents(tx, at, boardId, await waitingOn(tx, request, at), by, event)
  await tx
    .updateTable('request_subjects')
    .set({ hint: null })
    .where('board_id', '=', boardId)
    .where('request_id', '=', requestId) // request_subjects_pkey
    .where('hint', 'is not', null)
    .execute()
  return {
    releaseIds,
    lapsed,
    endedTokens: [...stopped.endedTokens, ...aftermath.endedTokens],
    dutyIds: [...stopped.dutyIds, ...aftermath.dutyIds],
    events,
  }
}

/** The consents on the request's own question that nobody has answered, or not so that it is decided. */
async function waitingOn(tx: Tx, { boardId, requestId }: AccessRequest, at: Date): Promise<ConsentId[]> {
  const items = await tx
    .selectFrom('items')
    .select('item_id')
    .where('board_id', '=', boardId)
    .where('request_id', '=', requestId) // items_one_per_request
    .execute()
  const itemIds = items.map(({ item_id }): ItemId => item_id)
  return (await openConsentsOn(tx, boardId, itemIds))
    .filter((consent) => ['unanswered', 'conflict', 'unknown'].includes(stateOf(consent, at).state))
    .map(({ consentId }) => consentId)
}

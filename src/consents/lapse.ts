import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, ConsentId } from '../ids.ts'
import type { LedgerActor } from '../ledger/append.ts'
import type { LedgerEvent } from '../ledger/events.ts'
import { type Aftermath, type Change, settle } from './aftermath.ts'
import { expiryOf } from './consent.ts'
import { endConsent } from './end.ts'
import { consentsById } from './store.ts'

/**
 * Lets open consents lapse whose question fell away: the request was withdrawn or refused, the leaflet changed. Not a
 * withdrawal: nobody decided. Those that have ended are left alone. Does NOT check who does it or write in the ledger:
 * the caller's entry names the ids and the aftermath, as its last statement.
 *
 * @param event what the caller's entry says happened; suppliers are told the same
 * @returns the consents that lapsed now
 */
export async function lapseConsents(
  tx: Tx,
  at: Date,
  boardId: BoardId,
  consentIds: readonly ConsentId[],
  by: LedgerActor,
  event: LedgerEvent = 'consent_lapsed',
): Promise<Aftermath & { lapsed: ConsentId[] }> {
  if (consentIds.length === 0) return { lapsed: [], endedTokens: [], dutyIds: [] }
  const held = await tx
    .selectFrom('consents')
    .select('consent_id')
    .where('board_id', '=', boardId)
    .where('consent_id', '=', sql<ConsentId>`any(${consentIds}::uuid[])`) // consents_pkey
    .where('ended_at', 'is', null)
    .orderBy('consent_id')
    .forNoKeyUpdate()
    .execute()
  const changes: Change[] = []
  for (const before of (
    await consentsById(
      tx,
      boardId,
      held.map(({ consent_id }) => consent_id),
    )
  ).values()) {
    // What ran out by itself has ended already, without its row saying so.
    if (expiryOf(before) > at) changes.push({ before, after: await endConsent(tx, at, before, 'lapsed', by) })
  }
  const aftermath = await settle(tx, at, boardId, event, changes)
  return { lapsed: changes.map(({ after }) => after.consentId), ...aftermath }
}

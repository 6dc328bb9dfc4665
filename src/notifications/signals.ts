import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import { type ConsentId, type DeliveryId, newId, type SignalId } from '../ids.ts'

/** A client that waits for a decision. What it is to be sent is sealed by whoever will send it. */
export interface Waiting {
  consentId: ConsentId
  payload: string
  expiresAt: Date
}

/**
 * Notes that somebody waits for the decision on a consent. The caller holds the consent's row and looks whether it is decided
 * already: a decision that came first did not see this.
 */
export async function awaitDecision(tx: Tx, at: Date, { consentId, payload, expiresAt }: Waiting): Promise<void> {
  await tx
    .insertInto('signals')
    .values({ signal_id: newId<SignalId>(at), consent_id: consentId, payload, expires_at: expiresAt })
    .execute()
}

/**
 * Puts a ping in the outbox for everybody who waits for one of these consents, in the transaction of the act that decided it.
 * Decided anew, it is told anew: what was told before may not have been fetched yet.
 */
export async function signalDecided(tx: Tx, at: Date, consentIds: readonly ConsentId[]): Promise<void> {
  if (consentIds.length === 0) return
  const waiting = await tx
    .selectFrom('signals')
    .select('payload')
    .where('consent_id', '=', sql<ConsentId>`any(${consentIds}::uuid[])`) // signals_by_consent
    .where('expires_at', '>', at)
    .execute()
  if (waiting.length === 0) return
  await tx
    .insertInto('deliveries')
    .values(waiting.map(({ payload }) => ({ delivery_id: newId<DeliveryId>(at), kind: 'ping' as const, payload, run_at: at, made_at: at })))
    .execute()
}

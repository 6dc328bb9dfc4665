import type { Insertable, Selectable } from 'kysely'
import { sha256 } from '../canonical.ts'
import type { Db, Tx } from '../database.ts'
import { type ClientId, type InteractionId, newId } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import type { PresentAsk } from '../requests/ask-present.ts'
import { readAskIn } from '../requests/stored-ask.ts'
import type { ParRequestTable } from './tables.ts'

/** How long a `request_uri` can be opened. */
export const OPEN_WITHIN_SECONDS = 90
/** How long the person then has, in the browser that opened it. */
const INTERACTION_MINUTES = 30

const PREFIX = 'urn:ietf:params:oauth:request_uri:'

/** What a supplier pushed (RFC 9126), as it lies open in a browser. */
export type PushedRequest = Selectable<ParRequestTable>

/** The ask in it. */
export function askOf(pushed: PushedRequest): PresentAsk {
  return {
    supplier: { clientId: pushed.client_id, supplierId: pushed.supplier_id },
    read: { ...readAskIn(pushed.ask), replacesEarlier: pushed.replaces !== null },
    requestId: pushed.request_id,
    itemId: pushed.item_id,
    how: { pushedAt: pushed.made_at, requestObjectHash: pushed.request_object && sha256(pushed.request_object).toString('hex') },
  }
}

/** Keeps a pushed request. @returns its `request_uri`, which cannot be guessed */
export async function push(db: Db, secret: string, row: Omit<Insertable<ParRequestTable>, 'request_uri_hash'>): Promise<string> {
  const requestUri = PREFIX + secret
  await db
    .insertInto('par_requests')
    .values({ ...row, request_uri_hash: sha256(requestUri) })
    .execute()
  return requestUri
}

/**
 * What a supplier pushed, as whoever comes with its `request_uri` finds it.
 *
 * @throws Refusal `authorization_over` for one that is not there, of another client, too old or answered, all alike
 */
export async function pushedAt(
  db: Db,
  { clientId, requestUri }: { clientId: string; requestUri: string },
  at: Date,
): Promise<PushedRequest> {
  const pushed = await db
    .selectFrom('par_requests as p')
    .innerJoin('clients as c', 'c.client_id', 'p.client_id')
    .selectAll('p')
    .where('p.request_uri_hash', '=', sha256(requestUri)) // par_requests_pkey
    .where('p.client_id', '=', clientId as ClientId)
    .where('p.expires_at', '>', at)
    .where('p.decided_at', 'is', null)
    .where('c.disabled_at', 'is', null)
    .executeTakeFirst()
  if (!pushed) throw new Refusal('authorization_over')
  return pushed
}

/**
 * Opens a pushed request in a browser. Nothing is used up by it: whoever opens links ahead of the person does no harm.
 *
 * @param browser the secret in this browser's cookie: only with it the interaction is worth anything
 */
export async function openInteraction(db: Db, pushed: PushedRequest, browser: string, at: Date): Promise<InteractionId> {
  const interactionId = newId<InteractionId>(at)
  await db
    .insertInto('interactions')
    .values({
      interaction_id: interactionId,
      request_uri_hash: pushed.request_uri_hash,
      browser_hash: sha256(browser),
      opened_at: at,
      expires_at: new Date(at.getTime() + INTERACTION_MINUTES * 60_000),
    })
    .execute()
  return interactionId
}

/** An interaction as its browser names it. */
export interface InBrowser {
  interactionId: InteractionId
  /** The secret in the cookie of the browser. */
  browser: string | undefined
}

/**
 * What lies open in this browser.
 *
 * @throws Refusal `authorization_over` for one of another browser, too old, answered or of a client out of use, all alike
 */
export async function pushedIn(db: Db, { interactionId, browser }: InBrowser, at: Date): Promise<PushedRequest> {
  const pushed = await db
    .selectFrom('interactions as i')
    .innerJoin('par_requests as p', 'p.request_uri_hash', 'i.request_uri_hash')
    .innerJoin('clients as c', 'c.client_id', 'p.client_id')
    .selectAll('p')
    .where('c.disabled_at', 'is', null)
    .where('i.interaction_id', '=', interactionId) // interactions_pkey
    .where('i.browser_hash', '=', sha256(browser ?? ''))
    .where('i.expires_at', '>', at)
    .where('p.decided_at', 'is', null)
    .executeTakeFirst()
  if (!pushed) throw new Refusal('authorization_over')
  return pushed
}

/**
 * Uses up what lies open in this browser, in the transaction of the decision: one decision for each pushed request, in
 * however many browsers it was opened (FAPI 2.0 §5.3.2.2 note 3).
 *
 * @throws Refusal `authorization_over`
 */
export async function useUpPushed(tx: Tx, inBrowser: InBrowser, at: Date): Promise<PushedRequest> {
  const { request_uri_hash } = await pushedIn(tx, inBrowser, at)
  const pushed = await tx
    .updateTable('par_requests')
    .set({ decided_at: at })
    .where('request_uri_hash', '=', request_uri_hash) // par_requests_pkey
    .where('decided_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
  if (!pushed) throw new Refusal('authorization_over')
  return pushed
}

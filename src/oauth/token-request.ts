import type { Context } from 'hono'
import { sql } from 'kysely'
import type { Db } from '../database.ts'
import { type Found, foundFor } from '../grants/locate.ts'
import type { Wish } from '../grants/wish.ts'
import type { Env } from '../http.ts'
import type { ClientId } from '../ids.ts'
import { type AuthenticatedRequest, spend } from './authenticate.ts'
import { redeemingEntry } from './authorization-details.ts'
import { type ClientRow, clientThatSigned, readAssertion } from './client-authentication.ts'
import { DpopError, type DpopProof, verifyDpop } from './dpop.ts'
import { oauthForm } from './form.ts'
import { currentKeyRow, type KeyRow } from './keys.ts'
import { OAuthError } from './oauth-error.ts'
import { wishOf } from './wish-of.ts'

/** A request to the token endpoint, of a client that is known, with the key its tokens will be bound to. */
export interface TokenRequest extends AuthenticatedRequest {
  jkt: string
  /** Ties log, ledger and token together. */
  txn: string
  /**
   * Settles when assertion and proof are used up; rejects when they were used before. Nothing is made before it settled.
   * It runs beside what only reads and locks.
   */
  once: Promise<void>
  /** What a redemption is for, or what is wrong with it. Absent in other requests. */
  wish: Wish | OAuthError | undefined
  /** The key that will sign, and what is known of the wish: read along with the client. */
  key: KeyRow | null
  found: Found | null | undefined
}

/**
 * Authenticates a request to the token endpoint by assertion and DPoP proof, both used up together.
 *
 * @throws OAuthError `invalid_request`, `invalid_client`, `invalid_dpop_proof`
 */
export async function tokenRequest(c: Context<Env>): Promise<TokenRequest> {
  const { deps } = c.var
  const at = deps.now()
  const form = await oauthForm(c)
  const assertion = readAssertion(deps.issuer, form, at, c.req.header('authorization'))
  const wish = wishIn(form)
  const opening = await open(deps.db, assertion.clientId, wish instanceof OAuthError ? undefined : wish, at)
  const { client, use } = await clientThatSigned(deps, assertion, opening, at)
  const { jkt, use: proof } = await proofOf(c, at)
  // A redemption's own commit follows, and flushes this too.
  const once = spend(deps.db, [use, proof], { flushed: wish === undefined })
  once.catch(() => {})
  return { form, client, at, jkt, txn: c.var.requestId, once, wish, key: opening?.key ?? null, found: opening?.found }
}

/** What is wrong with a wish is told once the client is known. */
function wishIn(form: Map<string, string>): Wish | OAuthError | undefined {
  if (form.get('grant_type') !== 'client_credentials' || !form.has('authorization_details')) return undefined
  try {
    return wishOf(redeemingEntry(form.get('authorization_details')))
  } catch (error) {
    if (error instanceof OAuthError) return error
    throw error
  }
}

type Opening = ClientRow & { key: KeyRow | null; found: Found | null | undefined }

/** One look at the global tables: the client, the key that will sign, and what is known of the wish. */
async function open(db: Db, clientId: ClientId, wish: Wish | undefined, at: Date): Promise<Opening | undefined> {
  const { rows } = await sql<Opening>`
    select c.client_id, c.supplier_id, c.holder_id, c.way, c.jwks, c.jwks_uri, c.jwks_fetched_at, c.detail_types, c.holder_resources,
      ${currentKeyRow('access_token', at)} as key
      ${wish ? sql`, ${foundFor(sql`c.supplier_id`, wish, at)} as found` : sql``}
    from clients c where c.client_id = ${clientId} and c.disabled_at is null -- clients_pkey`.execute(db)
  return rows[0]
}

async function proofOf(c: Context<Env>, at: Date): Promise<DpopProof> {
  try {
    const url = c.var.deps.issuer + new URL(c.req.url).pathname
    return await verifyDpop(c.req.header('dpop'), { method: c.req.method, url, at })
  } catch (error) {
    if (error instanceof DpopError) throw new OAuthError('invalid_dpop_proof', error.message)
    throw error
  }
}

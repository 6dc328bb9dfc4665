import type { Context } from 'hono'
import { sql } from 'kysely'
import type { Db } from '../database.ts'
import { Gather, perDatabase } from '../gather.ts'
import { type Found, foundFor, SOUGHT_COLUMNS, soughtRow } from '../grants/locate.ts'
import type { Wish } from '../grants/wish.ts'
import type { Env } from '../http.ts'
import type { ClientId } from '../ids.ts'
import { type AuthenticatedRequest, spend } from './authenticate.ts'
import { redeemingEntry } from './authorization-details.ts'
import { type ClientRow, clientThatSigned, readAssertion } from './client-authentication.ts'
import { type DpopProof, dpopRefused, verifyDpop } from './dpop.ts'
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
  c.set('comesFrom', assertion.clientId)
  const wish = wishIn(form)
  const opening = await openingsOf(deps.db).do(
    { db: deps.db, clientId: assertion.clientId, wish: wish instanceof OAuthError ? undefined : wish, at },
    '',
    '',
  )
  const { client, use } = await clientThatSigned(deps, assertion, opening, at)
  c.set('authenticated', client.clientId)
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

interface Opened {
  db: Db
  clientId: ClientId
  wish: Wish | undefined
  at: Date
}

const openingsOf = perDatabase(() => new Gather(openTogether, { lanes: 1, most: 64 }))

/** One look at the global tables: the clients, the key that will sign, and what is known of their wishes. */
async function openTogether(asked: Opened[]): Promise<PromiseSettledResult<Opening | undefined>[]> {
  const { db, at } = asked.at(-1)!
  const wanted = asked.map(({ clientId, wish }, n) => ({ n, client_id: clientId, ...(wish && soughtRow(wish)) }))
  const { rows } = await sql<Opening & { n: number }>`
    select w.n, c.client_id, c.supplier_id, c.holder_id, c.way, c.jwks, c.jwks_uri, c.jwks_fetched_at, c.detail_types, c.holder_resources, c.datatypes, c.assertion_alg, c.id_token_alg,
      ${currentKeyRow('access_token', at)} as key,
      case when w.resource is not null then ${foundFor(sql`c.supplier_id`, at)} end as found
    from jsonb_to_recordset(${sql.val(wanted)}::jsonb) as w (n integer, client_id text, ${SOUGHT_COLUMNS})
    join clients c on c.client_id = w.client_id and c.disabled_at is null -- clients_pkey`.execute(db)
  const byNumber = new Map(rows.map(({ n, ...row }) => [n, row]))
  return asked.map(({ wish }, n) => {
    const row = byNumber.get(n)
    return { status: 'fulfilled', value: row && { ...row, found: wish ? row.found : undefined } }
  })
}

async function proofOf(c: Context<Env>, at: Date): Promise<DpopProof> {
  try {
    const { issuer, secret } = c.var.deps
    return await verifyDpop(c.req.header('dpop'), { method: c.req.method, url: issuer + new URL(c.req.url).pathname, at, secret })
  } catch (error) {
    throw dpopRefused(error)
  }
}

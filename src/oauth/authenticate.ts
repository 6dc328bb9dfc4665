import type { Context } from 'hono'
import type { Db } from '../database.ts'
import type { Env } from '../http.ts'
import { type AuthenticatedClient, clientRow, clientThatSigned, readAssertion } from './client-authentication.ts'
import { oauthForm } from './form.ts'
import { OAuthError } from './oauth-error.ts'
import { type OneUse, useUp } from './use-once.ts'

export interface AuthenticatedRequest {
  form: Map<string, string>
  client: AuthenticatedClient
  at: Date
}

/** As it comes in: `once` settles when the assertion is used up. Nothing is done, and nothing told, before it has. */
export interface AuthenticatingRequest extends AuthenticatedRequest {
  once: Promise<void>
}

/**
 * What every OAuth endpoint begins with: a bounded form, a client known by its assertion, and the assertion used up. The
 * token endpoint does the same with a DPoP proof besides (`token.ts`).
 *
 * @throws OAuthError `invalid_request`, `invalid_client`
 */
export async function authenticated(c: Context<Env>): Promise<AuthenticatedRequest> {
  const { once, ...request } = await authenticating(c)
  await once
  return request
}

/**
 * As `authenticated`, for what only reads: that can go on beside the using up of the assertion.
 *
 * @throws OAuthError `invalid_request`, `invalid_client`; `once` rejects with `invalid_client`
 */
export async function authenticating(c: Context<Env>): Promise<AuthenticatingRequest> {
  const { deps } = c.var
  const at = deps.now()
  const form = await oauthForm(c)
  const assertion = readAssertion(deps.issuer, form, at, c.req.header('authorization'))
  c.set('comesFrom', assertion.clientId)
  const { client, use } = await clientThatSigned(deps, assertion, await clientRow(deps.db, assertion.clientId), at)
  c.set('authenticated', client.clientId)
  const once = spend(deps.db, [use])
  once.catch(() => {})
  return { form, client, at, once }
}

/**
 * Uses up an assertion, and the DPoP proof that came with it.
 *
 * @throws OAuthError `invalid_client`, `invalid_dpop_proof` when it was used before
 */
export async function spend(db: Db, uses: OneUse[], options?: { flushed: boolean }): Promise<void> {
  const used = await useUp(db, uses, options)
  if (used.some(({ kind }) => kind === 'assertion')) throw new OAuthError('invalid_client', 'the client assertion was used before')
  if (used.length > 0) throw new OAuthError('invalid_dpop_proof', 'the DPoP proof was used before')
}

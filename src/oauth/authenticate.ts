import type { Context } from 'hono'
import type { Env } from '../http.ts'
import { type AuthenticatedClient, authenticateClient } from './client-authentication.ts'
import { DpopError, type DpopProof, verifyDpop } from './dpop.ts'
import { oauthForm } from './form.ts'
import { OAuthError } from './oauth-error.ts'
import { useUp } from './use-once.ts'

export interface AuthenticatedRequest {
  form: Map<string, string>
  client: AuthenticatedClient
  at: Date
}

/**
 * What every OAuth endpoint begins with: a bounded form, a client known by its assertion, and the assertion used up.
 *
 * @throws OAuthError `invalid_request`, `invalid_client`
 */
export async function authenticated(c: Context<Env>): Promise<AuthenticatedRequest> {
  const { deps } = c.var
  const at = deps.now()
  const form = await oauthForm(c)
  const { client, use } = await authenticateClient(deps, form, at, c.req.header('authorization'))
  if ((await useUp(deps.db, [use])).length > 0) throw assertionUsed()
  return { form, client, at }
}

/**
 * The same with a DPoP proof, for the token endpoint: both are used up in one insert.
 *
 * @throws OAuthError also `invalid_dpop_proof`
 */
export async function authenticatedWithDpop(c: Context<Env>): Promise<AuthenticatedRequest & { jkt: string }> {
  const { deps } = c.var
  const at = deps.now()
  const form = await oauthForm(c)
  const { client, use } = await authenticateClient(deps, form, at, c.req.header('authorization'))
  const proof = await proofOf(c, at)
  const used = await useUp(deps.db, [use, proof.use])
  if (used.includes(use)) throw assertionUsed()
  if (used.length > 0) throw new OAuthError('invalid_dpop_proof', 'the DPoP proof was used before')
  return { form, client, at, jkt: proof.jkt }
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

const assertionUsed = () => new OAuthError('invalid_client', 'the client assertion was used before')

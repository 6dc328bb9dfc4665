import type { Context, MiddlewareHandler } from 'hono'
import type { ClientActor, HolderActor } from '../actors.ts'
import type { Env } from '../http.ts'
import type { ClientId } from '../ids.ts'
import { recordAttempt } from '../ledger/refused.ts'
import { problemOf, problemResponse } from '../problem.ts'
import { Refusal } from '../refusal.ts'
import { ALGORITHMS } from './algorithms.ts'
import { DpopError, verifyDpop } from './dpop.ts'
import { verifyOwnJwt } from './keys.ts'
import { grantsMetadataPath, restMetadataPath } from './metadata.ts'
import { revoked } from './revoked-rest-token.ts'
import { type GrantScope, grantsResource, type OwnScope, resourceOf } from './scopes.ts'
import { useUp } from './use-once.ts'

/** What a handler behind the guard finds in `c.var`, by the scope it asked for. */
export type SupplierEnv = Env & { Variables: { supplier: ClientActor } }
export type HolderEnv = Env & { Variables: { holder: HolderActor } }
export type ReceiverEnv = Env & { Variables: { receiver: ClientActor | HolderActor } }

type EnvOf<S extends OwnScope> = S extends 'access_requests' | 'duties' | GrantScope
  ? SupplierEnv
  : S extends 'changes'
    ? ReceiverEnv
    : HolderEnv

/**
 * Lets a request to `/v1` or `/grants` through with a DPoP-bound access token of ours that has this scope, and sets `c.var.supplier`,
 * `c.var.holder` or `c.var.receiver`. The client is looked up each time: a disabled one is out at once. A suspended supplier
 * or holder still gets in, because it must go on hearing what ended: what it may do besides, each command says; and what one
 * refuses is put in the ledger here.
 *
 * Answers 401 and 403 itself, with the challenge of RFC 9449 §7.1 and RFC 9728 §5.1.
 */
export function requireToken<S extends OwnScope>(scope: S): MiddlewareHandler<EnvOf<S>> {
  return (async (c: Context<SupplierEnv & HolderEnv & ReceiverEnv>, next: () => Promise<void>) => {
    const { deps } = c.var
    const metadataUri =
      deps.issuer + (resourceOf(deps.issuer, scope) === grantsResource(deps.issuer) ? grantsMetadataPath : restMetadataPath)
    const given = c.req.header('authorization')
    if (given === undefined) return challenge(metadataUri, 'token_invalid')
    const token = /^DPoP ([A-Za-z0-9._~+/-]{1,8192})$/i.exec(given)?.[1]
    if (!token) return challenge(metadataUri, 'token_invalid', 'invalid_token')
    const at = deps.now()
    const claims = await verifyOwnJwt(deps, 'access_token', 'at+jwt', token, at)
    if (claims?.aud !== resourceOf(deps.issuer, scope)) return challenge(metadataUri, 'token_invalid', 'invalid_token')
    try {
      const url = deps.issuer + new URL(c.req.url).pathname
      const proof = await verifyDpop(c.req.header('dpop'), { method: c.req.method, url, accessToken: token, at, secret: deps.secret })
      if (proof.jkt !== (claims.cnf as { jkt?: string } | undefined)?.jkt) throw new DpopError('the token is bound to another key')
      if ((await useUp(deps.db, [proof.use])).length > 0) throw new DpopError('the DPoP proof was used before')
    } catch (error) {
      if (!(error instanceof DpopError)) throw error
      return challenge(metadataUri, 'token_invalid', error.code, { detail: error.message, headers: error.headers })
    }
    const clientId = claims.client_id as ClientId
    c.set('comesFrom', clientId)
    const client = await deps.db
      .selectFrom('clients')
      .select(['supplier_id', 'holder_id'])
      .where('client_id', '=', clientId) // clients_pkey
      .where('disabled_at', 'is', null)
      .where((where) => where.not(where.exists(revoked(clientId, claims.jti!))))
      .executeTakeFirst()
    if (!client) return challenge(metadataUri, 'token_invalid', 'invalid_token')
    if (!String(claims.scope).split(' ').includes(scope)) {
      await recordAttempt(deps, { boardId: null, approach: 'operator', actor: `client:${clientId}` }, new Refusal('scope_insufficient'))
      return challenge(metadataUri, 'scope_insufficient', 'insufficient_scope', { scope })
    }
    if (client.supplier_id) {
      c.set('supplier', { clientId, supplierId: client.supplier_id })
      c.set('receiver', c.var.supplier)
    }
    if (client.holder_id) {
      c.set('holder', { clientId, holderId: client.holder_id })
      c.set('receiver', c.var.holder)
    }
    await next()
    await tellOfRefusal(c.var, clientId, c.error)
  }) as unknown as MiddlewareHandler<EnvOf<S>>
}

/** What a command refused is in the ledger: of the board it concerns, where there is one. */
async function tellOfRefusal({ deps, concerns }: Env['Variables'], clientId: ClientId, error: Error | undefined): Promise<void> {
  if (!(error instanceof Refusal)) return
  const boardId = (await concerns?.()) ?? null
  await recordAttempt(deps, { boardId, approach: boardId ? 'organisation' : 'operator', actor: `client:${clientId}` }, error)
}

function challenge(
  metadataUri: string,
  code: 'token_invalid' | 'scope_insufficient',
  error?: string,
  { detail, scope, headers }: { detail?: string; scope?: string; headers?: Record<string, string> } = {},
): Response {
  const members = {
    error,
    scope,
    algs: ALGORITHMS.join(' '),
    resource_metadata: metadataUri,
  }
  const header = Object.entries(members)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')
  return problemResponse(problemOf(new Refusal(code, detail ? { detail } : {})), { 'www-authenticate': `DPoP ${header}`, ...headers })
}

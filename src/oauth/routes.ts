import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Env } from '../http.ts'
import { recordRefused } from '../ledger/refused.ts'
import { answerAggregation } from './aggregation.ts'
import { answerBackchannel } from './bc-authorize.ts'
import { grantManagementRoutes } from './grant-routes.ts'
import { answerIntrospect } from './introspect.ts'
import { publicKeys } from './keys.ts'
import { grantsMetadata, grantsMetadataPath, restMetadata, restMetadataPath, serverMetadata } from './metadata.ts'
import { OAuthError, oauthErrorResponse } from './oauth-error.ts'
import { describeOauth } from './operations.ts'
import { answerPar, refuseMethod } from './par.ts'
import { answerRegister } from './register.ts'
import { answerRevoke } from './revoke.ts'
import { answerStatus } from './status.ts'
import { answerToken } from './token.ts'

/** How long a document that hardly changes may be kept. A new key is published for as long before it signs (`LEAD_SECONDS`). */
const CACHED = 'public, max-age=60'

/** The machine edge. Its errors are those of RFC 6749, not problems. */
export function oauthRoutes(): OpenAPIHono<Env> {
  const app = new OpenAPIHono<Env>()
  app.onError(answerOAuthError)
  const metadata = (c: Context<Env>) => c.json(serverMetadata(c.var.deps.issuer), 200, { 'cache-control': CACHED })
  app.get('/.well-known/oauth-authorization-server', metadata)
  app.get('/.well-known/openid-configuration', metadata)
  app.get(restMetadataPath, (c) => c.json(restMetadata(c.var.deps.issuer), 200, { 'cache-control': CACHED }))
  app.get(grantsMetadataPath, (c) => c.json(grantsMetadata(c.var.deps.issuer), 200, { 'cache-control': CACHED }))
  app.get('/jwks', async (c) => {
    const { deps } = c.var
    return c.json(await publicKeys(deps, deps.now()), 200, { 'cache-control': CACHED, 'content-type': 'application/jwk-set+json' })
  })
  app.post('/token', answerToken)
  app.post('/par', answerPar)
  app.all('/par', refuseMethod)
  app.post('/bc-authorize', answerBackchannel)
  app.post('/introspect', answerIntrospect)
  app.post('/revoke', answerRevoke)
  app.post('/register', answerRegister)
  app.get('/status', answerAggregation)
  app.get('/status/:list', answerStatus)
  app.route('/', grantManagementRoutes())
  describeOauth(app.openAPIRegistry)
  return app
}

async function answerOAuthError(error: Error, c: Context<Env>): Promise<Response> {
  if (error instanceof OAuthError) {
    const { attempt } = error
    const { deps, authenticated } = c.var
    if (attempt && authenticated)
      await recordRefused(deps, { boardId: null, approach: 'operator', actor: `client:${authenticated}`, code: attempt })
    return oauthErrorResponse(error)
  }
  c.var.deps.log.error('unexpected', { error, route: c.req.routePath, requestId: c.var.requestId })
  return new Response('{"error":"server_error"}', {
    status: 500,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  })
}

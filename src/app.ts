import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { routePath } from 'hono/route'
import { secureHeaders } from 'hono/secure-headers'
import { caseRoutes } from './cases/routes.ts'
import type { Deps } from './deps.ts'
import { grantRoutes } from './grants/routes.ts'
import { healthRoutes } from './health.ts'
import { type Env, honestUrl, restHeaders, strictJsonBody } from './http.ts'
import { codeOf, noteRequest } from './oauth/client-requests.ts'
import { oauthRoutes } from './oauth/routes.ts'
import { apiDocument } from './openapi.ts'
import { problemOf, problemResponse } from './problem.ts'
import { Refusal } from './refusal.ts'
import { requestContext } from './request-context.ts'
import { assignmentRoutes } from './requests/assignment-routes.ts'
import { accessRequestRoutes } from './requests/routes.ts'
import { ROSTER_PATH, rosterImportRoutes } from './rosters/routes.ts'
import { sandboxHolderRoutes } from './sandbox/holder-routes.ts'
import { streamRoutes } from './streams/routes.ts'
import { unexpected } from './unexpected.ts'
import { showError, showNotFound } from './web/errors.tsx'
import { webRoutes } from './web/routes.ts'

const POLICY = 'Content-Security-Policy'

/**
 * The broker as one app, the same on Node and on Workers.
 *
 * @param depsOf called once per request: on Workers nothing that does I/O may outlive its request
 */
export function createApp(depsOf: (c: Context<Env>) => Deps): OpenAPIHono<Env> {
  const app = new OpenAPIHono<Env>()
  app.use(async (c, next) => {
    const [requestId, began] = [crypto.randomUUID(), Date.now()]
    c.set('requestId', requestId)
    c.set('deps', depsOf(c))
    await requestContext.run({ requestId }, next)
    c.res.headers.set('X-Request-Id', requestId)
    const policy = c.res.headers.get(POLICY)
    if (c.var.formLeadsTo && policy)
      c.res.headers.set(POLICY, policy.replace("form-action 'self'", `form-action 'self' ${c.var.formLeadsTo}`))
    const { comesFrom } = c.var
    if (comesFrom) {
      const answered = { route: `${c.req.method} ${routePath(c, -1)}`, status: c.res.status, code: codeOf(c.error, c.res.status) }
      noteRequest(c.var.deps, { clientId: comesFrom, at: c.var.deps.now(), ...answered })
    }
    // The route, not the path: paths hold handles.
    c.var.deps.log.info('answered', {
      method: c.req.method,
      route: routePath(c, -1),
      status: c.res.status,
      ms: Date.now() - began,
      requestId,
    })
  })
  app.use(
    secureHeaders({
      // `no-referrer` would make browsers send `Origin: null` with our own forms.
      referrerPolicy: 'same-origin',
      xFrameOptions: 'DENY',
      strictTransportSecurity: 'max-age=63072000; includeSubDomains',
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        fontSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    }),
  )
  app.use('/v1/*', restHeaders)
  app.use(honestUrl)
  app.use('/v1/*', strictJsonBody([ROSTER_PATH]))
  app.onError(answerError)
  app.notFound((c) => (wantsPage(c) ? showNotFound(c) : problemResponse(problemOf(new Refusal('not_found')))))

  app.route('/', healthRoutes())
  app.route('/', oauthRoutes())
  app.route('/', accessRequestRoutes())
  app.route('/', assignmentRoutes())
  app.route('/', grantRoutes())
  app.route('/', caseRoutes())
  app.route('/', rosterImportRoutes())
  app.route('/', streamRoutes())
  app.route(
    '/',
    sandboxHolderRoutes((c, request) => app.fetch(request, c.env)),
  )
  app.get('/v1/openapi.json', (c) => c.json(apiDocument(app, c.var.deps.issuer)))
  app.route(
    '/',
    webRoutes((issuer) => apiDocument(app, issuer)),
  )
  return app
}

const wantsPage = (c: Context) => c.req.header('accept')?.includes('text/html') ?? false

/** A refusal becomes its problem; what Hono refused by itself one like it; all else is our fault and told as a bare 500. */
function answerError(error: Error, c: Context<Env>): Response | Promise<Response> {
  if (wantsPage(c)) return showError(error, c as unknown as Parameters<typeof showError>[1])
  if (error instanceof Refusal) return problemResponse(problemOf(error))
  if (error instanceof HTTPException && error.status < 500) return problemResponse(problemOf(new Refusal('input_invalid')))
  return unexpected(error, c)
}

import type { Context, MiddlewareHandler } from 'hono'
import type { Access } from './access.ts'
import { AccessError } from './access-error.ts'
import type { Verifier } from './verifier.ts'

export interface AccessVariables {
  access: Access
  /** Call it with what the answer hands over; it is told to the broker after the answer. */
  delivered: (what: { datatypes: string[]; records: number }) => void
}

/** Lets through only requests with an access token of the broker for this holder; `c.var.access` says what it allows. */
export function requireAccess(verifier: Verifier): MiddlewareHandler<{ Variables: AccessVariables }> {
  return async (c, next) => {
    let access: Access
    try {
      access = await verifier.verifyAccess(c.req.raw)
    } catch (error) {
      if (error instanceof AccessError) return error.response(verifier.metadataUrl)
      throw error
    }
    c.set('access', access)
    c.set('delivered', (what) => afterwards(c, verifier.delivered(access, what)))
    await next()
    // A handler that finds the token too narrow throws AccessError: its answer carries the challenge as well.
    if (c.error instanceof AccessError) c.res = c.error.response(verifier.metadataUrl)
    else c.res.headers.set('cache-control', 'no-store')
  }
}

/** The holder's metadata document (RFC 9728): `app.get(new URL(verifier.metadataUrl).pathname, metadataHandler(verifier))`. */
export function metadataHandler(verifier: Verifier) {
  return (c: Context) => c.json(verifier.metadata, 200, { 'cache-control': 'public, max-age=3600' })
}

/** On Workers work after the answer must be announced; elsewhere there is no execution context, and none is needed. */
function afterwards(c: Context, work: Promise<void>): void {
  try {
    c.executionCtx.waitUntil(work)
  } catch {
    return
  }
}

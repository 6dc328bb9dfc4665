import { Hono } from 'hono'
import { type Env, idOf } from '../http.ts'
import type { GrantId } from '../ids.ts'
import { problemOf, problemResponse } from '../problem.ts'
import { Refusal } from '../refusal.ts'
import { giveUpGrant, queryGrant } from './managed-grant.ts'
import { requireToken } from './protected.ts'

/** Grant management: `GET` and `DELETE /grants/{grant_id}`. A grant id is not a secret; whose it is the token says. */
export function grantManagementRoutes(): Hono<Env> {
  const app = new Hono<Env>()
  app.onError((error) => {
    if (error instanceof Refusal) return problemResponse(problemOf(error))
    throw error
  })
  app.get('/grants/:grant_id', requireToken('grant_management_query'), async (c) => {
    const { scopes, details, createdAt, updatedAt, expiresAt } = await queryGrant(
      c.var.deps,
      c.var.supplier,
      grantIn(c.req.param('grant_id')),
    )
    const body = {
      scopes: scopes.map((scope) => ({ scope })),
      claims: [],
      authorization_details: details,
      created_at: createdAt.toISOString(),
      last_updated_at: updatedAt.toISOString(),
      ...(expiresAt && { expires_at: expiresAt.toISOString() }),
    }
    return c.json(body, 200, { 'cache-control': 'no-store' })
  })
  app.delete('/grants/:grant_id', requireToken('grant_management_revoke'), async (c) => {
    await giveUpGrant(c.var.deps, c.var.supplier, grantIn(c.req.param('grant_id')))
    return c.body(null, 204, { 'cache-control': 'no-store' })
  })
  return app
}

/** @throws Refusal `grant_not_found` for what is no id at all */
function grantIn(text: string): GrantId {
  const id = idOf<GrantId>().safeParse(text)
  if (!id.success) throw new Refusal('grant_not_found')
  return id.data
}

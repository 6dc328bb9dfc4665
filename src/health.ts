import { createRoute } from '@hono/zod-openapi'
import { sql } from 'kysely'
import { z } from 'zod'
import { type Env, jsonRoutes } from './http.ts'

const status = (description: string) => ({ description, content: { 'application/json': { schema: z.object({ status: z.string() }) } } })

const live = createRoute({
  method: 'get',
  path: '/health/live',
  operationId: 'isLive',
  tags: ['Operation'],
  summary: 'Whether the process answers at all',
  responses: { 200: status('It does') },
})

const ready = createRoute({
  method: 'get',
  path: '/health/ready',
  operationId: 'isReady',
  tags: ['Operation'],
  summary: 'Whether the database answers it',
  responses: { 200: status('It does'), 503: status('It does not') },
})

/** For whoever keeps the process running. */
export function healthRoutes() {
  return jsonRoutes<Env>()
    .openapi(live, (c) => c.json({ status: 'live' }, 200, { 'cache-control': 'no-store' }))
    .openapi(ready, async (c) => {
      const { db, log } = c.var.deps
      try {
        await sql`select from migrations limit 1`.execute(db)
        return c.json({ status: 'ready' }, 200, { 'cache-control': 'no-store' })
      } catch (error) {
        log.warning('not_ready', { error })
        return c.json({ status: 'not ready' }, 503, { 'cache-control': 'no-store' })
      }
    })
}

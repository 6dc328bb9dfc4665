import { Hono } from 'hono'
import { sql } from 'kysely'
import type { Env } from './http.ts'

/** For whoever keeps the process running: `live` says it answers at all, `ready` that the database answers it. */
export function healthRoutes(): Hono<Env> {
  const app = new Hono<Env>()
  app.use(async (c, next) => {
    await next()
    c.res.headers.set('Cache-Control', 'no-store')
  })
  app.get('/live', (c) => c.json({ status: 'live' }))
  app.get('/ready', async (c) => {
    const { db, log } = c.var.deps
    try {
      await sql`select from migrations limit 1`.execute(db)
      return c.json({ status: 'ready' })
    } catch (error) {
      log.warning('not_ready', { error })
      return c.json({ status: 'not ready' }, 503)
    }
  })
  return app
}

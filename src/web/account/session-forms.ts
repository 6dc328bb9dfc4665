import { Hono } from 'hono'
import { z } from 'zod'
import { endSessions } from '../../accounts/sessions.ts'
import { idOf } from '../../http.ts'
import type { SessionId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { showError } from '../errors.tsx'
import { type PageEnv, readForm, sessionIn, signedInForm } from '../page.tsx'

/** The buttons that end sessions of one's own. */
export function sessionRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.post('/account/sessions/end-others', signedInForm, async (c) => {
    await readForm(c, z.strictObject({}))
    const { deps } = c.var
    const { accountId, sessionId } = sessionIn(c)
    await endSessions(deps.db, accountId, { allBut: sessionId }, deps.now())
    return c.redirect('/account?done=endedOthers', 303)
  })

  app.post('/account/sessions/:sessionId/end', signedInForm, async (c) => {
    await readForm(c, z.strictObject({}))
    const { deps } = c.var
    const sessionId = idOf<SessionId>().safeParse(c.req.param('sessionId'))
    if (!sessionId.success) throw new Refusal('not_found')
    const ended = await endSessions(deps.db, sessionIn(c).accountId, { sessionId: sessionId.data }, deps.now())
    if (ended === 0) throw new Refusal('not_found')
    return c.redirect('/account?done=ended', 303)
  })
  return app
}

import { type Context, Hono } from 'hono'
import { readCookie } from '../../accounts/cookies.ts'
import { beginVisit, comeBack, providerNamed } from '../../accounts/provider-visit.ts'
import { showError } from '../errors.tsx'
import { ownPath, type PageEnv, page } from '../page.tsx'
import { atBrowser, browserSecret, enter } from './entry.ts'

/**
 * Signing in by way of an identity provider. It begins with a link and not with a form: browsers hold redirects after a form to
 * `form-action`. Who is signed in already goes there to prove it again, or to bind that provider to their account.
 */
export function providerRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/sign-in/with/:provider', page, async (c) => {
    const { deps, language, session } = c.var
    const provider = providerOf(c)
    const leads = await beginVisit(deps, provider, {
      browser: browserSecret(c),
      next: ownPath(c, c.req.query('next')),
      language,
      accountId: session?.accountId,
    })
    return c.redirect(leads.href, 303)
  })

  app.get('/sign-in/with/:provider/back', page, async (c) => {
    const { deps, session } = c.var
    const provider = providerOf(c)
    const back = await comeBack(deps, provider, new URL(c.req.url), readCookie(c, 'browser') ?? '', atBrowser(c))
    if (back.as === 'known') return enter(c, back.token, back.next)
    const binding = `/account/providers/${back.visitId}`
    return c.redirect(session ? binding : `/sign-in?${new URLSearchParams({ next: binding, first: provider.id })}`, 303)
  })
  return app
}

function providerOf(c: Context<PageEnv>) {
  return providerNamed(c.var.deps, c.req.param('provider') ?? '')
}

import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { bindProvider, unbindProvider, waitingVisit } from '../../accounts/bind-provider.ts'
import { readCookie } from '../../accounts/cookies.ts'
import { idOf } from '../../http.ts'
import type { VisitId } from '../../ids.ts'
import { deliverMails } from '../../notifications/deliver-mail.ts'
import { Refusal } from '../../refusal.ts'
import { ButtonLink, Heading, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { ownPath, type PageEnv, readForm, sessionIn, show, signedInForm, signedInPage } from '../page.tsx'
import { changedMail } from '../sign-in/changed-mail.ts'
import { changed } from '../sign-in/passkey-routes.ts'

const nothing = z.strictObject({})

/** Who came back from an identity provider binds it to their account, after they saw as whom and to which account. */
export function bindingRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/account/providers/:visitId', signedInPage, async (c) => show(c, await bindingPage(c)))

  app.post('/account/providers/:visitId', signedInForm, async (c) => {
    await readForm(c, nothing)
    const { deps } = c.var
    const visit = { visitId: visitIn(c), browser: readCookie(c, 'browser') ?? '', mail: changedMail('providerAdded') }
    const next = await bindProvider(deps, sessionIn(c), visit)
    deps.afterwards(() => deliverMails(deps))
    return next === '/' || next === '/account' ? changed(c, 'providerAdded') : c.redirect(ownPath(c, next), 303)
  })

  app.post('/account/providers/:provider/remove', signedInForm, async (c) => {
    await readForm(c, nothing)
    const removing = { provider: c.req.param('provider'), mail: changedMail('providerRemoved') }
    await unbindProvider(c.var.deps, sessionIn(c), removing)
    return changed(c, 'providerRemoved')
  })
  return app
}

function visitIn(c: Context<PageEnv>): VisitId {
  const visitId = idOf<VisitId>().safeParse(c.req.param('visitId'))
  if (!visitId.success) throw new Refusal('not_found')
  return visitId.data
}

async function bindingPage(c: Context<PageEnv>) {
  const { t, deps } = c.var
  const waiting = await waitingVisit(deps.db, visitIn(c), readCookie(c, 'browser') ?? '', deps.now())
  const provider = deps.identityProviders.find(({ id }) => id === waiting?.provider)
  if (!waiting || !provider) throw new Refusal('not_found')
  const who = sessionIn(c).email ?? c.var.around[0]?.name ?? ''
  return (
    <Page c={c} title={t.account.bindTitle(provider.name)}>
      <Heading>{t.account.bindTitle(provider.name)}</Heading>
      <dl class="facts card">
        <div>
          <dt>{t.account.bindThere(provider.name)}</dt>
          <dd>{waiting.label || '–'}</dd>
        </div>
        <div>
          <dt>{t.account.bindHere}</dt>
          <dd>{who}</dd>
        </div>
      </dl>
      <P>{t.account.bindMeans(provider.name)}</P>
      <form method="post" action={`/account/providers/${visitIn(c)}`}>
        <div class="choice">
          <Button>{t.account.bindYes}</Button>
          <ButtonLink href={waiting.next}>{t.account.bindNo}</ButtonLink>
        </div>
      </form>
    </Page>
  )
}

import { type Context, Hono } from 'hono'
import { boundProviders } from '../../accounts/bind-provider.ts'
import { passkeysOf } from '../../accounts/passkeys.ts'
import { type OpenSession, openSessions } from '../../accounts/sessions.ts'
import { Heading, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, sessionIn, show, signedInPage } from '../page.tsx'
import { momentIn } from '../texts/dates.ts'
import { AddressForm } from './address-pages.tsx'
import { Passkeys, Providers } from './ways-in.tsx'

const DONE = ['ended', 'endedOthers', 'addressAdded', 'passkeyAdded', 'passkeyRemoved', 'providerAdded', 'providerRemoved'] as const

/** How somebody comes in, and where they are signed in. */
export function accountRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/account', signedInPage, async (c) => show(c, await accountPage(c)))
  return app
}

async function accountPage(c: Context<PageEnv>) {
  const { t, deps } = c.var
  const { accountId, email } = sessionIn(c)
  const sessions = await openSessions(deps.db, accountId, deps.now())
  const passkeys = await passkeysOf(deps.db, accountId)
  const bound = await boundProviders(deps.db, accountId)
  const done = DONE.find((word) => word === c.req.query('done'))
  return (
    <Page c={c} title={t.account.title}>
      {done && <Notice kind="ok">{t.account[done]}</Notice>}
      <Heading>{t.account.title}</Heading>
      <P lead>{t.account.intro}</P>
      <section>
        <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{t.account.address}</h2>
        {email ? <P>{t.account.addressIs(email)}</P> : <AddressForm c={c} />}
      </section>
      <Passkeys c={c} passkeys={passkeys} />
      <Providers c={c} bound={bound} />
      <Sessions c={c} sessions={sessions} />
    </Page>
  )
}

function Sessions({ c, sessions }: { c: Context<PageEnv>; sessions: OpenSession[] }) {
  const { t, language } = c.var
  const here = sessionIn(c).sessionId
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{t.account.sessions}</h2>
      <P>{t.account.sessionsIntro}</P>
      {sessions.map(({ sessionId, method, device, since, lastSeenAt }) => {
        const name = `session-${sessionId}`
        return (
          <article class="card">
            <h3 class="utrecht-heading-3 card__title" id={name}>
              {device || t.account.unknownDevice}
              {sessionId === here && ` (${t.account.here})`}
            </h3>
            <P>
              {t.account.since(momentIn(language, since))}, {t.account.methods[method]}.
              <br />
              <span class="soft">{t.account.seen(momentIn(language, lastSeenAt))}.</span>
            </P>
            {sessionId !== here && (
              <form method="post" action={`/account/sessions/${sessionId}/end`}>
                <Button primary={false} describedBy={name}>
                  {t.account.endOne}
                </Button>
              </form>
            )}
          </article>
        )
      })}
      {sessions.length > 1 && (
        <form method="post" action="/account/sessions/end-others">
          <Button primary={false}>{t.account.endOthers}</Button>
        </form>
      )}
    </section>
  )
}

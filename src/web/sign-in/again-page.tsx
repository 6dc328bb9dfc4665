import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { boundProviders } from '../../accounts/bind-provider.ts'
import { passkeysOf } from '../../accounts/passkeys.ts'
import { sendSignInCode } from '../../accounts/sign-in.ts'
import { clientAddress } from '../../client-address.ts'
import { Refusal } from '../../refusal.ts'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { ownPath, type PageEnv, readForm, sessionIn, show, signedInForm, signedInPage } from '../page.tsx'
import { browserSecret } from './entry.ts'
import { PasskeyForm } from './passkey-form.tsx'
import { ProviderLinks } from './provider-links.tsx'

/** Who is signed in proves once more who they are, before an act that a phone left on a table must not do. */
export function againRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/sign-in/again', signedInPage, async (c) => show(c, await againPage(c, ownPath(c, c.req.query('next')))))

  app.post('/sign-in/again', signedInForm, async (c) => {
    const { deps, t } = c.var
    const { next } = await readForm(c, z.strictObject({ next: z.string().max(2000) }))
    const { email } = sessionIn(c)
    if (!email) throw new Refusal('input_invalid')
    const sent = await sendSignInCode(deps, {
      email,
      browser: browserSecret(c),
      network: clientAddress(c),
      mailOf: (...codes) => ({ subject: t.signIn.mailSubject, text: t.signIn.mailText(...codes) }),
    })
    return c.redirect(`/sign-in/code?${new URLSearchParams({ sent, next: ownPath(c, next) })}`, 303)
  })
  return app
}

async function againPage(c: Context<PageEnv>, next: string) {
  const { t, deps } = c.var
  const { accountId, email } = sessionIn(c)
  const passkeys = await passkeysOf(deps.db, accountId)
  const bound = await boundProviders(deps.db, accountId)
  const providers = deps.identityProviders.filter(({ id }) => bound.some(({ provider }) => provider === id))
  return (
    <Page c={c} title={t.signIn.againTitle}>
      <Heading>{t.signIn.againTitle}</Heading>
      <P lead>{t.signIn.againIntro}</P>
      {email && (
        <form method="post" action="/sign-in/again">
          <input type="hidden" name="next" value={next} />
          <P>{t.signIn.againTo(email)}</P>
          <Button>{t.signIn.againCode}</Button>
        </form>
      )}
      {passkeys.length > 0 && <PasskeyForm c={c} kind="sign_in" next={next} />}
      <ProviderLinks c={c} providers={providers} next={next} />
      {!email && passkeys.length + providers.length === 0 && (
        <Notice kind="warning">
          {t.signIn.againNoWay} <Link href="/account">{t.account.title}</Link>
        </Notice>
      )}
      <P>{t.signIn.againStop}</P>
      <P>
        <Link href={next}>{t.signIn.againNotNow}</Link>
      </P>
    </Page>
  )
}

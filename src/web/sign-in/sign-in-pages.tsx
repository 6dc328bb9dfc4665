import type { Context } from 'hono'
import { Hono } from 'hono'
import { z } from 'zod'
import { dropCookie, readCookie } from '../../accounts/cookies.ts'
import { endSession } from '../../accounts/sessions.ts'
import { redeemSignInCode, sendSignInCode, signedInByThis, waitingCode } from '../../accounts/sign-in.ts'
import { clientAddress } from '../../client-address.ts'
import { idOf } from '../../http.ts'
import type { SignInCodeId } from '../../ids.ts'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Field } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { form, KEPT, ownPath, type PageEnv, page, readForm, safeReadForm, show } from '../page.tsx'
import { CodeField, codeFields } from './code-field.tsx'
import { atBrowser, browserSecret, enter } from './entry.ts'
import { PasskeyForm } from './passkey-form.tsx'
import { ProviderLinks } from './provider-links.tsx'

const path = z.string().max(2000).default('/')
const addressForm = z.strictObject({ email: z.string().trim().toLowerCase().max(254).pipe(z.email()), next: path })
const codeForm = z.strictObject({ ...codeFields, next: path })

/** Signing in by a code that comes by e-mail. Nothing on these pages tells whether an address is known here. */
export function signInRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/sign-in', page, (c) => {
    if (c.var.session) return c.redirect(ownPath(c, c.req.query('next')), 303)
    return show(c, <AddressPage c={c} next={ownPath(c, c.req.query('next'))} signedOut={c.req.query('out') === '1'} />)
  })

  app.post('/sign-in', form, async (c) => {
    const { deps, t } = c.var
    const read = await safeReadForm(c, addressForm)
    if (!read.ok) return show(c, <AddressPage c={c} next={ownPath(c, read.typed.next)} typed={read.typed.email} wrong />, 400)
    const sent = await sendSignInCode(deps, {
      email: read.data.email,
      browser: browserSecret(c),
      network: clientAddress(c),
      mailOf: (...codes) => ({ subject: t.signIn.mailSubject, text: t.signIn.mailText(...codes) }),
    })
    return c.redirect(`/sign-in/code?${new URLSearchParams({ sent, next: ownPath(c, read.data.next) })}`, 303)
  })

  app.get('/sign-in/code', page, async (c) => {
    const sent = idOf<SignInCodeId>().safeParse(c.req.query('sent'))
    return await showCodePage(c, sent.success ? sent.data : undefined, ownPath(c, c.req.query('next')))
  })

  app.post('/sign-in/code', form, async (c) => {
    const read = await safeReadForm(c, codeForm)
    if (!read.ok) {
      const sent = idOf<SignInCodeId>().safeParse(read.typed.sent)
      return await showCodePage(c, sent.success ? sent.data : undefined, ownPath(c, read.typed.next), c.var.t.signIn.codeShape)
    }
    const { code, sent, next } = read.data
    const typed = { codeId: sent, code, browser: readCookie(c, 'browser') ?? '' }
    const { deps, session } = c.var
    const signedIn = await redeemSignInCode(deps, { ...atBrowser(c), ...typed, language: c.var.chosen })
    if (signedIn) return enter(c, signedIn.token, next)
    const email = session?.email
    if (email && (await signedInByThis(deps, { ...typed, email }))) return c.redirect(ownPath(c, next), 303)
    return await showCodePage(c, sent, ownPath(c, next), c.var.t.signIn.codeWrong)
  })

  app.post('/sign-out', form, async (c) => {
    await readForm(c, z.strictObject({}))
    const token = readCookie(c, 'session')
    if (token) await endSession(c.var.deps.db, token, c.var.deps.now())
    dropCookie(c, 'session')
    return c.redirect('/sign-in?out=1', 303)
  })
  return app
}

function AddressPage(props: { c: Context<PageEnv>; next: string; typed?: string; wrong?: boolean; signedOut?: boolean }) {
  const { c, next, typed, wrong, signedOut } = props
  const { t, deps } = c.var
  const first = deps.identityProviders.find(({ id }) => id === c.req.query('first'))
  const error = wrong && t.signIn.emailWrong
  return (
    <Page c={c} title={t.signIn.title} errors={error ? [{ field: 'email', sentence: error }] : []}>
      {signedOut && <Notice kind="ok">{t.signIn.signedOut}</Notice>}
      {next.startsWith(KEPT) && <Notice kind="info">{t.signIn.kept.notice}</Notice>}
      {first && <Notice kind="info">{t.signIn.firstTime(first.name)}</Notice>}
      <Heading>{t.signIn.title}</Heading>
      <P lead>{t.signIn.intro}</P>
      <form method="post" action="/sign-in" novalidate>
        <input type="hidden" name="next" value={next} />
        <Field
          name="email"
          label={t.signIn.email}
          hint={t.signIn.emailHint}
          error={error}
          input={{ type: 'email', autocomplete: 'email', required: true, value: typed, maxlength: 254 }}
        />
        <Button>{t.signIn.send}</Button>
      </form>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{t.signIn.otherWays}</h2>
      <PasskeyForm c={c} kind="sign_in" next={next} />
      {!first && <ProviderLinks c={c} providers={deps.identityProviders} next={next} />}
      <P>
        <Link href={`/sign-in/letter?${new URLSearchParams({ next })}`}>{t.signIn.letter}</Link>
      </P>
    </Page>
  )
}

/** The page for the code; the address is shown only to the browser that asked. Without a code that can still be used: back to the start. */
async function showCodePage(c: Context<PageEnv>, sent: SignInCodeId | undefined, next: string, error?: string) {
  const { t, deps } = c.var
  const email = sent && (await waitingCode(deps, sent, readCookie(c, 'browser') ?? ''))
  const again = `/sign-in?${new URLSearchParams({ next })}`
  if (!email) {
    return show(
      c,
      <Page c={c} title={t.signIn.codeTitle}>
        <Heading>{t.signIn.codeTitle}</Heading>
        <Notice kind="warning">{t.signIn.codeGone}</Notice>
        <P>
          <Link href={again}>{t.signIn.again}</Link>
        </P>
      </Page>,
      error ? 400 : 200,
    )
  }
  return show(
    c,
    <Page c={c} title={t.signIn.codeTitle} errors={error ? [{ field: 'code', sentence: error }] : []}>
      <Heading>{t.signIn.codeTitle}</Heading>
      <P lead>{t.signIn.codeIntro(email)}</P>
      <form method="post" action="/sign-in/code" novalidate>
        <input type="hidden" name="sent" value={sent} />
        <input type="hidden" name="next" value={next} />
        <CodeField c={c} error={error} />
        <Button>{t.signIn.check}</Button>
      </form>
      <P>{t.signIn.noMail}</P>
      <P>
        <Link href={again}>{t.signIn.again}</Link>
      </P>
    </Page>,
    error ? 400 : 200,
  )
}

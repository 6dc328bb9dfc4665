import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { addAddress } from '../../accounts/address.ts'
import { readCookie } from '../../accounts/cookies.ts'
import { addressOfCode, sendSignInCode, waitingCode } from '../../accounts/sign-in.ts'
import { clientAddress } from '../../client-address.ts'
import { idOf } from '../../http.ts'
import type { SignInCodeId } from '../../ids.ts'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Field } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, safeReadForm, sessionIn, show, signedInForm, signedInPage } from '../page.tsx'
import { CodeField, codeFields } from '../sign-in/code-field.tsx'
import { browserSecret } from '../sign-in/entry.ts'

const addressForm = z.strictObject({ email: z.string().trim().toLowerCase().max(254).pipe(z.email()) })
const codeForm = z.strictObject(codeFields)

/** Who came in with a letter adds an address of their own, and proves to read it. */
export function addressRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.post('/account/address', signedInForm, async (c) => {
    const { deps, t } = c.var
    const read = await safeReadForm(c, addressForm)
    if (!read.ok) return show(c, <AddressPage c={c} typed={read.typed.email} wrong />, 400)
    const sent = await sendSignInCode(deps, {
      email: read.data.email,
      browser: browserSecret(c),
      network: clientAddress(c),
      mailOf: (...codes) => ({ subject: t.account.addressMailSubject, text: t.account.addressMail(...codes) }),
    })
    return c.redirect(`/account/address/code?${new URLSearchParams({ sent })}`, 303)
  })

  app.get('/account/address/code', signedInPage, async (c) => await showCodePage(c, c.req.query('sent')))

  app.post('/account/address/code', signedInForm, async (c) => {
    const { deps, t } = c.var
    const read = await safeReadForm(c, codeForm)
    if (!read.ok) return await showCodePage(c, read.typed.sent, t.signIn.codeShape)
    const { code, sent } = read.data
    const email = await addressOfCode(deps, { codeId: sent, code, browser: readCookie(c, 'browser') ?? '' })
    if (!email) return await showCodePage(c, sent, t.signIn.codeWrong)
    await addAddress(deps, sessionIn(c).accountId, email)
    return c.redirect('/account?done=addressAdded', 303)
  })
  return app
}

export function AddressForm({ c, typed, wrong = false }: { c: Context<PageEnv>; typed?: string | undefined; wrong?: boolean }) {
  const { t } = c.var
  return (
    <form method="post" action="/account/address" novalidate>
      <P>
        {t.account.addressNone} {t.account.addressWhy}
      </P>
      <Field
        name="email"
        label={t.signIn.email}
        error={wrong && t.signIn.emailWrong}
        input={{ type: 'email', autocomplete: 'email', required: true, value: typed, maxlength: 254 }}
      />
      <Button>{t.account.addressAdd}</Button>
    </form>
  )
}

function AddressPage({ c, typed, wrong }: { c: Context<PageEnv>; typed: string | undefined; wrong: boolean }) {
  const { t } = c.var
  return (
    <Page c={c} title={t.account.address} errors={wrong ? [{ field: 'email', sentence: t.signIn.emailWrong }] : []}>
      <Heading>{t.account.address}</Heading>
      <AddressForm c={c} typed={typed} wrong={wrong} />
    </Page>
  )
}

async function showCodePage(c: Context<PageEnv>, asked: string | undefined, error?: string) {
  const { t, deps } = c.var
  const sent = idOf<SignInCodeId>().safeParse(asked)
  const email = sent.success ? await waitingCode(deps, sent.data, readCookie(c, 'browser') ?? '') : undefined
  return show(
    c,
    <Page c={c} title={t.account.addressCodeTitle} errors={error && email ? [{ field: 'code', sentence: error }] : []}>
      <Heading>{t.account.addressCodeTitle}</Heading>
      {!email && (
        <>
          <Notice kind="warning">{t.signIn.codeGone}</Notice>
          <P>
            <Link href="/account">{t.account.title}</Link>
          </P>
        </>
      )}
      {email && (
        <form method="post" action="/account/address/code" novalidate>
          <P lead>{t.signIn.codeIntro(email)}</P>
          <input type="hidden" name="sent" value={sent.data} />
          <CodeField c={c} error={error} />
          <Button>{t.account.check}</Button>
        </form>
      )}
    </Page>,
    error ? 400 : 200,
  )
}

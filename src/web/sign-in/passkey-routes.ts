import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { readCookie } from '../../accounts/cookies.ts'
import { deviceOf } from '../../accounts/device.ts'
import { addingOptions, addPasskey, removePasskey, signInWithPasskey, signingInOptions } from '../../accounts/passkeys.ts'
import { deliverMails } from '../../notifications/deliver-mail.ts'
import { Refusal } from '../../refusal.ts'
import { showError } from '../errors.tsx'
import { form, type PageEnv, readForm, sessionIn, signedInForm } from '../page.tsx'
import { changedMail } from './changed-mail.ts'
import { atBrowser, browserSecret, enter } from './entry.ts'

const answer = z.string().min(1).max(20_000)
const nothing = z.strictObject({})

/** What the passkey script asks for and what its forms bring: signing in with a passkey, adding one, taking one away. */
export function passkeyRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.post('/sign-in/passkey/start', form, async (c) => {
    await readForm(c, nothing)
    return c.json(await signingInOptions(c.var.deps, { ...asking(c), browser: browserSecret(c) }))
  })

  app.post('/sign-in/passkey', form, async (c) => {
    const read = await readForm(c, z.strictObject({ answer, next: z.string().max(2000).default('/') }))
    const token = await signInWithPasskey(c.var.deps, { ...asking(c), ...atBrowser(c), answer: read.answer })
    if (!token) throw new Refusal('passkey_invalid')
    return enter(c, token, read.next)
  })

  app.post('/account/passkeys/start', signedInForm, async (c) => {
    await readForm(c, nothing)
    const { t, deps } = c.var
    const session = sessionIn(c)
    const name = session.email ?? c.var.around[0]?.name ?? t.account.title
    return c.json(await addingOptions(deps, session, { ...asking(c), browser: browserSecret(c), name, product: t.frame.product }))
  })

  app.post('/account/passkeys', signedInForm, async (c) => {
    const read = await readForm(c, z.strictObject({ answer }))
    const device = deviceOf(c.req.header('user-agent'))
    await addPasskey(c.var.deps, sessionIn(c), { ...asking(c), answer: read.answer, device, mail: changedMail('passkeyAdded') })
    return changed(c, 'passkeyAdded')
  })

  app.post('/account/passkeys/remove', signedInForm, async (c) => {
    const { credential } = await readForm(c, z.strictObject({ credential: z.string().min(1).max(1400) }))
    await removePasskey(c.var.deps, sessionIn(c), { credentialId: credential, mail: changedMail('passkeyRemoved') })
    return changed(c, 'passkeyRemoved')
  })
  return app
}

function asking(c: Context<PageEnv>) {
  return { accountId: c.var.session?.accountId, browser: readCookie(c, 'browser') ?? '' }
}

/** Back to the account, which says what was done; the owner gets a mail too. */
export function changed(c: Context<PageEnv>, done: string) {
  c.var.deps.afterwards(() => deliverMails(c.var.deps))
  return c.redirect(`/account?done=${done}`, 303)
}

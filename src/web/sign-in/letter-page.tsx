import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { signInWithLetter } from '../../accounts/letter.ts'
import { cameByThis } from '../../people/invitations.ts'
import { paperCodeIn } from '../../people/paper-code.ts'
import { Refusal } from '../../refusal.ts'
import { Heading, Link, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Field } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { form, ownPath, type PageEnv, page, safeReadForm, show } from '../page.tsx'
import { atBrowser, enter } from './entry.ts'

const letterForm = z.strictObject({
  code: z.string().max(100).transform(paperCodeIn).pipe(z.string()),
  next: z.string().max(2000).default('/'),
})

/** Signing in with the code from a letter, for who has no address of their own. */
export function letterRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/sign-in/letter', page, (c) => show(c, <LetterPage c={c} next={ownPath(c, c.req.query('next'))} />))

  app.post('/sign-in/letter', form, async (c) => {
    const { deps, t, language } = c.var
    const read = await safeReadForm(c, letterForm)
    if (!read.ok)
      return show(c, <LetterPage c={c} next={ownPath(c, read.typed.next)} typed={read.typed.code} error={t.signIn.letterShape} />, 400)
    // Without somewhere to be they first see to how they come back.
    const next = read.data.next === '/' ? '/account' : read.data.next
    try {
      const token = await signInWithLetter(deps, { ...atBrowser(c), code: read.data.code, language })
      return enter(c, token, next)
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'invitation_invalid')) throw error
      const { session } = c.var
      if (session && (await cameByThis(deps, session.accountId, read.data.code))) return c.redirect(ownPath(c, next), 303)
      return show(
        c,
        <LetterPage c={c} next={ownPath(c, read.data.next)} typed={read.data.code} error={t.errors.refusals.invitation_invalid} />,
        400,
      )
    }
  })
  return app
}

function LetterPage({ c, next, typed, error }: { c: Context<PageEnv>; next: string; typed?: string; error?: string }) {
  const { t } = c.var
  return (
    <Page c={c} title={t.signIn.letterTitle} errors={error ? [{ field: 'code', sentence: error }] : []}>
      <Heading>{t.signIn.letterTitle}</Heading>
      <P lead>{t.signIn.letterIntro}</P>
      <P>
        {t.signIn.letterAddress} <Link href="/sign-in?next=%2Finvitation">{t.signIn.title}</Link>
      </P>
      <form method="post" action="/sign-in/letter" novalidate>
        <input type="hidden" name="next" value={next} />
        <Field
          name="code"
          label={t.signIn.letterCode}
          hint={t.signIn.letterHint}
          error={error}
          input={{
            type: 'text',
            autocomplete: 'off',
            autocapitalize: 'characters',
            spellcheck: 'false',
            maxlength: 100,
            required: true,
            value: typed,
            class: 'code-input code-input--long',
          }}
        />
        <P>{t.signIn.letterOnce}</P>
        <Button>{t.signIn.letterGo}</Button>
      </form>
    </Page>
  )
}

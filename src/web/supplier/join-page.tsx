import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { joinSupplier } from '../../members/invite-member.ts'
import { Refusal } from '../../refusal.ts'
import { attemptOfAccount } from '../attempt.ts'
import { Heading, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Field } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, safeReadForm, sessionIn, show, signedInForm, signedInPage } from '../page.tsx'

const joinForm = z.strictObject({
  code: z
    .string()
    .transform((typed) => typed.replace(/\s/g, ''))
    .pipe(z.string().min(1).max(200)),
})

/** An invitation of a supplier binds whoever signs in with its address to that supplier. Opening a link does nothing yet. */
export function joinRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/join', signedInPage, (c) => show(c, <JoinPage c={c} />))

  app.post('/supplier/join', signedInForm, async (c) => {
    const read = await safeReadForm(c, joinForm)
    const { deps, t } = c.var
    if (!read.ok) return show(c, <JoinPage c={c} typed={read.typed.code} error={t.supplier.join.missing} />, 400)
    try {
      const supplierId = await attemptOfAccount(c, () => joinSupplier(deps, sessionIn(c).accountId, read.data.code))
      return c.redirect(`/supplier/${supplierId}?done=joined`, 303)
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'invitation_invalid')) throw error
      return show(c, <JoinPage c={c} typed={read.data.code} error={t.supplier.join.wrong} />, 400)
    }
  })
  return app
}

function JoinPage({ c, typed, error }: { c: Context<PageEnv>; typed?: string; error?: string }) {
  const words = c.var.t.supplier.join
  return (
    <Page c={c} title={words.title} errors={error ? [{ field: 'code', sentence: error }] : []}>
      <Heading>{words.title}</Heading>
      <P lead>{words.intro}</P>
      <form method="post" action="/supplier/join" novalidate>
        <Field
          name="code"
          label={words.code}
          error={error}
          input={{ autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', maxlength: 200, value: typed, required: true }}
        />
        <Button>{words.accept}</Button>
      </form>
    </Page>
  )
}

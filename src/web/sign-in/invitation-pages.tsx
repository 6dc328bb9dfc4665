import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { acceptInvitation } from '../../people/invitations.ts'
import { Heading, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Field } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, safeReadForm, sessionIn, show, signedInForm, signedInPage } from '../page.tsx'

const invitationForm = z.strictObject({
  code: z
    .string()
    .transform((typed) => typed.replace(/\s/g, ''))
    .pipe(z.string().min(1).max(200)),
})

/** An invitation from the school binds a person to the account of the address it was sent to. Opening a link does nothing yet. */
export function invitationRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/invitation', signedInPage, (c) => show(c, <InvitationPage c={c} typed={c.req.query('code')} />))

  app.post('/invitation', signedInForm, async (c) => {
    const read = await safeReadForm(c, invitationForm)
    if (!read.ok) return show(c, <InvitationPage c={c} typed={read.typed.code} error={c.var.t.invitation.missing} />, 400)
    await acceptInvitation(c.var.deps, sessionIn(c).accountId, read.data.code)
    return c.redirect('/?connected=1', 303)
  })
  return app
}

function InvitationPage({ c, typed, error }: { c: Context<PageEnv>; typed?: string; error?: string }) {
  const { t } = c.var
  return (
    <Page c={c} title={t.invitation.title} errors={error ? [{ field: 'code', sentence: error }] : []}>
      <Heading>{t.invitation.title}</Heading>
      <P lead>{t.invitation.intro}</P>
      <InvitationForm c={c} typed={typed} error={error} />
    </Page>
  )
}

export function InvitationForm({ c, typed, error }: { c: Context<PageEnv>; typed?: string; error?: string }) {
  const { t } = c.var
  return (
    <form method="post" action="/invitation" novalidate>
      <Field
        name="code"
        label={t.invitation.code}
        error={error}
        input={{
          type: 'text',
          autocomplete: 'off',
          autocapitalize: 'off',
          spellcheck: 'false',
          maxlength: 200,
          value: typed,
          required: true,
        }}
      />
      <Button>{t.invitation.accept}</Button>
    </form>
  )
}

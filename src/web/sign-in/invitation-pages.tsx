import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { acceptInvitation, cameByThis } from '../../people/invitations.ts'
import { Refusal, type RefusalCode } from '../../refusal.ts'
import { attemptOfAccount } from '../attempt.ts'
import { Heading, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Field } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, safeReadForm, sessionIn, show, signedInForm, signedInPage } from '../page.tsx'
import { publicCodeOf } from '../texts/public-code.ts'

const invitationForm = z.strictObject({
  code: z
    .string()
    .transform((typed) => typed.replace(/\s/g, ''))
    .pipe(z.string().min(1).max(200)),
})

/** What is wrong with this code for this account: told at the field, so that it can be mended there. */
const AT_THE_CODE: ReadonlySet<RefusalCode> = new Set(['invitation_invalid', 'two_guardians_one_account', 'pupil_and_guardian_one_account'])

/** An invitation from the school binds a person to the account of the address it was sent to. Opening a link does nothing yet. */
export function invitationRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/invitation', signedInPage, (c) => show(c, <InvitationPage c={c} typed={c.req.query('code')} />))

  app.post('/invitation', signedInForm, async (c) => {
    const read = await safeReadForm(c, invitationForm)
    if (!read.ok) return show(c, <InvitationPage c={c} typed={read.typed.code} error={c.var.t.invitation.missing} />, 400)
    try {
      await attemptOfAccount(c, () => acceptInvitation(c.var.deps, sessionIn(c).accountId, read.data.code))
    } catch (error) {
      if (!(error instanceof Refusal && AT_THE_CODE.has(error.code))) throw error
      if (await cameByThis(c.var.deps, sessionIn(c).accountId, read.data.code)) return c.redirect('/?connected=1', 303)
      const sentence = c.var.t.errors.refusals[publicCodeOf(error.code)]
      return show(c, <InvitationPage c={c} typed={read.data.code} error={sentence} />, 400)
    }
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

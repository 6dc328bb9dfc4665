import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { supplierById } from '../../catalog/store.ts'
import { idOf } from '../../http.ts'
import type { ConsentId, PersonId } from '../../ids.ts'
import { askPreparedAtOnce } from '../../requests/ask-prepared.ts'
import { cancelLinkCode, makeLinkCode } from '../../requests/link-codes.ts'
import { attempt, once } from '../attempt.ts'
import { Heading, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../page.tsx'
import { onTablet } from '../supplier/asking/on-tablet.ts'
import { givable, mine } from './link-code-pages.tsx'

const ownForm = z.strictObject({ form: formToken, subject: idOf<PersonId>() })

/**
 * What the code on a supplier's tablet leads to on the parent's own phone: signed in there, they say about whom this one question
 * may be asked, and read it at once. It is as a link code that was handed over, without anything to copy (K12).
 */
export function ownPhoneRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/tablet/:secret/own', signedInPage, async (c) => show(c, await ownPage(c)))

  app.post('/tablet/:secret/own', signedInForm, async (c) => {
    const { deps } = c.var
    const { form, subject } = await readForm(c, ownForm)
    const to = (consentId: ConsentId | undefined) => (consentId ? `/questions/${consentId}` : '/tablet/asked')
    return await once(c, { form, back: '/', to }, async () => {
      const { prepared, actor: member } = await onTablet(c)
      const { actor } = mine(c, subject).around
      return await attempt(c, actor, 'subject', async () => {
        const { code, linkCodeId } = await makeLinkCode(deps, actor, { subjectId: subject, supplierId: member.supplierId })
        const asked = await askPreparedAtOnce(deps, member, { askId: prepared.askId, linkCode: code })
        await cancelLinkCode(deps, actor, linkCodeId)
        return asked
      })
    })
  })
  return app
}

async function ownPage(c: Context<PageEnv>) {
  const { t, deps } = c.var
  const words = t.asking.tablet
  const { actor } = await onTablet(c)
  const name = (await supplierById(deps.db, actor.supplierId))?.legalName ?? ''
  const subjects = c.var.around.flatMap(givable)
  return (
    <Page c={c} title={words.forParent(name)}>
      <Heading>{words.forParent(name)}</Heading>
      <P lead>{subjects.length === 0 ? t.linkCodes.nobody : words.ownIntro}</P>
      {subjects.length > 0 && (
        <OnceForm action={c.req.path}>
          <Choices
            name="subject"
            label={t.linkCodes.about}
            options={subjects.map(({ personId, name, isMe }) => ({ value: personId, text: isMe ? t.linkCodes.me(name) : name }))}
          />
          <Button>{words.ownSend}</Button>
        </OnceForm>
      )}
    </Page>
  )
}

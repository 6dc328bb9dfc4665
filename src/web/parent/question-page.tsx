import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { newFormToken } from '../../accounts/forms.ts'
import { answerConsent } from '../../consents/answer.ts'
import { isVerySensitive } from '../../consents/shown-text.ts'
import { isFresh } from '../../fresh-sign-in.ts'
import type { ConsentId } from '../../ids.ts'
import { day } from '../../moments.ts'
import { Refusal } from '../../refusal.ts'
import { attempt } from '../attempt.ts'
import { Heading, Link, Notice } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, readForm, show, translatedForm, translatedPage } from '../page.tsx'
import { type Again, AnswerForm, answerFields, replyIn } from './answer-form.tsx'
import { donePage } from './done-page.tsx'
import { type Mine, myConsent, OVER } from './my-consents.ts'
import { Asked, askedIn, askerOf, QuestionFacts } from './question.tsx'

/** One question, one page: everything to know first, then yes and no of the same weight, or a narrower yes. */
export function questionRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/questions', translatedPage, (c) => c.redirect('/', 303))

  app.get('/questions/:consentId', translatedPage, async (c) => show(c, await questionPage(c, typedBefore(c))))

  app.post('/questions/:consentId', translatedForm, async (c) => {
    const { deps } = c.var
    const given = await readForm(c, z.strictObject({ ...answerFields, form: z.string().min(20).max(100) }))
    const { around, consent, shown } = await myConsent(c)
    const read = replyIn(c, shown, given)
    if ('wrong' in read) return show(c, await questionPage(c, { wrong: read.wrong, typed: given }), 400)
    try {
      await attempt(c, around.actor, consent.approach, () =>
        answerConsent(deps, around.actor, {
          consentId: consent.consentId,
          ...read.reply,
          formToken: given.form,
        }),
      )
    } catch (error) {
      if (error instanceof Refusal && error.code === 'sign_in_again') return c.redirect(againFor(consent.consentId, given), 303)
      if (error instanceof Refusal && error.code === 'shown_text_differs') return show(c, await questionPage(c, { changed: true }), 409)
      // The second press of the button: the first has done it.
      if (!(error instanceof Refusal && error.code === 'form_used')) throw error
    }
    return c.redirect(`/questions/${consent.consentId}/done`, 303)
  })

  app.get('/questions/:consentId/done', translatedPage, async (c) => show(c, await donePage(c)))
  return app
}

/** Signing in again leads back to this question, with what was left out of it. */
function againFor(consentId: ConsentId, { without, until }: { without: string[]; until?: string | undefined }): string {
  const typed = new URLSearchParams([...without.map((datatype) => ['without', datatype]), ...(until ? [['until', until]] : [])])
  return `/sign-in/again?${new URLSearchParams({ next: `/questions/${consentId}${typed.size > 0 ? `?${typed}` : ''}` })}`
}

function typedBefore(c: Context<PageEnv>): Again {
  const [without, until] = [c.req.queries('without') ?? [], day.safeParse(c.req.query('until'))]
  if (without.length === 0 && !until.success) return {}
  return { typed: { without, ...(until.success && { until: until.data }) } }
}

async function questionPage(c: Context<PageEnv>, again: Again = {}) {
  const { t } = c.var
  const mine = await myConsent(c)
  const { subject, consent, shown } = mine
  const asked = askedIn({ t, question: shown.question, subject })
  return (
    <Page c={c} title={asked} errors={again.wrong ? [again.wrong] : []}>
      {again.changed && <Notice kind="warning">{t.question.changed}</Notice>}
      <Heading over={askerOf(shown.question)}>
        <Asked t={t} question={shown.question} subject={subject} />
      </Heading>
      <QuestionFacts t={t} question={shown.question} subject={subject} direct={consent.approach === 'subject'} />
      {shown.question.special && <Notice kind="warning">{t.question.special}</Notice>}
      {mayAnswerNow(mine) && isVerySensitive(shown.question) && !isFresh(mine.around.actor, c.var.deps.now()) && (
        <Notice kind="info">
          {t.question.againFirst} <Link href={againFor(consent.consentId, { without: [] })}>{t.question.againLink}</Link>
        </Notice>
      )}
      {consent.question.subject.kind === 'employee' && <Notice kind="info">{t.question.employee}</Notice>}
      {mayAnswerNow(mine) ? (
        <AnswerForm c={c} action={`/questions/${consent.consentId}`} shown={shown} before={consent.mine} again={again}>
          <input type="hidden" name="form" value={newFormToken()} />
        </AnswerForm>
      ) : (
        <Notice kind="info">{whyNot(c, mine)}</Notice>
      )}
    </Page>
  )
}

function mayAnswerNow({ consent: { mayAnswer, state } }: Mine): boolean {
  return mayAnswer && state.state !== 'informed' && !OVER.has(state.state)
}

function whyNot(c: Context<PageEnv>, { consent, subject }: Mine): string {
  const { t } = c.var
  const { state } = consent.state
  if (state === 'informed') return t.question.toldOnly
  if (OVER.has(state)) return t.question.closed
  return subject.isMe ? t.question.mayOnlyStop : t.question.closed
}

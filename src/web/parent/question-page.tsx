import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { newFormToken } from '../../accounts/forms.ts'
import { answerConsent } from '../../consents/answer.ts'
import { Refusal } from '../../refusal.ts'
import { attempt } from '../attempt.ts'
import { Heading, Notice } from '../blocks.tsx'
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

  app.get('/questions/:consentId', translatedPage, async (c) => show(c, await questionPage(c)))

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
      if (error instanceof Refusal && error.code === 'shown_text_differs') return show(c, await questionPage(c, { changed: true }), 409)
      // The second press of the button: the first has done it.
      if (!(error instanceof Refusal && error.code === 'form_used')) throw error
    }
    return c.redirect(`/questions/${consent.consentId}/done`, 303)
  })

  app.get('/questions/:consentId/done', translatedPage, async (c) => show(c, await donePage(c)))
  return app
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

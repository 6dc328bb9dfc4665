import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { inquire, inquiryText } from '../../consents/inquire.ts'
import type { Inquiry } from '../../consents/inquiries.ts'
import { Refusal } from '../../refusal.ts'
import { attempt, once } from '../attempt.ts'
import { Heading, Link, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, TextArea } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { dayIn } from '../texts/dates.ts'
import { myConsent } from './my-consents.ts'
import { askedIn } from './question.tsx'

const askForm = z.strictObject({ form: formToken, question: inquiryText })

/** A parent asks the school something before answering: one field, and the answer comes back on the question's page. */
export function inquiryRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/questions/:consentId/ask', signedInPage, async (c) => show(c, await askPage(c)))

  app.post('/questions/:consentId/ask', signedInForm, async (c) => {
    const { deps } = c.var
    const read = await safeReadForm(c, askForm)
    if (!read.ok && read.wrong.has('question')) {
      return show(c, await askPage(c, { wrong: c.var.t.inquiry.wrong, typed: read.typed.question ?? '' }), 400)
    }
    if (!read.ok) throw new Refusal('input_invalid')
    const { around, consent } = await myConsent(c)
    const { consentId } = consent
    try {
      const back = `/questions/${consentId}`
      const to = () => `${back}?asked=1#inquiries`
      return await once(c, { form: read.data.form, back, to }, () =>
        attempt(c, around.actor, 'organisation', () => inquire(deps, around.actor, { consentId, question: read.data.question })),
      )
    } catch (error) {
      if (error instanceof Refusal && error.code === 'too_many_requests') {
        return show(c, await askPage(c, { wrong: c.var.t.inquiry.tooMany, typed: read.data.question }), 429)
      }
      throw error
    }
  })
  return app
}

async function askPage(c: Context<PageEnv>, { wrong = '', typed = '' } = {}) {
  const { t } = c.var
  const { consent, shown, subject } = await myConsent(c)
  if (consent.approach !== 'organisation') throw new Refusal('consent_not_found')
  const path = `/questions/${consent.consentId}`
  return (
    <Page c={c} title={t.inquiry.title} errors={wrong ? [{ field: 'question', sentence: wrong }] : []}>
      <Heading over={askedIn({ t, question: shown.question, subject })}>{t.inquiry.title}</Heading>
      <P lead>{t.inquiry.intro}</P>
      <OnceForm action={`${path}/ask`}>
        <TextArea name="question" label={t.inquiry.question} hint={t.inquiry.hint} error={wrong} value={typed} maxlength={1000} />
        <Button>{t.inquiry.send}</Button>
      </OnceForm>
      <P>
        <Link href={path}>{t.inquiry.back}</Link>
      </P>
    </Page>
  )
}

/** What this person asked the school about a question, with what the school said. */
export function Inquiries({ c, inquiries }: { c: Context<PageEnv>; inquiries: Inquiry[] }) {
  const { t, language } = c.var
  if (inquiries.length === 0) return null
  return (
    <section id="inquiries">
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{t.inquiry.yours}</h2>
      {inquiries.map(({ question, askedAt, answered }) => (
        <article class="card">
          <p class="over-title">{t.inquiry.asked(dayIn(language, askedAt))}</p>
          <p class="said">{question}</p>
          {answered ? (
            <>
              <p class="over-title">{t.inquiry.answered(dayIn(language, answered.at))}</p>
              <p class="said">{answered.answer}</p>
            </>
          ) : (
            <P>{t.inquiry.waiting}</P>
          )}
        </article>
      ))}
    </section>
  )
}

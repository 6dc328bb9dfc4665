import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { newFormToken } from '../../accounts/forms.ts'
import { addDays, amsterdamDay, startOfAmsterdamDay } from '../../clock.ts'
import { answerConsent } from '../../consents/answer.ts'
import type { ShownText } from '../../consents/shown-text.ts'
import { day } from '../../moments.ts'
import { Refusal } from '../../refusal.ts'
import { attempt } from '../attempt.ts'
import { Heading, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Field, NothingOnEnter, Tick } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage, ticked } from '../page.tsx'
import { dayIn } from '../texts/dates.ts'
import { donePage } from './done-page.tsx'
import { type Mine, myConsent, OVER, type Whole } from './my-consents.ts'
import { askedIn, askerOf, lastDayOf, QuestionFacts } from './question.tsx'

const answerForm = z.strictObject({
  answer: z.enum(['yes', 'no']).optional(),
  enter: z.literal('1').optional(),
  without: ticked(z.string().max(100)),
  until: z.union([z.literal('').transform(() => undefined), day]).optional(),
  shown: z.string().regex(/^[0-9a-f]{64}$/),
  language: z.enum(['nl', 'en']),
  form: z.string().min(20).max(100),
})

/** One question, one page: everything to know first, then yes and no of the same weight, or a narrower yes. */
export function questionRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/questions', signedInPage, (c) => c.redirect('/', 303))

  app.get('/questions/:consentId', signedInPage, async (c) => show(c, await questionPage(c)))

  app.post('/questions/:consentId', signedInForm, async (c) => {
    const { deps, t } = c.var
    const given = await readForm(c, answerForm)
    const { around, consent, shown } = await myConsent(c)
    const { answer } = given
    if (!answer || given.enter) {
      return show(c, await questionPage(c, { wrong: { field: 'answer', sentence: t.question.chooseFirst }, typed: given }), 400)
    }
    const narrowed = answer === 'yes' ? narrow(c, shown, given) : {}
    if ('wrong' in narrowed) return show(c, await questionPage(c, { wrong: narrowed.wrong, typed: given }), 400)
    try {
      await attempt(c, around.actor, consent.approach, () =>
        answerConsent(deps, around.actor, {
          consentId: consent.consentId,
          answer,
          ...narrowed,
          shownHash: Buffer.from(given.shown, 'hex'),
          language: given.language,
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

  app.get('/questions/:consentId/done', signedInPage, async (c) => show(c, await donePage(c)))
  return app
}

type Narrowed = { datatypes?: string[]; untilAt?: Date } | { wrong: { field: string; sentence: string } }

/** What is left of the question. Nothing is not a yes: that is told, so that nobody gives a no unaware. */
function narrow(c: Context<PageEnv>, { question }: ShownText, given: { without: string[]; until?: string }): Narrowed {
  const { t, language, deps } = c.var
  const left = question.data.map(({ datatype }) => datatype).filter((datatype) => !given.without.includes(datatype))
  if (question.data.length > 0 && left.length === 0) return { wrong: { field: 'narrow', sentence: t.question.everythingLeftOut } }
  const { until } = given
  if (until && (until > question.period.until || until <= amsterdamDay(deps.now()))) {
    return { wrong: { field: 'until', sentence: t.question.untilWrong(lastDayOf(language, question)) } }
  }
  return {
    ...(given.without.length > 0 ? { datatypes: left } : {}),
    ...(until && until < question.period.until ? { untilAt: startOfAmsterdamDay(addDays(until, 1)) } : {}),
  }
}

interface Again {
  wrong?: { field: string; sentence: string }
  typed?: { without: string[]; until?: string }
  changed?: boolean
}

async function questionPage(c: Context<PageEnv>, again: Again = {}) {
  const { t } = c.var
  const mine = await myConsent(c)
  const { subject, consent, shown } = mine
  const asked = askedIn({ t, question: shown.question, subject })
  return (
    <Page c={c} title={asked} errors={again.wrong ? [again.wrong] : []}>
      {again.changed && <Notice kind="warning">{t.question.changed}</Notice>}
      <Heading over={askerOf(shown.question)}>{asked}</Heading>
      <QuestionFacts t={t} question={shown.question} subject={subject} direct={consent.approach === 'subject'} />
      {shown.question.special && <Notice kind="warning">{t.question.special}</Notice>}
      {consent.question.subject.kind === 'employee' && <Notice kind="info">{t.question.employee}</Notice>}
      {mayAnswerNow(mine) ? <AnswerForm c={c} mine={mine} again={again} /> : <Notice kind="info">{whyNot(c, mine)}</Notice>}
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

function AnswerForm({ c, mine, again }: { c: Context<PageEnv>; mine: Whole; again: Again }) {
  const { t, language, deps } = c.var
  const { consent, shown } = mine
  const { question, hash } = shown
  const before = consent.mine
  const last = lastDayOf(language, question)
  const wrongUntil = again.wrong?.field === 'until' && again.wrong.sentence
  return (
    <form method="post" action={`/questions/${consent.consentId}`} novalidate>
      <NothingOnEnter text={t.question.chooseFirst} />
      <input type="hidden" name="form" value={newFormToken()} />
      <input type="hidden" name="shown" value={hash.toString('hex')} />
      <input type="hidden" name="language" value={question.language} />
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{t.question.yourAnswer}</h2>
      {before && (
        <P>{t.question.saidBefore(before.answer === 'yes' ? t.question.wordYes : t.question.wordNo, dayIn(language, before.answeredAt))}</P>
      )}
      <details class="more" open={again.wrong !== undefined} id="narrow">
        <summary>{t.question.narrow}</summary>
        <div class="more__body">
          <P>{t.question.narrowIntro}</P>
          {question.data.length > 1 && (
            <fieldset class="utrecht-form-fieldset utrecht-form-fieldset--html-fieldset">
              <legend class="utrecht-form-fieldset__legend utrecht-form-fieldset__legend--html-legend">{t.question.without}</legend>
              {question.data.map(({ datatype, name }) => (
                <Tick
                  name="without"
                  value={datatype}
                  text={name}
                  id={`without-${datatype}`}
                  ticked={again.typed?.without.includes(datatype) ?? false}
                />
              ))}
            </fieldset>
          )}
          <Field
            name="until"
            label={t.question.until}
            hint={t.question.untilHint(last)}
            error={wrongUntil}
            input={{
              type: 'date',
              min: addDays(amsterdamDay(deps.now()), 1),
              max: question.period.until,
              value: again.typed?.until,
              autocomplete: 'off',
            }}
          />
        </div>
      </details>
      <div class="choice" id="answer" tabindex={-1}>
        <Button name="answer" value="yes">
          {t.question.yes}
        </Button>
        <Button name="answer" value="no">
          {t.question.no}
        </Button>
      </div>
    </form>
  )
}

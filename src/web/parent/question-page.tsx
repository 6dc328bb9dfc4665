import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { newFormToken } from '../../accounts/forms.ts'
import { answerConsent } from '../../consents/answer.ts'
import { type Inquiry, inquiriesOf } from '../../consents/inquiries.ts'
import { isVerySensitive, keepShown, shownBefore } from '../../consents/shown-text.ts'
import { undoAnswer } from '../../consents/undo-answer.ts'
import { isFresh } from '../../fresh-sign-in.ts'
import type { ConsentId } from '../../ids.ts'
import { day } from '../../moments.ts'
import { bindingMessages } from '../../oauth/binding-messages.ts'
import { Refusal } from '../../refusal.ts'
import { attempt } from '../attempt.ts'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { formToken } from '../once-form.tsx'
import { type PageEnv, readForm, sessionIn, show, translatedForm, translatedPage } from '../page.tsx'
import { namedIn } from '../texts/isolated.ts'
import { type Again, AnswerForm, answerFields, replyIn } from './answer-form.tsx'
import { donePage } from './done-page.tsx'
import { Inquiries } from './inquiry-page.tsx'
import { type Mine, myConsent, OVER, type Whole } from './my-consents.ts'
import { OtherYesPage } from './other-yes-page.tsx'
import { Asked, askedIn, askerOf } from './question.tsx'
import { QuestionFacts } from './question-facts.tsx'
import { ReviewPage } from './review.tsx'
import { StaffNotice, staffNotice } from './staff-notice.tsx'
import { WhatChanged } from './what-changed.tsx'

const answerForm = z.strictObject({ ...answerFields, form: formToken })

/**
 * One question, one page: everything to know first, then yes and no of the same weight, or a narrower yes. What was chosen
 * is shown once more before it is sent, and can be taken back for as long as one stays signed in.
 */
export function questionRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/questions', translatedPage, (c) => c.redirect('/', 303))

  app.get('/questions/:consentId', translatedPage, async (c) => show(c, await questionPage(c, typedBefore(c))))

  app.post('/questions/:consentId', translatedForm, async (c) => {
    const { deps } = c.var
    const given = await readForm(c, answerForm)
    const mine = await myConsent(c)
    const { around, consent, shown, subject } = mine
    if (given.change) return show(c, await questionPage(c, { typed: given }))
    const read = replyIn(c, shown, given)
    if ('wrong' in read) return show(c, await questionPage(c, { wrong: read.wrong, typed: given }), 400)
    const path = `/questions/${consent.consentId}`
    const stepsUp =
      read.reply.answer === 'yes' && isVerySensitive(shown.question, read.reply.datatypes) && !isFresh(around.actor, deps.now())
    if (stepsUp && mayAnswerNow(mine)) return c.redirect(againFor(consent.consentId, given), 303)
    if (!given.reviewed && mayAnswerNow(mine) && shown.hash.equals(read.reply.shownHash)) {
      return show(
        c,
        <ReviewPage c={c} action={path} shown={shown} subject={subject} given={given} reply={read.reply}>
          <input type="hidden" name="form" value={given.form} />
        </ReviewPage>,
      )
    }
    try {
      await attempt(c, around.actor, consent.approach, () =>
        answerConsent(deps, around.actor, { consentId: consent.consentId, ...read.reply, formToken: given.form }),
      )
    } catch (error) {
      if (error instanceof Refusal && error.code === 'sign_in_again') return c.redirect(againFor(consent.consentId, given), 303)
      if (error instanceof Refusal && error.code === 'shown_text_differs') {
        return show(c, await questionPage(c, { changed: read.reply.shownHash, typed: given }), 409)
      }
      // The second press of the button: the first has done it.
      if (!(error instanceof Refusal && error.code === 'form_used')) throw error
    }
    return c.redirect(`${path}/done`, 303)
  })

  app.get('/questions/:consentId/done', translatedPage, async (c) => show(c, await donePage(c)))

  app.get('/questions/:consentId/other-yes', translatedPage, async (c) => {
    const mine = await myConsent(c, (tx, { consent, shown }) => keepShown(tx, consent.item, shown, c.var.deps.now()))
    const othersYes = mine.consent.mine === null && mine.consent.answers.some(({ answer }) => answer === 'yes')
    if (!othersYes || !mayAnswerNow(mine)) return c.redirect(`/questions/${mine.consent.consentId}`, 303)
    return show(c, <OtherYesPage c={c} mine={mine} />)
  })

  app.post('/questions/:consentId/undo', translatedForm, async (c) => {
    await readForm(c, z.strictObject({}))
    const { around, consent } = await myConsent(c)
    const { consentId } = consent
    try {
      const since = sessionIn(c).begunAt
      await attempt(c, around.actor, consent.approach, () =>
        undoAnswer(c.var.deps, around.actor, { consentId, since, language: c.var.language }),
      )
    } catch (error) {
      // Pressed twice: it was taken back by the first.
      if (!(error instanceof Refusal && error.code === 'undo_too_late' && !consent.mine)) throw error
    }
    return c.redirect(`/questions/${consentId}?undone=1`, 303)
  })
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
  const { t, deps } = c.var
  const mine = await myConsent(c, async (tx, { around, consent, shown }) => {
    await keepShown(tx, consent.item, shown, deps.now())
    return {
      before: again.changed ? await shownBefore(tx, consent.boardId, consent.itemId, again.changed) : undefined,
      inquiries: await inquiriesOf(tx, consent.boardId, consent.consentId, around.actor.personId),
      staff: await staffNotice(tx, consent.boardId, [{ consent, shown }]),
      bindings: await bindingMessages(tx, consent.boardId, consent.consentId, deps.now()),
    }
  })
  const { subject, consent, shown, more } = mine
  const path = `/questions/${consent.consentId}`
  const asked = askedIn({ t, question: shown.question, subject })
  return (
    <Page c={c} title={asked} errors={again.wrong ? [again.wrong] : []}>
      {c.req.query('undone') && !consent.mine && (
        <Notice kind="ok">
          {t.question.undone} <Link href="/receipts">{t.consents.receipts}</Link>
        </Notice>
      )}
      {again.changed && <WhatChanged t={t} before={more.before} now={shown.question} />}
      <Heading over={askerOf(shown.question)}>
        <Asked t={t} question={shown.question} subject={subject} />
      </Heading>
      <QuestionFacts t={t} question={shown.question} subject={subject} direct={consent.approach === 'subject'} />
      {more.bindings.map((message) => (
        <Notice kind="info">{t.question.binding(askerOf(shown.question), namedIn(c.var.language, message))}</Notice>
      ))}
      {shown.question.special && <Notice kind="warning">{t.question.special}</Notice>}
      {mayAnswerNow(mine) && isVerySensitive(shown.question) && !isFresh(mine.around.actor, c.var.deps.now()) && (
        <Notice kind="info">
          {t.question.againFirst} <Link href={againFor(consent.consentId, { without: [] })}>{t.question.againLink}</Link>
        </Notice>
      )}
      {subject.isMe && !consent.mine && consent.answers.some(({ authority }) => authority === 'guardianship') && mayAnswerNow(mine) && (
        <Notice kind="info">{t.question.parentsGave}</Notice>
      )}
      {mayAnswerNow(mine) ? (
        <>
          <StaffNotice t={t} notice={more.staff} />
          <AnswerForm c={c} action={path} shown={shown} before={consent.mine} again={again}>
            <input type="hidden" name="form" value={newFormToken()} />
          </AnswerForm>
        </>
      ) : (
        <>
          <Notice kind="info">{whyNot(c, mine)}</Notice>
          {consent.state.state === 'informed' && (
            <P>
              <Link href={`/consents/${consent.consentId}`}>{t.question.told.disagree}</Link>
            </P>
          )}
        </>
      )}
      <AskTheSchool c={c} mine={mine} inquiries={more.inquiries} />
    </Page>
  )
}

/** A question by way of the school is asked to the school; of one that was asked directly the school does not know. */
function AskTheSchool({ c, mine: { consent, shown }, inquiries }: { c: Context<PageEnv>; mine: Whole; inquiries: Inquiry[] }) {
  const { t } = c.var
  if (consent.approach !== 'organisation') return shown.question.leaflet ? <P>{t.inquiry.directly}</P> : null
  return (
    <>
      <Inquiries c={c} inquiries={inquiries} />
      <P>
        <Link href={`/questions/${consent.consentId}/ask`}>{t.inquiry.link}</Link>
      </P>
    </>
  )
}

function mayAnswerNow({ consent: { mayAnswer, state } }: Mine): boolean {
  return mayAnswer && state.state !== 'informed' && !OVER.has(state.state)
}

function whyNot(c: Context<PageEnv>, { consent, subject }: Mine): string {
  const { t } = c.var
  const { state } = consent.state
  if (state === 'informed') return t.question.toldOnly
  if (consent.left) return t.question.left
  if (OVER.has(state)) return t.question.closed
  return subject.isMe ? t.question.mayOnlyStop : t.question.closed
}

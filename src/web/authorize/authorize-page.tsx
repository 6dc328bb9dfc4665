import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { idOf } from '../../http.ts'
import type { PersonId } from '../../ids.ts'
import { decide, decline, silentAnswer } from '../../oauth/decide.ts'
import { openInteraction, pushedAt } from '../../oauth/pushed-request.ts'
import { Refusal } from '../../refusal.ts'
import { sandboxOfTwin } from '../../sandbox/sandbox.ts'
import { attempt } from '../attempt.ts'
import { ButtonLink, Heading, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, page, readForm, sessionIn, show, translatedForm, translatedPage } from '../page.tsx'
import { type Again, AnswerForm, answerFields, replyIn } from '../parent/answer-form.tsx'
import { Asked, askedIn, askerOf, Written } from '../parent/question.tsx'
import { QuestionFacts } from '../parent/question-facts.tsx'
import { ReviewPage } from '../parent/review.tsx'
import { WhatChanged } from '../parent/what-changed.tsx'
import { browserSecret } from '../sign-in/entry.ts'
import { publicCodeOf } from '../texts/public-code.ts'
import { onceDecided, type Send } from './once-decided.ts'
import { type Choice, leadsTo, type OpenRequest, openRequest, questionAbout } from './open-request.ts'

const decisionForm = z.strictObject({ ...answerFields, about: idOf<PersonId>() })

/**
 * Somebody comes from the site of a supplier with a pushed request (RFC 9126 §4), signs in, chooses about whom, decides, and
 * goes back with a code or a no. Only the browser that opened it sees it, and nothing is used up before the decision.
 */
export function authorizeRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  // Errors are shown here and not sent on: where to is only known once the request is.
  app.get('/authorize', page, async (c) => {
    const { deps } = c.var
    const query = new URL(c.req.url).searchParams
    const [clientId, requestUri] = [onlyOne(query, 'client_id'), onlyOne(query, 'request_uri')]
    const pushed = await pushedAt(deps.db, { clientId, requestUri }, deps.now())
    const silently = silentAnswer(deps, pushed, c.var.session !== undefined)
    if (silently) return c.redirect(silently, 303)
    const interactionId = await openInteraction(deps.db, pushed, browserSecret(c), deps.now())
    const inSandbox = await sandboxOfTwin(deps.db, pushed.supplier_id)
    return c.redirect(`/authorize/${interactionId}${inSandbox ? '/sandbox' : ''}`, 303)
  })

  app.get('/authorize/:interactionId', translatedPage, async (c) => {
    const open = await openRequest(c)
    const about = c.req.query('about')
    const choice = open.choices.length === 1 ? open.choices[0] : open.choices.find(({ subject }) => subject.personId === about)
    return await showStep(c, open, choice ? await questionPage(c, open, choice) : <WhoPage c={c} open={open} />)
  })

  app.post('/authorize/:interactionId', translatedForm, async (c) => {
    const given = await readForm(c, decisionForm)
    return await onceSent(c, given, (send) => decideOrShow(c, given, send))
  })

  app.post('/authorize/:interactionId/back', translatedForm, async (c) => {
    await readForm(c, z.strictObject({}))
    return await onceSent(c, 'back', async (send) => {
      const open = await openRequest(c)
      return await send(() => decline(c.var.deps, open.inBrowser))
    })
  })
  return app
}

/** As `onceDecided`, by who is signed in: once the code was collected, the page tells what was answered. */
async function onceSent(c: Context<PageEnv>, what: unknown, press: (send: Send) => Promise<Response>): Promise<Response> {
  const { accountId } = sessionIn(c)
  return await onceDecided(c, { accountId, what, spent: (consentId) => c.redirect(`/questions/${consentId}/done`, 303) }, press)
}

/** Shows what is about to be sent, or what is wrong with it; sends what was seen. */
async function decideOrShow(c: Context<PageEnv>, given: z.output<typeof decisionForm>, send: Send): Promise<Response> {
  const open = await openRequest(c)
  const choice = open.choices.find(({ subject }) => subject.personId === given.about)
  if (!choice) throw new Refusal('person_not_found')
  const question = await questionAbout(c, open, choice)
  if ('cannot' in question) throw new Refusal(question.cannot)
  const read = replyIn(c, question.shown, given)
  if ('wrong' in read) return await showStep(c, open, await questionPage(c, open, choice, { wrong: read.wrong, typed: given }), 400)
  if (given.change) return await showStep(c, open, await questionPage(c, open, choice, { typed: given }))
  if (!given.reviewed && question.shown.hash.equals(read.reply.shownHash)) {
    const { shown } = question
    const review = (
      <ReviewPage c={c} action={c.req.path} shown={shown} subject={choice.subject} given={given} reply={read.reply}>
        <input type="hidden" name="about" value={given.about} />
      </ReviewPage>
    )
    return await showStep(c, open, review)
  }
  const { actor } = choice.around
  try {
    const decision = { ...read.reply, subjectId: given.about }
    return await send(() => attempt(c, actor, 'subject', () => decide(c.var.deps, actor, open.inBrowser, decision)))
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'shown_text_differs')) throw error
    return await showStep(c, open, await questionPage(c, open, choice, { changed: read.reply.shownHash, typed: given }), 409)
  }
}

/** @throws Refusal `authorization_over` when it is not there, or twice (RFC 6749 §3.1) */
function onlyOne(query: URLSearchParams, name: string): string {
  const [value, ...more] = query.getAll(name)
  if (!value || more.length > 0) throw new Refusal('authorization_over')
  return value
}

/** A page whose form leads to the supplier: the policy of the page has to allow it. */
async function showStep(c: Context<PageEnv>, open: OpenRequest, content: Parameters<typeof show>[1], status: 200 | 400 | 409 = 200) {
  c.set('formLeadsTo', leadsTo(open))
  return await show(c, content, status)
}

function WhoPage({ c, open }: { c: Context<PageEnv>; open: OpenRequest }) {
  const { t } = c.var
  const { interactionId } = open.inBrowser
  return (
    <Page c={c} title={t.authorize.title}>
      <Heading over={open.supplier}>{t.authorize.who}</Heading>
      {open.choices.length === 0 ? (
        <>
          <Notice kind="info">{t.authorize.nobody}</Notice>
          <P>{t.authorize.nobodyNext}</P>
        </>
      ) : (
        <P lead>{t.authorize.whoIntro(open.supplier)}</P>
      )}
      {open.choices.map(({ subject }) => (
        <P>
          <ButtonLink href={`/authorize/${interactionId}?about=${subject.personId}`}>
            {subject.isMe ? t.authorize.me(subject.name) : subject.name}
          </ButtonLink>
        </P>
      ))}
      <Back c={c} open={open} />
    </Page>
  )
}

async function questionPage(c: Context<PageEnv>, open: OpenRequest, choice: Choice, again: Again = {}) {
  const { t, language } = c.var
  const { subject } = choice
  const found = await questionAbout(c, open, choice, again.changed)
  if ('cannot' in found) {
    return (
      <Page c={c} title={t.authorize.title}>
        <Heading over={open.supplier}>{t.authorize.cannotAsk}</Heading>
        <P lead>
          <Written language={language}>{t.errors.refusals[publicCodeOf(found.cannot)]}</Written>
        </P>
        <Back c={c} open={open} />
      </Page>
    )
  }
  const { shown, before } = found
  const asked = askedIn({ t, question: shown.question, subject })
  return (
    <Page c={c} title={asked} errors={again.wrong ? [again.wrong] : []}>
      {again.changed && <WhatChanged t={t} before={found.shownBefore} now={shown.question} />}
      <Heading over={askerOf(shown.question)}>
        <Asked t={t} question={shown.question} subject={subject} />
      </Heading>
      <QuestionFacts t={t} question={shown.question} subject={subject} direct />
      {shown.question.special && <Notice kind="warning">{t.question.special}</Notice>}
      {found.employee && <Notice kind="info">{t.question.employee}</Notice>}
      <AnswerForm c={c} action={`/authorize/${open.inBrowser.interactionId}`} shown={shown} before={before} again={again}>
        <input type="hidden" name="about" value={subject.personId} />
      </AnswerForm>
      <P>{t.authorize.goesBack(open.supplier)}</P>
      <Back c={c} open={open} />
    </Page>
  )
}

/** Going back decides nothing, about nobody. */
function Back({ c, open }: { c: Context<PageEnv>; open: OpenRequest }) {
  return (
    <form method="post" action={`/authorize/${open.inBrowser.interactionId}/back`}>
      <Button primary={false}>{c.var.t.authorize.back(open.supplier)}</Button>
    </form>
  )
}

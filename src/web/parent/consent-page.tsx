import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { type Duty, dutiesAbout } from '../../agreements/duties.ts'
import { mayObject } from '../../consents/consent.ts'
import { objectTo } from '../../consents/object.ts'
import { lastDecision } from '../../consents/objections.ts'
import type { SeenConsent } from '../../consents/questions.ts'
import { receiptsOf } from '../../consents/receipt.ts'
import { shareAnswer } from '../../consents/share-answer.ts'
import type { ShownText } from '../../consents/shown-text.ts'
import { withdrawConsent } from '../../consents/withdraw.ts'
import type { Tx } from '../../database.ts'
import { givenOn, type Newest, trafficOn } from '../../grants/traffic.ts'
import { Refusal } from '../../refusal.ts'
import { attempt } from '../attempt.ts'
import { ButtonLink, Fact, Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button } from '../fields.tsx'
import { WithDutch } from '../languages.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, readForm, show, translatedForm, translatedPage } from '../page.tsx'
import { dayIn, lastDayIn, momentIn } from '../texts/dates.ts'
import type { Messages } from '../texts/shape.ts'
import { Badge } from './consents-page.tsx'
import { Guides, guidesFor } from './guides.tsx'
import { canStop, type Mine, myConsent, OVER } from './my-consents.ts'
import { Asked, askedIn, askerOf, dataIn, Written } from './question.tsx'
import { mayShare, Sharing } from './sharing.tsx'
import { Undo } from './undo.tsx'

/** One thing that is shared: what happened on it, stopping it (one press and one confirmation), objecting to it. */
export function consentRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/consents/:consentId', translatedPage, async (c) => show(c, await consentPage(c)))
  app.get('/consents/:consentId/stop', translatedPage, async (c) => show(c, await stopPage(c)))
  app.post('/consents/:consentId/stop', translatedForm, async (c) => {
    await readForm(c, z.strictObject({}))
    const { around, consent } = await myConsent(c)
    try {
      await attempt(c, around.actor, consent.approach, () => withdrawConsent(c.var.deps, around.actor, consent.consentId, c.var.language))
    } catch (error) {
      // Pressed twice, or stopped by the other parent meanwhile: it has stopped, and the page says since when.
      if (!(error instanceof Refusal && error.code === 'consent_ended')) throw error
    }
    return c.redirect(`/consents/${consent.consentId}`, 303)
  })

  app.post('/consents/:consentId/share', translatedForm, async (c) => {
    const { shared } = await readForm(c, z.strictObject({ shared: z.enum(['yes', 'no']) }))
    const { around, consent } = await myConsent(c)
    const { consentId } = consent
    await attempt(c, around.actor, consent.approach, () =>
      shareAnswer(c.var.deps, around.actor, { consentId, shared: shared === 'yes', language: c.var.language }),
    )
    return c.redirect(`/consents/${consentId}`, 303)
  })

  app.get('/consents/:consentId/object', translatedPage, async (c) => show(c, await objectPage(c)))
  app.post('/consents/:consentId/object', translatedForm, async (c) => {
    await readForm(c, z.strictObject({}))
    const { around, consent } = await myConsent(c)
    try {
      await attempt(c, around.actor, consent.approach, () => objectTo(c.var.deps, around.actor, consent.consentId, c.var.language))
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'objection_pending')) throw error
    }
    return c.redirect(`/consents/${consent.consentId}`, 303)
  })
  return app
}

async function consentPage(c: Context<PageEnv>) {
  const { t, language, deps } = c.var
  const at = deps.now()
  const mine = await myConsent(c, async (tx, { around, consent }) => ({
    receipts: await receiptsOf(tx, consent.boardId, around.actor.personId, consent.consentId),
    ...(consent.takenOver ? NOTHING_MORE : await happenedOn(tx, consent, at)),
  }))
  const { subject, consent, shown, more } = mine
  const { state, objection, mine: answer } = consent
  const title = askedIn({ t, question: shown.question, subject })
  return (
    <Page c={c} title={title}>
      {state.state === 'withdrawn' && (
        <Notice kind="ok">
          <strong>{t.consents.stopped}</strong>{' '}
          {(shown.question.image ? t.consents.stoppedImage : t.consents.stoppedMore)(
            state.by === `person:${mine.around.actor.personId}` ? momentIn(language, state.at) : dayIn(language, state.at),
          )}
        </Notice>
      )}
      {consent.takenOver && <Notice kind="info">{t.consents.takenOverIntro}</Notice>}
      {consent.left && !consent.takenOver && !OVER.has(state.state) && <Notice kind="info">{t.consents.leftIntro}</Notice>}
      {state.state === 'conflict' && (
        <Notice kind="warning">{consent.approach === 'subject' ? t.question.done.conflictDirectly : t.question.done.conflict}</Notice>
      )}
      {objection !== 'none' && (
        <Notice kind="info">{objection === 'pending' ? t.consents.objected : t.consents.objections[objection]}</Notice>
      )}
      <Heading over={askerOf(shown.question)}>
        <Asked t={t} question={shown.question} subject={subject} />
      </Heading>
      <dl class="facts card">
        <Fact name={t.consents.state}>
          <Badge t={t} of={consent} />{' '}
          {!consent.left &&
            !consent.takenOver &&
            !OVER.has(state.state) &&
            state.state !== 'refused' &&
            state.state !== 'unanswered' &&
            t.consents.until(lastDayIn(language, state.state === 'given' ? state.until : consent.item.endsAt))}
        </Fact>
        {answer && (
          <Fact name={t.consents.answers}>
            {t.consents.answered(answer.answer === 'yes' ? t.question.wordYes : t.question.wordNo, momentIn(language, answer.answeredAt))}
          </Fact>
        )}
        {consent.legalBasis !== 'consent' && (
          <Fact name={t.consents.without}>
            {t.consents.basisIs(t.consents.basis[consent.legalBasis])}
            {consent.item.basisMotivation && (
              <div class="soft">
                <Written language={language}>{consent.item.basisMotivation}</Written>
              </div>
            )}
          </Fact>
        )}
        {state.state === 'informed' && objection === 'none' && !mayObjectNow(mine, at) && !consent.left && !consent.takenOver && (
          <Fact name={t.question.told.disagree}>
            <Link href="/rights">{t.frame.rights}</Link>
          </Fact>
        )}
        {more.decision && (
          <Fact name={t.consents.reasons}>
            <Written language={language}>{more.decision.reasons}</Written>
          </Fact>
        )}
        <Guides c={c} guides={more.guides} supplier={askerOf(shown.question)} />
        <Duties c={c} duties={more.duties} wasIssued={(more.traffic?.tokens.count ?? 0) > 0} />
      </dl>
      <div class="utrecht-button-group">
        {canStop(consent) && <ButtonLink href={`/consents/${consent.consentId}/stop`}>{t.consents.stop}</ButtonLink>}
        {mayObjectNow(mine, at) && <ButtonLink href={`/consents/${consent.consentId}/object`}>{t.consents.object}</ButtonLink>}
      </div>
      {mayShare(mine, at) && <Sharing c={c} mine={mine} />}
      {shown.question.supplier && more.traffic && <Traffic c={c} mine={mine} traffic={more.traffic} />}
      {more.receipts[0] && (
        <P>
          <Link href={`/receipts/${more.receipts[0].receiptId}`}>{t.consents.receipt}</Link>
        </P>
      )}
      <P>
        <Link href={`/questions/${consent.consentId}`}>{t.consents.readAgain}</Link>
      </P>
      <Undo c={c} consent={consent} />
    </Page>
  )
}

/** What happened on it: what was issued and delivered, what has to go, what the school decided, who may look. */
async function happenedOn(tx: Tx, consent: SeenConsent, at: Date) {
  const { boardId, consentId } = consent
  return {
    traffic: await trafficOn(tx, boardId, consentId),
    duties: await dutiesAbout(tx, boardId, consentId),
    decision: await lastDecision(tx, boardId, consentId),
    guides: await guidesFor(tx, consent, at),
  }
}

/** Of what the pupil decides since a parent sees no more than their own answer. */
const NOTHING_MORE = { traffic: undefined, duties: [], decision: undefined, guides: undefined }

/** A token is not a use: when the supplier was allowed to look, and what the holder says it gave, stand apart. */
function Traffic({
  c,
  mine,
  traffic,
}: {
  c: Context<PageEnv>
  mine: { shown: ShownText }
  traffic: Awaited<ReturnType<typeof trafficOn>>
}) {
  const { t, language } = c.var
  const known = new Map(mine.shown.question.data.map((one) => [one.datatype, one]))
  const { tokens, uses, views } = traffic
  const named = (datatypes: string[]) =>
    dataIn({ data: datatypes.map((datatype) => known.get(datatype) ?? { name: datatype, category: datatype }), language })
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{t.consents.delivered}</h2>
      {uses.newest.length + views.newest.length === 0 && <P>{tokens.count > 0 ? t.consents.deliveredUnsaid : t.consents.deliveredNone}</P>}
      <Lines
        t={t}
        of={views.newest.map(({ viewedAt, datatypes, by }) => t.consents.view(by, named(datatypes), momentIn(language, viewedAt)))}
      />
      <Lines
        t={t}
        of={uses.newest.map(({ deliveredAt, datatypes }) => t.consents.use(named(datatypes), momentIn(language, deliveredAt)))}
      />
      <InAll t={t} of={{ newest: [...uses.newest, ...views.newest], count: uses.count + views.count }} />
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{t.consents.issued}</h2>
      {tokens.count === 0 && <P>{t.consents.issuedNone}</P>}
      <Lines t={t} of={tokens.newest.map(({ issuedAt }) => t.consents.token(momentIn(language, issuedAt)))} />
      <InAll t={t} of={tokens} />
    </section>
  )
}

/** That there was more than stands above, and how much in all. */
function InAll({ t, of: { newest, count } }: { t: Messages; of: Newest<unknown> }) {
  return count > newest.length ? <P>{t.consents.lastOf(String(count))}</P> : null
}

/** What happened more than once in a minute is one line, and says how often. */
function Lines({ t, of }: { t: Messages; of: string[] }) {
  if (of.length === 0) return null
  return (
    <ul class="utrecht-unordered-list">
      {[...Map.groupBy(of, (line) => line)].map(([line, same]) => (
        <li class="utrecht-unordered-list__item">{same.length === 1 ? line : `${line} ${t.consents.times(String(same.length))}`}</li>
      ))}
    </ul>
  )
}

/** What had to go when it stopped: what the supplier has, if it was ever allowed to look, and the picture where it was shown. */
function Duties({ c, duties, wasIssued }: { c: Context<PageEnv>; duties: Duty[]; wasIssued: boolean }) {
  const { t, language } = c.var
  const words = t.consents
  const said = ({ kind, dueAt, confirmedAt }: Duty) => {
    if (kind === 'take_down') return confirmedAt ? words.takenDown(dayIn(language, confirmedAt)) : words.takeDown(dayIn(language, dueAt))
    const [erase, erased] = wasIssued ? [words.erase, words.erased] : [words.eraseNothing, words.hadNothing]
    return confirmedAt ? erased(dayIn(language, confirmedAt)) : erase(dayIn(language, dueAt))
  }
  const pictures = duties.filter(({ kind }) => kind === 'take_down')
  const data = duties.filter(({ kind }) => kind === 'destroy')
  return (
    <>
      {data.length > 0 && (
        <Fact name={words.alreadyHas}>
          {data.map((duty) => (
            <div>{said(duty)}</div>
          ))}
        </Fact>
      )}
      {pictures.length > 0 && (
        <Fact name={words.pictures}>
          {pictures.map((duty) => (
            <div>{said(duty)}</div>
          ))}
          <div>{words.stopPrint}</div>
        </Fact>
      )}
    </>
  )
}

async function stopPage(c: Context<PageEnv>) {
  const { t, language } = c.var
  const { subject, consent, shown, more } = await myConsent(c, (tx, { consent: { boardId, consentId } }) => givenOn(tx, boardId, consentId))
  if (!canStop(consent)) throw new Refusal(consent.ended ? 'consent_ended' : 'consent_not_given')
  const { question } = shown
  const had = question.data.filter(({ datatype }) => more.datatypes.has(datatype))
  return (
    <Page c={c} title={t.consents.stopTitle}>
      <Heading over={<Asked t={t} question={question} subject={subject} />}>{t.consents.stopTitle}</Heading>
      <ul class="utrecht-unordered-list">
        <Point>{question.supplier ? t.consents.stopMeans(question.supplier.legalName) : t.consents.stopMeansSchool}</Point>
        {question.supplier && had.length > 0 && <Point>{t.consents.alreadyGot(dataIn({ data: had, language }))}</Point>}
        {question.supplier && <Point>{more.issued ? t.consents.stopErases : t.consents.deliveredNone}</Point>}
        {question.image && <Point>{t.consents.stopPrint}</Point>}
        <Point>{t.consents.stopAlone}</Point>
        <Point>{t.consents.stopAgain}</Point>
      </ul>
      <form method="post" action={`/consents/${consent.consentId}/stop`}>
        <div class="choice">
          <Button>
            <WithDutch c={c} words={({ consents }) => consents.stopYes} />
          </Button>
          <ButtonLink href={`/consents/${consent.consentId}`}>
            <WithDutch c={c} words={({ consents }) => consents.stopNo} />
          </ButtonLink>
        </div>
      </form>
    </Page>
  )
}

async function objectPage(c: Context<PageEnv>) {
  const { t, deps } = c.var
  const mine = await myConsent(c)
  mayObject(mine.consent, mine.around.actor.personId, deps.now())
  return (
    <Page c={c} title={t.consents.objectTitle}>
      <Heading over={<Asked t={t} question={mine.shown.question} subject={mine.subject} />}>{t.consents.objectTitle}</Heading>
      <P lead>{t.consents.objectIntro}</P>
      <P>{t.consents.objectLater}</P>
      <form method="post" action={`/consents/${mine.consent.consentId}/object`}>
        <div class="choice">
          <Button>{t.consents.objectSend}</Button>
          <ButtonLink href={`/consents/${mine.consent.consentId}`}>{t.consents.stopNo}</ButtonLink>
        </div>
      </form>
    </Page>
  )
}

function Point({ children }: { children: string }) {
  return <li class="utrecht-unordered-list__item">{children}</li>
}

export function mayObjectNow({ consent, around }: Mine, at: Date): boolean {
  try {
    mayObject(consent, around.actor.personId, at)
    return true
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}

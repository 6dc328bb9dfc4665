import { type Context, Hono } from 'hono'
import { answerConsent } from '../../consents/answer.ts'
import { waits } from '../../consents/questions.ts'
import { isVerySensitive, type Question, shownBefore } from '../../consents/shown-text.ts'
import type { Tx } from '../../database.ts'
import type { BoardId, ConsentId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { attempt } from '../attempt.ts'
import { ButtonLink, Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, ErrorAt } from '../fields.tsx'
import { WithDutch } from '../languages.tsx'
import { Page } from '../layout.tsx'
import { OnceForm } from '../once-form.tsx'
import { type PageEnv, show, translatedForm, translatedPage } from '../page.tsx'
import { lastDayIn } from '../texts/dates.ts'
import { Answered } from './answered.tsx'
import { Badge } from './consents-page.tsx'
import { OVER } from './my-consents.ts'
import { type MyRound, myRound, type RoundItem } from './my-round.ts'
import { Asked, Written } from './question.tsx'
import { InShort, LeavesEurope, TheRest } from './question-facts.tsx'
import { type Chosen, formOf, type GivenAnswers, readAnswers } from './round-answers.ts'
import { RoundReview } from './round-review.tsx'
import { StaffNotice } from './staff-notice.tsx'
import { Differences } from './what-changed.tsx'

/** The year's questions about one person on one calm list; each answered by itself, on the list or on its own page (K06, K13). */
export function roundRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/rounds/:roundId/:subjectId', translatedPage, async (c) => show(c, roundPage(c, await myRound(c))))

  app.post('/rounds/:roundId/:subjectId', translatedForm, async (c) => {
    const mine = await myRound(c)
    const given = await readAnswers(c, mine.items)
    if (given.change) return show(c, roundPage(c, mine, { chosen: given.chosen }))
    // The second press finds its items answered already.
    if (given.chosen.length === 0 && given.reviewed) return c.redirect(pathOf(mine), 303)
    if (given.chosen.length === 0) return show(c, roundPage(c, mine, { nothing: true }), 400)
    if (!given.reviewed) return show(c, <RoundReview c={c} mine={mine} given={given} path={pathOf(mine)} />)
    const left = await sendAll(c, mine, given)
    if (left.length > 0) {
      const now = await myRound(c, (tx, { around }) => asItWasShown(tx, around.actor.boardId, left))
      return show(c, roundPage(c, now, { changed: now.more, chosen: given.chosen }), 409)
    }
    return c.redirect(`${pathOf(mine)}?sent=${given.chosen.length}`, 303)
  })
  return app
}

export const pathOf = ({ round, subject }: MyRound) => `/rounds/${round.roundId}/${subject.personId}`

/** Each answer in an act of its own. What changed or ended meanwhile is left, and handed back. */
async function sendAll(c: Context<PageEnv>, { around }: MyRound, { form, chosen }: GivenAnswers): Promise<Chosen[]> {
  const left: Chosen[] = []
  for (const one of chosen) {
    const { reply } = one
    try {
      const input = { ...reply, formToken: formOf(form, reply.consentId) }
      await attempt(c, around.actor, 'organisation', () => answerConsent(c.var.deps, around.actor, input))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (error.code === 'form_used') continue
      if (error.code !== 'shown_text_differs' && error.code !== 'consent_ended' && error.code !== 'sign_in_again') throw error
      left.push(one)
    }
  }
  return left
}

/** What was left, with the question as it was when it was chosen: undefined when that was not kept. */
type Changed = ReadonlyMap<ConsentId, Question | undefined>

async function asItWasShown(tx: Tx, boardId: BoardId, left: readonly Chosen[]): Promise<Changed> {
  const changed = new Map<ConsentId, Question | undefined>()
  for (const { item, reply } of left) {
    changed.set(reply.consentId, await shownBefore(tx, boardId, item.consent.itemId, reply.shownHash))
  }
  return changed
}

interface Again {
  nothing?: boolean
  changed?: Changed
  chosen?: Chosen[]
}

function roundPage(c: Context<PageEnv>, mine: MyRound, { nothing = false, changed = new Map(), chosen = [] }: Again = {}) {
  const { t, language } = c.var
  const { subject, round, items, staff } = mine
  const words = t.round
  const open = items.filter(({ consent }) => waits(consent))
  const told = items.filter(({ consent }) => consent.legalBasis !== 'consent')
  const done = items.filter((item) => !open.includes(item) && !told.includes(item))
  const inline = open.filter((item) => item.inline)
  const weighing = open.filter(({ shown }) => isVerySensitive(shown.question))
  const choosing = open.filter((item) => !item.inline && !weighing.includes(item))
  const sent = c.req.query('sent')
  const nothingAt = nothing ? inline[0] : undefined
  const errors = [
    ...(nothingAt ? [{ field: `answer-${nothingAt.consent.consentId}`, sentence: words.chooseOne }] : []),
    ...[...changed.keys()].map((consentId) => {
      const isHere = inline.some(({ consent }) => consent.consentId === consentId)
      return { field: isHere ? `answer-${consentId}` : 'content', sentence: words.changed }
    }),
  ]
  return (
    <Page c={c} title={round.title} errors={errors}>
      {sent && /^\d{1,3}$/.test(sent) && <Notice kind="ok">{words.sent(sent)}</Notice>}
      <Heading over={subject.isMe ? t.home.aboutYou : t.home.about(subject.name)}>
        <Written language={language}>{round.title}</Written>
      </Heading>
      <P lead>{open.length === 0 ? words.nothingOpen : words.intro}</P>
      <P>
        <Answered t={t} answered={items.length - told.length - open.length} all={items.length - told.length} />
      </P>
      {open.length > 0 && <StaffNotice t={t} notice={staff} />}
      {inline.length > 0 && (
        <OnceForm action={pathOf(mine)}>
          <input type="hidden" name="language" value={language} />
          <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.open}</h2>
          {inline.map((item) => (
            <OpenItem
              c={c}
              mine={mine}
              item={item}
              value={chosen.find((one) => one.item.consent.consentId === item.consent.consentId)?.value}
              before={changed.get(item.consent.consentId)}
              error={changed.has(item.consent.consentId) ? words.changed : item === nothingAt && words.chooseOne}
            />
          ))}
          <Button>{words.review}</Button>
        </OnceForm>
      )}
      <OnTheirOwn c={c} mine={mine} title={words.sensitive} intro={words.sensitiveIntro} items={weighing} changed={changed} />
      <OnTheirOwn c={c} mine={mine} title={words.ownChoice} intro={words.ownChoiceIntro} items={choosing} changed={changed} />
      <Listed c={c} mine={mine} title={words.done} items={done} />
      <Listed c={c} mine={mine} title={t.consents.without} items={told} />
      <section>
        <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{t.question.labels.undertakings}</h2>
        <p class="said">
          <Written language={language}>{round.undertakings}</Written>
        </p>
      </section>
      <ButtonLink href={`${pathOf(mine)}/agreement`}>{words.agreement}</ButtonLink>
    </Page>
  )
}

interface OpenItemProps {
  c: Context<PageEnv>
  mine: MyRound
  item: RoundItem
  value: string | undefined
  /** Where it changed meanwhile: what was shown then. */
  before: Question | undefined
  error: string | false
}

/** Never ticked beforehand; only what was ticked before the page came back. */
function OpenItem({ c, mine, item, value, before, error }: OpenItemProps) {
  const { t, language } = c.var
  const { consent, shown, elsewhere } = item
  const { question } = shown
  const name = `answer-${consent.consentId}`
  const options = [
    { value: 'yes', text: <WithDutch c={c} words={({ question: words }) => words.yes} /> },
    { value: 'no', text: <WithDutch c={c} words={({ question: words }) => words.no} /> },
    ...elsewhere.map((other) => ({
      value: `as-${other.consent.consentId}`,
      text: t.round.same(other.subject.name, other.consent.mine?.answer === 'yes' ? t.question.wordYes : t.question.wordNo),
    })),
  ]
  return (
    <fieldset class="utrecht-form-fieldset utrecht-form-fieldset--html-fieldset card round-item" id={`item-${consent.consentId}`}>
      <legend class="utrecht-form-fieldset__legend utrecht-form-fieldset__legend--html-legend round-item__legend">
        <Asked t={t} question={question} subject={mine.subject} />
      </legend>
      <input type="hidden" name={`shown-${consent.consentId}`} value={shown.hash.toString('hex')} />
      <p class="utrecht-paragraph">
        <Written language={language}>{question.reason}</Written>
      </p>
      <p class="utrecht-paragraph soft">
        {t.question.labels.ifNo} <Written language={language}>{question.alternative}</Written>
      </p>
      <LeavesEurope t={t} question={question} />
      <details class="more">
        <summary>{t.round.facts}</summary>
        <div class="more__body">
          <InShort t={t} question={question} subject={mine.subject} direct={false} />
          <TheRest t={t} question={question} subject={mine.subject} />
          <P>
            <Link href={`/questions/${consent.consentId}`}>{t.round.ownPage}</Link>
          </P>
        </div>
      </details>
      <ErrorAt field={name} sentence={error} />
      <Differences t={t} before={before} now={question} />
      <div class="radios">
        {options.map((option, nr) => (
          <div class="utrecht-form-field utrecht-form-field--radio radios__one">
            <input
              class="utrecht-radio-button utrecht-radio-button--html-input"
              type="radio"
              id={nr === 0 ? name : `${name}-${nr}`}
              name={name}
              value={option.value}
              checked={option.value === value}
              aria-describedby={error ? `${name}-error` : undefined}
            />
            <label class="utrecht-form-label utrecht-form-label--radio" for={nr === 0 ? name : `${name}-${nr}`}>
              {option.text}
            </label>
          </div>
        ))}
      </div>
    </fieldset>
  )
}

interface OnTheirOwnProps {
  c: Context<PageEnv>
  mine: MyRound
  title: string
  intro: string
  items: RoundItem[]
  changed: Changed
}

function OnTheirOwn({ c, mine, title, intro, items, changed }: OnTheirOwnProps) {
  const { t } = c.var
  if (items.length === 0) return null
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{title}</h2>
      <P>{intro}</P>
      {items.map(({ consent, shown }) => (
        <article class="card">
          <h3 class="utrecht-heading-3 card__title">
            <Asked t={t} question={shown.question} subject={mine.subject} />
          </h3>
          <Differences t={t} before={changed.get(consent.consentId)} now={shown.question} />
          <ButtonLink href={`/questions/${consent.consentId}`}>{t.home.open}</ButtonLink>
        </article>
      ))}
    </section>
  )
}

function Listed({ c, mine, title, items }: { c: Context<PageEnv>; mine: MyRound; title: string; items: RoundItem[] }) {
  const { t, language } = c.var
  if (items.length === 0) return null
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{title}</h2>
      {items.map(({ consent, shown }) => (
        <article class="card">
          <div class="spread">
            <h3 class="utrecht-heading-3 card__title">
              <Asked t={t} question={shown.question} subject={mine.subject} />
            </h3>
            <Badge t={t} of={consent} />
          </div>
          {!OVER.has(consent.state.state) && !consent.takenOver && <P>{t.consents.until(lastDayIn(language, consent.item.endsAt))}</P>}
          <p class="links">
            <Link href={`/consents/${consent.consentId}`}>{t.consents.see}</Link>
          </p>
        </article>
      ))}
    </section>
  )
}

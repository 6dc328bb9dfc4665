import { type Context, Hono } from 'hono'
import { html, raw } from 'hono/html'
import { startOfAmsterdamDay } from '../../clock.ts'
import { type AgreedItem, agreementsOf, currentAgreement, type ParentAgreement } from '../../consents/parent-agreement.ts'
import { itemText, type Question, shownBefore } from '../../consents/shown-text.ts'
import { itemById } from '../../consents/store.ts'
import type { Tx } from '../../database.ts'
import type { BoardId } from '../../ids.ts'
import { directionOf, type Language } from '../../languages.ts'
import { Refusal } from '../../refusal.ts'
import type { Subject } from '../around.ts'
import { Fact, Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, signedInPage } from '../page.tsx'
import { stylesheet } from '../style/stylesheet.ts'
import { dayIn, lastDayIn, listIn } from '../texts/dates.ts'
import { messages } from '../texts/messages.ts'
import { type MyRound, myRound } from './my-round.ts'
import { askedIn } from './question.tsx'
import { LeavesEurope } from './question-facts.tsx'
import { pathOf } from './round-page.tsx'

interface Agreed extends MyRound {
  more: { versions: ParentAgreement[]; asked: ParentAgreement; lines: AgreedLine[] }
}

/** An item of the agreement, with the text it was agreed by. */
interface AgreedLine extends AgreedItem {
  question: Question
}

/**
 * The year's agreement as a document: this person's own answers and what the school undertakes, in the version of the query or
 * the newest. To read, to print, and to keep as one file.
 */
export function agreementDocumentRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/rounds/:roundId/:subjectId/agreement', signedInPage, async (c) => {
    const { t } = c.var
    const mine = await agreed(c)
    const document = <AgreementDocument c={c} mine={mine} />
    if (c.req.query('download')) return asFile(c, mine, document)
    return show(
      c,
      <Page c={c} title={t.agreement.title}>
        <p class="links no-print">
          <Link href={`?version=${mine.more.asked.version}&download=1`}>{t.agreement.download}</Link>
          <Link href={pathOf(mine)}>{t.agreement.back}</Link>
        </p>
        <p class="utrecht-paragraph no-print">{t.agreement.printHint}</p>
        {mine.more.asked !== mine.more.versions.at(-1) && <Notice kind="warning">{t.agreement.old}</Notice>}
        {document}
        <Versions c={c} mine={mine} />
      </Page>,
    )
  })
  return app
}

async function agreed(c: Context<PageEnv>): Promise<Agreed> {
  const wanted = c.req.query('version')
  return await myRound(c, async (tx, { around, round, subject, items }) => {
    const { boardId, personId: deciderId } = around.actor
    const names = { board: around.boardName, decider: around.name, subject: subject.name }
    const whose = { boardId, round, subjectId: subject.personId, deciderId, names }
    const consents = items.map(({ consent }) => consent)
    const newest = await currentAgreement(tx, c.var.deps.now(), whose, consents)
    const versions = await agreementsOf(tx, { ...whose, roundId: round.roundId })
    const asked =
      wanted === undefined
        ? versions.find(({ version }) => version === newest.version)
        : versions.find(({ version }) => String(version) === wanted)
    if (!asked) throw new Refusal('not_found')
    const lines: AgreedLine[] = []
    for (const line of asked.items) lines.push({ ...line, question: await agreedBy(tx, boardId, line, c.var.language) })
    // In the order in which the school added them: ids of items grow with time.
    return { versions, asked, lines: lines.toSorted((a, b) => (a.itemId < b.itemId ? -1 : 1)) }
  })
}

/** What was shown then. In the reader's own language as long as nothing of it has changed since. */
async function agreedBy(tx: Tx, boardId: BoardId, { itemId, shownHash }: AgreedItem, language: Language): Promise<Question> {
  const item = await itemById(tx, boardId, itemId)
  if (!item) throw new Error(`item ${itemId} of an agreement is not there`)
  const today = await itemText(tx, item, language)
  const then = shownHash && (await shownBefore(tx, boardId, itemId, Buffer.from(shownHash, 'hex')))
  if (!then) return today.question
  if (then.language === language) return then
  const unchanged = (await itemText(tx, item, then.language)).hash.toString('hex') === shownHash
  return unchanged ? today.question : then
}

/** One file that needs nothing else, with the look of the page. */
function asFile(c: Context<PageEnv>, { more: { asked } }: Agreed, document: ReturnType<typeof AgreementDocument>) {
  const { t, language } = c.var
  const name = `${t.agreement.fileName}-${asked.schoolYear}-${asked.version}.html`
  c.header('Content-Disposition', `attachment; filename="${name}"`)
  return c.html(
    html`<!doctype html>${(
      <html lang={language} class="utrecht-root broker-theme">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>{`${asked.title} · ${t.agreement.version(String(asked.version))}`}</title>
          <style>{raw(stylesheet)}</style>
        </head>
        <body class="utrecht-body utrecht-document">
          <main class="page__middle">{document}</main>
        </body>
      </html>
    )}`,
  )
}

function AgreementDocument({ c, mine }: { c: Context<PageEnv>; mine: Agreed }) {
  const { t, language } = c.var
  const { around, round, more } = mine
  const { asked, lines } = more
  const subject = subjectThen(mine)
  const words = t.agreement
  const told = lines.filter((line) => line.told)
  return (
    <article class="document">
      <Heading over={words.version(String(asked.version))}>{asked.title}</Heading>
      <dl class="facts">
        <Fact name={words.between}>
          {asked.names?.board ?? around.boardName}
          <div>{asked.names?.decider ?? around.name}</div>
        </Fact>
        <Fact name={words.about}>{subject.isMe ? t.question.you(subject.name) : subject.name}</Fact>
        <Fact name={words.year}>{asked.schoolYear}</Fact>
        <Fact name={words.made}>{dayIn(language, asked.madeAt)}</Fact>
      </dl>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.undertakings}</h2>
      <p class="said">{asked.undertakings}</p>
      <ul class="utrecht-unordered-list">
        {[words.always.change, words.always[round.subjectKind], words.always.more].map((line) => (
          <li class="utrecht-unordered-list__item">{line}</li>
        ))}
      </ul>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.yours}</h2>
      <P>{words.yoursIntro}</P>
      {lines
        .filter((line) => !line.told)
        .map((line) => (
          <Line subject={subject} line={line} />
        ))}
      {told.length > 0 && (
        <>
          <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{t.consents.without}</h2>
          <P>{t.consents.withoutIntro}</P>
          <ul class="utrecht-unordered-list">
            {told.map(({ question }) => (
              <li class="utrecht-unordered-list__item" lang={question.language}>
                {askedIn({ t: messages[question.language], question, subject })} (
                {messages[question.language].consents.basis[question.basis]})
              </li>
            ))}
          </ul>
        </>
      )}
      <p class="utrecht-paragraph soft contract__hash">{words.hash(asked.hash)}</p>
    </article>
  )
}

/** By the name the version was made with. */
function subjectThen({ subject, more: { asked } }: Agreed): Subject {
  return { ...subject, name: asked.names?.subject ?? subject.name }
}

/** In the language of the text: an answer is told in the words it was given to. */
function Line({ subject, line: { answer, question } }: { subject: Subject; line: AgreedLine }) {
  const { language } = question
  const t = messages[language]
  const words = t.agreement
  const left = question.data.filter(({ datatype }) => answer?.datatypes && !answer.datatypes.includes(datatype)).map(({ name }) => name)
  const until = answer?.untilAt
    ? lastDayIn(language, new Date(answer.untilAt))
    : dayIn(language, startOfAmsterdamDay(question.period.until))
  return (
    <section class="card document__line" lang={language} dir={directionOf(language)}>
      <div class="spread">
        <h3 class="utrecht-heading-3 card__title">{askedIn({ t, question, subject })}</h3>
        <strong>{answer ? (answer.answer === 'yes' ? t.question.yes : t.question.no) : words.open}</strong>
      </div>
      <p class="utrecht-paragraph">
        {question.reason} {answer?.answer !== 'no' && words.until(until)}
      </p>
      <LeavesEurope t={t} question={question} />
      {left.length > 0 && (
        <p class="utrecht-paragraph">
          {t.question.review.leavesOut}: {listIn(language, left)}
        </p>
      )}
      <p class="utrecht-paragraph soft">
        {t.question.labels.ifNo} {question.alternative}
      </p>
      {answer && (
        <p class="utrecht-paragraph soft">
          {words.answered(dayIn(language, new Date(answer.answeredAt)))} {answer.stopped && words.stopped}
        </p>
      )}
    </section>
  )
}

function Versions({ c, mine: { more } }: { c: Context<PageEnv>; mine: Agreed }) {
  const { t, language } = c.var
  if (more.versions.length < 2) return null
  return (
    <details class="more no-print">
      <summary>{t.agreement.versions}</summary>
      <ul class="utrecht-unordered-list more__body">
        {more.versions.toReversed().map(({ version, madeAt }) => (
          <li class="utrecht-unordered-list__item">
            <Link href={`?version=${version}`}>
              {t.agreement.version(String(version))}, {dayIn(language, madeAt)}
            </Link>
          </li>
        ))}
      </ul>
    </details>
  )
}

import { type Context, Hono } from 'hono'
import { levelOf, levelOfRound } from '../../../consents/hard-to-read.ts'
import type { Item } from '../../../consents/item.ts'
import type { Round } from '../../../consents/rounds.ts'
import { itemText, type Question } from '../../../consents/shown-text.ts'
import type { PersonId } from '../../../ids.ts'
import type { Subject } from '../../around.ts'
import { Heading, Link, Notice, P, Section } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Page } from '../../layout.tsx'
import { type PageEnv, show, signedInPage } from '../../page.tsx'
import { askedIn, askerOf } from '../../parent/question.tsx'
import { QuestionFacts } from '../../parent/question-facts.tsx'
import { ReadingLevelNote } from '../../reading-level-note.tsx'
import { atDesk } from '../desk.ts'
import { SchoolNav } from '../school-nav.tsx'
import { type AtRound, itemOfPath, pathOf, roundAtDesk } from './round-desk.ts'

/** An item, or a whole round, as a parent, or who works there, sees it: made from the very text that is kept with an answer (K26). */
export function previewRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/rounds/:roundId/items/:itemId', signedInPage, async (c) => {
    const at = await roundAtDesk(c)
    return show(c, await itemPage(c, at, itemOfPath(c, at)))
  })

  app.get('/school/rounds/:roundId/preview', signedInPage, async (c) => show(c, await previewPage(c, await roundAtDesk(c))))
  return app
}

type Kind = Round['subjectKind']

/** Of a draft nobody is asked about anybody yet: it is about "your child", or about who reads it where staff are asked. */
const somebody = (c: Context<PageEnv>, kind: Kind): Subject => {
  const { child, member } = c.var.t.rounds.preview
  const isMe = kind === 'employee'
  return { personId: '' as PersonId, name: isMe ? member : child, isMe, mayGive: true, belongs: true }
}

async function itemPage(c: Context<PageEnv>, { desk, round, edits }: AtRound, item: Item) {
  const { t, language } = c.var
  const words = t.rounds.preview
  const { question } = await atDesk(c, desk, (tx) => itemText(tx, item, language))
  const path = pathOf(round)
  const title = words.titles[round.subjectKind]
  return (
    <Page c={c} title={title}>
      <SchoolNav c={c} />
      {c.req.query('done') === 'added' && <Notice kind="ok">{t.rounds.draft.added}</Notice>}
      <Heading over={round.title}>{title}</Heading>
      <ReadingLevelNote c={c} level={levelOf(item)} />
      <P>{words.asParent}</P>
      <p class="links">
        {edits && !round.publishedAt && <Link href={`${path}/items/${item.itemId}/change`}>{t.rounds.draft.change}</Link>}
        <Link href={path}>{words.back}</Link>
      </p>
      <AsAsked c={c} question={question} kind={round.subjectKind} />
    </Page>
  )
}

async function previewPage(c: Context<PageEnv>, { desk, round, items }: AtRound) {
  const { t, language } = c.var
  const words = t.rounds.preview
  const questions = await atDesk(c, desk, async (tx) => {
    const all: Question[] = []
    for (const item of items) all.push((await itemText(tx, item, language)).question)
    return all
  })
  return (
    <Page c={c} title={round.title}>
      <SchoolNav c={c} />
      <Heading over={words.titles[round.subjectKind]}>{round.title}</Heading>
      <ReadingLevelNote c={c} level={levelOfRound(round, items)} />
      <P>{words.asParent}</P>
      <AgreementText c={c} round={round} questions={questions} />
      <p class="links">
        <Link href={pathOf(round)}>{words.back}</Link>
      </p>
    </Page>
  )
}

interface AgreementProps {
  c: Context<PageEnv>
  round: Pick<Round, 'undertakings' | 'subjectKind'>
  questions: Question[]
  onPaper?: boolean
}

/** The round as one text: what the school promises, asks and tells. Also goes with letters. */
export function AgreementText({ c, round: { undertakings, subjectKind: kind }, questions, onPaper = false }: AgreementProps) {
  const words = c.var.t.rounds.preview
  const asked = questions.filter(({ basis }) => basis === 'consent')
  const told = questions.filter(({ basis }) => basis !== 'consent')
  return (
    <>
      <Section title={words.promises}>
        <P>
          <span lang="nl">{undertakings}</span>
        </P>
      </Section>
      {asked.length > 0 && (
        <Section title={words.questions}>
          {asked.map((question) => (
            <AsAsked c={c} question={question} kind={kind} onPaper={onPaper} />
          ))}
        </Section>
      )}
      {told.length > 0 && (
        <Section title={words.notice} intro={words.noticeIntro}>
          {told.map((question) => (
            <AsAsked c={c} question={question} kind={kind} onPaper={onPaper} />
          ))}
        </Section>
      )}
    </>
  )
}

interface AskedProps {
  c: Context<PageEnv>
  question: Question
  kind: Kind
  onPaper?: boolean
}

function AsAsked({ c, question, kind, onPaper = false }: AskedProps) {
  const { t } = c.var
  const subject = somebody(c, kind)
  return (
    <section class="preview">
      <p class="over-title">{askerOf(question)}</p>
      <h3 class="utrecht-heading-2">{askedIn({ t, question, subject })}</h3>
      <QuestionFacts
        t={t}
        question={question}
        subject={subject.isMe ? subject : { ...subject, name: t.rounds.preview.childName }}
        direct={false}
        onPaper={onPaper}
      />
      {question.special && <Notice kind="warning">{t.question.special}</Notice>}
      {question.basis === 'consent' ? (
        <div class="choice no-print">
          <button class="utrecht-button utrecht-button--primary-action" type="button" disabled>
            {t.question.yes}
          </button>
          <button class="utrecht-button utrecht-button--primary-action" type="button" disabled>
            {t.question.no}
          </button>
        </div>
      ) : (
        <P>{t.consents.basisIs(t.consents.basis[question.basis])}</P>
      )}
    </section>
  )
}

import { type Context, Hono } from 'hono'
import { raw } from 'hono/html'
import { renderSVG } from 'uqr'
import { z } from 'zod'
import { askForLetters } from '../../../consents/ask-for-letters.ts'
import { forgetLetters, type Letter, lettersToPrint, ownRuns, peopleOf, runOf } from '../../../consents/letter-runs.ts'
import { type Unreached, unreachedIn } from '../../../consents/letters.ts'
import { itemText, type Question } from '../../../consents/shown-text.ts'
import { idOf } from '../../../http.ts'
import type { LetterRunId } from '../../../ids.ts'
import { jobById } from '../../../jobs/read.ts'
import { INVITATION_DAYS } from '../../../people/invitations.ts'
import { personsById } from '../../../people/store.ts'
import { Refusal } from '../../../refusal.ts'
import { Heading, Link, Notice, P, Section } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button, Tick } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { formToken, OnceForm } from '../../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../../page.tsx'
import { briefsOf } from '../../parent/brief.ts'
import { Progress, progressHead } from '../../progress.tsx'
import { dayIn, lastDayIn, listIn, momentIn } from '../../texts/dates.ts'
import { nameOf } from '../case-view.ts'
import { actOnce, atDesk } from '../desk.ts'
import { SchoolNav } from '../school-nav.tsx'
import { nameOfItem } from './item-parts.tsx'
import { AgreementText } from './preview-page.tsx'
import { type AtRound, ownRound, pathOf } from './round-desk.ts'

const lettersForm = z.strictObject({ form: formToken, again: z.literal('yes').optional() })
const printedForm = z.strictObject({ form: formToken })

/** So many letters on one page: a browser prints no thousand at once. */
const ON_A_PAGE = 100

/** Letters for whom no mail reaches: with a code to answer by, and a sheet to answer on. A job makes them; then they are printed. */
export function lettersRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/rounds/:roundId/letters', signedInPage, async (c) => show(c, await listPage(c)))

  app.post('/school/rounds/:roundId/letters', signedInForm, async (c) => {
    const { form, again } = await readForm(c, lettersForm)
    const { desk, round } = await ownRound(c)
    const back = `${pathOf(round)}/letters`
    let made: LetterRunId | undefined
    const answer = await actOnce(c, desk, { form, back, done: 'asked' }, async () => {
      made = await askForLetters(c.var.deps, desk.around.actor, { roundId: round.roundId, again: again === 'yes' })
    })
    return made ? c.redirect(`${back}/${made}`, 303) : answer
  })

  app.get('/school/rounds/:roundId/letters/:runId', signedInPage, async (c) => show(c, await runPage(c)))
  app.get('/school/rounds/:roundId/letters/:runId/print', signedInPage, async (c) => show(c, await printPage(c)))

  app.post('/school/rounds/:roundId/letters/:runId/printed', signedInForm, async (c) => {
    const { form } = await readForm(c, printedForm)
    const { desk, round } = await ownRound(c)
    return await actOnce(c, desk, { form, back: `${pathOf(round)}/letters`, done: 'forgotten' }, () =>
      forgetLetters(c.var.deps, desk.around.actor, runIdIn(c)),
    )
  })
  return app
}

/** @throws Refusal `not_found` */
function runIdIn(c: Context<PageEnv>): LetterRunId {
  const id = idOf<LetterRunId>().safeParse(c.req.param('runId'))
  if (!id.success) throw new Refusal('not_found')
  return id.data
}

async function listPage(c: Context<PageEnv>) {
  const { t, language, deps } = c.var
  const words = t.rounds.letters
  const { desk, round } = await ownRound(c)
  const { actor } = desk.around
  const { people, runs } = await atDesk(c, desk, async (tx) => ({
    people: await unreachedIn(tx, actor.boardId, round.roundId, deps.now(), { schools: desk.records }),
    runs: await ownRuns(tx, actor, round.roundId),
  }))
  return (
    <Page c={c} title={words.title}>
      <SchoolNav c={c} />
      {c.req.query('done') === 'forgotten' && <Notice kind="ok">{words.forgotten}</Notice>}
      <Heading over={round.title}>{words.title}</Heading>
      <P lead>{words.intro}</P>
      {runs.length > 0 && (
        <Section title={words.runs}>
          <p class="links">
            {runs.map(({ runId, askedAt }) => (
              <Link href={`${pathOf(round)}/letters/${runId}`}>{words.run(momentIn(language, askedAt))}</Link>
            ))}
          </p>
        </Section>
      )}
      {people.length === 0 ? (
        <P>{words.none}</P>
      ) : (
        <>
          <P>{words.count(String(people.length))}</P>
          <ul class="utrecht-unordered-list">
            {people.map((person) => (
              <li class="utrecht-unordered-list__item">
                {person.name}
                <div class="soft">{pupilsOf(c, person)}</div>
                {person.writtenAt && <div class="soft">{words.written(dayIn(language, person.writtenAt))}</div>}
              </li>
            ))}
          </ul>
          <Notice kind="warning">{words.once}</Notice>
          <OnceForm action={`${pathOf(round)}/letters`}>
            {people.some(({ writtenAt }) => writtenAt) && <Tick name="again" value="yes" id="again" text={words.again} />}
            <Button>{words.make}</Button>
          </OnceForm>
        </>
      )}
      <p class="links">
        <Link href={pathOf(round)}>{t.rounds.preview.back}</Link>
      </p>
    </Page>
  )
}

function pupilsOf(c: Context<PageEnv>, { pupils }: Unreached): string {
  return listIn(
    c.var.language,
    pupils.map(({ name, groupName }) => [name, groupName].filter(Boolean).join(', ')),
  )
}

/** How far a run is; and when it is done, what came of it and where it is printed. */
async function runPage(c: Context<PageEnv>) {
  const { t, language } = c.var
  const words = t.rounds.letters
  const { desk, round } = await ownRound(c)
  const { boardId } = desk.around.actor
  const { run, job, made, names } = await atDesk(c, desk, async (tx) => {
    const run = await runOf(tx, desk.around.actor, runIdIn(c))
    const people = await peopleOf(tx, run)
    const left = people.filter(({ outcome }) => outcome === 'kept' || outcome === 'own_family')
    const persons = await personsById(
      tx,
      boardId,
      left.map(({ personId }) => personId),
    )
    const names = (wanted: string) => left.flatMap(({ personId, outcome }) => (outcome === wanted ? nameOf(persons.get(personId)) : []))
    return {
      run,
      job: await jobById(tx, boardId, run.jobId),
      made: people.filter(({ outcome }) => outcome === 'made').length,
      names: { kept: names('kept'), own: names('own_family') },
    }
  })
  if (run.roundId !== round.roundId) throw new Refusal('not_found')
  const path = `${pathOf(round)}/letters/${run.runId}`
  const isBusy = job?.state === 'waiting' || job?.state === 'running'
  const isDone = job?.state === 'done'
  const parts = isDone ? Array.from({ length: Math.ceil(made / ON_A_PAGE) }, (_, nr) => nr) : []
  return (
    <Page c={c} title={words.title} {...(isBusy && { head: progressHead })}>
      <SchoolNav c={c} />
      <Heading over={round.title}>{words.title}</Heading>
      {isBusy && <Progress c={c} job={job} label={words.busy} />}
      {!isBusy && !isDone && <Notice kind="error">{words.failed}</Notice>}
      {isDone && (
        <>
          <Notice kind="ok">{made > 0 ? words.made(String(made)) : names.kept.length > 0 ? words.noneNew : words.none}</Notice>
          {names.kept.length > 0 && <P>{words.kept(listIn(language, names.kept))}</P>}
          {names.own.length > 0 && <P>{words.own(listIn(language, names.own))}</P>}
        </>
      )}
      {parts.length > 0 && (
        <>
          <P>{words.keptUntil(momentIn(language, run.keptUntil))}</P>
          <p class="links">
            {parts.map((nr) => (
              <Link href={`${path}/print?part=${nr}`}>
                {words.part(String(nr * ON_A_PAGE + 1), String(Math.min((nr + 1) * ON_A_PAGE, made)))}
              </Link>
            ))}
          </p>
          <OnceForm action={`${path}/printed`}>
            <Button primary={false}>{words.printed}</Button>
          </OnceForm>
        </>
      )}
      <p class="links">
        <Link href={`${pathOf(round)}/letters`}>{words.back}</Link>
      </p>
    </Page>
  )
}

async function printPage(c: Context<PageEnv>) {
  const { t, language, deps } = c.var
  const words = t.rounds.letters
  const at = await ownRound(c)
  const { desk, round, items } = at
  const part = Math.max(0, Number.parseInt(c.req.query('part') ?? '0', 10) || 0)
  const asked = items.filter(({ legalBasis }) => legalBasis === 'consent')
  const { run, turn, letters, briefs, questions } = await atDesk(c, desk, async (tx) => {
    const run = await runOf(tx, desk.around.actor, runIdIn(c))
    const job = await jobById(tx, run.boardId, run.jobId)
    if (job?.state !== 'done' || run.roundId !== round.roundId || run.keptUntil < deps.now()) throw new Refusal('not_found')
    const made = (await peopleOf(tx, run)).filter(({ outcome }) => outcome === 'made').map(({ personId }) => personId)
    const turn = made.slice(part * ON_A_PAGE, (part + 1) * ON_A_PAGE)
    const texts: Question[] = []
    for (const item of items) texts.push((await itemText(tx, item, language)).question)
    const letters = await lettersToPrint(tx, deps, run, turn, deps.now())
    return { run, turn, letters, briefs: await briefsOf(tx, items, language), questions: texts }
  })
  const lines = asked.map((item) => nameOfItem(t, briefs.get(item.itemId)!))
  const gone = turn.length - letters.length
  return (
    <Page c={c} title={words.title}>
      <div class="no-print">
        <SchoolNav c={c} />
        <Heading over={round.title}>{words.title}</Heading>
        <P>
          {words.count(String(letters.length))} {words.print}
        </P>
        {gone > 0 && <P>{words.used(String(gone))}</P>}
        <p class="links">
          <Link href={`${pathOf(round)}/letters/${run.runId}`}>{words.back}</Link>
        </p>
      </div>
      {letters.map((letter) => (
        <LetterSheet c={c} at={at} letter={letter} lines={lines} askedAt={run.askedAt} />
      ))}
      {letters.length > 0 && (
        <article class="sheet">
          <h2 class="utrecht-heading-2">{words.annexTitle}</h2>
          <p class="soft no-print">{words.annexIntro(String(letters.length))}</p>
          <AgreementText c={c} round={round} questions={questions} onPaper />
        </article>
      )}
    </Page>
  )
}

interface SheetProps {
  c: Context<PageEnv>
  at: AtRound
  letter: Letter
  lines: string[]
  askedAt: Date
}

function LetterSheet({ c, at, letter, lines, askedAt }: SheetProps) {
  const { t, language, deps } = c.var
  const words = t.rounds.letters
  const { desk, round } = at
  const now = deps.now()
  const until = new Date(Math.min(askedAt.getTime() + INVITATION_DAYS * 86_400_000, round.endsAt.getTime()))
  const site = `${deps.issuer}/sign-in/letter`
  return (
    <article class="card sheet">
      <p class="soft">
        {desk.around.boardName}, {dayIn(language, now)}
      </p>
      <h2 class="utrecht-heading-2">{words.dear(letter.name)}</h2>
      <P>
        {words.text(desk.around.boardName, round.title)} {words.about(pupilsOf(c, letter))}
      </P>
      <P>{words.decide[round.subjectKind]}</P>
      <P>{words.web(site.replace(/^https?:\/\//, ''))}</P>
      <div class="sheet__code">
        <p class="letter__code">{letter.code}</p>
        <div class="qr sheet__qr" role="img" aria-label={words.qr}>
          {raw(renderSVG(site, { border: 0 }))}
        </div>
      </div>
      <P>{words.until(lastDayIn(language, until))}</P>
      <P>
        {words.paper} {words.annex}
      </P>
      {letter.pupils.map(({ personId, name }) => (
        <table class="utrecht-table utrecht-table--html-table sheet__answers">
          <caption class="utrecht-table__caption">{name}</caption>
          <thead class="utrecht-table__header">
            <tr class="utrecht-table__row">
              {[words.question, t.rounds.pupil.yes, t.rounds.pupil.no].map((head) => (
                <th class="utrecht-table__header-cell" scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody class="utrecht-table__body">
            {lines.map((line, nr) => (
              <tr class="utrecht-table__row">
                <th class="utrecht-table__cell" scope="row" id={`line-${personId}-${letter.personId}-${nr}`}>
                  {line}
                </th>
                <td class="utrecht-table__cell">☐</td>
                <td class="utrecht-table__cell">☐</td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
      <p class="sheet__sign">{words.sign}</p>
    </article>
  )
}

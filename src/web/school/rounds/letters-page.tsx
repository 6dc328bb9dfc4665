import { type Context, Hono } from 'hono'
import { raw } from 'hono/html'
import { renderSVG } from 'uqr'
import { z } from 'zod'
import { type Letter, makeLetters, type Unreached, unreachedIn } from '../../../consents/letters.ts'
import { itemText, type Question } from '../../../consents/shown-text.ts'
import type { PersonId } from '../../../ids.ts'
import { INVITATION_DAYS } from '../../../people/invitations.ts'
import { paperCodeOf } from '../../../people/paper-code.ts'
import { attempt } from '../../attempt.ts'
import { Heading, Link, Notice, P } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button, Tick } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { formToken, OnceForm, secretOf } from '../../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../../page.tsx'
import { briefsOf } from '../../parent/brief.ts'
import { dayIn, lastDayIn, listIn } from '../../texts/dates.ts'
import { atDesk } from '../desk.ts'
import { SchoolNav } from '../school-nav.tsx'
import { nameOfItem } from './item-parts.tsx'
import { AgreementText } from './preview-page.tsx'
import { type AtRound, ownRound, pathOf } from './round-desk.ts'

const lettersForm = z.strictObject({ form: formToken, again: z.literal('yes').optional() })

/** Letters for whom no mail reaches: with a code to answer by, and a sheet to answer on. */
export function lettersRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/rounds/:roundId/letters', signedInPage, async (c) => show(c, await listPage(c)))

  // Answers the form without a redirect: the codes are kept nowhere, and only the form makes them again.
  app.post('/school/rounds/:roundId/letters', signedInForm, async (c) => {
    const { deps } = c.var
    const { form, again } = await readForm(c, lettersForm)
    const at = await ownRound(c)
    const { actor } = at.desk.around
    const { roundId } = at.round
    const codeFor = (personId: PersonId) => paperCodeOf(Buffer.from(secretOf(c, form, `letter ${roundId} ${personId}`), 'base64url'))
    const made = await attempt(c, actor, 'organisation', () => makeLetters(deps, actor, { roundId, again: again === 'yes', codeFor }))
    return show(c, await printPage(c, at, made))
  })
  return app
}

async function listPage(c: Context<PageEnv>) {
  const { t, language, deps } = c.var
  const words = t.rounds.letters
  const { desk, round } = await ownRound(c)
  const people = await atDesk(c, desk, (tx) =>
    unreachedIn(tx, desk.around.actor.boardId, round.roundId, deps.now(), { schools: desk.records }),
  )
  return (
    <Page c={c} title={words.title}>
      <SchoolNav c={c} />
      <Heading over={round.title}>{words.title}</Heading>
      <P lead>{words.intro}</P>
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

async function printPage(c: Context<PageEnv>, at: AtRound, { letters, ownFamily, kept }: Awaited<ReturnType<typeof makeLetters>>) {
  const { t, language } = c.var
  const words = t.rounds.letters
  const { desk, round, items } = at
  const asked = items.filter(({ legalBasis }) => legalBasis === 'consent')
  const { briefs, questions } = await atDesk(c, desk, async (tx) => {
    const texts: Question[] = []
    for (const item of items) texts.push((await itemText(tx, item, language)).question)
    return { briefs: await briefsOf(tx, items, language), questions: texts }
  })
  const lines = asked.map((item) => nameOfItem(t, briefs.get(item.itemId)!))
  return (
    <Page c={c} title={words.title}>
      <div class="no-print">
        <SchoolNav c={c} />
        <Heading over={round.title}>{words.title}</Heading>
        {letters.length === 0 ? <P>{kept.length === 0 ? words.none : words.noneNew}</P> : <Notice kind="warning">{words.once}</Notice>}
        <P>
          {words.count(String(letters.length))} {words.print}
        </P>
        {kept.length > 0 && (
          <P>
            {words.kept(
              listIn(
                language,
                kept.map(({ name }) => name),
              ),
            )}
          </P>
        )}
        {ownFamily.length > 0 && (
          <P>
            {words.own(
              listIn(
                language,
                ownFamily.map(({ name }) => name),
              ),
            )}
          </P>
        )}
        <p class="links">
          <Link href={pathOf(round)}>{t.rounds.preview.back}</Link>
        </p>
      </div>
      {letters.map((letter) => (
        <LetterSheet c={c} at={at} letter={letter} lines={lines} />
      ))}
      {letters.length > 0 && (
        <article class="sheet">
          <h2 class="utrecht-heading-2">{words.annexTitle}</h2>
          <p class="soft no-print">{words.annexIntro(String(letters.length))}</p>
          <AgreementText c={c} undertakings={round.undertakings} questions={questions} onPaper />
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
}

function LetterSheet({ c, at, letter, lines }: SheetProps) {
  const { t, language, deps } = c.var
  const words = t.rounds.letters
  const { desk, round } = at
  const now = deps.now()
  const until = new Date(Math.min(now.getTime() + INVITATION_DAYS * 86_400_000, round.endsAt.getTime()))
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
      <P>{words.decide}</P>
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

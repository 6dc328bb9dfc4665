import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { copyRound } from '../../../consents/copy-round.ts'
import { isRunning } from '../../../consents/progress.ts'
import { type Round, roundsOf } from '../../../consents/rounds.ts'
import type { SchoolId } from '../../../ids.ts'
import { schoolsOfBoard } from '../../../people/register.ts'
import { ButtonLink, Heading, Link, P } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Page } from '../../layout.tsx'
import { FoldedAct, formToken } from '../../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../../page.tsx'
import { dayIn } from '../../texts/dates.ts'
import { actOnce, atDesk } from '../desk.ts'
import { SchoolNav } from '../school-nav.tsx'
import { isSomewhere, ownRound, pathOf, type RoundDesk, roundDesksOf, seesRound } from './round-desk.ts'

const copyForm = z.strictObject({ form: formToken })

/** The rounds of the school: those in the making, those that run, and what they were; and next year's from this year's. */
export function roundsRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/rounds', signedInPage, async (c) => show(c, await roundsPage(c)))

  app.post('/school/rounds/:roundId/next', signedInForm, async (c) => {
    const { form } = await readForm(c, copyForm)
    const { desk, round } = await ownRound(c)
    return await actOnce(c, desk, { form, back: '/school/rounds', to: (made) => `${pathOf(made)}?done=copied` }, () =>
      copyRound(c.var.deps, desk.around.actor, round.roundId),
    )
  })
  return app
}

async function roundsPage(c: Context<PageEnv>) {
  const { t } = c.var
  const words = t.rounds
  const desks = roundDesksOf(c)
  const perDesk = await Promise.all(
    desks.map((desk) =>
      atDesk(c, desk, async (tx) => {
        const { boardId } = desk.around.actor
        const rounds = (await roundsOf(tx, boardId)).filter((round) => seesRound(desk, round))
        return { desk, rounds, schools: new Map((await schoolsOfBoard(tx, boardId)).map(({ schoolId, name }) => [schoolId, name])) }
      }),
    ),
  )
  const mayMake = desks.some(({ records }) => isSomewhere(records))
  return (
    <Page c={c} title={words.title}>
      <SchoolNav c={c} />
      <Heading>{words.title}</Heading>
      <P lead>{desks.length === 0 ? words.noTask : words.intro}</P>
      {mayMake && (
        <p>
          <ButtonLink href="/school/rounds/new" primary>
            {words.make}
          </ButtonLink>
        </p>
      )}
      {desks.length > 0 && perDesk.every(({ rounds }) => rounds.length === 0) && <P>{words.none}</P>}
      {perDesk.map(({ desk, rounds, schools }) =>
        rounds.map((round) => <RoundCard c={c} desk={desk} round={round} rounds={rounds} schools={schools} />),
      )}
    </Page>
  )
}

interface CardProps {
  c: Context<PageEnv>
  desk: RoundDesk
  round: Round
  rounds: Round[]
  schools: Map<SchoolId, string>
}

function RoundCard({ c, desk, round, rounds, schools }: CardProps) {
  const { t, language, deps } = c.var
  const words = t.rounds
  const at = deps.now()
  const { publishedAt, schoolId, endsAt } = round
  const edits = desk.decidesAt(schoolId)
  const copied = rounds.find(({ copiedFrom }) => copiedFrom === round.roundId)
  return (
    <article class="card">
      <div class="spread">
        <h2 class="utrecht-heading-3 card__title">{round.title}</h2>
        <RoundBadge c={c} round={round} />
      </div>
      <P>
        {words.year(round.schoolYear, words.kinds[round.subjectKind])}
        <br />
        <span class="soft">{schoolId ? schools.get(schoolId) : words.wholeBoard}</span>
        {round.opensAt && round.opensAt > at && (
          <>
            <br />
            <span class="soft">{words.opens(dayIn(language, round.opensAt))}</span>
          </>
        )}
      </P>
      <p class="links">
        <Link href={pathOf(round)}>{publishedAt || !edits ? words.look : words.edit}</Link>
        {copied && <Link href={pathOf(copied)}>{words.nextIs}</Link>}
      </p>
      {publishedAt && edits && !copied && endsAt > at && (
        <FoldedAct title={words.next} action={`${pathOf(round)}/next`} button={words.next}>
          <P>{words.nextIntro}</P>
        </FoldedAct>
      )}
    </article>
  )
}

export function RoundBadge({ c, round }: { c: Context<PageEnv>; round: Round }) {
  const at = c.var.deps.now()
  const state = !round.publishedAt ? 'draft' : round.endsAt <= at ? 'over' : isRunning(round, at) ? 'running' : 'waiting'
  const look = { draft: 'warning', waiting: 'warning', running: 'safe', over: 'neutral' }[state]
  return <span class={`utrecht-status-badge utrecht-status-badge--${look}`}>{c.var.t.rounds.states[state]}</span>
}

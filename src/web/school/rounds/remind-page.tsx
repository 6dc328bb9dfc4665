import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { DAYS_BETWEEN_REMINDERS, remindRound } from '../../../consents/remind.ts'
import { silentDeciders } from '../../../consents/silent.ts'
import { isUnderWay, newestJob } from '../../../jobs/read.ts'
import { isQuiet, nextMorning } from '../../../notifications/quiet-hours.ts'
import { Heading, Link, Notice, P } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { formToken, OnceForm } from '../../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../../page.tsx'
import { Progress, progressHead } from '../../progress.tsx'
import { momentIn } from '../../texts/dates.ts'
import { numberIn } from '../../texts/numbers.ts'
import { actOnce, atDesk } from '../desk.ts'
import { SchoolNav } from '../school-nav.tsx'
import { ownRound, pathOf } from './round-desk.ts'

const remindForm = z.strictObject({ form: formToken })

/** Reminding those who have not answered, and how far that is. Never after an answer, never after a no, never at night. */
export function remindRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/rounds/:roundId/remind', signedInPage, async (c) => show(c, await remindPage(c)))

  app.post('/school/rounds/:roundId/remind', signedInForm, async (c) => {
    const { form } = await readForm(c, remindForm)
    const { desk, round } = await ownRound(c)
    return await actOnce(c, desk, { form, back: `${pathOf(round)}/remind`, done: 'reminded' }, () =>
      remindRound(c.var.deps, desk.around.actor, round.roundId),
    )
  })
  return app
}

async function remindPage(c: Context<PageEnv>) {
  const { t, language, deps } = c.var
  const words = t.rounds.progress
  const { desk, round } = await ownRound(c)
  const { boardId } = desk.around.actor
  const now = deps.now()
  const { silent, job } = await atDesk(c, desk, async (tx) => ({
    silent: await silentDeciders(tx, boardId, round.roundId, now),
    job: await newestJob(tx, boardId, 'round_reminder', { roundId: round.roundId }),
  }))
  const { remindAt, remindedAt } = round
  // What the night interrupts goes on in the morning.
  const waitsUntil = remindAt && remindAt > now ? remindAt : isUnderWay(job) && isQuiet(now) ? nextMorning(now) : null
  const isGoing = isUnderWay(job) && !waitsUntil
  const lately = remindedAt !== null && remindedAt.getTime() + DAYS_BETWEEN_REMINDERS * 86_400_000 > now.getTime()
  return (
    <Page c={c} title={words.remind} {...(isGoing && { head: progressHead })}>
      <SchoolNav c={c} />
      <Heading over={round.title}>{words.remind}</Heading>
      <P lead>{words.remindIntro}</P>
      <P>{words.remindSelf}</P>
      {isGoing && <Progress c={c} job={job} label={words.reminded} />}
      {job?.state === 'given_up' && <Notice kind="error">{words.remindFailed}</Notice>}
      {!isGoing && <P>{words.remindTo(numberIn(language)(silent.length))}</P>}
      {remindedAt && <P>{words.remindedAt(momentIn(language, remindedAt))}</P>}
      {job?.state === 'done' && <P>{words.remindedMails(numberIn(language)(Number(job.result?.mails ?? 0)))}</P>}
      {waitsUntil && <P>{words.remindWaits(momentIn(language, waitsUntil))}</P>}
      {lately && <P>{words.remindLately}</P>}
      {!lately && !remindAt && !isGoing && silent.length > 0 && (
        <OnceForm action={`${pathOf(round)}/remind`}>
          <Button>{words.remindGo}</Button>
        </OnceForm>
      )}
      <p class="links">
        <Link href={pathOf(round)}>{t.rounds.preview.back}</Link>
      </p>
    </Page>
  )
}

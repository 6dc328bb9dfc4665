import type { Context } from 'hono'
import { isUnderWay, type JobView, newestJob } from '../../../jobs/read.ts'
import { Heading, Link, Notice } from '../../blocks.tsx'
import { Page } from '../../layout.tsx'
import type { PageEnv } from '../../page.tsx'
import { Progress, progressHead } from '../../progress.tsx'
import { publicCodeOf } from '../../texts/public-code.ts'
import { atDesk } from '../desk.ts'
import { SchoolNav } from '../school-nav.tsx'
import type { AtRound } from './round-desk.ts'

/** The job that sends a draft out, when somebody asked for that. */
export async function publicationOf(c: Context<PageEnv>, { desk, round }: AtRound): Promise<JobView | undefined> {
  const { boardId } = desk.around.actor
  return await atDesk(c, desk, (tx) => newestJob(tx, boardId, 'round_publication', { roundId: round.roundId }))
}

/** While a round goes out nothing of it can be changed: how far that is. */
export function SendingPage({ c, at: { round }, job }: { c: Context<PageEnv>; at: AtRound; job: JobView }) {
  const { t } = c.var
  return (
    <Page c={c} title={round.title} head={progressHead}>
      <SchoolNav c={c} />
      <Heading over={t.rounds.year(round.schoolYear, t.rounds.kinds[round.subjectKind])}>{round.title}</Heading>
      <Progress c={c} job={job} label={t.rounds.publish.sending} />
      <p class="links">
        <Link href="/school/rounds">{t.rounds.title}</Link>
      </p>
    </Page>
  )
}

/** Why a round did not go out, as long as nobody asked again. */
export function NotSent({ c, job }: { c: Context<PageEnv>; job: JobView | undefined }) {
  const { t } = c.var
  if (!job || isUnderWay(job) || job.state === 'done') return null
  const code = job.state === 'refused' ? (job.result?.code as Parameters<typeof publicCodeOf>[0]) : undefined
  return (
    <Notice kind="error">
      {t.rounds.publish.notSent} {code && t.errors.refusals[publicCodeOf(code)]}
    </Notice>
  )
}

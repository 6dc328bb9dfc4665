import type { Context } from 'hono'
import type { JobView } from '../jobs/read.ts'
import { Link, P } from './blocks.tsx'
import type { PageEnv } from './page.tsx'
import { progressScriptPath } from './progress-script.ts'

/** For the head of a page with a bar: without JavaScript the page shows itself anew; with it, it stays and the bar moves. */
export const progressHead = (
  <>
    <noscript>
      <meta http-equiv="refresh" content="5" />
    </noscript>
    <script src={progressScriptPath} defer />
  </>
)

/** How far long work is. One on a page, whose head has `progressHead`. */
export function Progress({ c, job, label }: { c: Context<PageEnv>; job: Pick<JobView, 'done' | 'total'> | undefined; label: string }) {
  const words = c.var.t.roster
  const percent = job?.total ? Math.floor((job.done / job.total) * 100) : undefined
  return (
    <section id="progress" aria-labelledby="progress-label">
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced" id="progress-label">
        {label}
      </h2>
      <progress class="progress" max={100} value={percent} aria-labelledby="progress-label" />
      <p class="utrecht-paragraph" role="status">
        {percent === undefined ? words.progressWait : words.progress(String(percent))}
      </p>
      <P>{words.progressIntro}</P>
      <p class="links">
        <Link href={c.req.path}>{words.progressLook}</Link>
      </p>
    </section>
  )
}

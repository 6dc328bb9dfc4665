import type { Context } from 'hono'
import { P } from '../blocks.tsx'
import { Button } from '../fields.tsx'
import { OnceForm } from '../once-form.tsx'
import type { PageEnv } from '../page.tsx'
import { lastDayIn, momentIn } from '../texts/dates.ts'
import type { SeenPoint } from './checklist-desk.ts'

/** How a point stands: open, late or done. */
export const stateOfPoint = (c: Context<PageEnv>, { point }: SeenPoint) =>
  point.closed ? 'done' : point.dueAt <= c.var.deps.now() ? 'late' : 'open'

/** Something that has to get better, who sees to it, and the button that says that it is right. */
export function PointCard({ c, seen }: { c: Context<PageEnv>; seen: SeenPoint }) {
  const { t, language } = c.var
  const words = t.checklist.points
  const { point, owner, closedBy, mayClose } = seen
  const state = stateOfPoint(c, seen)
  const look = { open: 'neutral', late: 'warning', done: 'safe' }[state]
  return (
    <article class="card">
      <div class="spread">
        <h3 class="utrecht-heading-3 card__title" id={`point-${point.pointId}`}>
          {point.words}
        </h3>
        <span class={`utrecht-status-badge utrecht-status-badge--${look}`}>{words[state]}</span>
      </div>
      <P>
        <span class="soft">{t.checklist.statements[point.statement]}</span>
        <br />
        {words.by(owner)}
        <br />
        {words.until(lastDayIn(language, point.dueAt))}
        {point.closed && (
          <>
            <br />
            {words.closed(closedBy, momentIn(language, point.closed.at))}
          </>
        )}
      </P>
      {mayClose && (
        <OnceForm action={`/school/checklist/points/${point.pointId}/close`}>
          <Button primary={false} describedBy={`point-${point.pointId}`}>
            {words.close}
          </Button>
        </OnceForm>
      )}
    </article>
  )
}

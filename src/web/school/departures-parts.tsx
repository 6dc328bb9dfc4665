import type { Context } from 'hono'
import type { Departure } from '../../people/departures.ts'
import { Notice, P } from '../blocks.tsx'
import { Button } from '../fields.tsx'
import { OnceForm } from '../once-form.tsx'
import type { PageEnv } from '../page.tsx'
import { dayIn } from '../texts/dates.ts'

/** What stopped by what was recorded, for the page that says that it was. */
export const moreOf =
  ({ stopped }: { stopped: () => number }) =>
  (): Record<string, string> =>
    stopped() > 0 ? { stopped: String(stopped()) } : {}

/** How many things stopped, as the address of the page says it. */
export function Stopped({ c }: { c: Context<PageEnv> }) {
  const stopped = /^[1-9]\d{0,3}$/.exec(c.req.query('stopped') ?? '')
  return stopped && <Notice kind="info">{c.var.t.people.departures.stopped(Number(stopped[0]))}</Notice>
}

export type OpenTenure = Pick<Departure, 'kind' | 'tenureId' | 'schoolId' | 'school' | 'groupName'>

interface LeavingProps {
  c: Context<PageEnv>
  path: string
  boardName: string
  tenures: OpenTenure[]
  /** How many things go out by way of the school about this pupil now; not told of staff. */
  shared: number
}

/** Where somebody learns or works, and the button for who left before the administration knew. */
export function Leaving({ c, path, boardName, tenures, shared }: LeavingProps) {
  const words = c.var.t.people.departures
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.here}</h2>
      {tenures.map(({ kind, tenureId, school, groupName }) => (
        <>
          <P>{[school ?? boardName, groupName].filter(Boolean).join(', ')}</P>
          <details class="more">
            <summary>{words.open[kind]}</summary>
            <div class="more__body">
              <P>{words.meaning[kind]}</P>
              {kind === 'enrolment' && shared > 0 && <P>{words.stops(shared)}</P>}
              <P>{words.keeps}</P>
              <OnceForm action={`${path}/left`}>
                <input type="hidden" name="kind" value={kind} />
                <input type="hidden" name="tenure" value={tenureId} />
                <Button primary={false}>{words.left[kind]}</Button>
              </OnceForm>
            </div>
          </details>
        </>
      ))}
    </section>
  )
}

/** Who left, as the school recorded it; where a list says otherwise, with the way back. */
export function DepartureList({
  c,
  departures,
  boardName,
  back,
}: Pick<LeavingProps, 'c' | 'boardName'> & { departures: Departure[]; back: boolean }) {
  const { t, language } = c.var
  const words = t.people.departures
  return departures.map(({ kind, tenureId, name, school, groupName, leftAt, recordedBy, stillListedAt }) => (
    <article class="card">
      <h3 class="utrecht-heading-3 card__title">{name}</h3>
      <P>
        {[school ?? boardName, groupName].filter(Boolean).join(', ')}. {words.recorded(dayIn(language, leftAt), recordedBy)}
      </P>
      {stillListedAt && <P>{words.stillListed(dayIn(language, stillListedAt))}</P>}
      {back && (
        <OnceForm action="/school/departures">
          <input type="hidden" name="kind" value={kind} />
          <input type="hidden" name="tenure" value={tenureId} />
          <Button primary={false}>{words.comeBack(name)}</Button>
        </OnceForm>
      )}
    </article>
  ))
}

import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { withdrawCase } from '../../cases/handle-right.ts'
import { Refusal } from '../../refusal.ts'
import { attempt } from '../attempt.ts'
import { Fact, Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../page.tsx'
import { dayIn, lastDayIn } from '../texts/dates.ts'
import { type CaseState, type MyCase, myCase, stateOfCase } from './my-rights.ts'

/** One request: where it stands, by when there is an answer, and the answer itself. */
export function rightsCaseRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/rights/cases/:caseId', signedInPage, async (c) => show(c, await casePage(c)))

  app.post('/rights/cases/:caseId/withdraw', signedInForm, async (c) => {
    await readForm(c, z.strictObject({}))
    const { around, one } = await myCase(c)
    try {
      await attempt(c, around.actor, one.approach, () => withdrawCase(c.var.deps, around.actor, one.caseId))
    } catch (error) {
      // Pressed twice, or answered meanwhile: the page says what it came to.
      if (!(error instanceof Refusal && error.code === 'case_closed')) throw error
    }
    return c.redirect(`/rights/cases/${one.caseId}`, 303)
  })
  return app
}

async function casePage(c: Context<PageEnv>) {
  const { t, language, deps } = c.var
  const words = t.cases.rights
  const mine = await myCase(c)
  const { one, subjectName, company } = mine
  const state = stateOfCase(mine, deps.now())
  const title = words.one(words.kinds[one.kind], subjectName)
  return (
    <Page c={c} title={title}>
      {c.req.query('done') === 'made' && <Notice kind="ok">{words.made}</Notice>}
      {state === 'overdue' && <Notice kind="warning">{words.late}</Notice>}
      <Heading over={words.title}>{title}</Heading>
      <dl class="facts card">
        <Fact name={words.status}>
          <RightsBadge t={t} state={state} />
        </Fact>
        <Fact name={words.to}>{company ?? words.school}</Fact>
        <Fact name={words.received}>{dayIn(language, one.receivedAt)}</Fact>
        {!one.closed && state !== 'answered' && <Fact name={words.due}>{lastDayIn(language, one.dueAt)}</Fact>}
        {one.words && (
          <Fact name={words.yourWords}>
            <span class="said">{one.words}</span>
          </Fact>
        )}
        {one.extended && <Fact name={words.extendedBecause}>{one.extended.because}</Fact>}
        {one.closed?.closing && (
          <Fact name={words.answer}>
            <span class="soft">{words.answeredOn(dayIn(language, one.closed.at))}</span>
            <br />
            <span class="said">{one.closed.closing}</span>
          </Fact>
        )}
        <Tasks c={c} mine={mine} />
      </dl>
      {(one.closed?.outcome === 'refused' || one.closed?.outcome === 'partly') && <P>{words.complain}</P>}
      <p class="links">
        {(one.kind === 'access' || one.kind === 'portability') && <Link href={`/rights/held/${one.subjectId}`}>{words.toHeld}</Link>}
      </p>
      {!one.closed && state !== 'answered' && (
        <form method="post" action={`/rights/cases/${one.caseId}/withdraw`}>
          <Button primary={false}>{words.withdraw}</Button>
        </form>
      )}
    </Page>
  )
}

/** What each company has to do, until when, and in its own words what it did. */
function Tasks({ c, mine: { duties } }: { c: Context<PageEnv>; mine: MyCase }) {
  const { t, language } = c.var
  const words = t.cases.rights
  if (duties.length === 0) return null
  return (
    <Fact name={words.tasks}>
      {duties.map(({ company, kind, dueAt, confirmedAt, note }) => (
        <div>
          {confirmedAt ? words.taskDone(company, dayIn(language, confirmedAt)) : words.taskOpen(company, lastDayIn(language, dueAt))}{' '}
          <span class="soft">({words.duties[kind]})</span>
          {note && <div>{note}</div>}
        </div>
      ))}
    </Fact>
  )
}

const LOOKS: Record<CaseState, 'safe' | 'warning' | 'danger' | 'neutral'> = {
  open: 'warning',
  taken: 'warning',
  extended: 'warning',
  overdue: 'danger',
  granted: 'safe',
  partly: 'neutral',
  refused: 'neutral',
  withdrawn: 'neutral',
  answered: 'safe',
}

export function RightsBadge({ t, state }: { t: PageEnv['Variables']['t']; state: CaseState }) {
  return <span class={`utrecht-status-badge utrecht-status-badge--${LOOKS[state]}`}>{t.cases.rights.states[state]}</span>
}

import { type Context, Hono } from 'hono'
import { everyDataSetOf, supplierById } from '../../catalog/store.ts'
import { requestStateAt, type State } from '../../requests/request.ts'
import { type AccessRequest, requestsOf } from '../../requests/store.ts'
import { type Verdict, verdictOf } from '../../requests/verdict.ts'
import { Heading, Link, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, signedInPage } from '../page.tsx'
import { dayIn, listIn } from '../texts/dates.ts'
import { contactsDesksOf } from './contacts-desk.ts'
import { atDesk, type Desk, desksOf } from './desk.ts'
import { verdictIn } from './request-verdict.tsx'
import { SchoolNav } from './school-nav.tsx'
import { teachingDesksOf } from './teaching-desk.ts'
import { Waiting, waitingOf } from './waiting.tsx'

/** What suppliers asked the school (step 1), with what waits for the school first. */
export function inboxRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school', signedInPage, async (c) => {
    // Who only teaches, or only telephones, has nothing to do here.
    if (desksOf(c).length === 0 && teachingDesksOf(c).length > 0) return c.redirect('/school/who-may', 303)
    if (desksOf(c).length === 0 && contactsDesksOf(c).length > 0) return c.redirect('/school/contacts', 303)
    return show(c, await inboxPage(c))
  })
  return app
}

interface InboxRow {
  request: AccessRequest
  state: State
  supplier: string
  data: string
  verdict: Verdict | undefined
}

const GROUPS: { name: 'waiting' | 'running' | 'over'; states: readonly State[] }[] = [
  { name: 'waiting', states: ['received'] },
  { name: 'running', states: ['forwarded', 'released'] },
  { name: 'over', states: ['refused', 'withdrawn', 'expired'] },
]

async function inboxPage(c: Context<PageEnv>) {
  const { t, language } = c.var
  const desks = desksOf(c)
  const rows = (await Promise.all(desks.map((desk) => rowsAt(c, desk)))).flat()
  const waiting = await waitingOf(c)
  return (
    <Page c={c} title={t.school.title}>
      <SchoolNav c={c} />
      <Heading>{t.school.title}</Heading>
      <P lead>{desks.length === 0 ? t.school.noTask : t.school.intro}</P>
      <Waiting c={c} waiting={waiting} />
      {desks.length > 0 && rows.length === 0 && <P>{t.school.none}</P>}
      {GROUPS.map(({ name, states }) => {
        const group = rows.filter(({ state }) => states.includes(state))
        if (group.length === 0) return null
        return (
          <section>
            <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{t.school[name]}</h2>
            {group.map(({ request, state, supplier, data, verdict }) => (
              <article class="card">
                <div class="spread">
                  <h3 class="utrecht-heading-3 card__title">{t.school.ask(supplier, data)}</h3>
                  <RequestBadge t={t} state={state} />
                </div>
                {verdict && <P>{verdictIn(t, verdict)}</P>}
                <P>
                  <span class="soft">{t.school.received(dayIn(language, request.receivedAt))}</span>
                </P>
                <p class="links">
                  <Link href={`/school/requests/${request.requestId}`}>{t.school.open}</Link>
                </p>
              </article>
            ))}
          </section>
        )
      })}
    </Page>
  )
}

export function RequestBadge({ t, state }: { t: PageEnv['Variables']['t']; state: State }) {
  const look = state === 'received' ? 'warning' : state === 'released' ? 'safe' : 'neutral'
  return <span class={`utrecht-status-badge utrecht-status-badge--${look}`}>{t.school.states[state]}</span>
}

async function rowsAt(c: Context<PageEnv>, desk: Desk): Promise<InboxRow[]> {
  const { deps, language } = c.var
  return await atDesk(c, desk, async (tx) => {
    const rows: InboxRow[] = []
    for (const request of await requestsOf(tx, desk.around.actor.boardId)) {
      if (!desk.looksAt(request.schoolId)) continue
      const sets = await everyDataSetOf(tx, request.holderId)
      const nameOf = (datatype: string) => {
        const set = sets.find((one) => one.datatype === datatype)
        return (language === 'en' ? set?.nameEn : set?.nameNl) ?? datatype
      }
      const { state } = requestStateAt(request, deps.now())
      rows.push({
        request,
        state,
        verdict: state === 'received' ? await verdictOf(tx, request, deps.now()) : undefined,
        supplier: (await supplierById(tx, request.supplierId))?.legalName ?? '',
        data: listIn(language, request.datatypes.map(nameOf)),
      })
    }
    return rows
  })
}

import { type Context, Hono } from 'hono'
import type { RequestId } from '../../../ids.ts'
import { knownSchools } from '../../../requests/known-schools.ts'
import { type PreparedAsk, preparedAsksOf } from '../../../requests/prepared-asks.ts'
import { requestsOfSupplier, type SupplierSummary } from '../../../requests/supplier-view.ts'
import { ButtonLink, Heading, Link, Notice, P, Section } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Page } from '../../layout.tsx'
import { type PageEnv, show, signedInPage } from '../../page.tsx'
import { dayIn, lastDayIn } from '../../texts/dates.ts'
import { supplierDesk } from '../desk.ts'
import { Earlier, PAST, placeOf } from '../earlier.tsx'
import { SupplierNav } from '../supplier-nav.tsx'
import { Rationing } from './rationing.tsx'

const DONE = ['discarded', 'asked'] as const

/** What a supplier asked, of schools and of people, and how far each is. */
export function askingRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/supplier/:supplierId/asking', signedInPage, async (c) => show(c, await askingPage(c)))
  return app
}

async function askingPage(c: Context<PageEnv>) {
  const { t, deps } = c.var
  const words = t.asking
  const desk = await supplierDesk(c, 'contracts')
  const { supplierId } = desk.member
  const at = deps.now()
  const requests = await allRequests(c, supplierId, at)
  const { asks, next } = await preparedAsksOf(deps.db, supplierId, { before: placeOf(c, 'people'), limit: PAST }, at)
  const schools = await knownSchools(deps.db, supplierId)
  const done = DONE.find((word) => word === c.req.query('done'))
  const nameOf = ({ scheme, value }: SupplierSummary['addressedTo']) =>
    schools.find(({ address }) => address.scheme === scheme && address.value === value)?.name ?? `${scheme} ${value}`
  return (
    <Page c={c} title={words.title}>
      <SupplierNav c={c} desk={desk} />
      {done && <Notice kind="ok">{words.done[done]}</Notice>}
      <Heading over={desk.supplierName}>{words.title}</Heading>
      <P lead>{words.intro}</P>
      {desk.may('contracts') && (
        <p class="actions">
          <ButtonLink href={`${desk.path}/asking/school`} primary>
            {words.askSchool}
          </ButtonLink>
          <ButtonLink href={`${desk.path}/asking/person`} primary>
            {words.askPerson}
          </ButtonLink>
        </p>
      )}
      <Rationing c={c} waiting={requests.filter(({ status }) => status === 'received').length} />
      <Section title={words.toSchools}>
        {requests.length === 0 && <P>{words.noRequests}</P>}
        {requests.map((request) => (
          <RequestCard
            c={c}
            request={request}
            school={nameOf(request.addressedTo)}
            path={`${desk.path}/asking/requests/${request.requestId}`}
          />
        ))}
      </Section>
      <div id="people">
        <Section title={words.toPeople}>
          {asks.length === 0 && <P>{words.noAsks}</P>}
          {asks.map((one) => (
            <AskCard c={c} prepared={one} path={`${desk.path}/asking/people/${one.askId}`} />
          ))}
          <Earlier c={c} path={`${desk.path}/asking`} list="people" next={next} />
        </Section>
      </div>
    </Page>
  )
}

/** The newest first. */
async function allRequests(
  c: Context<PageEnv>,
  supplierId: Parameters<typeof requestsOfSupplier>[1],
  at: Date,
): Promise<SupplierSummary[]> {
  const all: SupplierSummary[] = []
  let after: RequestId | undefined
  do {
    const page = await requestsOfSupplier(c.var.deps.db, supplierId, { after, limit: 100 }, at)
    all.push(...page.requests)
    after = page.next
  } while (after)
  return all.toReversed()
}

function RequestCard({ c, request, school, path }: { c: Context<PageEnv>; request: SupplierSummary; school: string; path: string }) {
  const { t, language } = c.var
  const { status, occasion, receivedAt, endsAt } = request
  return (
    <article class="card">
      <div class="spread">
        <h3 class="utrecht-heading-3 card__title">{school}</h3>
        <span
          class={`utrecht-status-badge utrecht-status-badge--${status === 'released' ? 'safe' : status === 'received' || status === 'forwarded' ? 'warning' : 'neutral'}`}
        >
          {t.asking.states[status]}
        </span>
      </div>
      <P>
        <span lang="nl">{occasion}</span>
        <br />
        <span class="soft">{t.asking.between(dayIn(language, receivedAt), lastDayIn(language, endsAt))}</span>
      </P>
      <p class="links">
        <Link href={path}>{t.asking.seeRequest(school)}</Link>
      </p>
    </article>
  )
}

function AskCard({ c, prepared, path }: { c: Context<PageEnv>; prepared: PreparedAsk; path: string }) {
  const { t, language } = c.var
  const { reference, status, endsAt } = prepared
  return (
    <article class="card">
      <div class="spread">
        <h3 class="utrecht-heading-3 card__title">{reference}</h3>
        <span
          class={`utrecht-status-badge utrecht-status-badge--${status === 'released' ? 'safe' : status === 'not_released' ? 'neutral' : 'warning'}`}
        >
          {t.asking.personStates[status]}
        </span>
      </div>
      <P>{t.asking.until_(lastDayIn(language, endsAt))}</P>
      <p class="links">
        <Link href={path}>{t.asking.seeAsk(reference)}</Link>
      </p>
    </article>
  )
}

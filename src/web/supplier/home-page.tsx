import { type Context, Hono } from 'hono'
import type { AgreementState } from '../../agreements/agreement.ts'
import { agreementsOfSupplier } from '../../agreements/agreements-of-supplier.ts'
import { supplierCalendar } from '../../agreements/supplier-calendar.ts'
import { isTheirs, waitingForSupplier } from '../../cases/waiting-at-supplier.ts'
import { latestLeaflet, servicesOf, supplierById } from '../../catalog/store.ts'
import { releasedSubjects } from '../../hosted/released.ts'
import { Refusal } from '../../refusal.ts'
import { eventsOfStream } from '../../streams/laid-aside.ts'
import { streamsOf } from '../../streams/streams.ts'
import { Fact, Heading, Link, Notice, P, Section } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, signedInPage } from '../page.tsx'
import { dayIn, lastDayIn } from '../texts/dates.ts'
import { type SupplierDesk, supplierDesk, supplierDesksOf } from './desk.ts'
import { SupplierNav } from './supplier-nav.tsx'

/** What stands on the calendar so soon is there to be done. */
const SOON_MS = 14 * 86_400_000

/** Files without a case worker are counted so far. */
const MOST_FILES = 50

/** Where somebody who works for a supplier begins: who the organisation is to others, and what they may do for it. */
export function supplierHomeRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier', signedInPage, async (c) => {
    const desks = await supplierDesksOf(c)
    if (desks.length === 1) return c.redirect(desks[0]!.path, 303)
    const words = c.var.t.supplier
    return show(
      c,
      <Page c={c} title={words.title}>
        <Heading>{words.title}</Heading>
        {desks.length === 0 && <P lead>{words.nowhere}</P>}
        {desks.map(({ path, supplierName }) => (
          <P>
            <Link href={path}>{supplierName}</Link>
          </P>
        ))}
        <P>
          <Link href="/supplier/join">{words.join.title}</Link>
        </P>
      </Page>,
    )
  })

  app.get('/supplier/:supplierId', signedInPage, async (c) => {
    const desk = await supplierDesk(c)
    const words = c.var.t.supplier
    const supplier = await supplierById(c.var.deps.db, desk.member.supplierId)
    if (!supplier) throw new Refusal('not_found')
    const { legalName, domain, suspendedAt } = supplier
    return show(
      c,
      <Page c={c} title={legalName}>
        <SupplierNav c={c} desk={desk} />
        <Heading over={words.title}>{legalName}</Heading>
        {c.req.query('done') === 'joined' && (
          <Notice kind="ok">
            <P>{words.join.done(legalName)}</P>
          </Notice>
        )}
        {suspendedAt && (
          <Notice kind="warning">
            <P>{words.suspended}</P>
          </Notice>
        )}
        <WhatWaits c={c} desk={desk} />
        <dl class="facts card">
          <Fact name={words.legalName}>{legalName}</Fact>
          <Fact name={words.domain}>{domain ?? words.noDomain}</Fact>
          <Fact name={words.yourRoles}>{desk.member.roles.map((role) => words.roles[role]).join(', ')}</Fact>
        </dl>
        <P>
          <span class="soft">{words.verified}</span>
        </P>
      </Page>,
    )
  })
  return app
}

interface Todo {
  to: string
  text: string
}

/** What somebody has to do now, by what they may do here. */
async function WhatWaits({ c, desk }: { c: Context<PageEnv>; desk: SupplierDesk }) {
  const words = c.var.t.supplier.waiting
  const todo = [
    ...(await waiting(c, desk)),
    ...(desk.may('contracts') ? await toArrange(c, desk) : []),
    ...(desk.may('engineer') ? await laidAside(c, desk) : []),
  ]
  return (
    <Section title={words.title} intro={todo.length === 0 ? words.none : undefined}>
      {todo.length > 0 && (
        <ul class="rows">
          {todo.map(({ to, text }) => (
            <li>
              <Link href={desk.path + to}>{text}</Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

/** What schools and people wait for. Of duties there may be many: they are counted. */
async function waiting(c: Context<PageEnv>, desk: SupplierDesk): Promise<Todo[]> {
  const { t, deps, language } = c.var
  const words = t.supplier.waiting
  const mine = (await waitingForSupplier(deps, desk.actor)).filter((one) => isTheirs(one, desk.member))
  const counted = (kind: 'duty' | 'right') => {
    const all = mine.filter((one) => one.kind === kind)
    const [first] = all
    return first?.dueAt ? [{ to: '/duties', text: words[kind](String(all.length), lastDayIn(language, first.dueAt)) }] : []
  }
  return [
    ...counted('right'),
    ...counted('duty'),
    ...mine.flatMap(({ kind, board, about }) => {
      if (kind === 'duty' || kind === 'right') return []
      if (kind === 'set_aside') return [{ to: '/duties', text: words.setAside(board) }]
      if (kind === 'incident') return [{ to: `/duties/leaks/${about}`, text: words.incident(board) }]
      return [{ to: `/agreements/${about}`, text: words.agreement[kind](board) }]
    }),
  ]
}

/** Of a contract that holds, or is on its way to. */
const LIVE: ReadonlySet<AgreementState> = new Set(['draft', 'checked', 'signed', 'in_force'])

/** What no school waits for, and nothing goes on without. */
async function toArrange(c: Context<PageEnv>, desk: SupplierDesk): Promise<Todo[]> {
  const { t, deps, language } = c.var
  const words = t.supplier.waiting
  const services = await servicesOf(deps.db, desk.member.supplierId)
  const published = await Promise.all(services.map(({ serviceId }) => latestLeaflet(deps.db, serviceId)))
  const unassigned = await releasedSubjects(deps, desk.actor, { only: 'unassigned', limit: MOST_FILES })
  const files = unassigned.subjects.filter(({ grants }) => grants.some(({ active }) => active))
  const at = deps.now()
  const agreements = await agreementsOfSupplier(deps.db, desk.member.supplierId, at)
  const proposes = (published.some(Boolean) || desk.isHolder) && !agreements.some(({ agreement }) => LIVE.has(agreement.state))
  const [first, ...more] = supplierCalendar(agreements, at).filter(
    ({ what, on }) => what !== 'ends' && on.getTime() - at.getTime() < SOON_MS,
  )
  return [
    ...(first ? [{ to: '/agreements', text: words.calendar(String(more.length + 1), dayIn(language, first.on)) }] : []),
    ...(published.some(Boolean) ? [] : [{ to: '/services', text: words.leaflet }]),
    ...(proposes ? [{ to: '/agreements/new', text: words.noAgreement }] : []),
    ...(files.length > 0 ? [{ to: '/subjects', text: (unassigned.next ? words.filesMany : words.files)(String(files.length)) }] : []),
  ]
}

/** Messages that did not arrive, until somebody sends them again. */
async function laidAside(c: Context<PageEnv>, desk: SupplierDesk): Promise<Todo[]> {
  const { t, deps } = c.var
  for (const { stream_id: streamId } of await streamsOf(deps.db, desk.actor)) {
    const events = await eventsOfStream(deps, desk.actor, streamId, { state: 'laid_aside', limit: 1 })
    if (events.length > 0) return [{ to: '/events', text: t.supplier.waiting.laidAside }]
  }
  return []
}

import { type Context, Hono } from 'hono'
import { dutiesOfSupplier } from '../../cases/duties-of-supplier.ts'
import { latestLeaflet, servicesOf, supplierById } from '../../catalog/store.ts'
import { releasedSubjects } from '../../hosted/released.ts'
import { Refusal } from '../../refusal.ts'
import { Heading, Link, Notice, P, Section } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, signedInPage } from '../page.tsx'
import { lastDayIn } from '../texts/dates.ts'
import { type SupplierDesk, supplierDesk, supplierDesksOf } from './desk.ts'
import { SupplierNav } from './supplier-nav.tsx'

/** Duties counted one by one; more are so many. */
const MOST_DUTIES = 200

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
        <Waiting c={c} desk={desk} />
        <dl class="facts">
          <dt>{words.legalName}</dt>
          <dd>{legalName}</dd>
          <dt>{words.domain}</dt>
          <dd>{domain ?? words.noDomain}</dd>
          <dt>{words.yourRoles}</dt>
          <dd>{desk.member.roles.map((role) => words.roles[role]).join(', ')}</dd>
        </dl>
        <P>
          <span class="soft">{words.verified}</span>
        </P>
      </Page>,
    )
  })
  return app
}

/** What somebody who handles contracts has to do now. */
async function Waiting({ c, desk }: { c: Context<PageEnv>; desk: SupplierDesk }) {
  if (!desk.may('contracts')) return null
  const { t, deps, language } = c.var
  const words = t.supplier.waiting
  const { supplierId } = desk.member
  const { duties } = await dutiesOfSupplier(deps, desk.actor, { open: true, limit: MOST_DUTIES })
  const services = await servicesOf(deps.db, supplierId)
  const published = await Promise.all(services.map(({ serviceId }) => latestLeaflet(deps.db, serviceId)))
  const files = (await releasedSubjects(deps, desk.actor)).filter(
    ({ grants, assigned }) => assigned.length === 0 && grants.some(({ active }) => active),
  )
  const todo = [
    duties[0] && { to: '/duties', text: words.duties(String(duties.length), lastDayIn(language, duties[0].dueAt)) },
    !published.some(Boolean) && { to: '/services', text: words.leaflet },
    files.length > 0 && { to: '/subjects', text: words.files(String(files.length)) },
  ].filter((one) => one !== undefined && one !== false)
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

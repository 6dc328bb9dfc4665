import { Hono } from 'hono'
import { supplierById } from '../../catalog/store.ts'
import { Refusal } from '../../refusal.ts'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, signedInPage } from '../page.tsx'
import { supplierDesk, supplierDesksOf } from './desk.ts'
import { SupplierNav } from './supplier-nav.tsx'

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

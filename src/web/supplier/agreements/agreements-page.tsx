import { type Context, Hono } from 'hono'
import { agreementsOfSupplier, type SupplierAgreement } from '../../../agreements/agreements-of-supplier.ts'
import { type CalendarDay, supplierCalendar } from '../../../agreements/supplier-calendar.ts'
import { AgreementBadge } from '../../agreement-parts.tsx'
import { ButtonLink, Heading, Link, Notice, P, Section } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Page } from '../../layout.tsx'
import { type PageEnv, show, signedInPage } from '../../page.tsx'
import { dayIn, lastDayIn } from '../../texts/dates.ts'
import { type SupplierDesk, supplierDesk } from '../desk.ts'
import { SupplierNav } from '../supplier-nav.tsx'

/** A supplier's agreements with boards, and its own calendar of reports, reviews and ends. */
export function supplierAgreementsRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/supplier/:supplierId/agreements', signedInPage, async (c) => show(c, await agreementsPage(c)))
  return app
}

async function agreementsPage(c: Context<PageEnv>) {
  const { t, deps } = c.var
  const words = t.supplierAgreements
  const desk = await supplierDesk(c)
  const at = deps.now()
  const agreements = await agreementsOfSupplier(deps.db, desk.member.supplierId, at)
  return (
    <Page c={c} title={words.title}>
      <SupplierNav c={c} desk={desk} />
      {c.req.query('done') === 'proposed' && <Notice kind="ok">{words.proposed}</Notice>}
      <Heading over={desk.supplierName}>{words.title}</Heading>
      <P lead>{agreements.length === 0 ? words.none : words.intro}</P>
      {desk.may('contracts') && (
        <ButtonLink href={`${desk.path}/agreements/new`} primary>
          {words.propose}
        </ButtonLink>
      )}
      {agreements.map((one) => (
        <AgreementCard c={c} desk={desk} one={one} />
      ))}
      <Calendar c={c} desk={desk} days={supplierCalendar(agreements, at)} />
    </Page>
  )
}

function AgreementCard({
  c,
  desk,
  one: { agreement, board, services },
}: {
  c: Context<PageEnv>
  desk: SupplierDesk
  one: SupplierAgreement
}) {
  const { t, language } = c.var
  const { agreementId, kind, startsAt, endsAt, state } = agreement
  return (
    <article class="card">
      <div class="spread">
        <h2 class="utrecht-heading-3 card__title">{board}</h2>
        <AgreementBadge t={t} state={state} />
      </div>
      <P>
        {t.supplierAgreements.kinds[kind]}
        <br />
        <span class="soft">
          {services.map(({ service, leaflet }) => t.supplierAgreements.service(service.name, String(leaflet.version))).join(' ')}{' '}
          {t.school.contracts.between(dayIn(language, startsAt), lastDayIn(language, endsAt))}
        </span>
      </P>
      {(state === 'signed' || state === 'in_force') && !agreement.bySupplier && <P>{t.supplierAgreements.signWaits}</P>}
      <p class="links">
        <Link href={`${desk.path}/agreements/${agreementId}`}>{t.supplierAgreements.see(board)}</Link>
      </p>
    </article>
  )
}

function Calendar({ c, desk, days }: { c: Context<PageEnv>; desk: SupplierDesk; days: CalendarDay[] }) {
  const { t, language } = c.var
  const words = t.supplierAgreements.calendar
  return (
    <Section title={words.title} intro={days.length === 0 ? words.none : words.intro}>
      <ul class="rows">
        {days.map(({ what, on, late, board, agreementId, service }) => (
          <li class="spread">
            <span>
              <strong>{what === 'ends' ? lastDayIn(language, on) : dayIn(language, on)}</strong>{' '}
              <Link href={service ? `${desk.path}/services/${service.serviceId}` : `${desk.path}/agreements/${agreementId}`}>
                {words.what[what](service?.name ?? board)}
              </Link>
            </span>
            {late && <span class="utrecht-status-badge utrecht-status-badge--danger">{words.late}</span>}
          </li>
        ))}
      </ul>
    </Section>
  )
}

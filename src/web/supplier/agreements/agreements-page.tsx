import { type Context, Hono } from 'hono'
import { agreementsOfSupplier, type SupplierAgreement } from '../../../agreements/agreements-of-supplier.ts'
import { AgreementBadge } from '../../agreement-parts.tsx'
import { ButtonLink, Heading, Link, Notice, P } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Page } from '../../layout.tsx'
import { type PageEnv, show, signedInPage } from '../../page.tsx'
import { dayIn, lastDayIn } from '../../texts/dates.ts'
import { type SupplierDesk, supplierDesk } from '../desk.ts'
import { SupplierNav } from '../supplier-nav.tsx'
import { Calendar } from './calendar.tsx'

/** A supplier's agreements with boards, and its own calendar of reports, reviews and ends. */
export function supplierAgreementsRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/supplier/:supplierId/agreements', signedInPage, async (c) => show(c, await agreementsPage(c)))
  return app
}

const DONE = ['proposed', 'ticked', 'unticked'] as const

async function agreementsPage(c: Context<PageEnv>) {
  const { t, deps } = c.var
  const words = t.supplierAgreements
  const desk = await supplierDesk(c, 'contracts', 'administrator')
  const agreements = await agreementsOfSupplier(deps.db, desk.member.supplierId, deps.now())
  const done = DONE.find((word) => word === c.req.query('done'))
  return (
    <Page c={c} title={words.title}>
      <SupplierNav c={c} desk={desk} />
      {done && <Notice kind="ok">{words.listDone[done]}</Notice>}
      <Heading over={desk.supplierName}>{words.title}</Heading>
      <P lead>{agreements.length === 0 ? words.none : words.intro}</P>
      {desk.may('contracts') && (
        <ButtonLink href={`${desk.path}/agreements/new`} primary>
          {words.propose}
        </ButtonLink>
      )}
      {desk.may('contracts') && (
        <p class="links">
          <Link href={`${desk.path}/party`}>{words.party.title}</Link>
        </p>
      )}
      {agreements.map((one) => (
        <AgreementCard c={c} desk={desk} one={one} />
      ))}
      <Calendar c={c} desk={desk} agreements={agreements} />
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

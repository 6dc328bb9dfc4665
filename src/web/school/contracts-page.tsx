import { type Context, Hono } from 'hono'
import type { Addendum } from '../../agreements/addendum.ts'
import { openAddenda } from '../../agreements/addendum-store.ts'
import type { Agreement } from '../../agreements/agreement.ts'
import { agreementsOf } from '../../agreements/store.ts'
import { suppliers } from '../../catalog/store.ts'
import { AgreementBadge } from '../agreement-parts.tsx'
import { Heading, Link, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, signedInPage } from '../page.tsx'
import { dayIn, lastDayIn } from '../texts/dates.ts'
import { ContractWorkList, contractWork } from './contract-work.tsx'
import { atDesk, desksOf } from './desk.ts'
import { registerDesksOf } from './register-desk.ts'
import { SchoolNav } from './school-nav.tsx'

/** The board's agreements with suppliers, and the addenda that wait (K10, P16). */
export function contractsRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/contracts', signedInPage, async (c) => show(c, await contractsPage(c)))
  return app
}

async function contractsPage(c: Context<PageEnv>) {
  const { t, language, deps } = c.var
  const agreements: Agreement[] = []
  const addenda: Addendum[] = []
  const desks = desksOf(c)
  for (const desk of desks) {
    const { boardId } = desk.around.actor
    await atDesk(c, desk, async (tx) => {
      agreements.push(...(await agreementsOf(tx, boardId, deps.now())))
      addenda.push(...(await openAddenda(tx, boardId)))
    })
  }
  const names = new Map((await suppliers(deps.db)).map(({ supplierId, legalName }) => [supplierId, legalName]))
  const supplierOf = (addendum: Addendum) => {
    const agreement = agreements.find(({ agreementId }) => agreementId === addendum.agreementId)
    return (agreement && names.get(agreement.supplierId)) ?? ''
  }
  return (
    <Page c={c} title={t.school.contracts.title}>
      <SchoolNav c={c} />
      <Heading>{t.school.contracts.title}</Heading>
      <P lead>{desks.length === 0 ? t.school.noTask : t.school.contracts.intro}</P>
      {registerDesksOf(c).some(({ administers }) => administers) && (
        <p class="links">
          <Link href="/school/invite-supplier">{t.inviteSupplier.title}</Link>
        </p>
      )}
      <ContractWorkList c={c} work={await contractWork(c)} />
      {addenda.length > 0 && (
        <section>
          <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{t.school.contracts.addenda}</h2>
          <P>{t.school.contracts.addendaIntro}</P>
          {addenda.map((addendum) => (
            <article class="card">
              <div class="spread">
                <h3 class="utrecht-heading-3 card__title">{t.school.contracts.addendum(supplierOf(addendum))}</h3>
                <span class="utrecht-status-badge utrecht-status-badge--warning">{t.school.contracts.addendumStates[addendum.state]}</span>
              </div>
              <p class="links">
                <Link href={`/school/addenda/${addendum.addendumId}`}>{t.school.contracts.seeAddendum}</Link>
              </p>
            </article>
          ))}
        </section>
      )}
      {desks.length > 0 && agreements.length === 0 && <P>{t.school.contracts.none}</P>}
      {agreements.map((agreement) => (
        <article class="card">
          <div class="spread">
            <h2 class="utrecht-heading-3 card__title">{names.get(agreement.supplierId)}</h2>
            <AgreementBadge t={t} state={agreement.state} />
          </div>
          <P>
            {t.school.contracts.kinds[agreement.kind]}
            <br />
            <span class="soft">
              {t.school.contracts.between(dayIn(language, agreement.startsAt), lastDayIn(language, agreement.endsAt))}
            </span>
          </P>
          <p class="links">
            <Link href={`/school/contracts/${agreement.agreementId}`}>{t.school.contracts.see}</Link>
          </p>
        </article>
      ))}
    </Page>
  )
}

import { type Context, Hono } from 'hono'
import type { PropsWithChildren } from 'hono/jsx'
import { type Oversight, oversightOf } from '../../cases/oversight.ts'
import { suppliers } from '../../catalog/store.ts'
import type { AgreementId, SupplierId } from '../../ids.ts'
import { ButtonLink, Heading, Link, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, signedInPage } from '../page.tsx'
import { countryIn, lastDayIn, listIn } from '../texts/dates.ts'
import { numberIn } from '../texts/numbers.ts'
import { type Desk, desksOf } from './desk.ts'
import { PrivacyNav } from './privacy-nav.tsx'

/** What asks for attention, for who looks at the whole board; the data protection officer has the ledger besides (P45). */
export function overviewRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/privacy', signedInPage, async (c) => show(c, await overviewPage(c)))
  return app
}

async function overviewPage(c: Context<PageEnv>) {
  const { t, deps } = c.var
  const words = t.oversight.overview
  const desks = desksOf(c).filter(({ looksAt }) => looksAt(null))
  const isDpo = desks.some(({ around }) => around.mandates.some(({ role }) => role === 'dpo'))
  const seen = await Promise.all(desks.map(async (desk) => ({ desk, oversight: await oversightOf(deps, desk.around.actor.boardId) })))
  const known = await suppliers(
    deps.db,
    seen.flatMap(({ oversight }) => [...oversight.uninformed, ...oversight.oldModels].map(({ supplierId }) => supplierId)),
  )
  const companyOf = (id: SupplierId) => known.find(({ supplierId }) => supplierId === id)?.legalName ?? ''
  return (
    <Page c={c} title={words.title}>
      <PrivacyNav c={c} />
      <Heading>{words.title}</Heading>
      <P lead>{desks.length === 0 ? t.school.noTask : isDpo ? words.onlyDpo : words.intro}</P>
      {seen.map(({ desk, oversight }) => (
        <BoardOverview c={c} desk={desk} oversight={oversight} companyOf={companyOf} />
      ))}
      {isDpo && <ButtonLink href="/school/ledger">{t.oversight.ledger.title}</ButtonLink>}
    </Page>
  )
}

interface BoardProps {
  c: Context<PageEnv>
  desk: Desk
  oversight: Oversight
  companyOf: (id: SupplierId) => string
}

function BoardOverview({ c, desk, oversight, companyOf }: BoardProps) {
  const { t, language } = c.var
  const words = t.oversight.overview
  const { duties, cases, objections, incidents, deletions } = oversight.overdue
  return (
    <>
      <P>
        <span class="soft">{desk.around.boardName}</span>
      </P>
      <section class="card">
        <h2 class="utrecht-heading-3 card__title">{words.late}</h2>
        {duties + cases + objections + incidents + deletions === 0 && <P>{words.lateNone}</P>}
        <p class="links">
          {incidents > 0 && <Link href="/school/incidents">{words.incidents(String(incidents))}</Link>}
          {duties > 0 && <Link href="/school/duties">{words.duties(String(duties))}</Link>}
          {cases > 0 && <Link href="/school/cases">{words.cases(String(cases))}</Link>}
          {objections > 0 && <Link href="/school/objections">{words.objections(String(objections))}</Link>}
          {deletions > 0 && <Link href="/school/retention">{words.deletions(String(deletions))}</Link>}
        </p>
      </section>
      <Listed
        title={words.demands}
        none={words.demandsNone}
        lines={
          oversight.unseenDemands > 0
            ? [{ text: words.demandsUnseen(numberIn(language)(oversight.unseenDemands)), href: '/school/demands' }]
            : []
        }
      />
      <Listed
        title={words.uninformed}
        none={words.uninformedNone}
        lines={oversight.uninformed.map(({ supplierId, subjects }) => ({
          text: words.uninformedOne(companyOf(supplierId), String(subjects)),
        }))}
      >
        <P>{words.uninformedHelp}</P>
        <p class="links">
          <Link href="/school/rounds">{t.rounds.title}</Link>
          <Link href="/school/authority">{t.authority.title}</Link>
        </p>
      </Listed>
      <Listed
        title={words.outside}
        none={words.outsideNone}
        lines={oversight.outsideEea.map(({ name, thirdCountries, agreementId }) => ({
          text: words.outsideOne(
            name,
            listIn(
              language,
              thirdCountries.map((country) => countryIn(language, country)),
            ),
          ),
          href: contractOf(agreementId),
        }))}
      />
      <Listed
        title={words.old}
        none={words.oldNone}
        lines={oversight.oldModels.map(({ supplierId, modelVersion, endsAt, agreementId }) => ({
          text: words.oldOne(companyOf(supplierId), modelVersion, lastDayIn(language, endsAt)),
          href: contractOf(agreementId),
        }))}
      />
      <Listed
        title={words.basis}
        none={words.basisNone}
        lines={oversight.withoutBasis.map(({ name, agreementId }) => ({ text: name, href: contractOf(agreementId) }))}
      />
      <section class="card">
        <h2 class="utrecht-heading-3 card__title">{words.direct}</h2>
        <P>{words.directIntro}</P>
        <ul class="utrecht-unordered-list">
          {(Object.keys(words.directCounts) as (keyof Oversight['direct'])[]).map((what) => (
            <li class="utrecht-unordered-list__item">
              {words.count(words.directCounts[what], oversight.direct[what] === null ? words.few : String(oversight.direct[what]))}
            </li>
          ))}
        </ul>
      </section>
    </>
  )
}

/** Where one can do something about a line: its contract, or the register for what the school does itself. */
const contractOf = (agreementId: AgreementId | null) => (agreementId ? `/school/contracts/${agreementId}` : '/school/register')

interface ListedProps {
  title: string
  none: string
  lines: { text: string; href?: string }[]
}

/** What is below it is said when there is something. */
function Listed({ title, none, lines, children }: PropsWithChildren<ListedProps>) {
  return (
    <section class="card">
      <h2 class="utrecht-heading-3 card__title">{title}</h2>
      {lines.length === 0 ? (
        <P>{none}</P>
      ) : (
        <ul class="utrecht-unordered-list">
          {lines.map(({ text, href }) => (
            <li class="utrecht-unordered-list__item">{href ? <Link href={href}>{text}</Link> : text}</li>
          ))}
        </ul>
      )}
      {lines.length > 0 && children}
    </section>
  )
}

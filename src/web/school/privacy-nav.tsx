import type { Context } from 'hono'
import type { PageEnv } from '../page.tsx'
import { checklistDesksOf } from './checklist-desk.ts'
import { desksOf } from './desk.ts'
import { incidentDesksOf } from './incident-desk.ts'
import { dpoDesks } from './ledger-desk.ts'
import { SchoolNav } from './school-nav.tsx'

/** On top of every page about what the school owes to people and about their data. */
export function PrivacyNav({ c }: { c: Context<PageEnv> }) {
  const { t } = c.var
  const links = [
    { href: '/school/privacy', text: t.cases.nav.overview },
    { href: '/school/cases', text: t.cases.nav.cases },
    { href: '/school/duties', text: t.cases.nav.duties },
    { href: '/school/incidents', text: t.incidents.nav },
    ...(incidentDesksOf(c).some(({ looks }) => looks) ? [{ href: '/school/demands', text: t.demands.nav }] : []),
    { href: '/school/emergencies', text: t.emergencies.nav },
    ...(checklistDesksOf(c).length > 0 ? [{ href: '/school/checklist', text: t.checklist.nav }] : []),
    { href: '/school/transfers', text: t.transfers.nav },
    { href: '/school/retention', text: t.retention.nav },
    { href: '/school/register', text: t.oversight.register.title },
    { href: '/school/mandates', text: t.people.allMandates.title },
    ...(dpoDesks(c).length > 0 ? [{ href: '/school/ledger', text: t.oversight.ledger.title }] : []),
  ]
  return (
    <>
      <SchoolNav c={c} />
      {desksOf(c).length > 0 && (
        <nav class="header__nav" aria-label={t.cases.nav.privacy}>
          <ul>
            {links.map(({ href, text }) => (
              <li>
                <a class="utrecht-link utrecht-link--html-a" href={href} aria-current={c.req.path.startsWith(href) ? 'page' : undefined}>
                  {text}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
    </>
  )
}

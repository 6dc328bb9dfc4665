import type { Context } from 'hono'
import type { PageEnv } from '../page.tsx'
import { contactsDesksOf } from './contacts-desk.ts'
import { desksOf } from './desk.ts'
import { registerDesksOf } from './register-desk.ts'
import { isSomewhere, roundDesksOf } from './rounds/round-desk.ts'
import { teachingDesksOf } from './teaching-desk.ts'

/** What the school owes to people and about their data, under one heading. */
const PRIVACY = [
  '/school/privacy',
  '/school/cases',
  '/school/duties',
  '/school/incidents',
  '/school/demands',
  '/school/emergencies',
  '/school/checklist',
  '/school/transfers',
  '/school/retention',
  '/school/register',
  '/school/mandates',
  '/school/ledger',
]

/** The school's own pages, on top of each of them. */
export function SchoolNav({ c }: { c: Context<PageEnv> }) {
  const { t } = c.var
  const here = c.req.path
  const rounds = roundDesksOf(c)
  const hasDesk = desksOf(c).length > 0
  const links = [
    ...(rounds.some(({ looksUp }) => isSomewhere(looksUp))
      ? [{ href: '/school/work', text: t.rounds.work.nav, current: here.startsWith('/school/work') }]
      : []),
    ...(hasDesk
      ? [{ href: '/school', text: t.school.nav.requests, current: here === '/school' || here.startsWith('/school/requests') }]
      : []),
    ...(teachingDesksOf(c).length > 0
      ? [
          { href: '/school/who-may', text: t.teaching.whoMay.nav, current: here.startsWith('/school/who-may') },
          { href: '/school/services', text: t.teaching.services.nav, current: here.startsWith('/school/services') },
        ]
      : []),
    ...(contactsDesksOf(c).length > 0
      ? [{ href: '/school/contacts', text: t.contacts.nav, current: here.startsWith('/school/contacts') }]
      : []),
    ...(rounds.length > 0 ? [{ href: '/school/rounds', text: t.rounds.nav, current: here.startsWith('/school/rounds') }] : []),
    ...(hasDesk ? deskLinks(c) : []),
    ...(hasDesk || c.var.around.every(({ mandates }) => mandates.length === 0)
      ? []
      : [
          { href: '/school/incidents', text: t.incidents.nav, current: here.startsWith('/school/incidents') },
          { href: '/school/checklist', text: t.checklist.nav, current: here.startsWith('/school/checklist') },
        ]),
    ...(registerDesksOf(c).length > 0
      ? [
          {
            href: '/school/people',
            text: t.school.nav.people,
            current: ['/school/people', '/school/roster', '/school/authority', '/school/departures', '/school/settings'].some((path) =>
              here.startsWith(path),
            ),
          },
        ]
      : []),
  ]
  return (
    <nav class="header__nav" aria-label={t.frame.school}>
      <ul>
        {links.map(({ href, text, current }) => (
          <li>
            <a class="utrecht-link utrecht-link--html-a" href={href} aria-current={current ? 'page' : undefined}>
              {text}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** Of whoever looks at what the school is asked and owes. */
function deskLinks(c: Context<PageEnv>) {
  const { t } = c.var
  const here = c.req.path
  return [
    ...(roundDesksOf(c).some(({ looksUp }) => isSomewhere(looksUp))
      ? [{ href: '/school/suggestions', text: t.suggestions.nav, current: here.startsWith('/school/suggestions') }]
      : []),
    { href: '/school/objections', text: t.school.nav.objections, current: here.startsWith('/school/objections') },
    { href: '/school/inquiries', text: t.inquiry.school.nav, current: here.startsWith('/school/inquiries') },
    {
      href: '/school/contracts',
      text: t.school.nav.contracts,
      current: here.startsWith('/school/contracts') || here.startsWith('/school/addenda'),
    },
    { href: '/school/privacy', text: t.cases.nav.privacy, current: PRIVACY.some((path) => here.startsWith(path)) },
  ]
}

import { type Context, Hono } from 'hono'
import { contactsOf, type PupilContacts } from '../../people/contacts.ts'
import { MOST_FOUND } from '../../people/find-persons.ts'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Field } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, signedInPage } from '../page.tsx'
import { type ContactsDesk, contactsDesksOf } from './contacts-desk.ts'
import { atDesk } from './desk.ts'
import { SchoolNav } from './school-nav.tsx'

/** Whom to call about a pupil: names, numbers and addresses, and not a word of what was asked or answered (P34). */
export function contactsRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/contacts', signedInPage, async (c) => show(c, await contactsPage(c)))
  return app
}

async function contactsPage(c: Context<PageEnv>) {
  const words = c.var.t.contacts
  const desks = contactsDesksOf(c)
  const q = c.req.query('q')?.slice(0, 200).trim() ?? ''
  const found = (await Promise.all(desks.map((desk) => foundAt(c, desk, q)))).flat()
  return (
    <Page c={c} title={words.title}>
      <SchoolNav c={c} />
      {c.req.query('done') === 'emergency' && <Notice kind="ok">{c.var.t.emergencies.done}</Notice>}
      <Heading>{words.title}</Heading>
      <P lead>{desks.length === 0 ? c.var.t.people.noTask : words.intro}</P>
      {desks.length > 0 && (
        <form method="get" action="/school/contacts" role="search">
          <Field name="q" label={words.find} input={{ type: 'search', value: q, maxlength: 200, autocomplete: 'off' }} />
          <Button>{words.look}</Button>
        </form>
      )}
      {q && desks.length > 0 && <Found c={c} found={found} />}
    </Page>
  )
}

const foundAt = (c: Context<PageEnv>, desk: ContactsDesk, words: string) =>
  atDesk(c, desk, (tx) => contactsOf(tx, desk.around.actor.boardId, { schoolId: desk.schoolId, words, at: c.var.deps.now() }))

function Found({ c, found }: { c: Context<PageEnv>; found: PupilContacts[] }) {
  const words = c.var.t.contacts
  if (found.length === 0) return <P>{words.none}</P>
  return (
    <>
      {found.length >= MOST_FOUND && <P>{words.most}</P>}
      {found.map(({ personId, givenName, familyName, groupName, contacts }) => (
        <section class="card">
          <h2 class="utrecht-heading-3 card__title">
            {givenName} {familyName}
          </h2>
          {groupName && (
            <P>
              <span class="soft">{groupName}</span>
            </P>
          )}
          {contacts.length === 0 && <P>{words.nobody}</P>}
          <ul class="utrecht-unordered-list">
            {contacts.map(({ name, isPupil, phone, email }) => (
              <li class="utrecht-unordered-list__item">
                {isPupil ? words.themselves : name}: {phone && <PhoneLink phone={phone} />}
                {phone && email && ', '}
                {email && <Link href={`mailto:${email}`}>{email}</Link>}
                {!phone && !email && words.unknown}
              </li>
            ))}
          </ul>
          <p class="links">
            <Link href={`/school/emergencies/new?person=${personId}`}>{c.var.t.emergencies.do}</Link>
          </p>
        </section>
      ))}
    </>
  )
}

/** A number that a phone calls when it is pressed, and that no line breaks. */
function PhoneLink({ phone }: { phone: string }) {
  return (
    <Link href={`tel:${phone.replaceAll(/[^\d+]/g, '')}`}>{phone.replaceAll(/[ -]/g, (one) => (one === ' ' ? '\u00a0' : '\u2011'))}</Link>
  )
}

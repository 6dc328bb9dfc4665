import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { type EmergencyDisclosure, emergenciesOf } from '../../cases/emergency.ts'
import { recordEmergency } from '../../cases/record-emergency.ts'
import { plainText } from '../../catalog/plain-text.ts'
import { amsterdamDay, startOfAmsterdamDay } from '../../clock.ts'
import { idOf } from '../../http.ts'
import type { PersonId } from '../../ids.ts'
import { day } from '../../moments.ts'
import { currentTenure, personById, personsById } from '../../people/store.ts'
import { Refusal } from '../../refusal.ts'
import { Fact, Heading, Link, P } from '../blocks.tsx'
import { EmergencyFacts } from '../emergency-facts.tsx'
import { showError } from '../errors.tsx'
import { Button, Field, TextArea } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { listIn, momentIn } from '../texts/dates.ts'
import { nameOf } from './case-view.ts'
import { type ContactsDesk, contactsDesksOf } from './contacts-desk.ts'
import { actOnce, atDesk, desksOf } from './desk.ts'
import { PrivacyNav } from './privacy-nav.tsx'
import { SchoolNav } from './school-nav.tsx'

const PATH = '/school/emergencies'
const emergencyForm = z.strictObject({
  form: formToken,
  person: idOf<PersonId>(),
  receiver: plainText(200),
  data: plainText(2000),
  reason: plainText(2000),
  tried: plainText(2000),
  on: day,
})

/** Data given in an emergency: whoever telephones families records it, and who looks at what the school owes reads it (P11). */
export function emergenciesRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get(PATH, signedInPage, async (c) => show(c, await emergenciesPage(c)))
  app.get(`${PATH}/new`, signedInPage, async (c) => show(c, await newPage(c)))

  app.post(`${PATH}/new`, signedInForm, async (c) => {
    const read = await safeReadForm(c, emergencyForm)
    if (!read.ok) return show(c, await newPage(c, read), 400)
    const { form, person, on, ...said } = read.data
    const now = c.var.deps.now()
    if (on > amsterdamDay(now)) return show(c, await newPage(c, { wrong: new Set(['on']), typed: { person, on, ...said } }), 400)
    const { desk } = await aboutWhom(c, person)
    const givenAt = on === amsterdamDay(now) ? now : startOfAmsterdamDay(on)
    return await actOnce(c, desk, { form, back: '/school/contacts', done: 'emergency' }, () =>
      recordEmergency(c.var.deps, desk.around.actor, { subjectId: person, ...said, givenAt }),
    )
  })
  return app
}

interface SeenEmergency {
  one: EmergencyDisclosure
  subject: string
  by: string
  told: string[]
}

async function emergenciesAtDesks(c: Context<PageEnv>): Promise<SeenEmergency[]> {
  const found: SeenEmergency[] = []
  for (const desk of desksOf(c)) {
    const { boardId } = desk.around.actor
    await atDesk(c, desk, async (tx) => {
      const seen = (await emergenciesOf(tx, boardId)).filter(({ schoolId }) => desk.looksAt(schoolId))
      const persons = await personsById(
        tx,
        boardId,
        seen.flatMap(({ subjectId, recordedBy, told }) => [subjectId, recordedBy, ...told]),
      )
      const name = (id: PersonId) => nameOf(persons.get(id))
      found.push(...seen.map((one) => ({ one, subject: name(one.subjectId), by: name(one.recordedBy), told: one.told.map(name) })))
    })
  }
  return found
}

async function emergenciesPage(c: Context<PageEnv>) {
  const { t } = c.var
  const words = t.emergencies
  const found = await emergenciesAtDesks(c)
  return (
    <Page c={c} title={words.title}>
      <PrivacyNav c={c} />
      <Heading>{words.title}</Heading>
      <P lead>{desksOf(c).length === 0 ? t.school.noTask : words.intro}</P>
      {found.length === 0 && desksOf(c).length > 0 && <P>{words.none}</P>}
      {found.map((seen) => (
        <EmergencyCard c={c} seen={seen} />
      ))}
      {contactsDesksOf(c).length > 0 && (
        <p class="links">
          <Link href="/school/contacts">{words.find}</Link>
        </p>
      )}
    </Page>
  )
}

function EmergencyCard({ c, seen: { one, subject, by, told } }: { c: Context<PageEnv>; seen: SeenEmergency }) {
  const { t, language } = c.var
  const words = t.emergencies
  return (
    <article class="card">
      <h2 class="utrecht-heading-3 card__title">{subject}</h2>
      <EmergencyFacts c={c} one={one}>
        <Fact name={words.facts.recorded}>{words.recordedBy(by, momentIn(language, one.recordedAt))}</Fact>
        <Fact name={words.facts.told}>{told.length > 0 ? listIn(language, told) : words.toldNobody}</Fact>
      </EmergencyFacts>
    </article>
  )
}

/** A pupil of a school whose families one calls. @throws Refusal `person_not_found` */
async function aboutWhom(c: Context<PageEnv>, personId: PersonId): Promise<{ desk: ContactsDesk; name: string }> {
  for (const desk of contactsDesksOf(c)) {
    const { boardId } = desk.around.actor
    const name = await atDesk(c, desk, async (tx) => {
      const tenure = await currentTenure(tx, boardId, personId, c.var.deps.now())
      if (tenure?.kind !== 'enrolment' || (desk.schoolId !== null && desk.schoolId !== tenure.schoolId)) return undefined
      return nameOf(await personById(tx, boardId, personId))
    })
    if (name) return { desk, name }
  }
  throw new Refusal('person_not_found')
}

interface Again {
  wrong: Set<string>
  typed: Record<string, string>
}

async function newPage(c: Context<PageEnv>, { wrong, typed }: Again = { wrong: new Set(), typed: {} }) {
  const { t, deps } = c.var
  const words = t.emergencies
  const person = idOf<PersonId>().safeParse(typed.person ?? c.req.query('person'))
  if (!person.success) throw new Refusal('person_not_found')
  const { name } = await aboutWhom(c, person.data)
  const labels = { receiver: words.receiver, data: words.data, reason: words.reason, tried: words.tried, on: words.givenOn }
  const sentenceOf = (field: string) => (field === 'on' ? words.dayWrong : words.textWrong)
  const errors = Object.keys(labels).flatMap((field) => (wrong.has(field) ? [{ field, sentence: sentenceOf(field) }] : []))
  const field = (name: keyof typeof labels) => ({ name, label: labels[name], error: wrong.has(name) && sentenceOf(name) })
  const today = amsterdamDay(deps.now())
  return (
    <Page c={c} title={words.of(name)} errors={errors}>
      <SchoolNav c={c} />
      <Heading over={words.title}>{words.of(name)}</Heading>
      <P lead>{words.lead}</P>
      <OnceForm action={`${PATH}/new`}>
        <input type="hidden" name="person" value={person.data} />
        <Field {...field('receiver')} hint={words.receiverHint} input={{ value: typed.receiver, maxlength: 200, autocomplete: 'off' }} />
        <TextArea {...field('data')} value={typed.data} />
        <TextArea {...field('reason')} value={typed.reason} />
        <TextArea {...field('tried')} value={typed.tried} />
        <Field {...field('on')} input={{ type: 'date', value: typed.on ?? today, max: today }} />
        <Button>{words.send}</Button>
      </OnceForm>
    </Page>
  )
}

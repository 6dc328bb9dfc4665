import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { idOf } from '../../http.ts'
import type { BoardId } from '../../ids.ts'
import { addPerson, newPerson } from '../../people/add-person.ts'
import { MOST_FOUND } from '../../people/find-persons.ts'
import { type HeldMandate, openMandates, type Registered, registered } from '../../people/register.ts'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Field } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { actOnce, atDesk } from './desk.ts'
import { type RegisterDesk, registerDeskFor, registerDesksOf } from './register-desk.ts'
import { SchoolNav } from './school-nav.tsx'

const empty = z.literal('').transform(() => undefined)
const addForm = z.strictObject({
  form: formToken,
  board: idOf<BoardId>(),
  given: newPerson.shape.givenName,
  family: newPerson.shape.familyName,
  email: z.union([empty, newPerson.shape.email]),
  phone: z.union([empty, newPerson.shape.phone]),
})

/** Who is in the register of the board, found by name, and who may do what (D11). */
export function peopleRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/people', signedInPage, async (c) => show(c, await peoplePage(c)))

  app.post('/school/people', signedInForm, async (c) => {
    const read = await safeReadForm(c, addForm)
    if (!read.ok) return show(c, await peoplePage(c, read), 400)
    const { form, board, given, family, email, phone } = read.data
    const desk = registerDeskFor(c, board, 'keep')
    const back = `/school/people?q=${encodeURIComponent(`${given} ${family}`)}`
    return await actOnce(c, desk, { form, back, done: 'added' }, () =>
      addPerson(c.var.deps, desk.around.actor, { givenName: given, familyName: family, email, phone }),
    )
  })
  return app
}

interface Wrong {
  wrong: Set<string>
  typed: Record<string, string>
}

async function peoplePage(c: Context<PageEnv>, again: Wrong = { wrong: new Set(), typed: {} }) {
  const { t } = c.var
  const words = t.people
  const desks = registerDesksOf(c)
  const keeping = desks.filter(({ keeps }) => keeps)
  const errors = (['given', 'family', 'email', 'phone'] as const)
    .filter((field) => again.wrong.has(field))
    .map((field) => ({ field, sentence: words.wrong[field] }))
  const q = c.req.query('q')?.slice(0, 200).trim() ?? ''
  return (
    <Page c={c} title={words.title} errors={errors}>
      <SchoolNav c={c} />
      {c.req.query('done') === 'added' && <Notice kind="ok">{words.added}</Notice>}
      <Heading>{words.title}</Heading>
      <P lead>{desks.length === 0 ? words.noTask : keeping.length === 0 ? words.introReading : words.intro}</P>
      {desks.length > 0 && (
        <p class="links">
          <Link href="/school/authority">{t.authority.title}</Link>
          <Link href="/school/departures">{t.people.departures.title}</Link>
          <Link href="/school/mandates">{words.allMandates.all}</Link>
          {desks.some(({ seesAll }) => seesAll) && (
            <>
              <Link href="/school/roster">{t.roster.title}</Link>
              <Link href="/school/settings">{words.settings.title}</Link>
            </>
          )}
        </p>
      )}
      {desks.length > 0 && (
        <form method="get" action="/school/people" role="search">
          <Field name="q" label={words.find} input={{ type: 'search', value: q, maxlength: 200, autocomplete: 'off' }} />
          <Button>{words.findButton}</Button>
        </form>
      )}
      {q && <Found c={c} found={(await Promise.all(desks.map((desk) => foundAt(c, desk, q)))).flat()} />}
      {await Promise.all(desks.map(async (desk) => <Holders c={c} desk={desk} held={await heldAt(c, desk)} />))}
      {keeping[0] && <Adding c={c} desks={keeping} again={again} />}
    </Page>
  )
}

const foundAt = (c: Context<PageEnv>, desk: RegisterDesk, words: string) =>
  atDesk(c, desk, (tx) => registered(tx, desk.around.actor.boardId, { words, reach: desk.reach, at: c.var.deps.now() }))

/** Who may do what is no secret among those who keep the register; with a mandate for some schools one sees those of the schools. */
async function heldAt(c: Context<PageEnv>, desk: RegisterDesk): Promise<HeldMandate[]> {
  const held = await atDesk(c, desk, (tx) => openMandates(tx, desk.around.actor.boardId, c.var.deps.now()))
  const { reach } = desk
  return reach === 'board' ? held : held.filter(({ schoolId }) => schoolId !== null && reach.includes(schoolId))
}

function Found({ c, found }: { c: Context<PageEnv>; found: Registered[] }) {
  const words = c.var.t.people
  if (found.length === 0) return <P>{words.foundNone}</P>
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.found(String(found.length))}</h2>
      {found.length >= MOST_FOUND && <P>{words.foundMost}</P>}
      <ul class="utrecht-unordered-list">
        {found.map(({ personId, name, groupName, employed }) => (
          <li class="utrecht-unordered-list__item">
            <Link href={`/school/people/${personId}`}>{name}</Link>{' '}
            <span class="soft">{[groupName, employed && words.works].filter(Boolean).join(', ')}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Holders({ c, desk, held }: { c: Context<PageEnv>; desk: RegisterDesk; held: HeldMandate[] }) {
  const words = c.var.t.people
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.holders}</h2>
      <P>
        <span class="soft">{desk.around.boardName}</span>
      </P>
      {held.length === 0 && <P>{words.holdersNone}</P>}
      <ul class="utrecht-unordered-list">
        {held.map(({ personId, holder, role }) => (
          <li class="utrecht-unordered-list__item">
            <Link href={`/school/people/${personId}`}>{words.holds(holder, words.roles[role])}</Link>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Adding({ c, desks, again: { wrong, typed } }: { c: Context<PageEnv>; desks: RegisterDesk[]; again: Wrong }) {
  const words = c.var.t.people
  const error = (field: 'given' | 'family' | 'email' | 'phone') => wrong.has(field) && words.wrong[field]
  return (
    <details class="more" open={wrong.size > 0}>
      <summary>{words.add}</summary>
      <div class="more__body">
        <P>{words.addIntro}</P>
        {desks.map(({ around: { actor, boardName } }, nr) => (
          <OnceForm action="/school/people">
            {desks.length > 1 && <P>{boardName}</P>}
            <input type="hidden" name="board" value={actor.boardId} />
            <AddFields words={words} typed={typed} error={error} nr={nr} />
            <Button>{words.addButton}</Button>
          </OnceForm>
        ))}
      </div>
    </details>
  )
}

interface AddFieldsProps {
  words: PageEnv['Variables']['t']['people']
  typed: Record<string, string>
  error: (field: 'given' | 'family' | 'email' | 'phone') => string | false
  nr: number
}

function AddFields({ words, typed, error, nr }: AddFieldsProps) {
  // A second board's form is told apart for whoever cannot see where it stands.
  const id = (field: string) => (nr === 0 ? field : `${field}-${nr}`)
  return (
    <>
      <Field name="given" id={id('given')} label={words.given} error={error('given')} input={{ value: typed.given, maxlength: 100 }} />
      <Field name="family" id={id('family')} label={words.family} error={error('family')} input={{ value: typed.family, maxlength: 100 }} />
      <Field
        name="email"
        id={id('email')}
        label={words.email}
        error={error('email')}
        input={{ type: 'email', value: typed.email, autocomplete: 'off' }}
      />
      <Field
        name="phone"
        id={id('phone')}
        label={words.phone}
        error={error('phone')}
        input={{ type: 'tel', value: typed.phone, autocomplete: 'off' }}
      />
    </>
  )
}

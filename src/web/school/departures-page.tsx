import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { idOf } from '../../http.ts'
import type { TenureId } from '../../ids.ts'
import { comeBack } from '../../people/come-back.ts'
import { type Departure, departures, MOST_DEPARTURES, openTenures } from '../../people/departures.ts'
import { endEmployment } from '../../people/end-employment.ts'
import { endEnrolment } from '../../people/end-enrolment.ts'
import { Refusal } from '../../refusal.ts'
import { stopsByHand } from '../../rosters/stops-by-hand.ts'
import { Heading, Link, Notice, P, Section } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { formToken } from '../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../page.tsx'
import { DepartureList, moreOf, Stopped } from './departures-parts.tsx'
import { actOnce, atDesk } from './desk.ts'
import { endsTenuresAt, personAtDesk, type RegisterDesk, registerDesksOf } from './register-desk.ts'
import { SchoolNav } from './school-nav.tsx'

const PATH = '/school/departures'
const tenureForm = z.strictObject({ form: formToken, kind: z.enum(['enrolment', 'employment']), tenure: idOf<TenureId>() })

/** Who left before the administration knew: recorded on somebody's own page, seen and taken back here. */
export function departureRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get(PATH, signedInPage, async (c) => show(c, await departuresPage(c)))

  app.post(PATH, signedInForm, async (c) => {
    const { form, kind, tenure } = await readForm(c, tenureForm)
    for (const desk of registerDesksOf(c)) {
      const left = (await departuresAt(c, desk)).some(({ tenureId }) => tenureId === tenure)
      if (left)
        return await actOnce(c, desk, { form, back: PATH, done: 'back' }, () =>
          comeBack(c.var.deps, desk.around.actor, { kind, tenureId: tenure }),
        )
    }
    throw new Refusal('tenure_not_found')
  })

  app.post('/school/people/:personId/left', signedInForm, async (c) => {
    const { form, kind, tenure } = await readForm(c, tenureForm)
    const { desk, person } = await personAtDesk(c)
    const { actor } = desk.around
    const stops = stopsByHand(c.var.deps, actor.boardId, person.personId)
    return await actOnce(c, desk, { form, back: PATH, done: 'left', more: moreOf(stops) }, async () => {
      const open = await atDesk(c, desk, (tx) => openTenures(tx, actor.boardId, person.personId, c.var.deps.now()))
      if (!open.some(({ tenureId }) => tenureId === tenure)) throw new Refusal('tenure_not_found')
      await (kind === 'enrolment' ? endEnrolment : endEmployment)(c.var.deps, actor, tenure, stops.beside)
    })
  })
  return app
}

const departuresAt = async (c: Context<PageEnv>, desk: RegisterDesk): Promise<Departure[]> =>
  await atDesk(c, desk, (tx) => departures(tx, desk.around.actor.boardId, { reach: desk.reach, at: c.var.deps.now() }))

async function departuresPage(c: Context<PageEnv>) {
  const words = c.var.t.people.departures
  const desks = registerDesksOf(c)
  const found = await Promise.all(desks.map(async (desk) => ({ desk, list: await departuresAt(c, desk) })))
  const all = found.flatMap(({ desk, list }) => list.map((departure) => ({ desk, departure })))
  const parts = [
    { title: words.contradicted, intro: words.contradictedIntro, of: all.filter(({ departure }) => departure.stillListedAt) },
    { title: words.lately, intro: '', of: all.filter(({ departure }) => !departure.stillListedAt) },
  ].filter(({ of }) => of.length > 0)
  const done = (['left', 'back'] as const).find((word) => word === c.req.query('done'))
  return (
    <Page c={c} title={words.title}>
      <SchoolNav c={c} />
      {done && <Notice kind="ok">{words.done[done]}</Notice>}
      <Stopped c={c} />
      <Heading>{words.title}</Heading>
      <P lead>{desks.length === 0 ? c.var.t.people.noTask : words.intro}</P>
      {desks.length > 0 && parts.length === 0 && <P>{words.none}</P>}
      {found.some(({ list }) => list.length === MOST_DEPARTURES) && <P>{c.var.t.onlyNewest(String(all.length))}</P>}
      {parts.map(({ title, intro, of }) => (
        <Section title={title} intro={intro}>
          {of.map(({ desk, departure }) => (
            <DepartureList
              c={c}
              departures={[departure]}
              boardName={desk.around.boardName}
              back={endsTenuresAt(desk, departure.schoolId)}
            />
          ))}
        </Section>
      ))}
      <p class="links">
        <Link href="/school/people">{c.var.t.people.title}</Link>
      </p>
    </Page>
  )
}

import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { type PupilProgress, progressOfGroup } from '../../../consents/progress.ts'
import { idOf } from '../../../http.ts'
import type { SchoolId } from '../../../ids.ts'
import { findPersons } from '../../../people/find-persons.ts'
import { Refusal } from '../../../refusal.ts'
import { Bar } from '../../bar.tsx'
import { Heading, Link, P } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button, Field } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { type PageEnv, show, signedInPage } from '../../page.tsx'
import { numberIn } from '../../texts/numbers.ts'
import { atDesk } from '../desk.ts'
import { SchoolNav } from '../school-nav.tsx'
import { pathOf, roundAtDesk, seesSchool } from './round-desk.ts'

const groupQuery = z.object({ school: idOf<SchoolId>(), group: z.string().max(100).optional() })

/** The pupils of one group, or those that are found by name: where answers on paper are filled in. */
export function groupRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/rounds/:roundId/groups', signedInPage, async (c) => show(c, await groupPage(c)))
  app.get('/school/rounds/:roundId/pupils', signedInPage, async (c) => show(c, await foundPage(c)))
  return app
}

async function groupPage(c: Context<PageEnv>) {
  const { t, deps } = c.var
  const words = t.rounds.group
  const { desk, round } = await roundAtDesk(c)
  const query = groupQuery.safeParse(c.req.query())
  if (!query.success || !seesSchool(desk.looksUp, query.data.school)) throw new Refusal('school_not_found')
  const { school: schoolId, group } = query.data
  const pupils = await atDesk(c, desk, (tx) =>
    progressOfGroup(tx, desk.around.actor.boardId, round.roundId, { schoolId, groupName: group ?? null }, deps.now()),
  )
  return (
    <Page c={c} title={words.title(group ?? t.rounds.audience.noGroup)}>
      <SchoolNav c={c} />
      <Heading over={round.title}>{words.title(group ?? t.rounds.audience.noGroup)}</Heading>
      {pupils.length === 0 && <P>{words.none}</P>}
      <ul class="cards">
        {pupils.map((pupil) => (
          <Pupil c={c} path={pathOf(round)} pupil={pupil} />
        ))}
      </ul>
      <p class="links">
        <Link href={pathOf(round)}>{words.back}</Link>
      </p>
    </Page>
  )
}

function Pupil({ c, path, pupil }: { c: Context<PageEnv>; path: string; pupil: PupilProgress }) {
  const { t, language } = c.var
  const words = t.rounds.group
  const number = numberIn(language)
  const far = t.rounds.progress.of(number(pupil.answered), number(pupil.asked))
  const state = pupil.nobody ? 'nobody' : pupil.conflicts > 0 ? 'conflict' : pupil.answered === pupil.asked ? 'done' : 'some'
  const look = { nobody: 'danger', conflict: 'danger', done: 'safe', some: 'warning' }[state]
  return (
    <li class="card">
      <div class="spread">
        <Link href={`${path}/pupils/${pupil.personId}`}>{pupil.name}</Link>
        <span class={`utrecht-status-badge utrecht-status-badge--${look}`}>{words[state]}</span>
      </div>
      <Bar part={pupil.answered} whole={pupil.asked} text={far} label={t.rounds.progress.bar(far)} />
    </li>
  )
}

async function foundPage(c: Context<PageEnv>) {
  const { t, deps } = c.var
  const words = t.rounds.group
  const { desk, round } = await roundAtDesk(c)
  const { boardId } = desk.around.actor
  const find = c.req.query('find')?.slice(0, 200).trim() ?? ''
  const schools = desk.looksUp ?? [round.schoolId]
  if (schools.length === 0) throw new Refusal('mandate_missing')
  const found = await atDesk(c, desk, async (tx) => {
    const perSchool = []
    for (const schoolId of schools)
      perSchool.push(...(await findPersons(tx, boardId, { schoolId, kind: 'pupil', words: find, at: deps.now() })))
    return perSchool
  })
  const path = pathOf(round)
  return (
    <Page c={c} title={t.rounds.progress.find}>
      <SchoolNav c={c} />
      <Heading over={round.title}>{t.rounds.progress.find}</Heading>
      <form method="get" action={`${path}/pupils`}>
        <Field name="find" label={t.rounds.audience.find} input={{ type: 'search', value: find, maxlength: 200, autocomplete: 'off' }} />
        <Button primary={false}>{t.rounds.progress.findButton}</Button>
      </form>
      <P>{found.length === 0 ? words.none : t.rounds.audience.found(String(found.length))}</P>
      <ul class="utrecht-unordered-list">
        {found.map(({ personId, givenName, familyName, groupName }) => (
          <li class="utrecht-unordered-list__item">
            <Link href={`${path}/pupils/${personId}`}>{[`${givenName} ${familyName}`, groupName].filter(Boolean).join(', ')}</Link>
          </li>
        ))}
      </ul>
      <p class="links">
        <Link href={path}>{words.back}</Link>
      </p>
    </Page>
  )
}

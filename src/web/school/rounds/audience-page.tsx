import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { type Audience, type Group as GroupOfSchool, groupsOf } from '../../../consents/audience.ts'
import { setAudience } from '../../../consents/change-draft.ts'
import { idOf } from '../../../http.ts'
import type { PersonId, SchoolId } from '../../../ids.ts'
import { findPersons } from '../../../people/find-persons.ts'
import { schoolsOfBoard } from '../../../people/register.ts'
import { personsById } from '../../../people/store.ts'
import { Refusal } from '../../../refusal.ts'
import { Heading, Link, Notice, P } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button, Field, Group, Tick } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { formToken, OnceForm } from '../../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage, ticked } from '../../page.tsx'
import { actOnce, atDesk } from '../desk.ts'
import { SchoolNav } from '../school-nav.tsx'
import { type AtRound, changerOf, ownRound, pathOf } from './round-desk.ts'

const audienceForm = z.strictObject({
  form: formToken,
  seen: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
  school: ticked(idOf<SchoolId>()),
  /** School and group, as they stand in the list. */
  group: ticked(z.string().regex(/^[0-9a-f-]{36}:.{1,100}$/)),
  person: ticked(idOf<PersonId>()),
})

/** Whom a draft is for: schools, groups and hand-picked people. */
export function audienceRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/rounds/:roundId/audience', signedInPage, async (c) => {
    const at = await ownRound(c)
    return show(c, await audiencePage(c, at, { chosen: at.round.audience ?? NOBODY }))
  })

  app.post('/school/rounds/:roundId/audience/save', signedInForm, async (c) => {
    const { form, seen, school, group, person } = await readForm(c, audienceForm)
    const at = await ownRound(c)
    const { desk, round } = at
    const groups = group.map((one) => ({ schoolId: one.slice(0, 36) as SchoolId, groupName: one.slice(37) }))
    const chosen: Audience = { schools: school, groups, persons: person }
    if (school.length + group.length + person.length === 0) return show(c, await audiencePage(c, at, { chosen, nobody: true }), 400)
    try {
      return await actOnce(c, desk, { form, back: pathOf(round), done: 'audience' }, () =>
        setAudience(c.var.deps, desk.around.actor, { roundId: round.roundId, seen, audience: chosen }),
      )
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'changed_meanwhile')) throw error
      return show(c, await audiencePage(c, await ownRound(c), { chosen, changed: true }), 409)
    }
  })
  return app
}

const NOBODY: Audience = { schools: [], groups: [], persons: [] }

interface Again {
  chosen: Audience
  nobody?: boolean
  changed?: boolean
}

async function audienceView(c: Context<PageEnv>, { desk, round }: AtRound, persons: PersonId[]) {
  const { boardId } = desk.around.actor
  const at = c.var.deps.now()
  const find = c.req.query('find')?.slice(0, 200).trim()
  return await atDesk(c, desk, async (tx) => {
    return {
      find,
      changedBy: await changerOf(tx, round),
      schools: (await schoolsOfBoard(tx, boardId)).filter(({ schoolId }) => round.schoolId === null || round.schoolId === schoolId),
      groups: round.subjectKind === 'pupil' ? await groupsOf(tx, boardId, at, round.schoolId) : [],
      found: find ? await findPersons(tx, boardId, { schoolId: round.schoolId, kind: round.subjectKind, words: find, at }) : [],
      picked: [...(await personsById(tx, boardId, persons)).values()],
    }
  })
}

async function audiencePage(c: Context<PageEnv>, at: AtRound, { chosen, nobody = false, changed = false }: Again) {
  const { t } = c.var
  const words = t.rounds.audience
  const { round } = at
  const { find, changedBy, schools, groups, found, picked } = await audienceView(c, at, chosen.persons)
  const path = pathOf(round)
  const named = groups.filter((group): group is GroupOfSchool & { groupName: string } => group.groupName !== null)
  const pupilsAt = (schoolId: SchoolId) =>
    groups.filter((group) => group.schoolId === schoolId).reduce((sum, { pupils }) => sum + pupils, 0)
  const others = found.filter(({ personId }) => !chosen.persons.includes(personId))
  const staff = round.subjectKind === 'employee'
  return (
    <Page c={c} title={words.title} errors={nobody ? [{ field: 'audience', sentence: words.nobody }] : []}>
      <SchoolNav c={c} />
      {changed && <Notice kind="warning">{t.rounds.draft.changedMeanwhile(changedBy)}</Notice>}
      <Heading over={round.title}>{words.title}</Heading>
      <P lead>{staff ? words.introStaff : words.intro}</P>
      <form method="get" action={`${path}/audience`}>
        <Field name="find" label={words.find} input={{ type: 'search', value: find, maxlength: 200, autocomplete: 'off' }} />
        <Button primary={false}>{words.findButton}</Button>
      </form>
      {find && <P>{words.found(String(found.length))}</P>}
      <OnceForm action={`${path}/audience/save`}>
        <input type="hidden" name="seen" value={String(round.revision)} />
        <div id="audience" tabindex={-1}>
          {(picked.length > 0 || others.length > 0) && (
            <Group legend={staff ? words.peopleStaff : words.people}>
              {picked.map(({ personId, givenName, familyName }) => (
                <Tick name="person" value={personId} id={`person-${personId}`} text={`${givenName} ${familyName}`} ticked />
              ))}
              {others.map(({ personId, givenName, familyName, groupName }) => (
                <Tick
                  name="person"
                  value={personId}
                  id={`person-${personId}`}
                  text={[`${givenName} ${familyName}`, groupName].filter(Boolean).join(', ')}
                />
              ))}
            </Group>
          )}
          <Group legend={words.schools}>
            {schools.map(({ schoolId, name }) => (
              <Tick
                name="school"
                value={schoolId}
                id={`school-${schoolId}`}
                text={staff ? name : words.schoolOf(name, String(pupilsAt(schoolId)))}
                ticked={chosen.schools.includes(schoolId)}
              />
            ))}
          </Group>
          {named.length > 0 && (
            <Group legend={words.groups}>
              {named.map(({ schoolId, school, groupName, pupils }, nr) => (
                <Tick
                  name="group"
                  value={`${schoolId}:${groupName}`}
                  id={`group-${nr}`}
                  text={words.groupOf(school, groupName, String(pupils))}
                  ticked={chosen.groups.some((group) => group.schoolId === schoolId && group.groupName === groupName)}
                />
              ))}
            </Group>
          )}
        </div>
        <Button>{words.save}</Button>
      </OnceForm>
      <p class="links">
        <Link href={path}>{t.rounds.preview.back}</Link>
      </p>
    </Page>
  )
}

import { type Context, Hono } from 'hono'
import { groupsOf } from '../../consents/audience.ts'
import { type GroupUse, usesOfGroup } from '../../consents/who-may.ts'
import type { BoardId, ItemId, PersonId, SchoolId } from '../../ids.ts'
import { Heading, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, signedInPage } from '../page.tsx'
import { type Brief, briefsOf } from '../parent/brief.ts'
import { momentIn } from '../texts/dates.ts'
import { atDesk } from './desk.ts'
import { nameOfItem } from './rounds/item-parts.tsx'
import { SchoolNav } from './school-nav.tsx'
import { type TeachingDesk, teachingDesksOf } from './teaching-desk.ts'

/** A teacher's one page: for a group and a channel or activity, who may (P25, P30). Made to be printed. */
export function whoMayRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/who-may', signedInPage, async (c) => show(c, await whoMayPage(c)))
  return app
}

interface SeenGroup {
  desk: TeachingDesk
  /** In the address: which group of which school. */
  value: string
  schoolId: SchoolId
  groupName: string | null
  text: string
}

async function whoMayPage(c: Context<PageEnv>) {
  const { t, language, deps } = c.var
  const words = t.teaching.whoMay
  const groups = await groupsSeen(c)
  const asked = c.req.query('group')
  const group = groups.find(({ value }) => value === asked) ?? (groups.length === 1 ? groups[0] : undefined)
  const list = group && (await listOf(c, group))
  const use = c.req.query('use')
  const shown = list?.uses.filter(({ key }) => !use || key === use) ?? []
  return (
    <Page c={c} title={group ? group.text : words.title}>
      <div class="no-print">
        <SchoolNav c={c} />
      </div>
      <Heading>{group ? group.text : words.title}</Heading>
      {groups.length === 0 ? (
        <P lead>{words.noGroups}</P>
      ) : (
        <form method="get" action="/school/who-may" class="no-print">
          <P lead>{words.intro}</P>
          <Choices
            name="group"
            label={words.group}
            options={groups.map(({ value, text }) => ({ value, text }))}
            {...(group && { chosen: group.value })}
          />
          {list && list.uses.length > 1 && (
            <Choices
              name="use"
              label={words.use}
              options={[{ value: '', text: words.every }, ...list.uses.map(({ key, name }) => ({ value: key, text: name }))]}
              {...(use && { chosen: use })}
            />
          )}
          <Button primary={!group}>{words.look}</Button>
        </form>
      )}
      {list && (
        <>
          <P>{list.pupils === 0 ? words.noPupils : shown.length === 0 ? words.nothing : words.asOf(momentIn(language, deps.now()))}</P>
          {shown.map((one) => (
            <UseCard c={c} one={one} needsNames={list.needsNames} />
          ))}
          {shown.length > 0 && (
            <P>
              {words.notListed} {list.needsNames && words.why}
            </P>
          )}
          {shown.length > 0 && (
            <div class="no-print">
              <P>{words.print}</P>
            </div>
          )}
        </>
      )}
    </Page>
  )
}

interface ShownUse extends Pick<GroupUse, 'key'> {
  name: string
  may: string[]
  mayNot: string[]
}

/** Whoever does not work with the group sees how many, not who. */
function UseCard({ c, one, needsNames }: { c: Context<PageEnv>; one: ShownUse; needsNames: boolean }) {
  const words = c.var.t.teaching.whoMay
  return (
    <section class="card">
      <h2 class="utrecht-heading-3 card__title">{one.name}</h2>
      {one.mayNot.length === 0 ? (
        <P>{words.everybody}</P>
      ) : needsNames ? (
        <Names title={words.mayNot(String(one.mayNot.length))} names={one.mayNot} />
      ) : (
        <P>{words.only(String(one.mayNot.length))}</P>
      )}
      {one.may.length === 0 ? (
        <P>{words.nobody}</P>
      ) : needsNames ? (
        <Names title={words.may(String(one.may.length))} names={one.may} />
      ) : (
        <P>{words.onlyMay(String(one.may.length))}</P>
      )}
    </section>
  )
}

function Names({ title, names }: { title: string; names: string[] }) {
  return (
    <>
      <h3 class="utrecht-heading-4">{title}</h3>
      <ul class="names">
        {names.map((name) => (
          <li>{name}</li>
        ))}
      </ul>
    </>
  )
}

async function groupsSeen(c: Context<PageEnv>): Promise<SeenGroup[]> {
  const found: SeenGroup[] = []
  for (const desk of teachingDesksOf(c)) {
    const { boardId } = desk.around.actor
    const groups = await atDesk(c, desk, (tx) => groupsOf(tx, boardId, c.var.deps.now(), null))
    for (const { schoolId, school, groupName } of groups) {
      if (!desk.seesGroup(schoolId, groupName)) continue
      const text = c.var.t.teaching.whoMay.one(groupName ?? c.var.t.teaching.whoMay.noGroupName, school)
      found.push({ desk, value: `${schoolId}:${groupName ?? ''}`, schoolId, groupName, text })
    }
  }
  return found
}

async function listOf(c: Context<PageEnv>, { desk, schoolId, groupName }: SeenGroup) {
  const boardId: BoardId = desk.around.actor.boardId
  const { pupils, uses, briefs } = await atDesk(c, desk, async (tx) => {
    const list = await usesOfGroup(tx, boardId, { schoolId, groupName }, c.var.deps.now())
    const briefs: Map<ItemId, Brief> = await briefsOf(
      tx,
      list.uses.map(({ item }) => item),
      c.var.language,
    )
    return { ...list, briefs }
  })
  const names = new Map(pupils.map(({ personId, name }) => [personId, name]))
  const named = (ids: PersonId[]) => ids.map((id) => names.get(id) ?? '')
  const needsNames = desk.needsNames(schoolId, groupName)
  return {
    pupils: pupils.length,
    needsNames,
    uses: uses.map(({ key, item, may, mayNot }): ShownUse => {
      return { key, name: nameOfItem(c.var.t, briefs.get(item.itemId)!), may: named(may), mayNot: named(mayNot) }
    }),
  }
}

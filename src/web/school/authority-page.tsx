import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { idOf } from '../../http.ts'
import type { BoardId, GuardianshipId, SchoolId } from '../../ids.ts'
import { confirmAuthority, MOST_AT_ONCE } from '../../people/confirm-authority.ts'
import {
  groupsOfUnknownAuthority,
  knownMeanwhile,
  type UnknownGroup,
  unanswerable,
  unknownGuardians,
} from '../../people/unknown-authority.ts'
import { Refusal } from '../../refusal.ts'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { formToken } from '../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage, ticked } from '../page.tsx'
import { AuthorityForms, KnownMeanwhile, Nobody, Unknown } from './authority-parts.tsx'
import { actOnce, atDesk } from './desk.ts'
import { type RegisterDesk, registerDeskFor, registerDesksOf } from './register-desk.ts'
import { SchoolNav } from './school-nav.tsx'

/** So many are shown; the count is whole. */
const SHOWN = 100

/** Of so many it is told what a colleague found out meanwhile. */
const MOST_LEFT = 20

const listOfIds = z.string().transform((list) => list.split(','))
const place = z.object({ board: idOf<BoardId>(), school: idOf<SchoolId>(), group: z.string().max(250).optional() })
const confirmForm = z.strictObject({
  form: formToken,
  board: idOf<BoardId>(),
  school: idOf<SchoolId>(),
  group: z.string().max(250).optional(),
  guardianship: ticked(idOf<GuardianshipId>()),
  listed: listOfIds.pipe(z.array(idOf<GuardianshipId>()).max(MOST_AT_ONCE)).optional(),
  meant: z.literal('yes').optional(),
})

/** What the school has to find out: who has authority, confirmed many at once, and for whom nobody may answer. */
export function authorityRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/authority', signedInPage, async (c) => show(c, await authorityPage(c)))
  app.get('/school/authority/group', signedInPage, async (c) => show(c, await groupPage(c)))

  app.post('/school/authority/group', signedInForm, async (c) => {
    const { form, board, school, group, guardianship, listed, meant } = await readForm(c, confirmForm)
    const desk = registerDeskFor(c, board, 'keep')
    if (listed ? !meant : guardianship.length === 0) return show(c, await groupPage(c, { board, school, group }, true), 400)
    const back = pathOf({ board, school, group })
    const chosen = listed ?? guardianship
    const to = (left: GuardianshipId[]) => {
      const done = left.length < chosen.length ? 'confirmed' : 'none'
      return `${back}&${new URLSearchParams({ done, ...(left.length > 0 && { left: left.slice(0, MOST_LEFT).join(',') }) }).toString()}`
    }
    return await actOnce(c, desk, { form, back, to }, () => confirmAuthority(c.var.deps, desk.around.actor, chosen))
  })
  return app
}

const leftOf = listOfIds.pipe(z.array(idOf<GuardianshipId>()).max(MOST_LEFT)).catch([])

const pathOf = ({ board, school, group }: z.output<typeof place>) =>
  `/school/authority/group?${new URLSearchParams({ board, school, ...(group !== undefined && { group }) }).toString()}`

async function authorityPage(c: Context<PageEnv>) {
  const { t, deps } = c.var
  const words = t.authority
  const desks = registerDesksOf(c)
  const found = await Promise.all(
    desks.map((desk) =>
      atDesk(c, desk, async (tx) => {
        const { boardId } = desk.around.actor
        return {
          desk,
          groups: await groupsOfUnknownAuthority(tx, boardId, deps.now(), desk.reach),
          nobody: await unanswerable(tx, boardId, deps.now(), desk.reach, SHOWN),
        }
      }),
    ),
  )
  return (
    <Page c={c} title={words.title}>
      <SchoolNav c={c} />
      <Heading>{words.title}</Heading>
      <P lead>{desks.length === 0 ? t.people.noTask : words.intro}</P>
      {found.map(({ desk, groups, nobody }) => (
        <>
          {groups.length === 0 && nobody.count === 0 && <P>{words.allKnown}</P>}
          {groups.length > 0 && <Groups c={c} desk={desk} groups={groups} />}
          {nobody.count > 0 && <Nobody c={c} nobody={nobody} />}
        </>
      ))}
      <p class="links">
        <Link href="/school/people">{t.people.title}</Link>
      </p>
    </Page>
  )
}

function Groups({ c, desk, groups }: { c: Context<PageEnv>; desk: RegisterDesk; groups: UnknownGroup[] }) {
  const words = c.var.t.authority
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.groups}</h2>
      <ul class="utrecht-unordered-list">
        {groups.map(({ schoolId, school, groupName, guardians }) => (
          <li class="utrecht-unordered-list__item">
            <Link href={pathOf({ board: desk.around.actor.boardId, school: schoolId, group: groupName ?? undefined })}>
              {words.group(school, groupName ?? words.noGroup)}
            </Link>{' '}
            <span class="soft">{words.count(String(guardians))}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** One group: a box for each guardian, and one word for all of them. */
async function groupPage(c: Context<PageEnv>, again?: z.output<typeof place>, nobodyChosen = false) {
  const { t, deps } = c.var
  const words = t.authority
  const read = place.safeParse(again ?? c.req.query())
  if (!read.success) throw new Refusal('not_found')
  const { board, school, group } = read.data
  const desk = registerDeskFor(c, board, 'look')
  const { guardians, known } = await atDesk(c, desk, async (tx) => ({
    guardians: await unknownGuardians(
      tx,
      board,
      deps.now(),
      { reach: desk.reach, schoolId: school, groupName: group ?? null },
      MOST_AT_ONCE,
    ),
    known: await knownMeanwhile(tx, board, deps.now(), desk.reach, leftOf.parse(c.req.query('left'))),
  }))
  const title = words.groupTitle(group ?? words.noGroup)
  return (
    <Page
      c={c}
      title={title}
      errors={nobodyChosen ? [{ field: guardians[0] ? `g-${guardians[0].guardianshipId}` : 'content', sentence: words.chooseOne }] : []}
    >
      <SchoolNav c={c} />
      {c.req.query('done') === 'confirmed' && <Notice kind="ok">{words.confirmed}</Notice>}
      {known.length > 0 && <KnownMeanwhile c={c} known={known} />}
      <Heading>{title}</Heading>
      <P lead>{guardians.length === 0 ? words.groupDone : desk.keeps ? words.groupIntro : words.groupReading}</P>
      {!desk.keeps && <Unknown c={c} guardians={guardians} />}
      {desk.keeps && guardians.length > 0 && (
        <AuthorityForms c={c} place={{ board, school, ...(group !== undefined && { group }) }} guardians={guardians} />
      )}
      <p class="links">
        <Link href="/school/authority">{words.title}</Link>
      </p>
    </Page>
  )
}

import { type Context, Hono } from 'hono'
import type { SchoolId } from '../../ids.ts'
import { endedMandates, type HeldMandate, openMandates, schoolsOfBoard } from '../../people/register.ts'
import { Heading, P, Section } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, signedInPage } from '../page.tsx'
import { Row, Table } from '../table.tsx'
import { dayIn, lastDayIn } from '../texts/dates.ts'
import { atDesk, type Desk, desksOf } from './desk.ts'
import { PrivacyNav } from './privacy-nav.tsx'

/** Who may do what, from when until when, and who said so: now and before (D11, A03). Reading only; a person's page gives and ends. */
export function mandatesRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/mandates', signedInPage, async (c) => show(c, await mandatesPage(c)))
  return app
}

interface Seen {
  board: string
  schools: Map<SchoolId, string>
  open: HeldMandate[]
  over: HeldMandate[]
}

async function mandatesPage(c: Context<PageEnv>) {
  const { t } = c.var
  const words = t.people.allMandates
  const desks = desksOf(c)
  const seen = await Promise.all(desks.map((desk) => seenAt(c, desk)))
  return (
    <Page c={c} title={words.title}>
      <PrivacyNav c={c} />
      <Heading>{words.title}</Heading>
      <P lead>{desks.length === 0 ? t.school.noTask : words.intro}</P>
      {seen.map((one) => (
        <>
          <Mandates c={c} title={words.now(one.board)} none={t.people.holdersNone} seen={one} held={one.open} />
          <Mandates c={c} title={words.before(one.board)} none={words.beforeNone} seen={one} held={one.over} />
        </>
      ))}
    </Page>
  )
}

/** Whoever looks at some schools sees the mandates there. */
async function seenAt(c: Context<PageEnv>, desk: Desk): Promise<Seen> {
  const { boardId } = desk.around.actor
  const at = c.var.deps.now()
  return await atDesk(c, desk, async (tx) => ({
    board: desk.around.boardName,
    schools: new Map((await schoolsOfBoard(tx, boardId)).map(({ schoolId, name }) => [schoolId, name])),
    open: (await openMandates(tx, boardId, at)).filter(({ schoolId }) => desk.looksAt(schoolId)),
    over: (await endedMandates(tx, boardId, at)).filter(({ schoolId }) => desk.looksAt(schoolId)),
  }))
}

interface MandatesProps {
  c: Context<PageEnv>
  title: string
  none: string
  seen: Seen
  held: HeldMandate[]
}

function Mandates({ c, title, none, seen, held }: MandatesProps) {
  const { t, language } = c.var
  const words = t.people.allMandates
  if (held.length === 0) return <Section title={title} intro={none} />
  return (
    <Section title={title}>
      <Table label={title} head={[words.who, words.what, words.where, words.from, words.until, words.by]}>
        {held.map(({ holder, role, schoolId, groupName, startsAt, endsAt, givenBy }) => (
          <Row
            named
            cells={[
              holder,
              t.people.roles[role],
              [(schoolId && seen.schools.get(schoolId)) ?? t.people.board, groupName].filter(Boolean).join(', '),
              dayIn(language, startsAt),
              endsAt ? lastDayIn(language, endsAt) : words.open,
              givenBy ?? t.people.operator,
            ]}
          />
        ))}
      </Table>
    </Section>
  )
}

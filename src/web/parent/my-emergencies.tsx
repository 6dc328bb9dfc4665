import { type Context, Hono } from 'hono'
import { decidersOf } from '../../cases/deciders.ts'
import { type EmergencyDisclosure, emergenciesOf } from '../../cases/emergency.ts'
import type { Tx } from '../../database.ts'
import { Refusal } from '../../refusal.ts'
import type { Around, Subject } from '../around.ts'
import { Fact, Heading, Link, P } from '../blocks.tsx'
import { EmergencyFacts } from '../emergency-facts.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, signedInPage } from '../page.tsx'
import { momentIn } from '../texts/dates.ts'
import { inMyBoards } from './my-consents.ts'

/** Data that a school gave in an emergency, as somebody who decides for the pupil reads it. */
export interface MyEmergency {
  around: Around
  subject: Subject
  one: EmergencyDisclosure
}

/** Whoever decides for a pupil reads what was given of them, to whom and why (P11). */
export function myEmergencyRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/rights/emergencies/:disclosureId', signedInPage, async (c) => show(c, await emergencyPage(c)))
  return app
}

/** Of the children this account decides for, and of oneself: the newest first per person. */
export async function myEmergencies(c: Context<PageEnv>): Promise<MyEmergency[]> {
  const at = c.var.deps.now()
  return await inMyBoards(c, async (tx) => {
    const found: MyEmergency[] = []
    for (const around of c.var.around) found.push(...(await emergenciesAround(tx, around, at)))
    return found
  })
}

/** The same around one person. */
export async function emergenciesAround(tx: Tx, around: Around, at: Date): Promise<MyEmergency[]> {
  const { actor, subjects } = around
  const found: MyEmergency[] = []
  const ids = subjects.map(({ personId }) => personId)
  for (const one of await emergenciesOf(tx, actor.boardId, ids)) {
    if (!(await decidersOf(tx, actor.boardId, one.subjectId, at)).includes(actor.personId)) continue
    found.push({ around, subject: subjects.find(({ personId }) => personId === one.subjectId)!, one })
  }
  return found
}

async function emergencyPage(c: Context<PageEnv>) {
  const { t, language } = c.var
  const words = t.emergencies
  const mine = (await myEmergencies(c)).find(({ one }) => one.disclosureId === c.req.param('disclosureId'))
  if (!mine) throw new Refusal('not_found')
  const { around, subject, one } = mine
  return (
    <Page c={c} title={words.title}>
      <Heading over={around.boardName}>{words.title}</Heading>
      <P lead>{words.mine.intro(subject.name)}</P>
      <EmergencyFacts c={c} one={one} card>
        <Fact name={words.facts.recorded}>{momentIn(language, one.recordedAt)}</Fact>
      </EmergencyFacts>
      <P>{words.mine.law}</P>
      <P>{words.mine.wrong}</P>
      <p class="links">
        <Link href="/rights">{words.mine.ask}</Link>
      </p>
    </Page>
  )
}

import { afterEach, beforeEach, expect, vi } from 'vitest'
import { sayOfAgreement } from '../../src/agreements/agreement-messages.ts'
import { createApp } from '../../src/app.ts'
import { askRight } from '../../src/cases/ask-right.ts'
import { reportIncident } from '../../src/cases/report-incident.ts'
import { inquire } from '../../src/consents/inquire.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import type { RequestId } from '../../src/ids.ts'
import { makeLinkCode } from '../../src/requests/link-codes.ts'
import { suggestService } from '../../src/requests/suggest.ts'
import { asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { crawl } from '../support/crawl.ts'
import { type Driver, drive, type WorldClient } from '../support/driver.ts'
import { liveToken } from '../support/live-token.ts'
import { instead, race } from '../support/race.ts'
import { requesting } from '../support/requesting.ts'
import { restClient } from '../support/rest.ts'
import { signIn } from '../support/signed-in.ts'
import type { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let here: SmallWorld
let elsewhere: SmallWorld
let driver: Driver
beforeEach(async () => {
  broker = await freshBroker()
  here = await smallWorld(broker)
  elsewhere = await smallWorld(broker, here)
  driver = await drive(broker, here)
})
afterEach(async () => {
  vi.useRealTimers()
  await broker.close()
})

/** What happens at a board in a year, at one moment: asked, answered, stopped, released, handed out, gone wrong. */
async function aYearAt(world: SmallWorld, brin: string): Promise<RequestId> {
  const they = { ...asking(broker, world), ...requesting(broker, world) }
  const { nadia, karim, mirjam, fatima, pim } = world.people
  const given = await consented(broker, world)
  await liveToken(broker, world, given)
  const { consentIds } = await they.round([imageItem('website'), imageItem('schoolgids'), imageItem('folder')])
  await they.answer(nadia, consentIds[0]!, 'yes')
  await they.answer(karim, consentIds[0]!, 'no')
  await they.answer(nadia, consentIds[1]!, 'yes')
  await withdrawConsent(broker.deps, karim.actor, consentIds[1]!)
  await inquire(broker.deps, nadia.actor, { consentId: consentIds[2]!, question: 'Wie ziet deze foto?' })
  const { requestId } = await they.forwarded({ addressedTo: { scheme: 'BRIN', value: brin }, datatypes: ['practice-time'] })
  await makeLinkCode(broker.deps, nadia.actor, { subjectId: fatima.id, supplierId: world.supplierId })
  await suggestService(broker.deps, mirjam.actor, {
    serviceId: world.serviceId,
    audience: { schools: [world.schoolId], groups: [], persons: [] },
    words: 'Wie wil, kan hier thuis oefenen.',
    endsAt: new Date(broker.clock.now().getTime() + 30 * 86_400_000),
  })
  await sayOfAgreement(broker.deps, mirjam.actor, { agreementId: world.agreementId, words: 'Wie begeleidt er?' })
  await askRight(broker.deps, nadia.actor, { subjectId: fatima.id, kind: 'access' })
  const at = broker.clock.now()
  await reportIncident(broker.deps, pim.actor, {
    foundAt: at,
    fromAt: at,
    summary: 'Een lijst lag in de trein.',
    nature: ['read'],
    persons: 'Groep 6',
    dataKinds: ['learning'],
  })
  await broker.settled()
  return requestId
}

/** Without what differs each time a page is made: the secrets of its forms, and what is sealed for one look. */
const withoutSecrets = (text: string) => text.replace(/[\w-]{43,}/g, '·')

async function pagesOf(who: string, visitor: Visitor): Promise<[string, string][]> {
  const pages = await crawl(
    who,
    async (path) => {
      const answer = await visitor.getOnly(path)
      const location = answer.headers.get('location')
      return { path, status: answer.status, html: `${location ? `<a href="${location}">` : ''}${await answer.text()}` }
    },
    ['/', '/nowhere'],
    1,
  )
  return pages.map(({ path, status, html }) => [`${who} ${path}`, `${status} ${withoutSecrets(html)}`])
}

async function answersTo(name: WorldClient, scope: string, paths: string[]): Promise<[string, string][]> {
  const call = await restClient(broker, driver, name, scope)
  const answers: [string, string][] = []
  for (const path of paths) {
    const { status, body, headers } = await call('GET', path)
    answers.push([`${name} ${path}`, JSON.stringify([status, body, [...headers].filter(([header]) => header !== 'x-request-id')])])
  }
  return answers
}

race(
  'INV-07 whatever happens at another board, the people and the suppliers of this one get the same answers, byte for byte',
  {
    'where the leaks of every board are listed': [
      { schema: 'alter table incidents disable row level security' },
      instead(/(?<=from "incidents"[\s\S]*)"board_id" = any\((\$\d+)::uuid\[\]\)/, '$1::uuid[] is not null'),
    ],
  },
  async () => {
    const requestId = await aYearAt(here, '99ZA')
    const app = createApp(() => broker.deps)
    const visitors: [string, Visitor][] = []
    for (const name of ['nadia', 'sara', 'mirjam', 'els'] as const)
      visitors.push([name, await signIn(broker, app, here.people[name].email)])
    const all = async () => {
      // First of all: what is listed for the first time gets the names that the others see.
      const own = [`/v1/agreements/${here.agreementId}/grants`, `/v1/access-requests/${requestId}`]
      const answers = await answersTo('organisation', 'access_requests', own)
      answers.push(...(await answersTo('holder', 'subjects', ['/v1/subjects'])))
      answers.push(...(await answersTo('holder', 'changes', ['/v1/changes', '/v1/event-streams'])))
      for (const [name, visitor] of visitors) answers.push(...(await pagesOf(name, visitor)))
      return new Map(answers)
    }
    // What a parent looked at is kept, and she sees that it is.
    await pagesOf(...visitors[0]!)
    const before = await all()
    expect(before.size).toBeGreaterThan(90)
    await aYearAt(elsewhere, '99ZE')
    const after = await all()
    const differing = [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path))
    expect(differing).toEqual([])
  },
)

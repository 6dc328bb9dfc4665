import { afterAll, beforeAll, describe, expect, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { inTransaction } from '../../src/database.ts'
import { lookAt } from '../../src/hosted/look.ts'
import { releasedSubjects } from '../../src/hosted/released.ts'
import type { ConsentId } from '../../src/ids.ts'
import { askPrepared } from '../../src/requests/ask-prepared.ts'
import { makeLinkCode } from '../../src/requests/link-codes.ts'
import { prepareAsk } from '../../src/requests/prepared-asks.ts'
import { asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { questionsAsked } from '../support/driver.ts'
import { type HostedPublisher, hostedPublisher, SUM } from '../support/hosted-publisher.ts'
import { anybodys, instead, raceFrom, staffSee } from '../support/race.ts'
import { signIn } from '../support/signed-in.ts'
import { supplierPerson } from '../support/supplier-person.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
let publisher: HostedPublisher
let tess: Awaited<ReturnType<typeof supplierPerson>>
let wim: Awaited<ReturnType<typeof supplierPerson>>

async function begin() {
  broker = await freshBroker()
  vi.useFakeTimers({ toFake: ['Date'], now: broker.clock.now() })
  world = await smallWorld(broker)
  publisher = hostedPublisher(broker, world, () => app)
  app = createApp(() => ({ ...broker.deps, outsideFetch: publisher.outsideFetch }))
  const of = { supplierId: world.supplierId }
  tess = await supplierPerson(broker, app, { ...of, name: 'Tess de Vries', roles: ['case_worker'] })
  wim = await supplierPerson(broker, app, { ...of, name: 'Wim Bakker', roles: ['contracts', 'case_worker'] })
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(async () => {
  vi.useRealTimers()
  await broker.close()
})

/** Wim asks with the code that Nadia hands over, and she says yes. */
async function saidYes(): Promise<ConsentId> {
  const { nadia, fatima } = world.people
  const ask = {
    serviceId: world.serviceId,
    resource: world.resource,
    datatypes: ['arithmetic-results'],
    purpose: '5.1.a',
    endsAt: new Date(broker.clock.now().getTime() + 42 * 86_400_000),
  }
  const askId = await prepareAsk(broker.deps, wim.actor, { reference: 'RP-9', ask })
  const { code } = await makeLinkCode(broker.deps, nadia.actor, { subjectId: fatima.id, supplierId: world.supplierId })
  await askPrepared(broker.deps, wim.actor, { askId, linkCode: code })
  await questionsAsked(broker)
  const [row] = await broker.owner<{ consent_id: ConsentId }[]>`select consent_id from prepared_asks where ask_id = ${askId}`
  await asking(broker, world).answer(nadia, row!.consent_id, 'yes')
  return row!.consent_id
}

async function assign(person: typeof tess) {
  const list = await wim.visitor.get(`${wim.path}/subjects`)
  const to = `${wim.path}/subjects/assign`
  const done = await wim.visitor.post(to, { ...list.fields(to), member: person.actor.memberId })
  expect(done.words).toContain('De begeleider is gekoppeld.')
}

const placeOf = async ({ visitor, path }: typeof tess) =>
  (await visitor.get(`${path}/subjects`)).html.match(/href="(\/supplier\/[^"]+\/subjects\/[^"]+)"/)?.[1]

async function looks({ visitor }: typeof tess, place: string) {
  return await visitor.post(place, (await visitor.get(place)).fields(place))
}

/** What of these the staff of the school could see. */
const staffSees = async () =>
  await inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, async (tx) => [
    ...(await tx.selectFrom('assignments').select('subject_id').execute()),
    ...(await tx.selectFrom('views').select('subject_id').execute()),
    ...(await tx.selectFrom('tokens').select('sub').execute()),
  ])

describe('A tutor without a developer sees what a parent gave it directly', () => {
  const told = {
    'where staff see who is assigned': staffSee('assignments'),
    'where staff see who looked': staffSee('views'),
    'where it is the school’s to know': {
      schema: `create function as_school() returns trigger language plpgsql as $$ begin new.approach := 'organisation'; return new; end $$;
        create trigger as_school before insert on assignments for each row execute function as_school()`,
    },
  }
  race('K12, K14: who is assigned sees it, the parent reads who looked, and the school notices nothing', told, async () => {
    const consentId = await saidYes()
    expect((await wim.visitor.get(`${wim.path}/subjects`)).words).toContain('Dossier RP-9')
    expect(await placeOf(tess), 'nobody is assigned yet').toBeUndefined()
    await assign(tess)
    const seen = await looks(tess, (await placeOf(tess))!)
    expect(seen.words).toContain(`Exercise Right Of Last try ${SUM} 3 5 12 november 2026`)
    for (const pseudonym of publisher.saw) expect(seen.html).not.toContain(pseudonym)
    const nadia = await signIn(broker, app, world.people.nadia.email)
    expect((await nadia.get(`/consents/${consentId}`)).words).toContain('Tess de Vries bekeek')
    expect(await staffSees()).toEqual([])
    const chains = await broker.owner`
      select distinct chain from ledger where event in ('assignment_started', 'data_viewed', 'token_issued')`
    expect(chains.map(({ chain }) => chain)).toEqual([`${world.boardId}:subject`])
  })

  const unlooked = {
    'where a token that ended still shows': instead(/"ended_at" from "tokens"/, 'null::timestamptz as "ended_at" from "tokens"'),
  }
  race('INV-01: a withdrawal stops it, also while the holder is still getting the data together', unlooked, async () => {
    const consentId = await saidYes()
    await assign(tess)
    const place = (await placeOf(tess))!
    publisher.meanwhile = () => withdrawConsent(broker.deps, world.people.nadia.actor, consentId)
    const seen = await looks(tess, place)
    publisher.meanwhile = async () => {}
    expect(seen.words).toContain('Deze gegevens kunt u nu niet bekijken.')
    expect(seen.words).not.toContain(SUM)
    expect((await tess.visitor.get(place)).words).toContain('Hier is nu niets te bekijken.')
    expect(await broker.owner`select 1 from views`).toHaveLength(0)
    expect((await wim.visitor.get(`${wim.path}/duties`)).words, 'what to erase, as they call it').toContain('RP-9')
  })

  const anybody = { 'where anybody’s assignment will do': anybodys('assignments', 'member_id') }
  race('K19: what the school released is shown to nobody who was assigned without its knowledge', anybody, async () => {
    await saidYes()
    await assign(tess)
    const place = (await placeOf(tess))!
    await consented(broker, world, { datatypes: ['practice-time'] })
    const page = await tess.visitor.get(place)
    expect(page.words).toContain('rekenresultaten')
    expect(page.words).not.toContain('oefentijd')
    expect(await placeOf(wim), 'who assigns does not see').toBeUndefined()
    const deps = { ...broker.deps, outsideFetch: publisher.outsideFetch }
    const {
      subjects: [subject],
    } = await releasedSubjects(deps, wim.actor, { limit: 10 })
    const look = { ...subject!, ...subject!.grants.find(({ approach }) => approach === 'subject')! }
    await expect(lookAt(deps, wim.actor, look)).rejects.toMatchObject({ code: 'not_assigned' })
    await assign(tess)
    expect((await tess.visitor.get(place)).words).toContain('oefentijd')
    expect((await staffSees()).length, 'now the school knows who guides').toBe(1)
  })
})

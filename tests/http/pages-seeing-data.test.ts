import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { type ConsentId, newId } from '../../src/ids.ts'
import { endAssignment } from '../../src/requests/end-assignment.ts'
import { unseal } from '../../src/sealing.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { type HostedPublisher, hostedPublisher, SUM } from '../support/hosted-publisher.ts'
import { told } from '../support/ledger.ts'
import { addFamilies } from '../support/more-families.ts'
import { pseudonymOf } from '../support/pseudonym.ts'
import { signIn } from '../support/signed-in.ts'
import { supplierPerson } from '../support/supplier-person.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
let tess: Awaited<ReturnType<typeof supplierPerson>>
let wim: Awaited<ReturnType<typeof supplierPerson>>
let identifier: string
let publisher: HostedPublisher

beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  vi.useFakeTimers({ toFake: ['Date'], now: broker.clock.now() })
  publisher = hostedPublisher(broker, world, () => app)
  app = createApp(() => ({ ...broker.deps, outsideFetch: publisher.outsideFetch }))
  tess = await supplierPerson(broker, app, { supplierId: world.supplierId, name: 'Tess de Vries', roles: ['case_worker'] })
  wim = await supplierPerson(broker, app, { supplierId: world.supplierId, name: 'Wim Bakker', roles: ['contracts'] })
})
beforeEach(() => {
  publisher.meanwhile = async () => {}
})
afterAll(async () => {
  vi.useRealTimers()
  await broker.close()
})

const viewsTaken = async () => Number((await broker.owner`select count(*) from views`)[0]!.count)
const subjectPath = () => `${tess.path}/subjects/${identifier}`

/** A fresh consent about Fatima, released, with Tess assigned to her. */
async function released() {
  await withdrawAll()
  const given = await consented(broker, world)
  identifier = await pseudonymOf(broker, world, given.subjectId)
  const list = await wim.visitor.get(`${wim.path}/subjects`)
  expect(list.status).toBe(200)
  if (!list.words.includes('Begeleiders Tess de Vries')) {
    const done = await wim.visitor.post(`${wim.path}/subjects/assign`, {
      ...list.fields(`${wim.path}/subjects/assign`),
      identifier,
      member: tess.actor.memberId,
    })
    expect(done.words).toContain('De begeleider is gekoppeld.')
  }
  return given
}

/** Tess presses the first button on the page of this pupil. */
async function looks() {
  const before = await tess.visitor.get(subjectPath())
  const button = before.fields(subjectPath())
  return await tess.visitor.post(subjectPath(), button)
}

/** Nadia stops everything she said yes to. */
async function withdrawAll(): Promise<void> {
  const standing = await broker.owner<{ consent_id: ConsentId }[]>`select consent_id from consents where ended_at is null`
  for (const { consent_id } of standing) await withdrawConsent(broker.deps, world.people.nadia.actor, consent_id)
}

/** Every place in the database in which a text stands. */
async function keptIn(text: string): Promise<string[]> {
  const tables = await broker.owner<{ name: string }[]>`
    select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`
  const found: string[] = []
  for (const { name } of tables) {
    const rows = await broker.owner.unsafe(`select 1 from ${name} as t where t::text like '%${text}%' limit 1`)
    if (rows.length > 0) found.push(name)
  }
  return found
}

describe('A tutor without a developer sees what was released', () => {
  test('K19: a case worker who is not assigned to a pupil finds nobody there', async () => {
    const given = await consented(broker, world)
    identifier = await pseudonymOf(broker, world, given.subjectId)
    await wim.visitor.get(`${wim.path}/subjects`)
    expect((await tess.visitor.get(`${tess.path}/subjects`)).words).toContain('Er is nog niemand aan u gekoppeld')
    expect((await tess.visitor.get(subjectPath())).status).toBe(404)
    expect((await wim.visitor.get(subjectPath())).status, 'who assigns does not see').toBe(403)
    const [grant] = await broker.owner`select grant_id from grants where subject_id = ${given.subjectId} limit 1`
    const pressed = async ({ visitor, actor }: typeof tess) => {
      const { status } = await visitor.post(subjectPath(), { grant: String(grant!.grant_id) })
      const tried = (await told(broker, 'attempt_refused')).filter((entry) => entry.actor === `member:${actor.memberId}`)
      return [status, tried.map(({ facts }) => facts.code)]
    }
    expect(await pressed(tess), 'nor with a grant that they got to know, and the ledger tells').toEqual([404, ['not_found']])
    expect(await pressed(wim)).toEqual([403, ['member_role_missing']])
    expect(await broker.owner`select from views`).toHaveLength(0)
  })

  test('one who is, sees them in a table, by name at the parent’s, and they are kept nowhere', async () => {
    const { consentId } = await released()
    const seen = await looks()
    expect(seen.status).toBe(200)
    expect(seen.words).toContain(`Exercise Right Of Last try ${SUM} 3 5 12 november 2026`)
    expect(seen.words).toContain('Made with Rekenrijk')
    expect(seen.headers.get('cache-control')).toBe('no-store')
    for (const pseudonym of publisher.saw) expect(seen.html).not.toContain(pseudonym)
    expect(await keptIn(SUM)).toEqual([])
    expect(await viewsTaken()).toBe(1)

    const nadia = await signIn(broker, app, world.people.nadia.email)
    const page = await nadia.get(`/consents/${consentId}`)
    expect(page.words).toContain('Tess de Vries bekeek')
    const [entry] = await broker.owner`select actor, body from ledger where event = 'data_viewed'`
    expect(entry!.actor).toBe(`member:${tess.actor.memberId}`)
  })

  test('a whole school year of practice, larger than a set of keys may be, is shown whole, in parts', async () => {
    await released()
    publisher.has = 1000
    const seen = await looks()
    publisher.has = 1
    expect([seen.status, seen.words.split(SUM).length - 1]).toEqual([200, 1000])
    expect(seen.words).toContain('regel 801 tot en met 1000')
  })

  test('each look is one more, and a look without a press is none', async () => {
    await released()
    const before = await viewsTaken()
    await tess.visitor.get(subjectPath())
    expect(await viewsTaken()).toBe(before)
    await looks()
    await looks()
    expect(await viewsTaken()).toBe(before + 2)
  })

  test('INV-01: a withdrawal in mid-session stops it at the next look', async () => {
    await released()
    expect((await looks()).words).toContain(SUM)
    const page = await tess.visitor.get(subjectPath())
    const before = await viewsTaken()
    await withdrawAll()
    const stopped = await tess.visitor.post(subjectPath(), page.fields(subjectPath()))
    expect(stopped.words).toContain('Deze gegevens kunt u nu niet bekijken.')
    expect(stopped.words).toContain('Wij zeggen niet waarom.')
    expect(stopped.words).not.toContain(SUM)
    expect(await viewsTaken()).toBe(before)
  })

  test('also a withdrawal while the holder is still getting the data together', async () => {
    await released()
    const before = await viewsTaken()
    publisher.meanwhile = withdrawAll
    const seen = await looks()
    expect(seen.words).toContain('Deze gegevens kunt u nu niet bekijken.')
    expect(seen.words).not.toContain(SUM)
    expect(await viewsTaken()).toBe(before)
  })

  test('K19: and an assignment that ends meanwhile', async () => {
    await released()
    const before = await viewsTaken()
    const [assignment] =
      await broker.owner`select assignment_id from assignments where member_id = ${tess.actor.memberId} and ends_at is null`
    publisher.meanwhile = () => endAssignment(broker.deps, wim.actor, assignment!.assignment_id)
    const seen = await looks()
    expect(seen.words).not.toContain(SUM)
    expect(await viewsTaken()).toBe(before)
    expect((await tess.visitor.get(subjectPath())).status).toBe(404)
  })

  test('a source that does not answer, or at an address that is not public, shows nothing', async () => {
    await released()
    const before = await viewsTaken()
    const quiet = createApp(() => broker.deps)
    const direct = await supplierPerson(broker, quiet, {
      supplierId: world.supplierId,
      name: 'Daan Kok',
      roles: ['case_worker', 'contracts'],
    })
    const list = await direct.visitor.get(`${direct.path}/subjects`)
    await direct.visitor.post(`${direct.path}/subjects/assign`, {
      ...list.fields(`${direct.path}/subjects/assign`),
      identifier,
      member: direct.actor.memberId,
    })
    await broker.owner`update holders set resource = 'https://127.0.0.1/' where holder_id = ${world.holderId}`
    const page = await direct.visitor.get(subjectPath())
    const seen = await direct.visitor.post(subjectPath(), page.fields(subjectPath()))
    await broker.owner`update holders set resource = ${world.resource} where holder_id = ${world.holderId}`
    // A token in its form would be larger than a header holds.
    const { publicKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true })
    const jwk = { ...(await exportJWK(publicKey)), kid: 'x'.repeat(6000) }
    await broker.owner`update holders set token_format = 'jwe', encryption_jwk = ${broker.owner.json(jwk as never)}`
    const tokens = async () => (await broker.owner`select from tokens`).length
    const out = await tokens()
    expect((await looks()).words).toContain('De bron van de gegevens geeft nu geen antwoord')
    expect(await tokens(), 'no token was made').toBe(out)
    await broker.owner`update holders set token_format = 'jwt', encryption_jwk = null`
    expect(seen.words).toContain('De bron van de gegevens geeft nu geen antwoord')
    expect(await viewsTaken()).toBe(before)
  })

  test('a list of many is read page by page, none left out and none twice, and found by what they are called', async () => {
    const { releaseId, itemId } = await consented(broker, world, { basis: 'public_task', purpose: '5.1.d' })
    const at = broker.clock.now()
    const children = await addFamilies(
      broker,
      world,
      Array.from({ length: 54 }, (_, nr) => ({ given: `Kind ${nr}` })),
    )
    for (const [nr, { id }] of children.entries()) {
      const consentId = newId<ConsentId>(at)
      await broker.owner`insert into consents (board_id, consent_id, approach, item_id, subject_id, asked_at)
        values (${world.boardId}, ${consentId}, 'organisation', ${itemId}, ${id}, ${at})`
      await broker.owner`insert into release_subjects (board_id, release_id, consent_id, reference, joined_at)
        values (${world.boardId}, ${releaseId}, ${consentId}, ${`Z-${10 + Math.floor(nr / 2)}`}, ${at})`
    }
    const list = `${wim.path}/subjects`
    const listed = (html: string) => Array.from(html.matchAll(/Dossier (Z-\d+)</g), ([, reference]) => reference!)
    const seen: string[] = []
    let next: string | undefined = list
    for (let page = 0; next && page < 4; page++) {
      const { html } = await wim.visitor.get(next)
      expect(listed(html).length).toBeLessThanOrEqual(50)
      seen.push(...listed(html))
      next = /href="([^"]+)">Volgende dossiers/.exec(html)?.[1]?.replaceAll('&amp;', '&')
    }
    expect(seen).toEqual(children.map((_, nr) => `Z-${10 + Math.floor(nr / 2)}`))
    expect(listed((await wim.visitor.get(`${list}?q=z-36`)).html)).toEqual(['Z-36', 'Z-36'])
    expect((await wim.visitor.get(`${list}?q=y`)).words).toContain('Er is geen dossier dat zo heet.')
    expect((await wim.visitor.get(`${list}?after=kapot`)).html).toContain('Z-10')
    const home = await wim.visitor.get(wim.path)
    expect(home.words).toMatch(/Ten minste \d+ dossiers hebben nog geen begeleider/)
    const found = await wim.visitor.get(`${list}?q=z-36`)
    const done = await wim.visitor.post(`${list}/assign`, { ...found.fields(`${list}/assign`), member: tess.actor.memberId })
    expect(listed(done.html), 'back on the page where it was pressed').toEqual(['Z-36', 'Z-36'])
    expect(listed((await tess.visitor.get(`${tess.path}/subjects`)).html)).toEqual(['Z-36'])
  })

  test('the key of the hosted client is sealed, and opens for nothing else', async () => {
    const rows = await broker.owner<{ sealed_key: string }[]>`select sealed_key from hosted_clients`
    expect(rows).toHaveLength(1)
    const [{ sealed_key: sealed } = { sealed_key: '' }] = rows
    expect(JSON.parse(await unseal(broker.deps.secret, 'hosted-client', sealed))).toHaveProperty('d')
    await expect(unseal(broker.deps.secret, 'access-token', sealed)).rejects.toThrow()
  })

  test('somebody of another supplier, or nobody’s pupil, is not found', async () => {
    const stranger = await supplierPerson(broker, app, { supplierId: world.publisherId, name: 'Kim', roles: ['case_worker'] })
    expect((await stranger.visitor.get(subjectPath())).status).toBe(404)
    expect((await stranger.visitor.get(`${stranger.path}/subjects/${identifier}`)).status).toBe(404)
    expect((await tess.visitor.get(`${tess.path}/subjects/nobody`)).status).toBe(404)
  })
})

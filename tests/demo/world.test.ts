import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { suspendSupplier } from '../../src/catalog/suspend.ts'
import { inTransaction } from '../../src/database.ts'
import { makeWorld } from '../../src/demo/make-world.ts'
import { rosterOfCast } from '../../src/demo/roster.ts'
import type { World } from '../../src/demo/world.ts'
import { writeWorldFile } from '../../src/demo/world-file.ts'
import type { Deps } from '../../src/deps.ts'
import { subjectFacts } from '../../src/people/store.ts'
import { whoMayAnswer } from '../../src/people/who-may-answer.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'

let broker: TestBroker
let deps: Deps
let world: World

beforeAll(async () => {
  broker = await freshBroker()
  const mailbox = async (address: string) => broker.mails.filter(({ to }) => to === address).map((mail) => ({ ...mail, at: '' }))
  deps = { ...broker.deps, mailbox }
  world = await makeWorld(deps, 8080)
})
afterAll(() => broker.close())

test('The demo world is made by the real commands, and nobody has answered anything yet', async () => {
  const { boardId, people } = world
  const [{ count }] = (await broker.owner`select count(*)::int as count from answers`) as unknown as [{ count: number }]
  expect(count).toBe(0)
  const deciders = await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const keys = ['fatima', 'daan', 'yara', 'lotte', 'sara']
    const ids = keys.map((key) => people[key]!.personId)
    const facts = await subjectFacts(tx, boardId, ids)
    return Object.fromEntries(
      keys.map((key, index) => {
        const who = whoMayAnswer(facts.get(ids[index]!)!, deps.now())
        return [key, who.known ? who.deciders.length : 'unknown']
      }),
    )
  })
  expect(deciders).toEqual({ fatima: 2, daan: 2, yara: 'unknown', lotte: 1, sara: 1 })
})

test('The board’s schools are known by all their codes, and there is no citizen service number anywhere', async () => {
  const schools = await broker.owner`select name, brin, location, rio, sector from schools order by brin`
  expect([...schools]).toEqual([
    { name: 'De Regenboog', brin: '99ZA', location: '99ZA00', rio: '999A101', sector: 'po' },
    { name: 'Het Kompas', brin: '99ZB', location: null, rio: null, sector: 'sbo' },
    { name: 'Lyceum De Brug', brin: '99ZC', location: '99ZC01', rio: null, sector: 'vo' },
  ])
  const users = new TextDecoder().decode(rosterOfCast(deps.now()).get('users.csv'))
  expect(users).toContain('fatima@deregenboog')
  expect(users).toMatch(/https:\/\/ketenid\.nl\/pilot\/[0-9a-f]{128}/)
  expect(users).not.toMatch(/(?<![0-9a-f])\d{9}(?![0-9a-f])/)
})

test('Scripts find in demo-world.json what they need', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'demo-world-'))
  const { loginHints } = await writeWorldFile(deps, world, join(folder, 'demo-world.json'))
  expect((await writeWorldFile(deps, world, join(folder, 'demo-world.json'))).loginHints).toEqual(loginHints)
  const file = JSON.parse(await readFile(join(folder, 'demo-world.json'), 'utf8')) as Record<string, never>
  await rm(folder, { recursive: true })
  const text = expect.any(String) as string
  const some = (shape: object) => expect.arrayContaining([expect.objectContaining(shape)]) as unknown
  expect(file).toEqual({
    issuer: 'https://broker.test',
    mailbox: 'https://broker.test/mailbox',
    board: { id: world.boardId, name: 'Stichting De Waterlelie Onderwijs', oin: '00000099999999990001' },
    schools: some({ id: text, name: 'De Regenboog', brin: '99ZA' }),
    persons: some({
      id: world.people.nadia!.personId,
      name: 'Nadia Amrani',
      email: 'nadia@gezin.example',
      role: 'guardian',
      school: null,
      birthDate: null,
      children: [world.people.fatima!.personId],
      mandates: [],
    }),
    suppliers: some({
      id: world.suppliers.rekenplus!.supplierId,
      name: 'Reken Plus B.V.',
      clients: [
        {
          clientId: 'rekenplus-organisation',
          way: 'organisation',
          privateJwk: expect.objectContaining({ d: text }) as object,
          redirectUris: [],
        },
        { clientId: 'rekenplus-ciba', way: 'ciba', privateJwk: expect.anything() as object, redirectUris: [] },
        {
          clientId: 'rekenplus-redirect',
          way: 'redirect',
          privateJwk: expect.anything() as object,
          redirectUris: ['https://rekenplus.example/terug'],
        },
      ],
    }),
    holders: some({
      id: text,
      name: 'Rekenrijk Oefenen',
      resource: 'http://localhost:8081/',
      url: 'http://localhost:8081/',
      datatypes: ['arithmetic-results', 'practice-time'],
      clientId: 'rekenrijk',
      privateJwk: expect.objectContaining({ d: text }) as object,
    }),
    agreements: some({ id: world.suppliers.zorgpunt!.agreementId, supplier: world.suppliers.zorgpunt!.supplierId, kind: 'controller' }),
    purposes: some({ id: '5.1.a' }),
    loginHints: some({
      supplier: world.suppliers.rekenplus!.supplierId,
      decider: world.people.karim!.personId,
      subject: world.people.fatima!.personId,
      hint: text,
    }),
  })
})

test('A world kept for weeks has hints for whom it may be today: not of a parent of sixteen, nor for a suspended supplier', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'demo-world-'))
  const hints = async () => (await writeWorldFile(deps, world, join(folder, 'demo-world.json'))).loginHints
  const { lotte, petra, fatima, nadia } = Object.fromEntries(Object.entries(world.people).map(([key, { personId }]) => [key, personId]))
  const { rekenplus, zorgpunt } = world.suppliers
  const ofLotte = (all: Awaited<ReturnType<typeof hints>>) =>
    all.filter(({ subject }) => subject === lotte).map(({ supplier, decider }) => ({ supplier, decider }))
  expect(ofLotte(await hints())).toEqual([
    { supplier: rekenplus!.supplierId, decider: petra },
    { supplier: zorgpunt!.supplierId, decider: petra },
  ])
  broker.clock.pass({ days: 15 })
  await suspendSupplier(deps, { supplierId: zorgpunt!.supplierId, because: 'test' })
  const later = await hints()
  await rm(folder, { recursive: true })
  expect(ofLotte(later)).toEqual([{ supplier: rekenplus!.supplierId, decider: lotte }])
  expect(later).toContainEqual(
    expect.objectContaining({ supplier: rekenplus!.supplierId, decider: nadia, subject: fatima, hint: expect.any(String) as string }),
  )
  expect(later.filter(({ supplier }) => supplier === zorgpunt!.supplierId)).toEqual([])
})

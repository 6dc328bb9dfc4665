import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { instructOnward } from '../../src/agreements/onward.ts'
import { createApp } from '../../src/app.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { liveToken } from '../support/live-token.ts'
import { supplierPerson } from '../support/supplier-person.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
let kim: Awaited<ReturnType<typeof supplierPerson>>
let path: string

beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  app = createApp(() => broker.deps)
  kim = await supplierPerson(broker, app, { supplierId: world.publisherId, name: 'Kim', roles: ['engineer'] })
  path = `${kim.path}/holder/${world.holderId}/data`
})
afterAll(() => broker.close())

const GOOD = { datatype: 'reading-level', category: 'learning-results', nameNl: 'leesniveau', nameEn: 'reading level', path: '' }

async function added(fields: Partial<typeof GOOD> = {}) {
  const page = await kim.visitor.get(path)
  return await kim.visitor.post(path, { ...page.fields(path), ...GOOD, ...fields })
}

async function changed(datatype: string, fields: { nameNl: string; nameEn: string; path: string }) {
  const page = await kim.visitor.get(path)
  const action = `${path}/${datatype}`
  return await kim.visitor.post(action, { ...page.fields(action), ...fields })
}

const known = async () =>
  (await broker.owner`select datatype, category, name_nl, path from data_sets where holder_id = ${world.holderId} order by datatype`).map(
    (row) => ({ ...row }),
  )

describe('A publisher’s engineer says which data the holder offers', () => {
  test('what does not fit is told at its field, with what was typed, and nothing is half-saved', async () => {
    const before = await known()
    const cases: [Partial<typeof GOOD>, string][] = [
      [{ datatype: 'Reading level' }, 'Begin met een kleine letter.'],
      [{ datatype: 'arithmetic-results' }, 'Deze naam is er al.'],
      [{ category: 'shoes' }, 'Kies wat voor gegevens het zijn.'],
      [{ nameNl: ' ' }, 'Vul een Nederlandse naam in.'],
      [{ nameEn: '' }, 'Vul een Engelse naam in.'],
      [{ path: '../secret' }, 'Dit is geen pad onder uw adres.'],
      [{ path: 'https://elsewhere.example/' }, 'Dit is geen pad onder uw adres.'],
      [{ path: '//elsewhere.example/x' }, 'Dit is geen pad onder uw adres.'],
      [{ path: 'a?b=c' }, 'Dit is geen pad onder uw adres.'],
    ]
    for (const [fields, sentence] of cases) {
      const page = await added(fields)
      expect([page.status, fields]).toEqual([400, fields])
      expect(page.words).toContain(sentence)
      expect(page.html).toContain(`value="${fields.nameNl?.trim() ?? 'leesniveau'}"`)
    }
    expect(await known()).toEqual(before)
  })

  test('adds one, and says where it is read', async () => {
    const page = await added({ path: 'v2/reading' })
    expect(page.words).toContain('De gegevens staan erbij.')
    expect(page.words).toContain(`Adres ${world.resource}v2/reading`)
    expect(await known()).toContainEqual({
      datatype: 'reading-level',
      category: 'learning-results',
      name_nl: 'leesniveau',
      path: 'v2/reading',
    })
    const [entry] = await broker.owner`select actor, ref from ledger where event = 'data_set_added'`
    expect(entry).toEqual({ actor: `member:${kim.actor.memberId}`, ref: world.holderId })
  })

  test('calls it otherwise as long as no board instructed it; the path can always change', async () => {
    expect((await changed('reading-level', { nameNl: 'niveau van lezen', nameEn: 'level of reading', path: '' })).words).toContain(
      'De wijziging is bewaard.',
    )
    const same = { nameNl: 'rekenresultaten', nameEn: 'arithmetic results' }
    const refused = await changed('arithmetic-results', { ...same, nameNl: 'alles', path: '' })
    expect(refused.status).toBe(400)
    expect(refused.words).toContain('De naam blijft zo, want ouders zeiden er ja of nee op.')
    expect((await changed('arithmetic-results', { ...same, path: 'v2/results' })).words).toContain(`Adres ${world.resource}v2/results`)
    expect(await known()).toMatchObject([
      { datatype: 'arithmetic-results', name_nl: 'rekenresultaten', path: 'v2/results' },
      { datatype: 'practice-time' },
      { datatype: 'reading-level', name_nl: 'niveau van lezen', path: null },
    ])
  })

  test('nobody else does: no other role, no other supplier', async () => {
    const page = await kim.visitor.get(path)
    const fields = { ...page.fields(path), ...GOOD, datatype: 'something-else' }
    const jo = await supplierPerson(broker, app, { supplierId: world.publisherId, name: 'Jo', roles: ['contracts'] })
    expect((await jo.visitor.get(path)).status).toBe(403)
    expect((await jo.visitor.post(path, fields)).status).toBe(403)
    const iris = await supplierPerson(broker, app, { supplierId: world.supplierId, name: 'Iris', roles: ['engineer'] })
    const theirs = `${iris.path}/holder/${world.holderId}/data`
    expect((await iris.visitor.get(theirs)).status).toBe(404)
    expect((await iris.visitor.post(theirs, fields)).status).toBe(404)
    expect(await known()).toHaveLength(3)
  })

  test('C13: takes one off the list, with what stops shown before; its tokens end, and a board cannot instruct it until it is back', async () => {
    const given = await consented(broker, world, { datatypes: ['practice-time'] })
    const token = await liveToken(broker, world, given)
    const end = `${path}/practice-time/end`
    const page = await kim.visitor.get(end)
    expect(page.words).toContain('Stichting De Waterlelie Onderwijs De vraag hierover gaat over minder dan vijf mensen.')
    const unsure = await kim.visitor.post(end, page.fields(end))
    expect([unsure.status, unsure.html]).toEqual([400, expect.stringContaining('href="#sure"')])
    const stranger = await supplierPerson(broker, app, { supplierId: world.publisherId, name: 'Wil', roles: ['contracts'] })
    expect((await stranger.visitor.get(end)).status).toBe(403)
    const refused = async (work: Promise<unknown>) => await work.then(() => 'done').catch((error: { code?: string }) => error.code)
    const onEnd = { agreementId: world.holderAgreementId, holderId: world.holderId, datatypes: ['practice-time'] }
    const signatory = world.people.ruud.actor
    const done = await kim.visitor.post(end, { ...unsure.fields(end), sure: 'yes' })
    expect(done.words).toContain('De gegevens staan niet meer op uw lijst.')
    expect(done.words).toContain('oefentijd staat niet op de lijst')
    expect(await broker.owner`select 1 from tokens where token_id = ${token as never} and ended_at is null`).toHaveLength(0)
    expect(await broker.owner`select 1 from onward_clauses where datatype = 'practice-time' and ended_at is null`).toHaveLength(0)
    const told =
      await broker.owner`select board_id is null as operator, event from ledger where actor = ${`member:${kim.actor.memberId}`} and event in ('onward_clause_ended', 'data_set_withdrawn') order by event`
    expect(told.map((row) => ({ ...row }))).toEqual([
      { operator: true, event: 'data_set_withdrawn' },
      { operator: false, event: 'onward_clause_ended' },
    ])
    expect(await refused(instructOnward(broker.deps, signatory, onEnd))).toBe('datatype_unknown')
    expect((await kim.visitor.get(end)).status).toBe(400)
    const again = `${path}/practice-time/again`
    expect((await kim.visitor.post(again, done.fields(again))).words).toContain('De gegevens staan weer op uw lijst.')
    expect(await refused(instructOnward(broker.deps, signatory, onEnd))).toBe('done')
  })
})

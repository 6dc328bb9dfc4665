import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { demandsOfSupplier, type NewLegalDemand } from '../../src/cases/legal-demand.ts'
import { boardsWithAgreement, noteDemandSeen, tellLegalDemand } from '../../src/cases/tell-demand.ts'
import { registerSupplier } from '../../src/catalog/register-supplier.ts'
import { linkSupplierToBoard } from '../../src/catalog/supplier-boards.ts'
import { inTransaction } from '../../src/database.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { expectLedgerWhole, told } from '../support/ledger.ts'
import { signIn } from '../support/signed-in.ts'
import { colleagueOf, type Tutor, tutorOf } from '../support/tutor.ts'
import type { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

const AT_SCHOOL = '/school/demands'
const demand = {
  authority: 'Politie Oost',
  ground: 'Artikel 126nd Sv',
  checkedHow: 'Teruggebeld via het hoofdnummer.',
  checkedBy: 'Roos Plus',
  data: 'Inlogtijden van oktober',
  size: '1',
  reference: 'RP-77',
  outcome: 'waits',
  on: '',
  secret: 'yes',
}

let broker: TestBroker
let world: SmallWorld
let elsewhere: SmallWorld
let roos: Tutor
let [supplier, mirjam, els, pim, stranger]: Visitor[] = []
let path: string
beforeAll(async () => {
  broker = await freshBroker()
  const app = createApp(() => broker.deps)
  world = await smallWorld(broker)
  elsewhere = await smallWorld(broker, world)
  roos = await tutorOf(broker, world.supplierId)
  path = `/supplier/${world.supplierId}/duties/demand`
  const { people } = world
  const who = [roos.email, people.mirjam.email, people.els.email, people.pim.email, elsewhere.people.mirjam.email]
  const visitors: Visitor[] = []
  for (const email of who) visitors.push(await signIn(broker, app, email))
  ;[supplier, mirjam, els, pim, stranger] = visitors
})
afterAll(async () => {
  await expectLedgerWhole(broker, world.boardId, elsewhere.boardId)
  await broker.close()
})

const refused = async (work: Promise<unknown>) => await work.then(() => 'done').catch((error: { code?: string }) => error.code)
const inCode = (): NewLegalDemand => {
  const { size: _, on: __, ...said } = demand
  return { ...said, boardId: world.boardId, groupSize: null, outcome: 'refused', givenAt: null, secret: false }
}

describe('C13, M07 A supplier of whom data are demanded by law', () => {
  test('is told at the field what is missing, and keeps what it typed', async () => {
    const fields = { ...(await supplier!.get(path)).fields(path), board: world.boardId }
    for (const [change, field] of [
      [{ authority: '' }, 'authority'],
      [{ ground: ' ' }, 'ground'],
      [{ checkedHow: '' }, 'checkedHow'],
      [{ checkedBy: '' }, 'checkedBy'],
      [{ data: 'Inlog\u202etijden' }, 'data'],
      [{ size: '', reference: '' }, 'size'],
      [{ reference: 'Fatima Amrani' }, 'reference'],
      [{ outcome: '' }, 'outcome'],
      [{ outcome: 'given' }, 'on'],
      [{ outcome: 'given', on: '2099-01-01' }, 'on'],
      [{ on: '2026-11-12' }, 'on'],
    ] as const) {
      const wrong = await supplier!.post(path, { ...fields, ...demand, ...change })
      expect([change, wrong.status, wrong.html]).toEqual([change, 400, expect.stringContaining(`href="#${field}"`)])
      expect(wrong.html).toContain(`id="${field}-error"`)
      if (field !== 'ground') expect(wrong.html).toContain('Artikel 126nd Sv')
      expect(wrong.html).toMatch(/value="yes" checked/)
    }
    expect(await broker.owner`select 1 from legal_demands`).toHaveLength(0)
  })

  test('tells the school at once, by the clock; pressed twice it is told once, and the ledger holds none of its words', async () => {
    const fields = { ...(await supplier!.get(path)).fields(path), board: world.boardId, ...demand }
    for (const press of [1, 2])
      expect([press, (await supplier!.post(path, fields)).words]).toEqual([press, expect.stringContaining('Gemeld.')])
    const rows = await broker.owner`select told_at, told_by, board_id from legal_demands`
    expect(rows).toEqual([{ told_at: broker.clock.now(), told_by: `member:${roos.actor.memberId}`, board_id: world.boardId }])
    await deliverMails(broker.deps)
    const mailed = broker.mails.filter(({ text }) => text.includes(AT_SCHOOL)).map(({ to }) => to)
    const { mirjam: leader, els: dpo, ruud, joost } = world.people
    expect(mailed.toSorted()).toEqual([leader, dpo, ruud, joost].map(({ email }) => email).toSorted())
    const [entry] = await told(broker, 'legal_demand_told')
    expect(entry!.facts).toMatchObject({ outcome: 'waits', givenAt: null, secret: true, groupSize: 1 })
    for (const word of ['Politie', '126nd', 'Teruggebeld', 'Roos', 'Inlogtijden', 'RP-77'])
      expect(JSON.stringify(entry)).not.toContain(word)
  })

  test('is read by the board and its DPO; who decides there notes it, once, and the supplier sees that', async () => {
    const unseen = 'melding zag nog niemand'
    for (const who of [mirjam!, els!]) expect((await who.get('/school/privacy')).words).toContain(`1 ${unseen}`)
    const page = await mirjam!.get(AT_SCHOOL)
    for (const words of ['Politie Oost, bij Reken Plus B.V.', 'Artikel 126nd Sv', 'door Roos Plus', 'RP-77', 'Nog niet', 'verbiedt'])
      expect(page.words).toContain(words)
    const [action] = /\/school\/demands\/[\w-]+\/seen/.exec(page.html)!
    const asDpo = await els!.get(AT_SCHOOL)
    expect(asDpo.words).toContain('Inlogtijden van oktober')
    expect(asDpo.html).not.toContain(action)
    expect((await pim!.get(AT_SCHOOL)).words).not.toContain('Politie')
    expect((await pim!.post(action, page.fields(action))).status).toBe(404)
    expect((await els!.post(action, { form: page.fields(action).form! })).status).toBe(403)
    expect((await els!.get('/school/privacy')).words).toContain(unseen)
    const twice = (await mirjam!.get(AT_SCHOOL)).fields(action)
    expect((await mirjam!.post(action, page.fields(action))).words).toContain('Gezien door')
    expect((await mirjam!.post(action, page.fields(action))).words).toContain('Gezien door')
    const late = await mirjam!.post(action, twice)
    expect([late.status, late.words]).toEqual([409, expect.stringContaining('Een collega had dit al gezien.')])
    expect(await broker.owner`select seen_by from legal_demands`).toEqual([{ seen_by: world.people.mirjam.id }])
    expect(await told(broker, 'legal_demand_seen')).toHaveLength(1)
    expect((await els!.get('/school/privacy')).words).not.toContain(unseen)
    expect((await supplier!.get(path.replace('/demand', ''))).words).toContain('gezien door de school')
  })

  test('says on which day the data went, and that day may be today', async () => {
    const fields = {
      ...(await supplier!.get(path)).fields(path),
      board: world.boardId,
      ...demand,
      outcome: 'given',
      on: '2026-11-16',
      size: '1000',
    }
    expect((await supplier!.post(path, fields)).words).toContain('Gemeld.')
    const page = await mirjam!.get(AT_SCHOOL)
    for (const words of ['Ja, op 16 november 2026', 'ongeveer 1.000 mensen']) expect(page.words).toContain(words)
  })

  test('is seen by no other board and no other supplier', async () => {
    const theirs = await stranger!.get(AT_SCHOOL)
    expect([theirs.status, theirs.words]).toEqual([200, expect.stringContaining('Geen enkel bedrijf heeft dit gemeld.')])
    const { demandId } = (await demandsOfSupplier(broker.db, world.supplierId))[0]!
    expect((await stranger!.post(`${AT_SCHOOL}/${demandId}/seen`, {})).status).toBe(404)
    expect(await refused(noteDemandSeen(broker.deps, elsewhere.people.mirjam.actor, demandId))).toBe('changed_meanwhile')
    expect(await demandsOfSupplier(broker.db, world.publisherId)).toEqual([])
    expect((await stranger!.get(path)).status).toBe(404)
  })

  test('files nothing without an agreement with that board, nor without the role', async () => {
    const without = await registerSupplier(broker.deps, { legalName: 'Zonder Contract B.V.', kind: 'tutoring', domain: 'zonder.example' })
    const { actor } = await tutorOf(broker, without, 'zoë@zonder.example')
    expect(await refused(tellLegalDemand(broker.deps, actor, inCode()))).toBe('board_not_found')
    await inTransaction(broker.db, { actor: 'operator', boards: [world.boardId] }, (tx) =>
      linkSupplierToBoard(tx, without, world.boardId, broker.clock.now()),
    )
    expect(await refused(tellLegalDemand(broker.deps, actor, inCode())), 'known there, and nothing signed').toBe('board_not_found')
    expect(await boardsWithAgreement(broker.db, without)).toEqual([])
    const engineer = await colleagueOf(broker, roos, 'ed@rekenplus.example', ['engineer'])
    expect(await refused(tellLegalDemand(broker.deps, engineer.actor, inCode()))).toBe('member_role_missing')
    expect(await refused(tellLegalDemand(broker.deps, roos.actor, { ...inCode(), outcome: 'given' }))).toBe('input_invalid')
    expect(await refused(tellLegalDemand(broker.deps, roos.actor, inCode()))).toBe('done')
  })

  test('reads the form in English too', async () => {
    await supplier!.post('/language', { language: 'en' })
    expect((await supplier!.get(path)).words).toContain('Report a legal demand')
  })
})

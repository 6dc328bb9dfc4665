import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { councilApprovals } from '../../src/agreements/council-approval.ts'
import { candidatesFor } from '../../src/consents/candidates.ts'
import { recordApprovalOfDraft, rewordRound, setAudience } from '../../src/consents/change-draft.ts'
import { addItem, dropItem, type RoundItem } from '../../src/consents/draft-items.ts'
import { draftRound } from '../../src/consents/draft-round.ts'
import { gateOf } from '../../src/consents/gate.ts'
import { publishRound } from '../../src/consents/publish-round.ts'
import { itemsOfRound, roundById } from '../../src/consents/rounds.ts'
import { type ItemId, type MandateId, newId, type RoundId, type SchoolId } from '../../src/ids.ts'
import { setBoard } from '../../src/people/set-board.ts'
import { type Asking, arithmeticItem, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { whileHeld } from '../support/held.ts'
import { expectLedgerWhole } from '../support/ledger.ts'
import { addFamilies } from '../support/more-families.ts'
import { raceFrom, withoutRowLock } from '../support/race.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let they: Asking
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  they = asking(broker, world)
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(() => broker.close())
beforeEach(() => broker.clock.pass({ minutes: 1 }))
afterEach(() => expectLedgerWhole(broker, world.boardId))

const mirjam = () => world.people.mirjam.actor
const joost = () => world.people.joost.actor
const draft = async (more: { subjectKind?: 'pupil' | 'employee'; schoolId?: SchoolId; during?: Date } = {}): Promise<RoundId> =>
  (await draftRound(broker.deps, mirjam(), { title: 'Ronde', subjectKind: 'pupil', undertakings: 'Wij beloven dat.', ...more })).roundId
const round = async (roundId: RoundId) => (await they.as('staff', (tx) => roundById(tx, world.boardId, roundId)))!
const items = (roundId: RoundId) => they.as('staff', (tx) => itemsOfRound(tx, world.boardId, roundId))
const add = async (roundId: RoundId, item: RoundItem, instead?: ItemId) =>
  (await addItem(broker.deps, mirjam(), roundId, item, instead)).itemId
const everybody = () => ({ schools: [world.schoolId], groups: [], persons: [] })
/** What Reken Plus gathers itself, as a part of its service. */
const ownPart = (partId: string, change: Partial<RoundItem> = {}): RoundItem => ({
  ...arithmeticItem(world, change),
  use: { supplierId: world.supplierId, serviceId: world.serviceId, partId, leafletId: world.leafletId, datatypes: ['learning-results'] },
})

describe('K01, K02 what rests on another basis is told and not asked', () => {
  test.each([
    [
      'a board that agreed to another basis',
      'public_task',
      { optional: true },
      null,
      { may: 'tell', because: 'agreed_basis', basis: 'public_task' },
    ],
    ['a board that agreed to consent', 'consent', { optional: false }, null, { may: 'ask' }],
    ['a part nobody can leave out', null, { optional: false }, null, { may: 'tell', because: 'inseparable', basis: 'public_task' }],
    ['an optional part', null, { optional: true }, null, { may: 'either' }],
    ['data that a holder hands over', null, null, newId(new Date()), { may: 'either' }],
    [
      'a mandatory part with data of a holder: each pupil’s can stay behind',
      null,
      { optional: false },
      newId(new Date()),
      { may: 'either' },
    ],
  ] as const)('%s', (_, boardBasis, part, holderId, gate) => {
    expect(gateOf({ boardBasis, part, holderId: holderId as never })).toEqual(gate)
  })

  test('a part the service cannot do without is refused as a question, and told in the notice instead', async () => {
    const roundId = await draft()
    await expect(add(roundId, ownPart('begeleiding'))).rejects.toThrow('basis_is_not_consent')
    await add(roundId, ownPart('begeleiding', { legalBasis: 'public_task' }))
    await broker.owner`update agreement_services set parts = '{begeleiding,oudergesprek}'`
    await add(roundId, ownPart('oudergesprek'))
    expect((await items(roundId)).map(({ legalBasis }) => legalBasis).sort()).toEqual(['consent', 'public_task'])
    await broker.owner`update agreement_services set parts = '{begeleiding}'`
  })

  test('what the board agreed to rest on consent cannot be told', async () => {
    const roundId = await draft()
    await broker.owner`update supplier_agreements set kind = 'controller', supplier_basis = 'contract', board_basis = 'consent' where agreement_id = ${world.agreementId}`
    await expect(add(roundId, arithmeticItem(world, { legalBasis: 'public_task', purpose: '5.1.d' }))).rejects.toThrow('basis_is_consent')
    await broker.owner`update supplier_agreements set board_basis = 'public_task' where agreement_id = ${world.agreementId}`
    await expect(add(roundId, arithmeticItem(world))).rejects.toThrow('basis_is_not_consent')
    await broker.owner`update supplier_agreements set kind = 'processor', supplier_basis = null, board_basis = null where agreement_id = ${world.agreementId}`
  })

  test('one round does not ask and tell the same data, nor ask the same twice', async () => {
    const roundId = await draft()
    await add(roundId, arithmeticItem(world))
    await expect(add(roundId, arithmeticItem(world, { legalBasis: 'public_task' }))).rejects.toThrow('item_in_round_already')
    const fewer = arithmeticItem(world, { legalBasis: 'public_task' })
    await expect(add(roundId, { ...fewer, use: { ...fewer.use!, datatypes: ['practice-time'] } })).rejects.toThrow('basis_is_not_consent')
    await add(roundId, imageItem('website'))
    await expect(add(roundId, { ...imageItem('website'), occasion: 'Iets anders.' })).rejects.toThrow('item_in_round_already')
    await add(roundId, { ...imageItem('website'), image: { channel: 'website', medium: 'video' } })
  })

  test('K10 the candidates are what stands in the contracts: parts that were accepted, and data that a holder may hand over', async () => {
    const roundId = await draft()
    const candidates = async () =>
      they.as('staff', async (tx) => candidatesFor(tx, world.boardId, await round(roundId), broker.clock.now()))
    expect(await candidates()).toMatchObject([
      {
        supplier: 'Reken Plus B.V.',
        service: 'Dyscalculiebegeleiding',
        part: { partId: 'begeleiding' },
        holder: null,
        gate: { may: 'tell', because: 'inseparable' },
        itemIds: [],
      },
      {
        part: null,
        holder: { name: 'Rekenrijk Oefenen' },
        data: [{ datatype: 'arithmetic-results', nl: 'rekenresultaten' }, { datatype: 'practice-time' }],
        gate: { may: 'either' },
      },
    ])
    const itemId = await add(roundId, arithmeticItem(world))
    expect((await candidates()).map(({ itemIds }) => itemIds)).toEqual([[], [itemId]])
    await broker.owner`update supplier_agreements set ended_at = ${broker.clock.now()}, ended_because = 'x', ended_by = 'operator' where agreement_id = ${world.agreementId}`
    expect(await candidates()).toEqual([])
    await broker.owner`update supplier_agreements set ended_at = null, ended_because = null, ended_by = null where agreement_id = ${world.agreementId}`
  })
})

describe('A draft is changed by several people', () => {
  test('the second who changes the same words is told, and nothing of the first is lost', async () => {
    const roundId = await draft()
    const { revision: seen } = await round(roundId)
    await rewordRound(broker.deps, mirjam(), { roundId, seen, title: 'Van Mirjam', undertakings: 'A' })
    const second = rewordRound(broker.deps, joost(), { roundId, seen, title: 'Van Joost', undertakings: 'B' })
    await expect(second).rejects.toThrow('changed_meanwhile')
    expect(await round(roundId)).toMatchObject({ title: 'Van Mirjam', undertakings: 'A', changed: { by: world.people.mirjam.id } })
  })

  race(
    'two at the same moment: one comes first, the other is told',
    { 'without the lock on the draft': withoutRowLock('rounds') },
    async () => {
      const roundId = await draft()
      const { revision: seen } = await round(roundId)
      const both = await whileHeld(broker, (sql) => sql`select from rounds where round_id = ${roundId} for update`, [
        () => setAudience(broker.deps, mirjam(), { roundId, seen, audience: everybody() }),
        () =>
          setAudience(broker.deps, joost(), { roundId, seen, audience: { schools: [], groups: [], persons: [world.people.fatima.id] } }),
      ])
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      expect((await round(roundId)).revision).toBe(seen + 1)
    },
  )

  test('adding does no harm to who added before; nobody publishes what they have not seen', async () => {
    const roundId = await draft()
    await add(roundId, imageItem('gang'))
    const { revision: seen } = await round(roundId)
    await addItem(broker.deps, joost(), roundId, imageItem('hal'))
    await expect(publishRound(broker.deps, mirjam(), { roundId, seen, audience: everybody() })).rejects.toThrow('changed_meanwhile')
    expect(await items(roundId)).toHaveLength(2)
    expect((await round(roundId)).publishedAt).toBeNull()
  })

  test('an item is left out, or another comes in its place; what was left out is asked of nobody', async () => {
    const roundId = await draft()
    const [stays, goes] = [await add(roundId, imageItem('stal')), await add(roundId, imageItem('zolder'))]
    const instead = await add(roundId, { ...imageItem('zolder'), occasion: 'Beter gezegd.' }, goes)
    await expect(dropItem(broker.deps, mirjam(), { roundId, itemId: goes })).rejects.toThrow('item_not_found')
    expect(new Set((await items(roundId)).map(({ itemId }) => itemId))).toEqual(new Set([stays, instead]))
    await dropItem(broker.deps, mirjam(), { roundId, itemId: stays })
    expect(await publishRound(broker.deps, mirjam(), { roundId, audience: everybody() })).toMatchObject({ consents: 1 })
    const asked = await broker.owner`select distinct item_id from consents where item_id = any(${[stays, goes, instead]})`
    expect(asked.map(({ item_id }) => item_id)).toEqual([instead])
    await expect(dropItem(broker.deps, mirjam(), { roundId, itemId: instead })).rejects.toThrow('round_already_published')
  })

  test('a round goes to whom the draft names, and to nobody when it names nobody', async () => {
    const roundId = await draft()
    await add(roundId, imageItem('serre'))
    await expect(publishRound(broker.deps, mirjam(), { roundId })).rejects.toThrow('audience_missing')
    const [noor] = await addFamilies(broker, world, [{ given: 'Noor', group: 'Groep 7' }])
    await setAudience(broker.deps, mirjam(), {
      roundId,
      seen: (await round(roundId)).revision,
      audience: { schools: [], groups: [{ schoolId: world.schoolId, groupName: 'Groep 7' }], persons: [world.people.fatima.id] },
    })
    expect(await publishRound(broker.deps, mirjam(), { roundId })).toEqual({ subjects: 2, consents: 2 })
    const subjects =
      await broker.owner`select subject_id from consents c join items i using (board_id, item_id) where i.round_id = ${roundId}`
    expect(new Set(subjects.map(({ subject_id }) => subject_id))).toEqual(new Set([noor!.id, world.people.fatima.id]))
  })
})

describe('One school’s own round', () => {
  const ofSchool = async (who: 'sara', schoolId: SchoolId) => {
    await broker.owner`insert into mandates (board_id, mandate_id, person_id, role, school_id, starts_at)
      values (${world.boardId}, ${newId<MandateId>(broker.clock.now())}, ${world.people[who].id}, 'school_leader', ${schoolId}, ${world.since})`
  }

  test('who leads one school makes rounds for it, and none for the board or another school', async () => {
    const other = newId<SchoolId>(broker.clock.now())
    await broker.owner`insert into schools (board_id, school_id, name, brin, sector) values (${world.boardId}, ${other}, 'Het Kompas', '99ZB', 'so')`
    await ofSchool('sara', world.schoolId)
    const sara = world.people.sara.actor
    const words = { title: 'Van de Regenboog', subjectKind: 'pupil', undertakings: 'x' } as const
    await expect(draftRound(broker.deps, sara, words)).rejects.toThrow('mandate_missing')
    await expect(draftRound(broker.deps, sara, { ...words, schoolId: other })).rejects.toThrow('mandate_missing')
    const { roundId } = await draftRound(broker.deps, sara, { ...words, schoolId: world.schoolId })
    await addItem(broker.deps, sara, roundId, imageItem('bord'))
    const seen = (await round(roundId)).revision
    const elsewhere = setAudience(broker.deps, sara, { roundId, seen, audience: { schools: [other], groups: [], persons: [] } })
    await expect(elsewhere).rejects.toThrow('not_allowed')
    const stranger = setAudience(broker.deps, sara, {
      roundId,
      seen,
      audience: { schools: [], groups: [], persons: [world.people.nadia.id] },
    })
    await expect(stranger).rejects.toThrow('not_allowed')
    expect(await publishRound(broker.deps, sara, { roundId, audience: everybody() })).toMatchObject({ subjects: expect.any(Number) })
    const boards = await draft()
    await expect(addItem(broker.deps, sara, boards, imageItem('luik'))).rejects.toThrow('mandate_missing')
  })
})

describe('The council consents where the policy needs it (P22)', () => {
  test('what parents are asked waits for it when the board says so', async () => {
    await setBoard(broker.deps, 'operator', world.boardId, { councilForRounds: true })
    const roundId = await draft()
    await add(roundId, imageItem('aula'))
    const publish = () => publishRound(broker.deps, mirjam(), { roundId, audience: everybody() })
    await expect(publish()).rejects.toThrow('council_approval_missing')
    const record = (about: string) =>
      recordApprovalOfDraft(broker.deps, mirjam(), { roundId, council: 'MR', about, approvedOn: '2026-11-02' })
    const approvalId = await record('Ouderovereenkomst')
    await expect(record('Nog eens'), 'and by who was second nothing is recorded').rejects.toThrow('changed_meanwhile')
    expect(await they.as('staff', (tx) => councilApprovals(tx, world.boardId, roundId))).toMatchObject([{ approvalId }])
    await publish()
    const published = (await they.ledgerOf(roundId)).find(({ event }) => event === 'round_published')
    expect(published?.facts).toMatchObject({ councilApprovalId: approvalId })
    await setBoard(broker.deps, 'operator', world.boardId, { councilForRounds: false })
  })
})

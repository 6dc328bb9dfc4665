import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { confirmDuty } from '../../src/agreements/confirm-duty.ts'
import { dutiesOf } from '../../src/agreements/duties.ts'
import { askRight } from '../../src/cases/ask-right.ts'
import { closeCase, extendCase, giveTasks, takeCase } from '../../src/cases/handle-right.ts'
import { caseById, casesMadeBy, openCases } from '../../src/cases/store.ts'
import { inTransaction, type Tx } from '../../src/database.ts'
import { redeem } from '../../src/grants/redeem.ts'
import type { CaseId } from '../../src/ids.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { told } from '../support/ledger.ts'
import { pseudonymOf } from '../support/pseudonym.ts'
import { tellConsented, tellWorld } from '../support/told-world.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let as: <T>(actor: 'staff' | 'account', work: (tx: Tx) => Promise<T>) => Promise<T>
let nadia: SmallWorld['people']['nadia']
let mirjam: SmallWorld['people']['mirjam']
beforeEach(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await tellWorld(broker, world)
  as = (actor, work) => inTransaction(broker.db, { actor, boards: [world.boardId] }, work)
  ;({ nadia, mirjam } = world.people)
})
afterEach(() => broker.close())

/** Reken Plus really collects about Fatima. */
async function collected(approach: 'organisation' | 'subject' = 'organisation') {
  const use = await consented(broker, world, { approach })
  await tellConsented(broker, world, use)
  const identifiers = [await pseudonymOf(broker, world, use.subjectId)]
  if (approach === 'organisation') {
    const redeemer = { clientId: world.clients.organisation, supplierId: world.supplierId, jkt: 'thumbprint', txn: 'txn' }
    await redeem(broker.deps, redeemer, {
      resource: world.resource,
      datatypes: ['arithmetic-results'],
      purpose: '5.1.a',
      identifiers,
      batch: false,
    })
  }
}
const the = async (caseId: CaseId) => (await as('account', (tx) => caseById(tx, world.boardId, caseId)))!
const supplier = () => ({ clientId: world.clients.organisation, supplierId: world.supplierId })

describe('P20, C22 Nadia wants something of Fatima’s data put right', () => {
  test('the school is told, gives the one company that collected its task, needs longer and says why, and answers', async () => {
    await collected()
    const words = 'De toets van mei is niet van Fatima.'
    const { caseId } = await askRight(broker.deps, nadia.actor, { subjectId: world.people.fatima.id, kind: 'rectification', words })
    expect((await as('staff', (tx) => openCases(tx, world.boardId))).map((one) => [one.caseId, one.words])).toEqual([[caseId, words]])

    await takeCase(broker.deps, mirjam.actor, { caseId, revision: 0 })
    const { dutyIds } = await giveTasks(broker.deps, mirjam.actor, { caseId, revision: 1, instruction: 'Haal de toets van 3 mei weg.' })
    expect(dutyIds).toHaveLength(1)
    await extendCase(broker.deps, mirjam.actor, { caseId, revision: 2, because: 'Wij zoeken uit van wie de toets was.' })
    const [duty] = await as('staff', (tx) => dutiesOf(tx, world.boardId, { caseId }))
    await confirmDuty(broker.deps, supplier(), { dutyId: duty!.dutyId, subprocessors: duty!.subprocessors, note: 'Verbeterd.' })
    await closeCase(broker.deps, mirjam.actor, { caseId, revision: 3, outcome: 'granted', closing: 'De toets is weg.' })

    expect(await the(caseId)).toMatchObject({
      closed: { outcome: 'granted' },
      extended: { because: 'Wij zoeken uit van wie de toets was.' },
    })
    const ledger = await told(
      broker,
      'right_used',
      'right_taken',
      'right_tasks_given',
      'right_extended',
      'duty_confirmed',
      'right_answered',
    )
    expect(ledger).toHaveLength(6)
    expect(JSON.stringify(ledger)).not.toMatch(/toets|Verbeterd/)
  })
})

describe('P20, K14 Nadia turns to a company that asked her directly', () => {
  test('the request is the company’s; the school sees neither it nor its answer', async () => {
    await collected('subject')
    const asked = { subjectId: world.people.fatima.id, kind: 'erasure', supplierId: world.supplierId, words: 'Wis alles.' } as const
    const { caseId, dueAt } = await askRight(broker.deps, nadia.actor, asked)
    const [duty] = await as('account', (tx) => dutiesOf(tx, world.boardId, { caseId }))
    expect(duty).toMatchObject({ approach: 'subject', kind: 'destroy', dueAt, instruction: 'Wis alles.' })
    await confirmDuty(broker.deps, supplier(), { dutyId: duty!.dutyId, subprocessors: duty!.subprocessors, note: 'Alles is gewist.' })
    expect(await as('account', (tx) => casesMadeBy(tx, world.boardId, nadia.id))).toHaveLength(1)
    expect(await as('staff', (tx) => openCases(tx, world.boardId))).toEqual([])
    expect(await as('staff', (tx) => dutiesOf(tx, world.boardId))).toEqual([])
  })
})

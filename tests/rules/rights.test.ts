import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { confirmDuty } from '../../src/agreements/confirm-duty.ts'
import { dutiesOf } from '../../src/agreements/duties.ts'
import { createApp } from '../../src/app.ts'
import { askRight, recordRight } from '../../src/cases/ask-right.ts'
import { closeCase, extendCase, giveTasks, takeCase, withdrawCase } from '../../src/cases/handle-right.ts'
import { heldAbout } from '../../src/cases/held.ts'
import { caseById, openCases } from '../../src/cases/store.ts'
import { inspectTransfer, offerTransfer } from '../../src/cases/transfer-acts.ts'
import { inTransaction } from '../../src/database.ts'
import type { CaseId } from '../../src/ids.ts'
import { asked } from '../support/asked.ts'
import { asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { whileHeld } from '../support/held.ts'
import { expectLedgerWhole, told } from '../support/ledger.ts'
import { liveToken } from '../support/live-token.ts'
import { pseudonymOf } from '../support/pseudonym.ts'
import { instead, raceFrom, withoutRowLock } from '../support/race.ts'
import { signIn } from '../support/signed-in.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(() => broker.close())
beforeEach(() => broker.clock.pass({ minutes: 1 }))
afterEach(async () => {
  await broker.settled()
  await expectLedgerWhole(broker, world.boardId)
  await broker.owner`update rights_cases set closed_at = ${broker.clock.now()}, closed_by = 'job', outcome = 'withdrawn' where closed_at is null`
})

const { now } = { now: () => broker.clock.now() }
const as = <T>(actor: 'staff' | 'account' | 'job', work: Parameters<typeof inTransaction<T>>[2]) =>
  inTransaction(broker.db, { actor, boards: [world.boardId] }, work)
const the = async (caseId: CaseId) => (await as('account', (tx) => caseById(tx, world.boardId, caseId)))!
const refusalOf = (act: Promise<unknown>) =>
  act.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )
const ask = (more: Partial<Parameters<typeof askRight>[2]> = {}, who: 'nadia' | 'karim' | 'fatima' | 'sara' = 'nadia') =>
  askRight(broker.deps, world.people[who].actor, { subjectId: world.people.fatima.id, kind: 'access', ...more })
const supplier = () => ({ clientId: world.clients.organisation, supplierId: world.supplierId })

describe('P20, C22 A mother asks what there is about her daughter', () => {
  test('M17: the school gives each company that really got data its task, the company answers, and the school answers in time', async () => {
    const given = await consented(broker, world)
    await liveToken(broker, world, given)
    const { caseId, dueAt } = await ask()
    expect(dueAt).toEqual(new Date('2026-12-16T23:00:00Z'))
    expect(broker.mails.length + (await broker.owner`select 1 from deliveries where kind = 'mail'`).length).toBeGreaterThan(1)

    const { mirjam, nadia } = world.people
    await takeCase(broker.deps, mirjam.actor, { caseId, revision: 0 })
    const { dutyIds } = await giveTasks(broker.deps, mirjam.actor, { caseId, revision: 1, instruction: 'Stuur een overzicht.' })
    expect(dutyIds).toHaveLength(1)
    const [duty] = await as('staff', (tx) => dutiesOf(tx, world.boardId, { caseId }))
    expect(duty).toMatchObject({ kind: 'disclose', supplierId: world.supplierId, dueAt, instruction: 'Stuur een overzicht.' })
    expect(await refusalOf(giveTasks(broker.deps, mirjam.actor, { caseId, revision: 2, instruction: null }))).toBe('nobody_got_data')
    await confirmDuty(broker.deps, supplier(), { dutyId: duty!.dutyId, subprocessors: duty!.subprocessors, note: 'Overzicht gestuurd.' })

    await closeCase(broker.deps, mirjam.actor, { caseId, revision: 2, outcome: 'granted', closing: 'U krijgt het overzicht mee.' })
    expect((await the(caseId)).closed).toMatchObject({ outcome: 'granted', closing: 'U krijgt het overzicht mee.' })
    const ledger = await told(broker, 'right_used', 'right_taken', 'right_tasks_given', 'right_answered')
    expect(ledger.map(({ event }) => event)).toEqual(['right_used', 'right_taken', 'right_tasks_given', 'right_answered'])
    expect(JSON.stringify(ledger)).not.toMatch(/overzicht/i)
    expect(await refusalOf(withdrawCase(broker.deps, nadia.actor, caseId))).toBe('case_closed')
  })

  test('a company that was let in but is not asked again after its confirmation; one that never collected has no task', async () => {
    const { caseId } = await ask({ kind: 'erasure', words: 'Alles van vorig jaar.' })
    const got = await giveTasks(broker.deps, world.people.mirjam.actor, { caseId, revision: 0, instruction: 'Wis alles.' })
    const duties = await as('staff', (tx) => dutiesOf(tx, world.boardId, { caseId }))
    expect(duties.map(({ kind, supplierId }) => [kind, supplierId])).toEqual([['destroy', world.supplierId]])
    expect(got.dutyIds).toEqual(duties.map(({ dutyId }) => dutyId))
  })

  test('the same request twice is one; without words a change is not asked; who has no authority asks nothing', async () => {
    await ask()
    expect(await refusalOf(ask())).toBe('right_already_open')
    expect(await refusalOf(ask({}, 'karim'))).toBe('done')
    expect(await refusalOf(ask({ kind: 'rectification', words: '  ' }))).toBe('right_without_words')
    expect(await refusalOf(ask({}, 'fatima'))).toBe('person_not_found')
    expect(await refusalOf(ask({}, 'sara'))).toBe('person_not_found')
    expect(await refusalOf(ask({ subjectId: world.people.sara.id }, 'sara'))).toBe('done')
  })
})

describe('GDPR 12(3) A hard request takes longer, with a reason, told in time', () => {
  test('two months more once, in the first month only; an objection has four weeks and no more (P21)', async () => {
    const { caseId, dueAt } = await ask({ kind: 'rectification', words: 'De toets van mei klopt niet.' })
    const longer = { caseId, because: 'Wij zoeken nog in het archief.' }
    const { joost } = world.people
    broker.clock.set(dueAt)
    expect(await refusalOf(extendCase(broker.deps, joost.actor, { ...longer, revision: 0 }))).toBe('extension_too_late')
    broker.clock.set(new Date(dueAt.getTime() - 1))
    await extendCase(broker.deps, joost.actor, { ...longer, revision: 0 })
    expect(await the(caseId)).toMatchObject({ extended: { because: longer.because }, dueAt: new Date('2027-02-16T23:00:00Z') })
    expect(await refusalOf(extendCase(broker.deps, joost.actor, { ...longer, revision: 1 }))).toBe('extension_not_possible')

    const objection = await ask({ kind: 'objection', words: 'Ik wil niet dat de school dit zo doet.' })
    expect(await refusalOf(extendCase(broker.deps, joost.actor, { ...longer, caseId: objection.caseId, revision: 0 }))).toBe(
      'extension_not_possible',
    )
    broker.clock.set('2026-11-16T10:30:00+01:00')
  })
})

describe('Who handles a case', () => {
  test('nobody handles one of their own family, nor without the task; the DPO looks and decides nothing (P45)', async () => {
    const { caseId } = await ask()
    for (const [who, expected] of [
      ['pim', 'mandate_missing'],
      ['els', 'mandate_missing'],
      ['ruud', 'mandate_missing'],
    ] as const) {
      expect(await refusalOf(takeCase(broker.deps, world.people[who].actor, { caseId, revision: 0 })), who).toBe(expected)
    }
    await broker.owner`insert into guardianships (board_id, guardianship_id, guardian_id, pupil_id, authority, source, starts_at)
      values (${world.boardId}, gen_random_uuid(), ${world.people.mirjam.id}, ${world.people.fatima.id}, 'no', 'staff', ${world.since})`
    expect(await refusalOf(takeCase(broker.deps, world.people.mirjam.actor, { caseId, revision: 0 }))).toBe('not_allowed')
    await broker.owner`delete from guardianships where guardian_id = ${world.people.mirjam.id}`
  })
})

describe('About what a company asked for directly, the request goes to the company', () => {
  test('as its duty, by its own pseudonym; its answer is the status; the school sees none of it', async () => {
    const given = await consented(broker, world, { approach: 'subject' })
    await pseudonymOf(broker, world, given.subjectId)
    const { caseId, dueAt } = await ask({ kind: 'erasure', words: 'Wis de resultaten.', supplierId: world.supplierId })
    const [duty] = await as('account', (tx) => dutiesOf(tx, world.boardId, { caseId }))
    expect(duty).toMatchObject({
      kind: 'destroy',
      approach: 'subject',
      supplierId: world.supplierId,
      instruction: 'Wis de resultaten.',
      dueAt,
    })
    expect(await as('staff', (tx) => caseById(tx, world.boardId, caseId))).toBeUndefined()
    expect(await as('staff', (tx) => openCases(tx, world.boardId))).toEqual([])
    expect(await as('staff', (tx) => dutiesOf(tx, world.boardId, { caseId }))).toEqual([])
    const entries = await told(broker, 'right_used')
    expect(entries.find(({ ref }) => ref === caseId)!.chain).toBe(`${world.boardId}:subject`)
    expect(await refusalOf(takeCase(broker.deps, world.people.mirjam.actor, { caseId, revision: 0 }))).toBe('case_not_found')

    // The saboteur: a policy that lets staff see. What was true above is not any more, so it is the policy that keeps it.
    await broker.owner`alter policy of_its_board on rights_cases using (board_id = any ((select app_boards())::uuid[]))`
    expect(await as('staff', (tx) => caseById(tx, world.boardId, caseId))).toBeDefined()
    await broker.owner`alter policy of_its_board on rights_cases using (board_id = any ((select app_boards())::uuid[])
      and (approach = 'organisation' or (select app_actor()) <> 'staff'))`

    await confirmDuty(broker.deps, supplier(), { dutyId: duty!.dutyId, subprocessors: duty!.subprocessors, note: 'Gewist.' })
    const app = createApp(() => broker.deps)
    const page = await (await signIn(broker, app, world.people.nadia.email)).get(`/rights/cases/${caseId}`)
    expect(page.words).toContain('het bedrijf heeft geantwoord')
    expect(page.words).toContain('Gewist.')
  })

  test('a company that never got a yes of them directly is not one they can turn to here', async () => {
    expect(await refusalOf(ask({ supplierId: world.publisherId }))).toBe('supplier_not_found')
  })
})

describe('To see and to carry along: what the broker itself holds, for who may see it', () => {
  test('about a daughter: her data, the questions and traffic; of the other parent nothing at all', async () => {
    await consented(broker, world, { answers: { nadia: 'yes', karim: 'no' } })
    await ask({ kind: 'objection', words: 'Vader weet van niets.' }, 'karim')
    await asking(broker, world).answer(world.people.nadia, await asked(broker, world, { datatypes: ['practice-time'] }), 'yes')
    const transferId = await offerTransfer(broker.deps, world.people.mirjam.actor, {
      subjectId: world.people.fatima.id,
      receiver: { scheme: 'BRIN', value: '12AB', name: 'De Horizon' },
      contents: 'Naam en adres.',
    })
    await inspectTransfer(broker.deps, world.people.karim.actor, { transferId, remarks: 'Vader zegt dit.', agrees: null })
    await inspectTransfer(broker.deps, world.people.nadia.actor, { transferId, remarks: 'Moeder zegt dat.', agrees: null })
    const held = await heldAbout(broker.deps, world.people.nadia.actor, world.people.fatima.id)
    expect(held.person).toMatchObject({ givenName: 'Fatima', birthDate: '2017-03-14' })
    expect(held.tenures).toMatchObject([{ school: 'De Regenboog', group: 'Groep 6' }])
    expect(held.consents.some(({ mine, issued }) => mine?.answer === 'yes' && issued === 1)).toBe(true)
    const text = JSON.stringify(held)
    for (const secret of [
      world.people.karim.id,
      'Karim',
      'karim@gezin.example',
      'Vader weet van niets',
      'Vader zegt dit',
      world.guardianships.karim,
    ]) {
      expect(text, secret).not.toContain(secret)
    }
    expect(held.consents.every(({ mine }) => mine?.answer !== 'no')).toBe(true)
    expect(held.consents.flatMap(({ said }) => said.map(({ act }) => act))).toContain('yes')
    expect(held.transfers).toMatchObject([{ school: 'De Horizon', contents: 'Naam en adres.', mine: { remarks: 'Moeder zegt dat.' } }])
  })

  test('about oneself: account, tasks and what one did; of another’s child nothing', async () => {
    const sara = await heldAbout(broker.deps, world.people.mirjam.actor, world.people.mirjam.id)
    expect(sara.mandates.map(({ role }) => role).toSorted()).toEqual(['administrator', 'consent_officer', 'school_leader'])
    expect(sara.account?.email).toBe(world.people.mirjam.email)
    expect(sara.acts.map(({ event }) => event)).toContain('right_taken')
    expect(await refusalOf(heldAbout(broker.deps, world.people.mirjam.actor, world.people.fatima.id))).toBe('person_not_found')
    expect(await refusalOf(heldAbout(broker.deps, world.people.fatima.actor, world.people.fatima.id))).toBe('person_not_found')
  })
})

describe('On paper', () => {
  test('staff write it down; its time runs from the day it came in; not for their own family, nor from tomorrow', async () => {
    const { mirjam, nadia, fatima, pim } = world.people
    const paper = {
      subjectId: fatima.id,
      madeBy: nadia.id,
      kind: 'access',
      method: 'paper',
      receivedAt: new Date(now().getTime() - 5 * 86_400_000),
    } as const
    const { caseId, dueAt } = await recordRight(broker.deps, mirjam.actor, paper)
    expect(dueAt).toEqual(new Date('2026-12-11T23:00:00Z'))
    expect(await the(caseId)).toMatchObject({ method: 'paper', recordedBy: mirjam.id, madeBy: nadia.id })
    expect(await refusalOf(recordRight(broker.deps, pim.actor, paper))).toBe('mandate_missing')
    expect(await refusalOf(recordRight(broker.deps, mirjam.actor, { ...paper, receivedAt: new Date(now().getTime() + 1000) }))).toBe(
      'input_invalid',
    )
    expect(await refusalOf(recordRight(broker.deps, mirjam.actor, { ...paper, madeBy: world.people.sara.id }))).toBe('person_not_found')
  })
})

// The last in this file: a race begins with a broker of its own.
describe('Two members of staff, one case', () => {
  const unseen = {
    'where what somebody saw is not compared': [
      withoutRowLock('rights_cases'),
      instead(/(?<=update "rights_cases".*) and "revision" = (\$\d+) and "closed_at" is null/, ' and $1::int is not null'),
    ],
  }
  race('at the same moment: one acts, the other is told that it changed, and nothing is lost', unseen, async () => {
    const { caseId } = await ask()
    const [first, second] = await whileHeld(broker, (sql) => sql`select from rights_cases where case_id = ${caseId} for update`, [
      () => takeCase(broker.deps, world.people.mirjam.actor, { caseId, revision: 0 }),
      () => closeCase(broker.deps, world.people.joost.actor, { caseId, revision: 0, outcome: 'refused', closing: 'Dat kan niet.' }),
    ])
    const outcomes = [first, second].map((one) => (one!.status === 'fulfilled' ? 'done' : (one!.reason as { code: string }).code))
    expect(outcomes.toSorted()).toEqual(['changed_meanwhile', 'done'])
    expect((await the(caseId)).revision).toBe(1)
  })
})

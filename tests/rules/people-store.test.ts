import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inTransaction, type Tx } from '../../src/database.ts'
import { newId, type PersonId, type SchoolId, type TenureId } from '../../src/ids.ts'
import type { MandateRole } from '../../src/people/mandate.ts'
import { mandatesOf, mustHold } from '../../src/people/mandates.ts'
import { boardById, childrenOf, currentTenure, personById, personsOfAccount, subjectFacts } from '../../src/people/store.ts'
import { whoMayAnswer } from '../../src/people/who-may-answer.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
})
afterAll(() => broker.close())

const asJob = <T>(work: (tx: Tx) => Promise<T>) => inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, work)

async function addPerson(birthDate: string | null): Promise<PersonId> {
  const personId = newId<PersonId>(broker.clock.now())
  await asJob((tx) =>
    tx
      .insertInto('persons')
      .values({
        board_id: world.boardId,
        person_id: personId,
        given_name: 'X',
        family_name: 'Y',
        birth_date: birthDate,
        created_at: world.since,
      })
      .execute(),
  )
  return personId
}

async function addTenure(kind: 'enrolment' | 'employment', personId: PersonId, startsAt: string, endsAt: string | null) {
  const tenureId = newId<TenureId>(broker.clock.now())
  const row = {
    board_id: world.boardId,
    person_id: personId,
    school_id: world.schoolId,
    starts_at: new Date(startsAt),
    ends_at: endsAt ? new Date(endsAt) : null,
  }
  await asJob(async (tx) => {
    if (kind === 'enrolment')
      await tx
        .insertInto('enrolments')
        .values({ ...row, enrolment_id: tenureId })
        .execute()
    else
      await tx
        .insertInto('employments')
        .values({ ...row, employment_id: tenureId })
        .execute()
  })
  return tenureId
}

describe('The facts of a subject', () => {
  test('Fatima has two parents who may answer; Sara answers for herself', async () => {
    const facts = await asJob((tx) => subjectFacts(tx, world.boardId, [world.people.fatima.id, world.people.sara.id]))
    const fatima = whoMayAnswer(facts.get(world.people.fatima.id)!, broker.clock.now())
    expect(fatima).toMatchObject({ known: true, mayStopOnly: [world.people.fatima.id] })
    expect(fatima.known && fatima.deciders.map(({ personId }) => personId).sort()).toEqual(
      [world.people.nadia.id, world.people.karim.id].sort(),
    )
    expect(facts.get(world.people.sara.id)).toMatchObject({ kind: 'employee', birthDate: null })
  })

  test.each([
    ['never anything', [], 'pupil'],
    ['enrolled', [['enrolment', '2024-08-01', null]], 'pupil'],
    ['employed', [['employment', '2024-08-01', null]], 'employee'],
    [
      'left and came back to work',
      [
        ['enrolment', '2010-08-01', '2016-08-01'],
        ['employment', '2024-08-01', null],
      ],
      'employee',
    ],
    [
      'both at once',
      [
        ['enrolment', '2024-08-01', null],
        ['employment', '2025-08-01', null],
      ],
      'pupil',
    ],
  ] as const)('%s', async (_, tenures, kind) => {
    const personId = await addPerson('2000-01-01')
    for (const [tenure, startsAt, endsAt] of tenures) await addTenure(tenure, personId, startsAt, endsAt)
    const facts = await asJob((tx) => subjectFacts(tx, world.boardId, [personId]))
    expect(facts.get(personId)?.kind).toBe(kind)
  })

  test('who is of another board, or was erased, is not there', async () => {
    const erased = await addPerson('2000-01-01')
    await asJob((tx) => tx.updateTable('persons').set({ erased_at: broker.clock.now() }).where('person_id', '=', erased).execute())
    expect(await asJob((tx) => personById(tx, world.boardId, erased))).toBeUndefined()
    expect(await asJob((tx) => subjectFacts(tx, world.boardId, [erased, newId<PersonId>(broker.clock.now())]))).toEqual(new Map())
  })
})

describe('The tenure that holds', () => {
  test('is the newest in force, an enrolment before an employment, and none when all have ended', async () => {
    const personId = await addPerson('2010-01-01')
    const now = broker.clock.now()
    expect(await asJob((tx) => currentTenure(tx, world.boardId, personId, now))).toBeUndefined()
    await addTenure('enrolment', personId, '2020-08-01', '2026-08-01')
    expect(await asJob((tx) => currentTenure(tx, world.boardId, personId, now))).toBeUndefined()
    const job = await addTenure('employment', personId, '2026-09-01', null)
    expect(await asJob((tx) => currentTenure(tx, world.boardId, personId, now))).toMatchObject({ tenureId: job, kind: 'employment' })
    const current = await addTenure('enrolment', personId, '2026-08-01', '2027-08-01')
    await addTenure('enrolment', personId, '2027-08-01', null)
    expect(await asJob((tx) => currentTenure(tx, world.boardId, personId, now))).toEqual({
      tenureId: current,
      personId,
      kind: 'enrolment',
      schoolId: world.schoolId,
      groupName: null,
      endsAt: new Date('2027-08-01'),
    })
  })
})

describe('The children of a parent', () => {
  test('are there until they are eighteen', async () => {
    const { boardId, people } = world
    const children = (at: Date) => asJob((tx) => childrenOf(tx, boardId, people.nadia.id, at))
    expect(await children(broker.clock.now())).toMatchObject([{ personId: people.fatima.id, authority: 'yes', kind: 'parent' }])
    expect(await children(new Date('2035-03-13T23:00:00+01:00'))).toHaveLength(1)
    expect(await children(new Date('2035-03-14T00:00:00+01:00'))).toHaveLength(0)
    expect(await asJob((tx) => childrenOf(tx, boardId, people.sara.id, broker.clock.now()))).toEqual([])
  })
})

describe('Board and account', () => {
  test('a board outside the scope is our own mistake, not an answer', async () => {
    expect(await asJob((tx) => boardById(tx, world.boardId))).toMatchObject({
      decisionRule: 'veto',
      schoolYearStarts: '08-01',
      rosterImpliesAuthority: false,
    })
    await expect(inTransaction(broker.db, { actor: 'account', boards: [] }, (tx) => boardById(tx, world.boardId))).rejects.toThrow(/scope/)
  })

  test('an account leads to its persons', async () => {
    expect(await personsOfAccount(broker.db, world.people.nadia.account)).toEqual([
      { boardId: world.boardId, personId: world.people.nadia.id },
    ])
  })
})

describe('A mandate is read where the act is (D11, INV-08)', () => {
  const hold = (key: keyof SmallWorld['people'], roles: MandateRole[], schoolId?: SchoolId, at = broker.clock.now()) =>
    asJob((tx) => mustHold(tx, world.people[key].actor, roles, at, schoolId))

  test('only its holder passes, only while it lasts', async () => {
    expect(await hold('ruud', ['signatory'])).toMatchObject([{ role: 'signatory', schoolId: null }])
    await expect(hold('mirjam', ['signatory'])).rejects.toMatchObject({ code: 'mandate_missing' })
    await expect(hold('ruud', ['signatory'], undefined, new Date('2020-01-01'))).rejects.toMatchObject({ code: 'mandate_missing' })
    await asJob((tx) =>
      tx
        .updateTable('mandates')
        .set({ ends_at: new Date('2027-01-01T00:00:00Z') })
        .where('person_id', '=', world.people.ruud.id)
        .execute(),
    )
    expect(await hold('ruud', ['signatory'], undefined, new Date('2026-12-31T23:59:59.999Z'))).toHaveLength(1)
    await expect(hold('ruud', ['signatory'], undefined, new Date('2027-01-01T00:00:00Z'))).rejects.toMatchObject({
      code: 'mandate_missing',
    })
  })

  test('a mandate for one school is not one for the board, nor for another school', async () => {
    const personId = await addPerson(null)
    await asJob((tx) =>
      tx
        .insertInto('mandates')
        .values({
          board_id: world.boardId,
          mandate_id: newId(broker.clock.now()),
          person_id: personId,
          role: 'consent_officer',
          school_id: world.schoolId,
          starts_at: world.since,
        })
        .execute(),
    )
    const actor = { ...world.people.sara.actor, personId }
    const of = (schoolId?: SchoolId) => asJob((tx) => mustHold(tx, actor, ['consent_officer'], broker.clock.now(), schoolId))
    expect(await of(world.schoolId)).toHaveLength(1)
    await expect(of()).rejects.toMatchObject({ code: 'mandate_missing' })
    await expect(of(newId<SchoolId>(broker.clock.now()))).rejects.toMatchObject({ code: 'mandate_missing' })
    expect(await asJob((tx) => mandatesOf(tx, world.boardId, personId, broker.clock.now()))).toHaveLength(1)
  })
})

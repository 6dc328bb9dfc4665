import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inTransaction, type Tx } from '../../src/database.ts'
import { type GuardianshipId, newId, type PersonId } from '../../src/ids.ts'
import { addPerson } from '../../src/people/add-person.ts'
import { endEmployment } from '../../src/people/end-employment.ts'
import { endEnrolment } from '../../src/people/end-enrolment.ts'
import { acceptInvitation, invite } from '../../src/people/invitations.ts'
import type { MandateRole } from '../../src/people/mandate.ts'
import { mandatesOf } from '../../src/people/mandates.ts'
import { endGuardianship, type NewGuardianship, recordGuardianship } from '../../src/people/record-guardianship.ts'
import { currentTenure, subjectFacts } from '../../src/people/store.ts'
import { whoMayAnswer } from '../../src/people/who-may-answer.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { ledgerOf, untilWaiting, whileHeld } from '../support/held.ts'
import { expectLedgerWhole, told } from '../support/ledger.ts'
import { endOf, liveToken } from '../support/live-token.ts'
import { race, withoutRowLock } from '../support/race.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

const brokers: TestBroker[] = []
let broker: TestBroker
let world: SmallWorld
beforeEach(async () => {
  broker = await freshBroker()
  brokers.push(broker)
  world = await smallWorld(broker)
})
afterEach(async () => {
  for (const each of brokers.splice(0)) await each.close()
})

type Who = keyof SmallWorld['people']
const asJob = <T>(work: (tx: Tx) => Promise<T>) => inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, work)
const who = (key: Who) => world.people[key]
const record = (by: Who, guardian: Who, authority: 'yes' | 'no' | 'unknown', more: Partial<NewGuardianship> = {}) =>
  recordGuardianship(broker.deps, who(by).actor, {
    guardianId: who(guardian).id,
    pupilId: who('fatima').id,
    kind: 'parent',
    authority,
    ...more,
  })
const deciders = async (): Promise<PersonId[]> => {
  const facts = await asJob((tx) => subjectFacts(tx, world.boardId, [who('fatima').id]))
  const answer = whoMayAnswer(facts.get(who('fatima').id)!, broker.clock.now())
  return answer.known ? answer.deciders.map(({ personId }) => personId) : []
}
const bothTokens = async () => ({
  organisation: await liveToken(broker, world, await consented(broker, world)),
  subject: await liveToken(broker, world, await consented(broker, world, { approach: 'subject' }), 'subject'),
})
const giveMandate = (key: Who, role: MandateRole, more: object = {}) =>
  asJob((tx) =>
    tx
      .insertInto('mandates')
      .values({
        board_id: world.boardId,
        mandate_id: newId(broker.clock.now()),
        person_id: who(key).id,
        role,
        starts_at: world.since,
        ...more,
      })
      .execute(),
  )

describe('Recording who may speak for a pupil (INV-08)', () => {
  test('what staff found out counts at once and replaces what was there', async () => {
    expect(await deciders()).toHaveLength(2)
    broker.clock.pass({ hours: 1 })
    const guardianshipId = await record('joost', 'karim', 'no')
    expect(await deciders()).toEqual([who('nadia').id])
    const open =
      await broker.owner`select guardianship_id, source, recorded_by from guardianships where guardian_id = ${who('karim').id} and ends_at is null`
    expect(open).toEqual([{ guardianship_id: guardianshipId, source: 'staff', recorded_by: who('joost').id }])
    broker.clock.pass({ hours: 1 })
    await record('mirjam', 'karim', 'yes', { endsAt: new Date('2027-01-01T00:00:00Z') })
    expect(await deciders()).toHaveLength(2)
    broker.clock.set('2027-01-01T00:00:00Z')
    expect(await deciders()).toEqual([who('nadia').id])
    await expectLedgerWhole(broker, world.boardId)
  })

  test.each<[string, () => Promise<unknown>, string]>([
    ['a teacher may not', () => record('pim', 'karim', 'yes'), 'mandate_missing'],
    ['nor a data protection officer', () => record('els', 'karim', 'yes'), 'mandate_missing'],
    ['nor a parent', () => record('nadia', 'karim', 'no'), 'mandate_missing'],
    ['nobody records their own', () => record('joost', 'joost', 'yes'), 'not_allowed'],
    ['a pupil is not their own guardian', () => record('joost', 'fatima', 'yes'), 'input_invalid'],
    ['who is not there', () => record('joost', 'karim', 'yes', { guardianId: newId<PersonId>(new Date()) }), 'person_not_found'],
    ['an end that is past', () => record('joost', 'karim', 'yes', { endsAt: new Date('2020-01-01') }), 'input_invalid'],
  ])('%s', async (_, act, code) => {
    await expect(act()).rejects.toMatchObject({ code })
    expect(await deciders()).toHaveLength(2)
    expect(await told(broker, 'guardianship_recorded')).toEqual([])
  })

  test('a mandate of another school does not reach this pupil', async () => {
    const [elsewhere] = [newId<never>(broker.clock.now())]
    await asJob((tx) =>
      tx.insertInto('schools').values({ board_id: world.boardId, school_id: elsewhere, name: 'Elders', brin: '99ZB' }).execute(),
    )
    await giveMandate('sara', 'consent_officer', { school_id: elsewhere })
    await expect(record('sara', 'karim', 'no')).rejects.toMatchObject({ code: 'mandate_missing' })
    await giveMandate('sara', 'consent_officer', { school_id: world.schoolId })
    await record('sara', 'karim', 'no')
  })

  test('one account never gets two guardians of one child, also not this way', async () => {
    await asJob(async (tx) => {
      await tx.deleteFrom('account_persons').where('person_id', '=', who('sara').id).execute()
      await tx
        .insertInto('account_persons')
        .values({ account_id: who('nadia').account, board_id: world.boardId, person_id: who('sara').id, claimed_at: world.since })
        .execute()
    })
    await expect(record('joost', 'sara', 'yes')).rejects.toMatchObject({ code: 'two_guardians_one_account' })
    await asJob((tx) =>
      tx.updateTable('guardianships').set({ ends_at: broker.clock.now() }).where('guardian_id', '=', who('nadia').id).execute(),
    )
    broker.clock.pass({ hours: 1 })
    await record('joost', 'sara', 'yes')
  })

  race(
    'recorded and claimed at the same moment: one of the two',
    { 'without the lock on the register': withoutRowLock('boards') },
    async () => {
      await asJob((tx) => tx.deleteFrom('account_persons').where('person_id', '=', who('sara').id).execute())
      const code = await asJob((tx) =>
        invite(tx, broker.clock.now(), { boardId: world.boardId, personId: who('sara').id, email: who('nadia').email }),
      )
      const ended = await whileHeld<unknown>(broker, ledgerOf(world.boardId), [
        () => record('joost', 'sara', 'yes'),
        () => acceptInvitation(broker.deps, who('nadia').account, code),
      ])
      expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      expect(ended.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'two_guardians_one_account' } })
    },
  )

  test('tokens about the pupil end, each told in its own chain (INV-01)', async () => {
    const tokens = await bothTokens()
    await record('joost', 'karim', 'no')
    expect(await endOf(broker, tokens.organisation)).toEqual({ because: 'guardianship_recorded', bit: true })
    expect(await endOf(broker, tokens.subject)).toEqual({ because: 'guardianship_recorded', bit: true })
    const entries = await told(broker, 'guardianship_recorded', 'tokens_ended')
    expect(entries.map(({ chain, facts }) => [chain, facts.endedTokens])).toEqual([
      [`${world.boardId}:organisation`, [tokens.organisation]],
      [`${world.boardId}:subject`, [tokens.subject]],
    ])
    await expectLedgerWhole(broker, world.boardId)
  })
})

describe('Somebody no roster brings', () => {
  test('a mentor is entered by staff, and decides once their mandate is recorded', async () => {
    await expect(addPerson(broker.deps, who('pim').actor, { givenName: 'M', familyName: 'N' })).rejects.toMatchObject({
      code: 'mandate_missing',
    })
    const mentor = await addPerson(broker.deps, who('joost').actor, {
      givenName: 'Mentor',
      familyName: 'Zorg',
      email: 'mentor@zorg.example',
    })
    expect(await deciders()).not.toContain(mentor)
    await record('joost', 'karim', 'yes', { guardianId: mentor, kind: 'mentor' })
    expect(await deciders()).toContain(mentor)
    expect(await told(broker, 'person_added')).toMatchObject([{ ref: mentor, facts: {} }])
  })
})

describe('Ending a guardianship', () => {
  test('by staff of the school, once, with the tokens about the pupil', async () => {
    const token = (await bothTokens()).organisation
    await expect(endGuardianship(broker.deps, who('pim').actor, world.guardianships.karim)).rejects.toMatchObject({
      code: 'mandate_missing',
    })
    await endGuardianship(broker.deps, who('joost').actor, world.guardianships.karim)
    expect(await deciders()).toEqual([who('nadia').id])
    expect(await endOf(broker, token)).toMatchObject({ because: 'guardianship_ended' })
    for (const id of [world.guardianships.karim, newId<GuardianshipId>(broker.clock.now())]) {
      await expect(endGuardianship(broker.deps, who('joost').actor, id)).rejects.toMatchObject({ code: 'guardianship_not_found' })
    }
    const [row] = await broker.owner`select ended_by from guardianships where guardianship_id = ${world.guardianships.karim}`
    expect(row!.ended_by).toBe(who('joost').id)
  })
})

describe('Ending an enrolment', () => {
  test('stops what was shared on it, in both approaches', async () => {
    const tokens = await bothTokens()
    await expect(endEnrolment(broker.deps, who('joost').actor, world.tenures.fatima!)).rejects.toMatchObject({ code: 'mandate_missing' })
    await endEnrolment(broker.deps, who('mirjam').actor, world.tenures.fatima!)
    expect(await asJob((tx) => currentTenure(tx, world.boardId, who('fatima').id, broker.clock.now()))).toBeUndefined()
    for (const token of Object.values(tokens)) expect(await endOf(broker, token)).toEqual({ because: 'enrolment_ended', bit: true })
    await expect(endEnrolment(broker.deps, who('mirjam').actor, world.tenures.fatima!)).rejects.toMatchObject({ code: 'tenure_not_found' })
    expect((await told(broker, 'enrolment_ended', 'tokens_ended')).map(({ facts }) => facts.endedTokens)).toEqual([
      [tokens.organisation],
      [tokens.subject],
    ])
    await expectLedgerWhole(broker, world.boardId)
  })

  race(
    'waits for who leans on it, and then ends the token they made (INV-01)',
    { 'where it ends no tokens': { statements: /t\.ended_at is null/, become: 'false' } },
    async () => {
      const given = await consented(broker, world)
      let ending: Promise<unknown> | undefined
      let token: Awaited<ReturnType<typeof liveToken>> | undefined
      await asJob(async (tx) => {
        await tx.selectFrom('enrolments').select('enrolment_id').where('enrolment_id', '=', world.tenures.fatima!).forShare().execute()
        ending = endEnrolment(broker.deps, who('mirjam').actor, world.tenures.fatima!)
        await untilWaiting(broker, 1)
        token = await liveToken(broker, world, given)
      })
      await ending
      expect(await endOf(broker, token!)).toMatchObject({ because: 'enrolment_ended' })
    },
  )

  race(
    'twice at once: once',
    {
      'where what ended can end': [
        {
          statements: /(update "enrolments".*"enrolment_id" = \$\d+) and \("ends_at".*?\)(?= returning)/,
          become: '$1',
        },
        withoutRowLock('boards'),
      ],
    },
    async () => {
      const ended = await whileHeld(broker, (sql) => sql`select from enrolments for update`, [
        () => endEnrolment(broker.deps, who('mirjam').actor, world.tenures.fatima!),
        () => endEnrolment(broker.deps, who('mirjam').actor, world.tenures.fatima!),
      ])
      expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      expect(await told(broker, 'enrolment_ended')).toHaveLength(1)
    },
  )
})

describe('Ending an employment (P41)', () => {
  test('takes the mandates along, and what was shared', async () => {
    await endEmployment(broker.deps, who('mirjam').actor, world.tenures.joost!)
    expect(await asJob((tx) => mandatesOf(tx, world.boardId, who('joost').id, broker.clock.now()))).toEqual([])
    expect(await told(broker, 'employment_ended')).toMatchObject([{ facts: { endedMandates: [expect.any(String)] } }])
    await expect(endEmployment(broker.deps, who('mirjam').actor, world.tenures.joost!)).rejects.toMatchObject({ code: 'tenure_not_found' })
  })

  test('not the last administrator’s, and not by who has no mandate', async () => {
    await expect(endEmployment(broker.deps, who('mirjam').actor, world.tenures.mirjam!)).rejects.toMatchObject({
      code: 'last_administrator',
    })
    await expect(endEmployment(broker.deps, who('pim').actor, world.tenures.joost!)).rejects.toMatchObject({ code: 'mandate_missing' })
    expect(await told(broker, 'employment_ended')).toEqual([])
  })

  test('who works somewhere else of the board too keeps the mandates', async () => {
    await asJob((tx) =>
      tx
        .insertInto('employments')
        .values({ board_id: world.boardId, employment_id: newId(broker.clock.now()), person_id: who('joost').id, starts_at: world.since })
        .execute(),
    )
    await endEmployment(broker.deps, who('mirjam').actor, world.tenures.joost!)
    expect(await asJob((tx) => mandatesOf(tx, world.boardId, who('joost').id, broker.clock.now()))).toHaveLength(1)
  })
})

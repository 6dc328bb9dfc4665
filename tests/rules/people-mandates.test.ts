import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inTransaction, type Tx } from '../../src/database.ts'
import { type MandateId, newId } from '../../src/ids.ts'
import { verifyChain } from '../../src/ledger/verify.ts'
import { endMandate } from '../../src/people/end-mandate.ts'
import { giveMandate, type NewMandate } from '../../src/people/give-mandate.ts'
import { goesWith, type MandateRole } from '../../src/people/mandate.ts'
import { mandatesOf, mustHold } from '../../src/people/mandates.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { ledgerOf, untilWaiting, whileHeld } from '../support/held.ts'
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
const give = (by: Who, to: Who, role: MandateRole, more: Partial<NewMandate> = {}) =>
  giveMandate(broker.deps, world.people[by].actor, { personId: world.people[to].id, role, ...more })
const end = (by: Who, mandateId: MandateId) => endMandate(broker.deps, world.people[by].actor, mandateId)
const held = async (who: Who) =>
  (await asJob((tx) => mandatesOf(tx, world.boardId, world.people[who].id, broker.clock.now()))).map(({ role }) => role)
const mandateOf = async (who: Who, role: MandateRole) =>
  (await asJob((tx) => mandatesOf(tx, world.boardId, world.people[who].id, broker.clock.now()))).find((mandate) => mandate.role === role)!
    .mandateId

describe('Giving a mandate (D11)', () => {
  test('an administrator gives it, it holds at once and the ledger tells', async () => {
    const mandateId = await give('mirjam', 'sara', 'consent_officer')
    expect(await held('sara')).toEqual(['consent_officer'])
    const [entry] = await asJob((tx) => tx.selectFrom('ledger').selectAll().execute())
    expect(entry).toMatchObject({ event: 'mandate_given', ref: mandateId, actor: `person:${world.people.mirjam.id}` })
    expect(await asJob((tx) => verifyChain(tx, `${world.boardId}:organisation`))).toMatchObject({ whole: true })
  })

  test.each<[string, Who, Who, MandateRole, Partial<NewMandate>, string]>([
    ['nobody without the mandate for it', 'pim', 'sara', 'teacher', {}, 'mandate_missing'],
    ['nor a data protection officer', 'els', 'sara', 'teacher', {}, 'mandate_missing'],
    ['not to oneself', 'mirjam', 'mirjam', 'signatory', {}, 'mandate_to_oneself'],
    ['not to who does not work here', 'mirjam', 'nadia', 'teacher', {}, 'not_employed'],
    ['not a deciding one to the data protection officer', 'mirjam', 'els', 'consent_officer', {}, 'dpo_cannot_decide'],
    ['not that of data protection officer to a signatory', 'mirjam', 'ruud', 'dpo', {}, 'dpo_cannot_decide'],
    ['not for a school that is not there', 'mirjam', 'sara', 'teacher', { schoolId: newId(new Date()) }, 'school_not_found'],
    ['not one that has ended already', 'mirjam', 'sara', 'teacher', { endsAt: new Date('2020-01-01') }, 'input_invalid'],
  ])('%s', async (_, by, to, role, more, code) => {
    await expect(give(by, to, role, more)).rejects.toMatchObject({ code })
    expect(await asJob((tx) => tx.selectFrom('ledger').select('seq').execute())).toEqual([])
  })

  test('not to another person of one’s own account', async () => {
    await asJob(async (tx) => {
      await tx.deleteFrom('account_persons').where('person_id', '=', world.people.sara.id).execute()
      await tx
        .insertInto('account_persons')
        .values({
          account_id: world.people.mirjam.account,
          board_id: world.boardId,
          person_id: world.people.sara.id,
          claimed_at: broker.clock.now(),
        })
        .execute()
    })
    await expect(give('mirjam', 'sara', 'signatory')).rejects.toMatchObject({ code: 'mandate_to_oneself' })
  })

  test('what one person of an account holds counts for the other (P45)', async () => {
    await broker.owner`update account_persons set account_id = ${world.people.els.account} where person_id = ${world.people.sara.id}`
    await expect(give('mirjam', 'sara', 'signatory')).rejects.toMatchObject({ code: 'dpo_cannot_decide' })
    await give('mirjam', 'sara', 'teacher')
  })

  test('for later it holds from that day, until that day', async () => {
    const [startsAt, endsAt] = [3, 5].map((days) => new Date(broker.clock.now().getTime() + days * 86_400_000)) as [Date, Date]
    await expect(give('mirjam', 'sara', 'teacher', { startsAt: endsAt, endsAt: startsAt })).rejects.toMatchObject({ code: 'input_invalid' })
    await give('mirjam', 'sara', 'teacher', { startsAt, endsAt })
    const holds: string[][] = []
    for (let day = 0; day < 6; day++) {
      holds.push(await held('sara'))
      broker.clock.pass({ days: 1 })
    }
    expect(holds).toEqual([[], [], [], ['teacher'], ['teacher'], []])
  })

  const deciding: Record<MandateRole, boolean> = {
    administrator: true,
    school_leader: true,
    signatory: true,
    consent_officer: true,
    teacher: false,
    dpo: false,
    concierge: false,
  }
  test.each(Object.entries(deciding) as [MandateRole, boolean][])('%s beside dpo (P45)', (role, decides) => {
    if (role === 'dpo') return
    expect(goesWith(role, ['dpo'])).toBe(!decides)
    expect(goesWith('dpo', [role])).toBe(!decides)
    expect(goesWith(role, ['teacher', 'concierge'])).toBe(true)
  })
})

describe('Ending a mandate', () => {
  test('by an administrator or by its holder, from that moment', async () => {
    const mandateId = await give('mirjam', 'sara', 'consent_officer')
    broker.clock.pass({ days: 1 })
    await expect(end('pim', mandateId)).rejects.toMatchObject({ code: 'mandate_missing' })
    await end('sara', mandateId)
    expect(await held('sara')).toEqual([])
    await expect(end('mirjam', mandateId)).rejects.toMatchObject({ code: 'mandate_not_found' })
    await end('mirjam', await mandateOf('joost', 'consent_officer'))
    expect(await held('joost')).toEqual([])
  })

  test('the last administrator stays', async () => {
    await expect(end('mirjam', await mandateOf('mirjam', 'administrator'))).rejects.toMatchObject({ code: 'last_administrator' })
    expect(await held('mirjam')).toContain('administrator')
  })

  test('also where another one ends by itself, or cannot sign in: the board would soon have nobody', async () => {
    const endsAt = new Date(broker.clock.now().getTime() + 86_400_000)
    const forADay = await give('mirjam', 'sara', 'administrator', { endsAt })
    const own = await mandateOf('mirjam', 'administrator')
    await expect(end('mirjam', own)).rejects.toMatchObject({ code: 'last_administrator' })
    await end('mirjam', forADay)
    await give('mirjam', 'sara', 'administrator')
    const account = await broker.owner`delete from account_persons where person_id = ${world.people.sara.id} returning *`
    await expect(end('mirjam', own)).rejects.toMatchObject({ code: 'last_administrator' })
    await broker.owner`insert into account_persons ${broker.owner(account)}`
    await end('mirjam', own)
    expect(await held('mirjam')).not.toContain('administrator')
  })

  race(
    'two administrators who end each other at once: one goes, one stays',
    { 'without the lock on the register, nor on the mandates': [withoutRowLock('boards'), withoutRowLock('mandates')] },
    async () => {
      const second = await give('mirjam', 'joost', 'administrator')
      const first = await mandateOf('mirjam', 'administrator')
      const ended = await whileHeld(broker, ledgerOf(world.boardId), [() => end('mirjam', second), () => end('joost', first)])
      expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      expect(ended.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'mandate_missing' } })
      expect([...(await held('mirjam')), ...(await held('joost'))].filter((role) => role === 'administrator')).toHaveLength(1)
    },
  )

  race(
    'signatory and data protection officer given to one person at once: one of the two (P45)',
    { 'without the lock on the register': withoutRowLock('boards') },
    async () => {
      await asJob((tx) => tx.updateTable('mandates').set({ ends_at: broker.clock.now() }).where('role', '=', 'dpo').execute())
      await give('mirjam', 'joost', 'administrator')
      const given = await whileHeld(broker, ledgerOf(world.boardId), [
        () => give('mirjam', 'sara', 'dpo'),
        () => give('joost', 'sara', 'signatory'),
      ])
      expect(given.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      expect(given.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'dpo_cannot_decide' } })
    },
  )

  race(
    'what was begun on a mandate is through before its end (INV-08)',
    { 'without the hold on the mandate': withoutRowLock('mandates') },
    async () => {
      const mandateId = await mandateOf('joost', 'consent_officer')
      const steps: string[] = []
      let ending: Promise<unknown> | undefined
      await inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, async (tx) => {
        await mustHold(tx, world.people.joost.actor, ['consent_officer'], broker.clock.now())
        ending = end('mirjam', mandateId).then(() => steps.push('ended'))
        await untilWaiting(broker, 1)
        steps.push('acted')
      })
      await ending
      expect(steps).toEqual(['acted', 'ended'])
      await expect(asJob((tx) => mustHold(tx, world.people.joost.actor, ['consent_officer'], broker.clock.now()))).rejects.toMatchObject({
        code: 'mandate_missing',
      })
    },
  )
})

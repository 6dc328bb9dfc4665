import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addAddress } from '../../src/accounts/address.ts'
import { signInWithLetter } from '../../src/accounts/letter.ts'
import { sessionOf } from '../../src/accounts/sessions.ts'
import { inTransaction, type Tx } from '../../src/database.ts'
import { acceptInvitation, invite, printInvitation } from '../../src/people/invitations.ts'
import { endGuardianship } from '../../src/people/record-guardianship.ts'
import { personsOfAccount } from '../../src/people/store.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { whileHeld } from '../support/held.ts'
import { expectLedgerWhole, told } from '../support/ledger.ts'
import { race, takenAgain } from '../support/race.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

const brokers: TestBroker[] = []
let broker: TestBroker
let world: SmallWorld
beforeEach(async () => {
  broker = await freshBroker()
  brokers.push(broker)
  world = await smallWorld(broker)
  // Karim has no account yet: he shares Nadia's address.
  await broker.owner`delete from account_persons where person_id = ${world.people.karim.id}`
})
afterEach(async () => {
  for (const each of brokers.splice(0)) await each.close()
})

const asJob = <T>(work: (tx: Tx) => Promise<T>) => inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, work)
const letterFor = (who: keyof SmallWorld['people'] = 'karim', seen: Date | null = null) =>
  printInvitation(broker.deps, world.people.mirjam.actor, world.people[who].id, { seen })
const comeIn = (code: string) => signInWithLetter(broker.deps, { code, language: 'nl' })
const sessionIn = async (token: string) => (await sessionOf(broker.db, token, broker.clock.now()))!

describe('A code on paper (one account never holds two guardians of one child)', () => {
  test('gives the second parent an account of his own, without any address, once', async () => {
    const code = await letterFor()
    await expect(acceptInvitation(broker.deps, world.people.nadia.account, code)).rejects.toMatchObject({
      code: 'two_guardians_one_account',
    })
    const { accountId, email } = await sessionIn(await comeIn(code))
    expect(email).toBeNull()
    expect(await personsOfAccount(broker.db, accountId)).toEqual([{ boardId: world.boardId, personId: world.people.karim.id }])
    await expect(comeIn(code)).rejects.toMatchObject({ code: 'invitation_invalid' })
    expect(await broker.owner`select from accounts where email is null`, 'a code that failed leaves no account').toHaveLength(1)
    await broker.owner`delete from account_persons where person_id = ${world.people.karim.id}`
    await expect(comeIn(code), 'also when nobody holds the person any more').rejects.toMatchObject({ code: 'invitation_invalid' })
    const [made] = await told(broker, 'invitation_made')
    expect(made).toMatchObject({ ref: world.people.karim.id, facts: { on: 'paper' } })
    await expectLedgerWhole(broker, world.boardId)
  })

  test('or ties him to the account of an address of his own', async () => {
    const code = await letterFor()
    await acceptInvitation(broker.deps, world.people.karim.account, code.toLowerCase().replaceAll('-', ' '))
    expect(await personsOfAccount(broker.db, world.people.karim.account)).toHaveLength(1)
  })

  test('is kept hashed, works for thirty days, and ends when another invitation is made', async () => {
    const code = await letterFor()
    expect(JSON.stringify(await broker.owner`select * from invitations`)).not.toContain(code)
    await expect(letterFor(), 'by who saw nothing of the first').rejects.toMatchObject({ code: 'changed_meanwhile' })
    const newer = await letterFor('karim', broker.clock.now())
    await expect(comeIn(code)).rejects.toMatchObject({ code: 'invitation_invalid' })
    broker.clock.pass({ days: 30 })
    await expect(comeIn(newer)).rejects.toMatchObject({ code: 'invitation_invalid' })
    broker.clock.pass({ seconds: -1 })
    await comeIn(newer)
    await expect(letterFor()).rejects.toMatchObject({ code: 'person_claimed_already' })
  })

  test('a code that went by mail is no code on paper: it stays bound to its address', async () => {
    const code = await asJob((tx) => invite(tx, broker.clock.now(), { boardId: world.boardId, personId: world.people.karim.id }))
    await expect(comeIn(code)).rejects.toMatchObject({ code: 'invitation_invalid' })
    expect(await broker.owner`select from accounts where email is null`).toHaveLength(0)
  })

  race(
    'of two who type it at the same moment one comes in',
    {
      'where a used invitation is taken': [
        { statements: /(update "invitations".*) and "used_at" is null/, become: '$1' },
        ...takenAgain('account_persons', 'claimed_at'),
      ],
    },
    async () => {
      const code = await letterFor()
      const ended = await whileHeld(broker, (sql) => sql`select from invitations for update`, [() => comeIn(code), () => comeIn(code)])
      expect(ended.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'invitation_invalid' } })
      expect(await broker.owner`select from accounts where email is null`).toHaveLength(1)
    },
  )

  test('whoever types codes that are none takes nothing from who has one, on the same network', async () => {
    for (let guess = 0; guess < 31; guess += 1) {
      await expect(comeIn('0000-0000-0000-0000')).rejects.toMatchObject({ code: 'invitation_invalid' })
    }
    await comeIn(await letterFor())
  })
})

describe('Who makes it', () => {
  test('somebody who may invite, and nobody for their own family, also not for who had authority before', async () => {
    const { pim, karim, fatima, nadia, mirjam, joost } = world.people
    await expect(printInvitation(broker.deps, pim.actor, karim.id)).rejects.toMatchObject({ code: 'mandate_missing' })
    // Nadia works here too now, and keeps the register.
    await broker.owner`update mandates set person_id = ${nadia.id} where role = 'consent_officer' and person_id = ${joost.id}`
    await broker.owner`delete from account_persons where person_id = ${fatima.id}`
    for (const person of [karim, fatima]) {
      await expect(printInvitation(broker.deps, nadia.actor, person.id)).rejects.toMatchObject({ code: 'not_allowed' })
    }
    await endGuardianship(broker.deps, mirjam.actor, world.guardianships.karim)
    await expect(printInvitation(broker.deps, nadia.actor, karim.id)).rejects.toMatchObject({ code: 'not_allowed' })
    await printInvitation(broker.deps, mirjam.actor, fatima.id)
  })
})

describe('An address added later', () => {
  test('is one of his own: an address is of one account only, and an account has one', async () => {
    const { accountId } = await sessionIn(await comeIn(await letterFor()))
    await expect(addAddress(broker.deps, accountId, world.people.nadia.email)).rejects.toMatchObject({ code: 'address_taken' })
    await addAddress(broker.deps, accountId, 'karim@eigen.example')
    await expect(addAddress(broker.deps, accountId, 'karim@tweede.example')).rejects.toMatchObject({ code: 'changed_meanwhile' })
    expect(await broker.owner`select email from accounts where account_id = ${accountId}`).toEqual([{ email: 'karim@eigen.example' }])
  })

  race(
    'two who add the same address at the same moment: one has it',
    { 'without the constraint on addresses': { schema: 'alter table accounts drop constraint accounts_email_key' } },
    async () => {
      const first = await sessionIn(await comeIn(await letterFor()))
      await broker.owner`delete from account_persons where person_id = ${world.people.sara.id}`
      const second = await sessionIn(await comeIn(await letterFor('sara')))
      const ended = await whileHeld(
        broker,
        (sql) => sql`select from accounts where email is null for update`,
        [first, second].map(
          ({ accountId }) =>
            () =>
              addAddress(broker.deps, accountId, 'samen@gezin.example'),
        ),
      )
      expect(ended.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : one.status)).toSorted()).toEqual([
        'address_taken',
        'fulfilled',
      ])
    },
  )
})

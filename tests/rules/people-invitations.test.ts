import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inTransaction, type Tx } from '../../src/database.ts'
import { type AccountId, newId, type PersonId, type SchoolId } from '../../src/ids.ts'
import { verifyChain } from '../../src/ledger/verify.ts'
import { addPerson } from '../../src/people/add-person.ts'
import { endMandate } from '../../src/people/end-mandate.ts'
import { giveMandate } from '../../src/people/give-mandate.ts'
import { acceptInvitation, invite, invitePerson } from '../../src/people/invitations.ts'
import { endGuardianship, recordGuardianship } from '../../src/people/record-guardianship.ts'
import { personsOfAccount } from '../../src/people/store.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { ledgerOf, whileHeld } from '../support/held.ts'
import { race, takenAgain, withoutRowLock } from '../support/race.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

const brokers: TestBroker[] = []
let broker: TestBroker
let world: SmallWorld
beforeEach(async () => {
  broker = await freshBroker()
  brokers.push(broker)
  world = await smallWorld(broker)
  // Nobody of the family has an account yet.
  await asJob((tx) =>
    tx
      .deleteFrom('account_persons')
      .where('person_id', 'in', [world.people.nadia.id, world.people.karim.id, world.people.fatima.id])
      .execute(),
  )
})
afterEach(async () => {
  for (const each of brokers.splice(0)) await each.close()
})

type Who = keyof SmallWorld['people']
const asJob = <T>(work: (tx: Tx) => Promise<T>) => inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, work)
const inviteNow = (who: Who, email?: string) =>
  asJob((tx) => invite(tx, broker.clock.now(), { boardId: world.boardId, personId: world.people[who].id, email }))
const accept = (who: Who, code: string) => acceptInvitation(broker.deps, world.people[who].account, code)

describe('An invitation (INV-11)', () => {
  test('ties a person to the account of the address it went to, once', async () => {
    const code = await inviteNow('nadia')
    expect(code).toMatch(/^[\w-]{43}$/)
    expect(await accept('nadia', code)).toEqual({ boardId: world.boardId, personId: world.people.nadia.id })
    expect(await personsOfAccount(broker.db, world.people.nadia.account)).toHaveLength(1)
    await expect(accept('nadia', code)).rejects.toMatchObject({ code: 'invitation_invalid' })
    const [entry] = await asJob((tx) => tx.selectFrom('ledger').selectAll().execute())
    expect(entry).toMatchObject({ event: 'person_claimed', ref: world.people.nadia.id })
    expect(JSON.stringify(entry)).not.toContain('gezin.example')
    expect(await asJob((tx) => verifyChain(tx, `${world.boardId}:organisation`))).toMatchObject({ whole: true })
  })

  test('is not kept readable', async () => {
    const code = await inviteNow('nadia')
    const rows = await broker.owner`select * from invitations`
    expect(JSON.stringify(rows)).not.toContain(code)
  })

  test('works for no other account, and says no more than that', async () => {
    const code = await inviteNow('nadia')
    await expect(accept('karim', code)).rejects.toMatchObject({ code: 'invitation_invalid', details: {} })
    await expect(accept('karim', 'not-a-code')).rejects.toMatchObject({ code: 'invitation_invalid', details: {} })
    await accept('nadia', code)
  })

  test('ends after thirty days, and when a newer one is made', async () => {
    const first = await inviteNow('nadia', 'ergens.anders@gezin.example')
    const second = await inviteNow('nadia')
    const [elsewhere] = [newId<AccountId>(broker.clock.now())]
    await broker.db
      .insertInto('accounts')
      .values({ account_id: elsewhere, email: 'ergens.anders@gezin.example', created_at: world.since })
      .execute()
    await expect(acceptInvitation(broker.deps, elsewhere, first)).rejects.toMatchObject({ code: 'invitation_invalid' })
    broker.clock.pass({ days: 30 })
    await expect(accept('nadia', second)).rejects.toMatchObject({ code: 'invitation_invalid' })
    broker.clock.pass({ seconds: -1 })
    await accept('nadia', second)
  })

  test('is not made for who has an account, has no address or is not there', async () => {
    await expect(inviteNow('sara')).rejects.toMatchObject({ code: 'person_claimed_already' })
    await expect(inviteNow('fatima')).rejects.toMatchObject({ code: 'person_without_email' })
    await asJob((tx) =>
      tx.updateTable('persons').set({ erased_at: broker.clock.now() }).where('person_id', '=', world.people.karim.id).execute(),
    )
    await expect(inviteNow('karim')).rejects.toMatchObject({ code: 'person_not_found' })
  })

  race(
    'two clicks at once claim once',
    {
      'where a used invitation is taken': [
        { statements: /(update "invitations".*) and "used_at" is null/, become: '$1' },
        ...takenAgain('account_persons', 'claimed_at'),
      ],
    },
    async () => {
      const code = await inviteNow('nadia')
      const ended = await whileHeld(broker, (sql) => sql`select from invitations for update`, [
        () => accept('nadia', code),
        () => accept('nadia', code),
      ])
      expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      expect(ended.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'invitation_invalid' } })
    },
  )
})

describe('One account never holds two guardians of one child', () => {
  const shared = 'nadia@gezin.example'

  test('the second is refused, and the invitation is not used up', async () => {
    await accept('nadia', await inviteNow('nadia'))
    const code = await inviteNow('karim', shared)
    await expect(accept('nadia', code)).rejects.toMatchObject({ code: 'two_guardians_one_account' })
    expect(await personsOfAccount(broker.db, world.people.nadia.account)).toHaveLength(1)
    const [row] = await broker.owner`select used_at from invitations where person_id = ${world.people.karim.id}`
    expect(row?.used_at).toBeNull()
  })

  race('also when both are claimed at once', { 'without the lock on the account': withoutRowLock('accounts') }, async () => {
    const codes = [await inviteNow('nadia'), await inviteNow('karim', shared)]
    // Held at the very end, so that each has looked for the other's claim before either commits.
    const ended = await whileHeld(
      broker,
      ledgerOf(world.boardId),
      codes.map((code) => () => accept('nadia', code)),
    )
    expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(ended.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'two_guardians_one_account' } })
  })

  test('nor a child and their guardian', async () => {
    await accept('nadia', await inviteNow('nadia'))
    const code = await inviteNow('fatima', shared)
    await expect(accept('nadia', code)).rejects.toMatchObject({ code: 'pupil_and_guardian_one_account' })
  })

  test('but a parent who also works at the school has both', async () => {
    await asJob((tx) => tx.deleteFrom('account_persons').where('person_id', '=', world.people.sara.id).execute())
    await accept('nadia', await inviteNow('nadia'))
    await accept('nadia', await inviteNow('sara', shared))
    expect(await personsOfAccount(broker.db, world.people.nadia.account)).toHaveLength(2)
  })
})

describe('Nobody claims what they themselves recorded (INV-08)', () => {
  const newcomer = async () => {
    const { joost } = world.people
    return await addPerson(broker.deps, joost.actor, { givenName: 'J.', familyName: 'de Voogd', email: joost.email })
  }
  const codeFor = (personId: PersonId, email: string) =>
    asJob((tx) => invite(tx, broker.clock.now(), { boardId: world.boardId, personId, email }))
  const speaksFor = (by: Who, guardianId: PersonId) =>
    recordGuardianship(broker.deps, world.people[by].actor, {
      guardianId,
      pupilId: world.people.fatima.id,
      kind: 'guardian',
      authority: 'yes',
    })

  test('an officer who enters herself as a guardian gets no say by it; one that a colleague recorded does', async () => {
    const personId = await newcomer()
    const own = await speaksFor('joost', personId)
    const code = await codeFor(personId, world.people.joost.email)
    await expect(accept('joost', code)).rejects.toMatchObject({ code: 'guardianship_by_oneself' })
    expect(await personsOfAccount(broker.db, world.people.joost.account)).toHaveLength(1)
    await endGuardianship(broker.deps, world.people.joost.actor, own)
    await speaksFor('mirjam', personId)
    await accept('joost', code)
  })

  test('nor a mandate that they gave to a second person of theirs', async () => {
    const code = await inviteNow('sara', world.people.mirjam.email).catch(() => undefined)
    expect(code, 'who has an account is not invited').toBeUndefined()
    await asJob((tx) => tx.deleteFrom('account_persons').where('person_id', '=', world.people.sara.id).execute())
    const mandate = await giveMandate(broker.deps, world.people.mirjam.actor, { personId: world.people.sara.id, role: 'signatory' })
    const second = await inviteNow('sara', world.people.mirjam.email)
    await expect(accept('mirjam', second)).rejects.toMatchObject({ code: 'mandate_to_oneself' })
    await endMandate(broker.deps, world.people.mirjam.actor, mandate)
    await accept('mirjam', second)
  })

  test('nor both the persons of a data protection officer and of one who decides (P45)', async () => {
    await asJob((tx) => tx.deleteFrom('account_persons').where('person_id', '=', world.people.ruud.id).execute())
    const code = await inviteNow('ruud', world.people.els.email)
    await expect(accept('els', code)).rejects.toMatchObject({ code: 'dpo_cannot_decide' })
    expect(await personsOfAccount(broker.db, world.people.els.account)).toHaveLength(1)
  })
})

describe('Staff invite by mail', () => {
  race(
    'two who invite one person at once: the second is told, and the first code stays good',
    { 'without the lock on the person': withoutRowLock('persons') },
    async () => {
      const { mirjam, joost, karim } = world.people
      const inviting = [mirjam, joost].map(
        ({ actor }) =>
          () =>
            invitePerson(broker.deps, actor, karim.id),
      )
      const ended = await whileHeld(broker, ledgerOf(world.boardId), inviting)
      expect(ended.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'changed_meanwhile' } })
      expect(await broker.owner`select from invitations where expires_at > ${broker.clock.now()}`).toHaveLength(1)
      await invitePerson(broker.deps, joost.actor, karim.id, broker.clock.now())
    },
  )

  test('a consent officer does, and the code in the mail works', async () => {
    await expect(invitePerson(broker.deps, world.people.pim.actor, world.people.karim.id)).rejects.toMatchObject({
      code: 'mandate_missing',
    })
    await invitePerson(broker.deps, world.people.joost.actor, world.people.karim.id)
    const deliveries = await broker.db.selectFrom('deliveries').select('payload').execute()
    expect(deliveries).toHaveLength(1)
    expect(deliveries[0]!.payload).not.toContain('karim')
    const events = await asJob((tx) => tx.selectFrom('ledger').select(['event', 'ref']).execute())
    expect(events).toEqual([{ event: 'invitation_made', ref: world.people.karim.id }])
  })

  test('with a mandate for one school: its parents, not those of another', async () => {
    const [here, elsewhere] = [world.schoolId, newId<SchoolId>(broker.clock.now())]
    await asJob(async (tx) => {
      await tx.insertInto('schools').values({ board_id: world.boardId, school_id: elsewhere, name: 'Elders', brin: '99ZB' }).execute()
      const mandate = { board_id: world.boardId, role: 'school_leader' as const, starts_at: world.since }
      await tx
        .insertInto('mandates')
        .values([
          { ...mandate, mandate_id: newId(broker.clock.now()), person_id: world.people.pim.id, school_id: elsewhere },
          { ...mandate, mandate_id: newId(broker.clock.now()), person_id: world.people.sara.id, school_id: here },
        ])
        .execute()
    })
    await expect(invitePerson(broker.deps, world.people.pim.actor, world.people.karim.id)).rejects.toMatchObject({
      code: 'mandate_missing',
    })
    await invitePerson(broker.deps, world.people.sara.actor, world.people.karim.id)
  })
})

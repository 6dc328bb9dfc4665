import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MemberActor } from '../../src/actors.ts'
import { inTransaction } from '../../src/database.ts'
import { type AccountId, newId } from '../../src/ids.ts'
import { inviteAdministrator, inviteMember, joinSupplier, withdrawInvitation } from '../../src/members/invite-member.ts'
import type { MemberRole } from '../../src/members/member.ts'
import { membershipsOf, membersOfSupplier, mustBeMember, openInvitations } from '../../src/members/members.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import { changeRoles, endMember } from '../../src/requests/change-member.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { ledgerOf, whileHeld } from '../support/held.ts'
import { expectLedgerWhole } from '../support/ledger.ts'
import { raceFrom, without, withoutLock, withoutRowLock } from '../support/race.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let tom: MemberActor
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  const account = await accountOf('tom@rekenplus.example')
  const { code } = await inviteAdministrator(broker.deps, world.supplierId, { email: 'Tom@RekenPlus.example', name: 'Tom' })
  await joinSupplier(broker.deps, account, code)
  tom = await actorOf(account)
  await mailed()
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(() => broker.close())

async function accountOf(email: string): Promise<AccountId> {
  const accountId = newId<AccountId>(broker.clock.now())
  await broker.db.insertInto('accounts').values({ account_id: accountId, email, language: 'nl', created_at: broker.clock.now() }).execute()
  return accountId
}

async function actorOf(accountId: AccountId): Promise<MemberActor> {
  const [membership] = await membershipsOf(broker.db, accountId)
  return { accountId, memberId: membership!.memberId, supplierId: membership!.supplierId }
}

/** The code in the last mail. */
async function mailed(): Promise<string> {
  await deliverMails(broker.deps)
  return /^[\w-]{43}$/m.exec(broker.mails.at(-1)!.text)![0]
}

async function colleague(email: string, roles: MemberRole[]): Promise<MemberActor> {
  await inviteMember(broker.deps, tom, { email, name: email, roles })
  const account = await accountOf(email)
  await joinSupplier(broker.deps, account, await mailed())
  return await actorOf(account)
}

const refused = async (work: Promise<unknown>) => await work.then(() => 'done').catch((error: { code?: string }) => error.code)

describe('Who works for a supplier', () => {
  const joinsAgain = { 'where a used invitation is taken': without(/ and "i"\."used_at" is null/) }
  race('joins by an invitation to their own address, once (INV-11)', joinsAgain, async () => {
    await inviteMember(broker.deps, tom, { email: 'eva@rekenplus.example', name: 'Eva', roles: ['engineer'] })
    const code = await mailed()
    const [eva, other] = [await accountOf('eva@rekenplus.example'), await accountOf('other@rekenplus.example')]
    expect(await refused(joinSupplier(broker.deps, other, code))).toBe('invitation_invalid')
    const joins = await Promise.all(Array.from({ length: 8 }, () => refused(joinSupplier(broker.deps, eva, code))))
    expect(new Set(joins), 'the second press leads where the first led').toEqual(new Set(['done']))
    expect((await membersOfSupplier(broker.db, world.supplierId)).filter(({ name }) => name === 'Eva')).toMatchObject([
      { roles: ['engineer'] },
    ])
    expect(await refused(inviteMember(broker.deps, tom, { email: 'EVA@rekenplus.example', name: 'Eva', roles: ['contracts'] }))).toBe(
      'member_already',
    )
    const joined = (await membersOfSupplier(broker.db, world.supplierId)).find(({ name }) => name === 'Eva')
    await endMember(broker.deps, tom, joined!.memberId)
    expect(await refused(joinSupplier(broker.deps, eva, code)), 'once: not again after they left').toBe('invitation_invalid')
  })

  test('not by an invitation that is over, or that a newer one replaced', async () => {
    const [account, email] = [await accountOf('late@rekenplus.example'), 'late@rekenplus.example']
    const codes: string[] = []
    for (const name of ['Late', 'Later']) {
      await inviteMember(broker.deps, tom, { email, name, roles: ['contracts'] })
      codes.push(await mailed())
    }
    expect(await refused(joinSupplier(broker.deps, account, codes[0]!))).toBe('invitation_invalid')
    broker.clock.pass({ days: 15 })
    expect(await refused(joinSupplier(broker.deps, account, codes[1]!))).toBe('invitation_invalid')
  })

  test('nor by one that was taken back, which only an administrator does; until then it is listed', async () => {
    const [account, email] = [await accountOf('mis@rekenplus.example'), 'mis@rekenplus.example']
    const listed = async () => (await openInvitations(broker.db, world.supplierId, broker.clock.now())).map((one) => one.email)
    await inviteMember(broker.deps, tom, { email, name: 'Mis', roles: ['administrator'] })
    const code = await mailed()
    expect(await listed()).toEqual([email])
    const ella = await colleague('ella@rekenplus.example', ['contracts'])
    expect(await refused(withdrawInvitation(broker.deps, ella, email))).toBe('member_role_missing')
    await withdrawInvitation(broker.deps, tom, 'Mis@RekenPlus.example')
    expect(await listed()).toEqual([])
    expect(await refused(joinSupplier(broker.deps, account, code))).toBe('invitation_invalid')
  })

  test('only an administrator invites, changes and ends; nobody changes oneself; one administrator is always left', async () => {
    const ina = await colleague('ina@rekenplus.example', ['contracts'])
    expect(await refused(inviteMember(broker.deps, ina, { email: 'x@rekenplus.example', name: 'X', roles: ['administrator'] }))).toBe(
      'member_role_missing',
    )
    expect(await refused(changeRoles(broker.deps, ina, { memberId: tom.memberId, roles: ['engineer'] }))).toBe('member_role_missing')
    expect(await refused(changeRoles(broker.deps, tom, { memberId: tom.memberId, roles: ['engineer'] }))).toBe('member_is_oneself')
    expect(await refused(endMember(broker.deps, ina, tom.memberId))).toBe('member_role_missing')
    expect(await refused(endMember(broker.deps, tom, tom.memberId))).toBe('last_administrator')
    const may = (actor: MemberActor, role: MemberRole) =>
      refused(inTransaction(broker.db, { actor: 'client', boards: [] }, (tx) => mustBeMember(tx, actor, [role])))
    expect(await may(ina, 'contracts')).toBe('done')
    await changeRoles(broker.deps, tom, { memberId: ina.memberId, roles: ['administrator', 'case_worker'] })
    expect([await may(ina, 'contracts'), await may(ina, 'case_worker')]).toEqual(['member_role_missing', 'done'])
    await endMember(broker.deps, tom, ina.memberId)
    expect(await may(ina, 'case_worker')).toBe('member_role_missing')
    expect(await membershipsOf(broker.db, ina.accountId)).toEqual([])
  })

  const unheld = { 'without the locks on the members': [withoutLock, withoutRowLock('members')] }
  race('two administrators who remove each other at once leave one', unheld, async () => {
    const ada = await colleague('ada@rekenplus.example', ['administrator'])
    const ended = await whileHeld(broker, ledgerOf(null), [
      () => refused(endMember(broker.deps, tom, ada.memberId)),
      () => refused(endMember(broker.deps, ada, tom.memberId)),
    ])
    const outcomes = ended.map((one) => (one.status === 'fulfilled' ? String(one.value) : 'failed'))
    expect(outcomes.toSorted()).toEqual(['done', 'member_role_missing'])
    const left = (await membersOfSupplier(broker.db, world.supplierId)).filter(({ roles }) => roles.includes('administrator'))
    expect(left).toHaveLength(1)
    await expectLedgerWhole(broker, world.boardId)
  })

  test('somebody of another supplier is nobody here', async () => {
    const account = await accountOf('p@publisher.example')
    const { code } = await inviteAdministrator(broker.deps, world.publisherId, { email: 'p@publisher.example', name: 'P' })
    await joinSupplier(broker.deps, account, code)
    const stranger = await actorOf(account)
    const [someone] = await membersOfSupplier(broker.db, world.supplierId)
    expect(await refused(endMember(broker.deps, stranger, someone!.memberId))).toBe('member_not_found')
    expect(await refused(endMember(broker.deps, { ...stranger, supplierId: world.supplierId }, someone!.memberId))).toBe(
      'member_role_missing',
    )
  })
})

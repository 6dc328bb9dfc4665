import { afterEach, beforeEach, describe, expect } from 'vitest'
import { endAgreement } from '../../src/agreements/end-agreement.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import type { RequestId } from '../../src/ids.ts'
import { releaseRequest } from '../../src/requests/release-request.ts'
import { withdrawRequest } from '../../src/requests/withdraw-request.ts'
import { type Asking, asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { inOrder, type Lock } from '../support/held.ts'
import { told } from '../support/ledger.ts'
import { race, withoutLock, withoutRowLock } from '../support/race.ts'
import { type Requesting, requesting } from '../support/requesting.ts'
import { tellWorld } from '../support/told-world.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let they: Asking & Requesting
beforeEach(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await tellWorld(broker, world)
  they = { ...asking(broker, world), ...requesting(broker, world) }
})
afterEach(() => broker.close())

const requestHeld =
  (requestId: RequestId): Lock =>
  async (sql) =>
    await sql`select pg_advisory_xact_lock(hashtextextended(${`request:${requestId}`}, 0))`
const release = (requestId: RequestId) => releaseRequest(broker.deps, they.staff, { requestId, coversLater: true })

/** A request whose question Nadia said yes to. */
async function answered(): Promise<Awaited<ReturnType<Requesting['forwarded']>>> {
  const forwarded = await they.forwarded()
  await they.answer(world.people.nadia, forwarded.consentId, 'yes')
  return forwarded
}

const requestNotHeld = { 'without the lock on the request': withoutLock }

describe('A release at the same moment as', () => {
  const consentNotHeld = { 'without the hold on the consent': withoutRowLock('consents') }
  race('a parent who stops: after the stop there is nobody’s yes to release on', consentNotHeld, async () => {
    const { requestId, consentId } = await answered()
    const held: Lock = async (sql) => await sql`select from consents where consent_id = ${consentId} for update`
    const ends = await inOrder(
      broker,
      held,
      () => withdrawConsent(broker.deps, world.people.karim.actor, consentId),
      () => release(requestId),
    )
    expect(ends).toEqual(['done', 'nothing_to_release'])
    expect(await they.releases(requestId)).toEqual([])
  })

  const agreementNotHeld = { 'without the hold on the agreement': withoutRowLock('supplier_agreements') }
  race('the end of the agreement: after it nothing covers the use', agreementNotHeld, async () => {
    const { requestId } = await answered()
    const { agreementId } = world
    const held: Lock = async (sql) => await sql`select from supplier_agreements where agreement_id = ${agreementId} for update`
    const ends = await inOrder(
      broker,
      held,
      () => endAgreement(broker.deps, world.people.ruud.actor, { agreementId, because: 'test' }),
      () => release(requestId),
    )
    expect(ends).toEqual(['done', 'agreement_not_in_force'])
    expect(await they.releases(requestId)).toEqual([])
  })

  const acts = ['release', 'withdraw'] as const
  for (const first of acts) {
    race(`the supplier who takes its request back (${first} first): no release stands`, requestNotHeld, async () => {
      const { requestId } = await answered()
      const acts = { release: () => release(requestId), withdraw: () => withdrawRequest(broker.deps, they.supplier, requestId) }
      const second = first === 'release' ? 'withdraw' : 'release'
      const ends = await inOrder(broker, requestHeld(requestId), acts[first], acts[second])
      expect(ends).toEqual(first === 'release' ? ['done', 'done'] : ['done', 'request_closed'])
      expect((await they.releases(requestId)).filter(({ withdrawn }) => !withdrawn)).toEqual([])
      expect(await they.seen(requestId)).toMatchObject({ status: 'withdrawn' })
    })
  }

  race('the same release: one is made', requestNotHeld, async () => {
    const { requestId } = await answered()
    const ends = await inOrder(
      broker,
      requestHeld(requestId),
      () => release(requestId),
      () => release(requestId),
    )
    expect(ends).toEqual(['done', 'nothing_to_release'])
    expect(await they.releases(requestId)).toHaveLength(1)
  })
})

describe('A question goes out once', () => {
  race('when two members of staff send it on at the same moment', requestNotHeld, async () => {
    const requestId = await they.asks()
    await they.matched(requestId)
    const ends = await inOrder(
      broker,
      requestHeld(requestId),
      () => they.forwards(requestId),
      () => they.forwards(requestId),
    )
    expect(ends).toEqual(['done', 'request_already_forwarded'])
    expect(await told(broker, 'consents_asked')).toHaveLength(1)
    expect(await they.noticesTo(world.people.nadia.account)).toBe(1)
  })

  const asksNotHeld = { 'without the lock on what this supplier asks here': withoutLock }
  race('when two requests that mean the same about one pupil are sent on at the same moment', asksNotHeld, async () => {
    const one = await they.asks()
    const other = await they.asks({ subjects: [{ reference: 'rp-2' }], endsAt: new Date('2027-03-01T00:00:00Z') })
    await they.matched(one)
    await they.matched(other, world.people.fatima.id, 'rp-2')
    const asks = `asks:${world.boardId}:${world.supplierId}`
    const held: Lock = async (sql) => await sql`select pg_advisory_xact_lock(hashtextextended(${asks}, 0))`
    const ends = await inOrder(
      broker,
      held,
      () => they.forwards(one),
      () => they.forwards(other),
    )
    expect(ends).toEqual(['done', 'request_already_open'])
    expect(await told(broker, 'consents_asked')).toHaveLength(1)
  })
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { grantsOfAgreement } from '../../src/grants/grants-of-agreement.ts'
import type { RequestId } from '../../src/ids.ts'
import { changeRoles, endMember } from '../../src/requests/change-member.ts'
import { endAssignment } from '../../src/requests/end-assignment.ts'
import { releaseRequest } from '../../src/requests/release-request.ts'
import { startAssignment } from '../../src/requests/start-assignment.ts'
import { type Asking, asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { ledgerOf, untilWaiting, whileHeld } from '../support/held.ts'
import { told } from '../support/ledger.ts'
import { instead, race, withoutRowLock } from '../support/race.ts'
import { redeeming } from '../support/redeeming.ts'
import { type Requesting, requesting } from '../support/requesting.ts'
import { tellWorld } from '../support/told-world.ts'
import { colleagueOf, type Tutor, tutorOf } from '../support/tutor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let they: Asking & Requesting & Awaited<ReturnType<typeof redeeming>>
let requestId: RequestId
beforeEach(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await tellWorld(broker, world)
  they = { ...asking(broker, world), ...requesting(broker, world), ...(await redeeming(broker, world)) }
  // The school says that only an assigned guide may see the data; Nadia says yes; the school releases.
  requestId = await they.asks()
  await they.matched(requestId)
  await they.forwards(requestId, { needsAssignment: true })
  const [subject] = await they.subjects(requestId)
  await they.answer(world.people.nadia, subject!.consentId!, 'yes')
  await releaseRequest(broker.deps, they.staff, { requestId, coversLater: false })
})
afterEach(() => broker.close())

const grant = async () => {
  const { grants } = await grantsOfAgreement(broker.deps, they.supplier, world.agreementId, { limit: 10 })
  return grants.find((one) => one.requestId === requestId)!
}
const assign = async (guide: string, endsAt?: Date) =>
  (await startAssignment(broker.deps, they.supplier, { identifier: (await grant()).identifier, guide, endsAt })).assignment.assignmentId
const minutesOf = ({ expiresAt }: { expiresAt: Date }) => (expiresAt.getTime() - broker.clock.now().getTime()) / 60_000

describe('K19 The data are open to the guide who is assigned to the pupil, and while that lasts', () => {
  test('released is not enough: the supplier sees that a guide is needed, and gets no token before there is one', async () => {
    expect(await grant()).toMatchObject({ needsAssignment: true, active: false, datatypes: [] })
    await expect(they.redeem()).rejects.toMatchObject({ code: 'grant_not_found' })
    await assign('Marit Hoekstra')
    expect(await grant()).toMatchObject({ active: true, datatypes: ['arithmetic-results'] })
    expect(await they.isActive(await they.redeem())).toBe(true)
  })

  test('when the guide leaves the token ends at once, and there is no other until there is another guide', async () => {
    const assignmentId = await assign('Marit Hoekstra')
    const token = await they.redeem()
    await endAssignment(broker.deps, they.supplier, assignmentId)
    expect([await they.isActive(token), await they.isMarked(token)]).toEqual([false, true])
    await expect(they.redeem()).rejects.toMatchObject({ code: 'grant_not_found' })
    await assign('Jochem Prins')
    expect(await they.isActive(await they.redeem())).toBe(true)
  })

  test('an assignment with an end is over then, and no token lives past it (INV-10)', async () => {
    await assign('Marit Hoekstra', new Date(broker.clock.now().getTime() + 4 * 60_000))
    expect(minutesOf(await they.redeem())).toBe(4)
    broker.clock.pass({ minutes: 4 })
    await expect(they.redeem()).rejects.toMatchObject({ code: 'grant_not_found' })
  })

  const left = {
    'where their assignments are left alone': instead(/(?<=update "assignments"[\s\S]*)"member_id" = (\$\d+)/, '$1::uuid is null'),
  }
  race('who leaves the supplier, or is no case worker any more, guides nobody from then on, and their tokens end', left, async () => {
    const roos = await tutorOf(broker, world.supplierId)
    for (const goes of [
      (tess: Tutor) => endMember(broker.deps, tess.actor, tess.actor.memberId),
      (tess: Tutor) => changeRoles(broker.deps, roos.actor, { memberId: tess.actor.memberId, roles: ['engineer'] }),
    ]) {
      const tess = await colleagueOf(broker, roos, `tess${broker.mails.length}@rekenplus.example`, ['case_worker'])
      const { identifier } = await grant()
      await startAssignment(broker.deps, roos.actor, { identifier, memberId: tess.actor.memberId })
      const token = await they.redeem()
      await goes(tess)
      expect([await they.isActive(token), await they.isMarked(token)]).toEqual([false, true])
      await expect(they.redeem()).rejects.toMatchObject({ code: 'grant_not_found' })
    }
  })

  const unheld = { 'without holding who is assigned': withoutRowLock('members') }
  race('nobody is assigned at the very moment they leave', unheld, async () => {
    const roos = await tutorOf(broker, world.supplierId)
    const tess = await colleagueOf(broker, roos, 'tess@rekenplus.example', ['case_worker'])
    const { identifier } = await grant()
    await whileHeld<unknown>(broker, ledgerOf(world.boardId), [
      () => startAssignment(broker.deps, roos.actor, { identifier, memberId: tess.actor.memberId }),
      async () => {
        await untilWaiting(broker, 1)
        await endMember(broker.deps, tess.actor, tess.actor.memberId)
      },
    ])
    await expect(they.redeem()).rejects.toMatchObject({ code: 'grant_not_found' })
  })

  test('the ledger tells that a guide came and went, and not what the guide is called', async () => {
    await endAssignment(broker.deps, they.supplier, await assign('Marit Hoekstra'))
    const entries = await told(broker, 'assignment_started', 'assignment_ended')
    expect(entries.map(({ event }) => event)).toEqual(['assignment_started', 'assignment_ended'])
    expect(JSON.stringify(entries)).not.toContain('Hoekstra')
  })
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addendaOf } from '../../src/agreements/addendum-store.ts'
import { checkAddendum } from '../../src/agreements/check-addendum.ts'
import { signAddendum } from '../../src/agreements/sign-addendum.ts'
import { sha256 } from '../../src/canonical.ts'
import { askAgain } from '../../src/consents/ask-again.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { refuseRequest } from '../../src/requests/refuse-request.ts'
import { releaseRequest } from '../../src/requests/release-request.ts'
import { withdrawRelease } from '../../src/requests/withdraw-release.ts'
import { withdrawRequest } from '../../src/requests/withdraw-request.ts'
import { type Asking, arithmeticItem, asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { told } from '../support/ledger.ts'
import { endOf, liveToken } from '../support/live-token.ts'
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

const release = (requestId: Parameters<Requesting['seen']>[0], coversLater = false) =>
  releaseRequest(broker.deps, they.staff, { requestId, coversLater })

describe('K09 Reken Plus wants Fatima’s arithmetic results by way of the school', () => {
  test('(1) it asks the school, (2) the school asks the parents, (3) they answer the school, (4) the school releases', async () => {
    const requestId = await they.asks()
    expect(await they.seen(requestId)).toMatchObject({ status: 'received', subjects: [{ reference: 'rp-1', status: 'pending' }] })

    await they.matched(requestId)
    expect(await they.forwards(requestId)).toEqual({ asked: 1, covered: 0, leftOut: 0 })
    expect(await they.seen(requestId)).toMatchObject({ status: 'forwarded', subjects: [{ status: 'pending' }] })
    expect(await they.noticesTo(world.people.nadia.account)).toBe(1)

    const [subject] = await they.subjects(requestId)
    expect(await they.answer(world.people.nadia, subject!.consentId!, 'yes')).toMatchObject({ state: 'given' })
    expect((await they.seen(requestId)).subjects).toEqual([{ reference: 'rp-1', status: 'pending' }])

    expect(await release(requestId)).toBe(1)
    expect(await they.seen(requestId)).toMatchObject({ status: 'released', subjects: [{ reference: 'rp-1', status: 'released' }] })
    expect(await they.told(world.supplierId)).toMatchObject([{ event: 'released', facts: { requestId, reference: 'rp-1' } }])
    const steps = await told(
      broker,
      'access_requested',
      'request_matched',
      'consents_asked',
      'request_forwarded',
      'answer_given',
      'released',
    )
    expect(steps.map(({ event }) => event)).toEqual([
      'access_requested',
      'request_matched',
      'consents_asked',
      'request_forwarded',
      'answer_given',
      'released',
    ])
  })

  test('step 4 is impossible before step 2, and without step 3: nobody’s yes, no release', async () => {
    const requestId = await they.asks()
    await expect(release(requestId)).rejects.toMatchObject({ code: 'request_not_forwarded' })
    await they.matched(requestId)
    await they.forwards(requestId)
    await expect(release(requestId)).rejects.toMatchObject({ code: 'nothing_to_release' })
    await expect(release(requestId, true)).rejects.toMatchObject({ code: 'nothing_to_release' })
    const [subject] = await they.subjects(requestId)
    await they.answer(world.people.nadia, subject!.consentId!, 'no')
    await expect(release(requestId, true)).rejects.toMatchObject({ code: 'nothing_to_release' })
    await they.answer(world.people.karim, subject!.consentId!, 'yes')
    await expect(release(requestId, true)).rejects.toMatchObject({ code: 'nothing_to_release' })
    expect(await they.releases(requestId)).toEqual([])
  })

  test('K08 the school passes on and decides nothing for the parents: whoever is no consent officer or leader does neither', async () => {
    const requestId = await they.asks()
    for (const nobody of ['pim', 'els', 'ruud', 'nadia'] as const) {
      const actor = world.people[nobody].actor
      const act = releaseRequest(broker.deps, actor, { requestId, coversLater: false })
      await expect(act, nobody).rejects.toMatchObject({ code: 'mandate_missing' })
    }
  })

  test('P03 the supplier is never told who said no, nor that anybody did, nor how anybody is reached', async () => {
    const { requestId, consentId } = await they.forwarded()
    const before = await they.seen(requestId)
    await they.answer(world.people.nadia, consentId, 'no')
    expect(await they.seen(requestId)).toEqual(before)
    await refuseRequest(broker.deps, they.staff, { requestId, because: 'De ouders van Fatima willen dit niet.' })
    expect(await they.seen(requestId)).toMatchObject({ status: 'refused', subjects: [{ reference: 'rp-1', status: 'not_released' }] })
    expect(JSON.stringify([await they.seen(requestId), await they.told(world.supplierId)])).not.toMatch(/ouders|Nadia|Fatima, groep|@gezin/)
  })

  test('a yes stopped by a parent ends at once what was released; the school taking back its release does too', async () => {
    const { requestId, consentId } = await they.forwarded()
    await they.answer(world.people.nadia, consentId, 'yes')
    await release(requestId)
    const [{ releaseId } = { releaseId: undefined }] = await they.releases(requestId)
    const subjectId = world.people.fatima.id
    const first = await liveToken(broker, world, { consentId, subjectId, releaseId })
    await withdrawRelease(broker.deps, they.staff, requestId)
    expect(await endOf(broker, first)).toEqual({ because: 'release_withdrawn', bit: true })
    expect(await they.seen(requestId)).toMatchObject({ status: 'forwarded', subjects: [{ status: 'pending' }] })
    await expect(withdrawRelease(broker.deps, they.staff, requestId)).rejects.toMatchObject({ code: 'release_not_found' })

    await release(requestId)
    const again = (await they.releases(requestId)).at(-1)!
    const second = await liveToken(broker, world, { consentId, subjectId, releaseId: again.releaseId })
    await withdrawConsent(broker.deps, world.people.karim.actor, consentId)
    expect(await endOf(broker, second)).toEqual({ because: 'consent_withdrawn', bit: true })
    expect(await they.seen(requestId)).toMatchObject({ status: 'released', subjects: [{ status: 'not_released' }] })
    await expect(release(requestId)).rejects.toMatchObject({ code: 'nothing_to_release' })
  })

  test('the supplier takes its request back: what was released stops, and it must destroy what it got', async () => {
    const { requestId, consentId } = await they.forwarded()
    await they.answer(world.people.nadia, consentId, 'yes')
    await release(requestId)
    const [{ releaseId } = { releaseId: undefined }] = await they.releases(requestId)
    const token = await liveToken(broker, world, { consentId, subjectId: world.people.fatima.id, releaseId })
    await withdrawRequest(broker.deps, they.supplier, requestId)
    expect(await endOf(broker, token)).toEqual({ because: 'request_withdrawn', bit: true })
    expect(await they.seen(requestId)).toMatchObject({ status: 'withdrawn', subjects: [{ status: 'not_released' }] })
    const duties = await broker.owner`select consent_id from duties where supplier_id = ${world.supplierId}`
    expect(duties).toEqual([{ consent_id: consentId }])
    await withdrawRequest(broker.deps, they.supplier, requestId)
    expect(await told(broker, 'request_withdrawn')).toHaveLength(1)
  })

  test('who stopped can have the question put anew; a release that covers later answers takes the new yes in', async () => {
    const { requestId, consentId } = await they.forwarded()
    await they.answer(world.people.nadia, consentId, 'yes')
    await release(requestId, true)
    await withdrawConsent(broker.deps, world.people.nadia.actor, consentId)
    const { consentId: anew } = await askAgain(broker.deps, world.people.nadia.actor, consentId)
    expect((await they.seen(requestId)).subjects).toEqual([{ reference: 'rp-1', status: 'pending' }])
    await they.answer(world.people.nadia, anew, 'yes')
    expect((await they.seen(requestId)).subjects).toEqual([{ reference: 'rp-1', status: 'released' }])
    const [{ names } = { names: [] }] = await they.releases(requestId)
    expect(new Set(names)).toEqual(new Set([consentId, anew]))
    expect(await told(broker, 'release_joined')).toMatchObject([{ facts: { consentId: anew, insteadOf: consentId } }])
  })

  test('a question of a request that was taken back is not put anew', async () => {
    const { requestId, consentId } = await they.forwarded()
    await they.answer(world.people.nadia, consentId, 'yes')
    await withdrawConsent(broker.deps, world.people.nadia.actor, consentId)
    await withdrawRequest(broker.deps, they.supplier, requestId)
    const again = askAgain(broker.deps, world.people.nadia.actor, consentId)
    await expect(again).rejects.toMatchObject({ code: 'consent_not_found' })
  })

  test('a question that nobody answered falls away when the request does', async () => {
    const { requestId, consentId } = await they.forwarded()
    await withdrawRequest(broker.deps, they.supplier, requestId)
    expect(await they.state(consentId)).toBe('lapsed')
    await expect(they.answer(world.people.nadia, consentId, 'yes')).rejects.toMatchObject({ code: 'consent_ended' })
  })
})

describe('K11 what the contracts cover is not asked again, what they do not is a supplementary question', () => {
  test('a use within the yearly round needs no new question: the answer that is there is released', async () => {
    const { consentIds } = await they.round([arithmeticItem(world)])
    await they.answer(world.people.nadia, consentIds[0]!, 'yes')
    const requestId = await they.asks()
    await they.matched(requestId)
    expect(await they.forwards(requestId)).toEqual({ asked: 0, covered: 1, leftOut: 0 })
    expect((await they.seen(requestId)).subjects).toEqual([{ reference: 'rp-1', status: 'covered' }])
    expect(await they.subjects(requestId)).toMatchObject([{ consentId: consentIds[0], covered: true }])
    await release(requestId)
    expect((await they.releases(requestId))[0]!.names).toEqual(consentIds)
  })

  test('a no in the round is an answer too: it is not asked again as if unforeseen', async () => {
    const { consentIds } = await they.round([arithmeticItem(world)])
    await they.answer(world.people.nadia, consentIds[0]!, 'no')
    const requestId = await they.asks()
    await they.matched(requestId)
    expect(await they.forwards(requestId)).toEqual({ asked: 0, covered: 1, leftOut: 0 })
    await expect(release(requestId)).rejects.toMatchObject({ code: 'nothing_to_release' })
  })

  test('for a use outside it all steps run again: a supplementary question, and an addendum that must be signed first', async () => {
    const { consentIds } = await they.round([arithmeticItem(world)])
    await they.answer(world.people.nadia, consentIds[0]!, 'yes')
    const { requestId, consentId } = await they.forwarded({ partId: 'oudergesprek' })
    expect(consentIds).not.toContain(consentId)
    const [addendum] = await they.as('staff', (tx) => addendaOf(tx, world.boardId, { requestId }))
    expect(addendum).toMatchObject({ state: 'draft', agreementId: world.agreementId, content: { partIds: ['oudergesprek'] } })

    await they.answer(world.people.nadia, consentId, 'yes')
    await expect(release(requestId)).rejects.toMatchObject({ code: 'agreement_not_in_force' })
    const { addendumId, text } = addendum!
    await checkAddendum(broker.deps, world.people.mirjam.actor, { addendumId })
    await expect(release(requestId)).rejects.toMatchObject({ code: 'agreement_not_in_force' })
    await signAddendum(broker.deps, world.people.ruud.actor, { addendumId, textHash: sha256(text).toString('hex') })
    expect(await release(requestId)).toBe(1)
  })

  test('later answers count only where staff ticked so', async () => {
    await secondPupil()
    const subjects = [{ reference: 'rp-1' }, { reference: 'rp-2' }]
    const forwarded = async (datatypes: string[]) => {
      const requestId = await they.asks({ subjects, datatypes })
      await they.matched(requestId)
      await they.matched(requestId, world.people.joost.id, 'rp-2')
      await they.forwards(requestId)
      const [fatima, joost] = await they.subjects(requestId)
      await they.answer(world.people.nadia, fatima!.consentId!, 'yes')
      return { requestId, later: joost!.consentId! }
    }
    const one = await forwarded(['arithmetic-results'])
    expect(await release(one.requestId, false)).toBe(1)
    await they.answer(world.people.joost, one.later, 'yes')
    expect((await they.seen(one.requestId)).subjects.map(({ status }) => status)).toEqual(['released', 'not_released'])
    expect(await release(one.requestId, false)).toBe(1)
    expect((await they.seen(one.requestId)).subjects.map(({ status }) => status)).toEqual(['released', 'released'])

    const two = await forwarded(['practice-time'])
    expect(await release(two.requestId, true)).toBe(1)
    expect((await they.seen(two.requestId)).subjects.map(({ status }) => status)).toEqual(['released', 'pending'])
    await they.answer(world.people.joost, two.later, 'yes')
    expect((await they.seen(two.requestId)).subjects.map(({ status }) => status)).toEqual(['released', 'released'])
  })
})

/** Joost becomes a pupil of sixteen, who answers for himself. */
async function secondPupil() {
  const { boardId, schoolId, since } = world
  const personId = world.people.joost.id
  await broker.owner`delete from mandates where person_id = ${personId}`
  await broker.owner`delete from employments where person_id = ${personId}`
  await broker.owner`update persons set birth_date = '2010-01-01' where person_id = ${personId}`
  await broker.owner`insert into enrolments (board_id, enrolment_id, person_id, school_id, group_name, starts_at)
    values (${boardId}, gen_random_uuid(), ${personId}, ${schoolId}, 'Groep 8', ${since})`
}

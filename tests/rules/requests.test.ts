import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { recordCouncilApproval } from '../../src/agreements/council-approval.ts'
import { endAgreement } from '../../src/agreements/end-agreement.ts'
import { endOnward, instructOnward } from '../../src/agreements/onward.ts'
import { LEGAL_BASES } from '../../src/catalog/legal-basis.ts'
import { tooYoungFor } from '../../src/consents/too-young.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import type { PersonId, RequestId } from '../../src/ids.ts'
import { eraseHints } from '../../src/requests/erase-hints.ts'
import { makeLinkCode } from '../../src/requests/link-codes.ts'
import { matchSubjects, pickSubjects } from '../../src/requests/match-subjects.ts'
import { narrowRequest } from '../../src/requests/narrow-request.ts'
import { refuseRequest } from '../../src/requests/refuse-request.ts'
import { releaseRequest } from '../../src/requests/release-request.ts'
import { releaseStaffRequests } from '../../src/requests/release-staff.ts'
import { requestById, subjectsForStaff } from '../../src/requests/store.ts'
import { verdictOf } from '../../src/requests/verdict.ts'
import { withdrawRelease } from '../../src/requests/withdraw-release.ts'
import { askDirectly } from '../support/asked-directly.ts'
import { type Asking, arithmeticItem, asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { expectNothingBroken } from '../support/fsck.ts'
import { told } from '../support/ledger.ts'
import { addFamilies } from '../support/more-families.ts'
import { arithmeticAsk, type Requesting, requesting } from '../support/requesting.ts'
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
afterEach(async () => {
  await expectNothingBroken(broker)
  await broker.close()
})

const staffSee = (requestId: RequestId) =>
  they.as('staff', async (tx) => subjectsForStaff(tx, (await requestById(tx, world.boardId, requestId))!))
const comesTo = (requestId: RequestId) =>
  they.as('staff', async (tx) => verdictOf(tx, (await requestById(tx, world.boardId, requestId))!, broker.clock.now()))
const match = (requestId: RequestId, matches: [string, PersonId][]) =>
  matchSubjects(broker.deps, they.staff, { requestId, matches: matches.map(([reference, personId]) => ({ reference, personId })) })

describe('Who is who: the supplier’s references and the school’s pupils', () => {
  test('only staff see the hint, and it is gone once matched; the ledger has commitments, not references', async () => {
    const requestId = await they.asks({ subjects: [{ reference: 'rp-77', hint: 'Fatima uit groep 6' }] })
    expect(await staffSee(requestId)).toMatchObject([{ reference: 'rp-77', hint: 'Fatima uit groep 6', subjectId: null }])
    expect(JSON.stringify(await they.seen(requestId))).not.toContain('Fatima uit groep 6')
    await match(requestId, [['rp-77', world.people.fatima.id]])
    expect(await staffSee(requestId)).toMatchObject([{ hint: null, subjectId: world.people.fatima.id }])
    const everything = await broker.owner`select body from ledger union all select facts::text from events`
    expect(JSON.stringify(everything)).not.toMatch(/rp-77|groep 6/)
  })

  test('a hint that nobody looked at goes when the window of its request has gone by', async () => {
    const requestId = await they.asks()
    await eraseHints(broker.deps, world.boardId)
    expect(await staffSee(requestId)).toMatchObject([{ hint: 'Fatima, groep 6' }])
    broker.clock.set('2027-02-02T00:00:00Z')
    expect(await eraseHints(broker.deps, world.boardId)).toBe(1)
    expect(await staffSee(requestId)).toMatchObject([{ hint: null }])
  })

  test('who is no pupil of the school is nobody, and two references are never one pupil', async () => {
    const requestId = await they.asks({ subjects: [{ reference: 'a' }, { reference: 'b' }] })
    for (const nobody of ['nadia', 'sara', 'pim'] as const) {
      await expect(match(requestId, [['a', world.people[nobody].id]])).rejects.toMatchObject({ code: 'person_not_found' })
    }
    await expect(match(requestId, [['c', world.people.fatima.id]])).rejects.toMatchObject({ code: 'person_not_found' })
    await match(requestId, [['a', world.people.fatima.id]])
    await expect(match(requestId, [['b', world.people.fatima.id]])).rejects.toMatchObject({ code: 'subject_matched_already' })
    await expect(they.forwards(requestId)).rejects.toMatchObject({ code: 'request_subject_unmatched' })
    await narrowRequest(broker.deps, they.staff, { requestId, without: ['b'] })
    expect(await they.forwards(requestId)).toEqual({ asked: 1, covered: 0, leftOut: 0 })
  })

  test('K17 where the supplier names nobody the school picks the few it is about, under references of its own making', async () => {
    const requestId = await they.asks({ subjects: 'school_picks' })
    await expect(they.forwards(requestId)).rejects.toMatchObject({ code: 'nobody_to_ask' })
    const pick = (id: RequestId) => pickSubjects(broker.deps, they.staff, { requestId: id, personIds: [world.people.fatima.id] })
    await pick(requestId)
    await expect(pick(requestId)).rejects.toMatchObject({ code: 'subject_matched_already' })
    const [{ reference } = { reference: '' }] = (await they.seen(requestId)).subjects
    expect(reference).toMatch(/^[A-Za-z0-9_-]{43}$/)
    const named = await they.asks({ datatypes: ['practice-time'] })
    await expect(pick(named)).rejects.toMatchObject({ code: 'request_widens' })
  })
})

describe('Narrowing only takes away', () => {
  test('fewer data and a shorter time are what is asked; more or longer is refused', async () => {
    const requestId = await they.asks({ datatypes: ['arithmetic-results', 'practice-time'] })
    const narrow = (change: Partial<Parameters<typeof narrowRequest>[2]>) =>
      narrowRequest(broker.deps, they.staff, { requestId, ...change })
    await narrow({ datatypes: ['arithmetic-results'], endsAt: new Date('2026-12-31T23:00:00Z') })
    await expect(narrow({ datatypes: ['arithmetic-results', 'practice-time'] })).rejects.toMatchObject({ code: 'request_widens' })
    await expect(narrow({ endsAt: new Date('2027-01-31T23:00:00Z') })).rejects.toMatchObject({ code: 'request_widens' })
    await expect(narrow({ datatypes: [] })).rejects.toMatchObject({ code: 'input_invalid' })
    await expect(narrow({ endsAt: broker.clock.now() })).rejects.toMatchObject({ code: 'input_invalid' })
    await expect(narrow({})).rejects.toMatchObject({ code: 'input_invalid' })
    await they.matched(requestId)
    await they.forwards(requestId)
    const [subject] = await they.subjects(requestId)
    const { item } = await they.consent(subject!.consentId!)
    expect(item).toMatchObject({ datatypes: ['arithmetic-results'], endsAt: new Date('2026-12-31T23:00:00Z') })
    await expect(narrow({ endsAt: new Date('2026-12-01T23:00:00Z') })).rejects.toMatchObject({ code: 'request_already_forwarded' })
  })
})

describe('K01 the legal basis comes first', () => {
  test('what rests on another basis is told, not asked, and is released on the board’s instruction', async () => {
    const requestId = await they.asks()
    await they.matched(requestId)
    const motivation = 'De school moet weten hoe ver elk kind is met rekenen.'
    await they.forwards(requestId, { legalBasis: 'public_task', basisMotivation: motivation })
    const [subject] = await they.subjects(requestId)
    expect(await they.state(subject!.consentId!)).toBe('informed')
    expect((await they.shown(subject!.consentId!)).question).toMatchObject({ basis: 'public_task', basisMotivation: motivation })
    expect(await they.noticesTo(world.people.nadia.account)).toBe(1)
    expect(await told(broker, 'request_forwarded')).toMatchObject([{ facts: { legalBasis: 'public_task' } }])
    expect(await releaseRequest(broker.deps, they.staff, { requestId, coversLater: false })).toBe(1)
  })

  test('P09 of six bases none is a way around asking: whoever says that no consent is needed says why, and nobody is told before', async () => {
    const requestId = await they.asks()
    await they.matched(requestId)
    expect(LEGAL_BASES).toHaveLength(6)
    for (const legalBasis of LEGAL_BASES.filter((basis) => basis !== 'consent')) {
      await expect(they.forwards(requestId, { legalBasis, basisMotivation: ' ' }), legalBasis).rejects.toMatchObject({
        code: 'basis_unmotivated',
      })
    }
    expect(await they.seen(requestId)).toMatchObject({ status: 'received' })
    expect(await they.noticesTo(world.people.nadia.account)).toBe(0)
  })

  test('a question says what happens when the answer is no', async () => {
    const requestId = await they.asks()
    await they.matched(requestId)
    await expect(they.forwards(requestId, { alternative: { nl: ' ' } })).rejects.toMatchObject({ code: 'item_without_alternative' })
    expect(await they.seen(requestId)).toMatchObject({ status: 'received' })
  })
})

describe('C13 what the board has not instructed its holder to pass on cannot be asked', () => {
  test('no onward clause: no question, and no release when it is gone', async () => {
    const clause = { agreementId: world.holderAgreementId, holderId: world.holderId, datatypes: ['arithmetic-results'] }
    const requestId = await they.asks()
    await they.matched(requestId)
    await endOnward(broker.deps, world.people.ruud.actor, clause)
    await expect(they.forwards(requestId)).rejects.toMatchObject({ code: 'onward_clause_missing' })
    await instructOnward(broker.deps, world.people.ruud.actor, clause)
    await they.forwards(requestId)
    const [subject] = await they.subjects(requestId)
    await they.answer(world.people.nadia, subject!.consentId!, 'yes')
    await endOnward(broker.deps, world.people.ruud.actor, clause)
    const release = releaseRequest(broker.deps, they.staff, { requestId, coversLater: false })
    await expect(release).rejects.toMatchObject({ code: 'onward_clause_missing' })
  })

  test('K07, P16, C03 no agreement with the supplier at all: nothing goes out by the school; what it is itself the controller of it asks directly', async () => {
    const requestId = await they.asks()
    await they.matched(requestId)
    await endAgreement(broker.deps, world.people.ruud.actor, { agreementId: world.agreementId, because: 'test' })
    await expect(they.forwards(requestId)).rejects.toMatchObject({ code: 'agreement_not_in_force' })
    expect(await comesTo(requestId)).toEqual({ is: 'not_allowed', because: 'agreement_not_in_force' })
    const { id: subjectId } = world.people.fatima
    const { code } = await makeLinkCode(broker.deps, world.people.nadia.actor, { subjectId, supplierId: world.supplierId })
    const { purpose, datatypes, resource, occasion, reason, endsAt } = arithmeticAsk(world)
    const direct = {
      hint: { linkCode: code },
      serviceId: world.serviceId,
      resource,
      datatypes,
      purpose,
      occasion,
      reason: { nl: reason!.nl! },
      endsAt,
    }
    const asked = await askDirectly(broker.deps, { clientId: world.clients.ciba, supplierId: world.supplierId }, direct)
    expect(asked?.consentId).toBeDefined()
  })
})

describe('D01 no chasing after a no: rationed by meaning, per subject', () => {
  const refusedBy = async (reference: string, datatypes: string[]) => {
    const requestId = await they.asks({ subjects: [{ reference }], datatypes, partId: undefined })
    await they.matched(requestId, world.people.fatima.id, reference)
    await they.forwards(requestId)
    const [subject] = await they.subjects(requestId)
    return { requestId, consentId: subject!.consentId! }
  }

  test('who said no is not asked some of the same under another reference; after ninety days they are', async () => {
    const { consentId } = await refusedBy('one', ['arithmetic-results'])
    await they.answer(world.people.nadia, consentId, 'no')
    const both = { subjects: [{ reference: 'two' }], datatypes: ['arithmetic-results', 'practice-time'], endsAt: new Date('2027-06-01') }
    const requestId = await they.asks(both)
    await they.matched(requestId, world.people.fatima.id, 'two')
    await expect(they.forwards(requestId)).rejects.toMatchObject({ code: 'request_cooling_down' })
    expect(await comesTo(requestId)).toEqual({ is: 'not_allowed', because: 'request_cooling_down' })
    broker.clock.pass({ days: 90 })
    expect(await comesTo(requestId)).toEqual({ is: 'unforeseen', of: { ask: 1, covered: 0 } })
    expect(await they.forwards(requestId)).toEqual({ asked: 1, covered: 0, leftOut: 0 })
  })

  test('a yes that was stopped rests too, and what waits for an answer is not asked twice', async () => {
    const { consentId } = await refusedBy('one', ['arithmetic-results'])
    const requestId = await they.asks({ subjects: [{ reference: 'two' }], endsAt: new Date('2027-03-01') })
    await they.matched(requestId, world.people.fatima.id, 'two')
    await expect(they.forwards(requestId)).rejects.toMatchObject({ code: 'request_already_open' })
    await they.answer(world.people.nadia, consentId, 'yes')
    await withdrawConsent(broker.deps, world.people.karim.actor, consentId)
    await expect(they.forwards(requestId)).rejects.toMatchObject({ code: 'request_cooling_down' })
  })

  test('a yearly question that nobody answered does not stand in the way, nor does a mistake', async () => {
    await they.round([arithmeticItem(world)])
    const requestId = await they.asks({ partId: 'oudergesprek' })
    await they.matched(requestId)
    expect(await they.forwards(requestId)).toEqual({ asked: 1, covered: 0, leftOut: 0 })
  })
})

describe('P48 a service is not for whoever is below its minimum age', () => {
  const fromAge = (age: number) => broker.owner`update services set minimum_age = ${age} where service_id = ${world.serviceId}`

  test('the school cannot ask for such a pupil and sees why; of several the others are asked', async () => {
    const [ali] = await addFamilies(broker, world, [{ given: 'Ali', born: '2014-11-16' }])
    await fromAge(12)
    const requestId = await they.asks({ subjects: [{ reference: 'f' }, { reference: 'a' }] })
    await they.matched(requestId, world.people.fatima.id, 'f')
    await they.matched(requestId, ali!.id, 'a')
    expect(await they.forwards(requestId)).toEqual({ asked: 1, covered: 0, leftOut: 1 })
    expect((await they.subjects(requestId)).map(({ leftOut }) => leftOut)).toContain('too_young')
    const alone = await they.asks({ subjects: [{ reference: 'alone' }] })
    await they.matched(alone, world.people.fatima.id, 'alone')
    expect(await comesTo(alone)).toEqual({ is: 'not_allowed', because: 'below_minimum_age' })
    await expect(they.forwards(alone)).rejects.toMatchObject({ code: 'below_minimum_age' })
  })

  test('whose birth date nobody knows is not old enough; members of staff always are', async () => {
    await fromAge(1)
    await broker.owner`update persons set birth_date = null where person_id = any(${[world.people.fatima.id, world.people.sara.id]})`
    const ages = (subjectId: PersonId) =>
      they.as('job', (tx) =>
        tooYoungFor(tx, world.boardId, { serviceId: world.serviceId, startsAt: broker.clock.now() }, [subjectId], broker.clock.now()),
      )
    expect(await ages(world.people.fatima.id)).toEqual(new Set([world.people.fatima.id]))
    expect(await ages(world.people.sara.id)).toEqual(new Set())
  })

  test('directly nobody is asked either, and the supplier does not hear it', async () => {
    await fromAge(12)
    const { id: subjectId } = world.people.fatima
    const { code } = await makeLinkCode(broker.deps, world.people.nadia.actor, { subjectId, supplierId: world.supplierId })
    const { subjects: _, addressedTo: __, startsAt: ___, subjectKind: ____, ...ask } = arithmeticAsk(world)
    const direct = { ...ask, reason: { nl: 'Om te helpen.' }, hint: { linkCode: code } }
    expect(await askDirectly(broker.deps, { clientId: world.clients.ciba, supplierId: world.supplierId }, direct)).toBeUndefined()
    await fromAge(9)
    expect(await askDirectly(broker.deps, { clientId: world.clients.ciba, supplierId: world.supplierId }, direct)).toBeDefined()
  })
})

describe('D01 data of staff: the council first, and no superior sees who said what', () => {
  const sara = async () => {
    const requestId = await they.asks({ subjectKind: 'employee', subjects: [{ reference: 'm-1', hint: 'Sara' }] })
    await they.matched(requestId, world.people.sara.id, 'm-1')
    return requestId
  }
  const approval = () =>
    recordCouncilApproval(broker.deps, they.staff, {
      council: 'PMR',
      about: 'Benchmark van het secretariaat',
      ref: world.serviceId,
      approvedOn: '2026-11-01',
    })

  test('without the consent of the staff council nothing goes out', async () => {
    const requestId = await sara()
    await expect(they.forwards(requestId)).rejects.toMatchObject({ code: 'council_approval_missing' })
    await recordCouncilApproval(broker.deps, they.staff, { council: 'MR', about: 'Iets', ref: world.serviceId, approvedOn: '2026-11-01' })
    await expect(they.forwards(requestId)).rejects.toMatchObject({ code: 'council_approval_missing' })
  })

  test('K16 she decides for herself like a parent does: her yes passes on by itself; staff see nothing of it, before or after', async () => {
    const requestId = await sara()
    await approval()
    expect(await they.forwards(requestId)).toBeUndefined()
    const before = await staffSee(requestId)
    expect(before).toEqual([
      { reference: 'm-1', hint: null, subjectId: world.people.sara.id, consentId: null, covered: false, leftOut: null },
    ])
    expect((await they.seen(requestId)).subjects).toEqual([{ reference: 'm-1', status: 'pending' }])
    const [subject] = await they.subjects(requestId)
    await they.answer(world.people.sara, subject!.consentId!, 'yes')
    expect((await they.seen(requestId)).subjects).toEqual([{ reference: 'm-1', status: 'released' }])
    expect(await staffSee(requestId)).toEqual(before)
    await expect(releaseRequest(broker.deps, they.staff, { requestId, coversLater: true })).rejects.toMatchObject({
      code: 'request_already_released',
    })
  })

  test('K16 what no agreement covered yet when it was asked passes on by itself once one does, once, and not after it was taken back', async () => {
    const released = () => releaseStaffRequests(broker.deps, world.boardId)
    await approval()
    const requestId = await sara()
    await broker.owner`update agreement_services set superseded_at = ${broker.clock.now()}`
    await they.forwards(requestId)
    const [subject] = await they.subjects(requestId)
    await they.answer(world.people.sara, subject!.consentId!, 'yes')
    expect(await released(), 'nothing covers it').toBe(0)
    expect((await they.seen(requestId)).subjects).toEqual([{ reference: 'm-1', status: 'pending' }])
    await broker.owner`update agreement_services set superseded_at = null`
    expect([await released(), await released()]).toEqual([1, 0])
    expect((await they.seen(requestId)).subjects).toEqual([{ reference: 'm-1', status: 'released' }])
    await withdrawRelease(broker.deps, they.staff, requestId)
    expect(await released()).toBe(0)
  })

  test('that she said no before is not shown to anybody: the question just does not come', async () => {
    await approval()
    const first = await sara()
    await they.forwards(first)
    const [subject] = await they.subjects(first)
    await they.answer(world.people.sara, subject!.consentId!, 'no')
    const second = await they.asks({ subjectKind: 'employee', subjects: [{ reference: 'm-2' }], partId: undefined })
    await they.matched(second, world.people.sara.id, 'm-2')
    expect(await comesTo(second)).toEqual({ is: 'unforeseen' })
    expect(await they.forwards(second)).toBeUndefined()
    expect(await staffSee(second)).toEqual([expect.objectContaining({ consentId: null, leftOut: null })])
    expect((await they.seen(second)).subjects).toEqual([{ reference: 'm-2', status: 'pending' }])
    expect((await told(broker, 'request_forwarded')).map(({ facts }) => Object.keys(facts))).toEqual([['itemId', 'legalBasis'], []])
  })
})

describe('The school refuses', () => {
  test('a refusal has the school’s reason for its own file, in no ledger and no event', async () => {
    const requestId = await they.asks()
    await refuseRequest(broker.deps, they.staff, { requestId, because: 'Dit doet de school liever zelf.' })
    const kept = await broker.owner`select refused_because from access_requests where request_id = ${requestId}`
    expect(kept).toEqual([{ refused_because: 'Dit doet de school liever zelf.' }])
    const everything = await broker.owner`select body from ledger union all select facts::text from events`
    expect(JSON.stringify(everything)).not.toContain('liever')
    expect(await they.told(world.supplierId)).toMatchObject([{ event: 'request_refused' }])
  })

  test('a mandate for another school is none here, and what was addressed to the board is the board’s', async () => {
    const requestId = await they.asks()
    const ofBoard = await they.asks({ addressedTo: { scheme: 'OIN', value: '00000099999999990001' }, datatypes: ['practice-time'] })
    const joost = world.people.joost.actor
    const refuse = (id: RequestId) => refuseRequest(broker.deps, joost, { requestId: id, because: 'Nee.' })
    const [school] = await broker.owner<{ id: string }[]>`
      insert into schools (board_id, school_id, name, brin, sector) values (${world.boardId}, gen_random_uuid(), 'Het Kompas', '99ZB', 'so')
      returning school_id as id`
    await broker.owner`update mandates set school_id = ${school!.id} where person_id = ${joost.personId}`
    await expect(refuse(requestId)).rejects.toMatchObject({ code: 'mandate_missing' })
    await broker.owner`update mandates set school_id = ${world.schoolId} where person_id = ${joost.personId}`
    await expect(refuse(ofBoard)).rejects.toMatchObject({ code: 'mandate_missing' })
    await refuse(requestId)
  })
})

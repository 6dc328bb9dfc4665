import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { recordCouncilApproval } from '../../src/agreements/council-approval.ts'
import { affectedBy, affectedSubjects } from '../../src/cases/affected.ts'
import { adviseOnIncident, closeIncident, decideIncident, recordAuthorityTold, recordPeopleTold } from '../../src/cases/handle-incident.ts'
import { clockRuns, clocksOf } from '../../src/cases/incident.ts'
import { incidentById } from '../../src/cases/incident-store.ts'
import { type NewIncident, reportIncident, reportIncidentAsSupplier } from '../../src/cases/report-incident.ts'
import { incidentsOfSupplier, sayOfIncident, sayOfIncidentAsSupplier } from '../../src/cases/say-of-incident.ts'
import { inTransaction } from '../../src/database.ts'
import { type IncidentId, newId, type SchoolId, type SupplierId } from '../../src/ids.ts'
import { LEDGER_EVENTS } from '../../src/ledger/events.ts'
import { asked } from '../support/asked.ts'
import { asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { expectLedgerWhole, told } from '../support/ledger.ts'
import { liveToken } from '../support/live-token.ts'
import { requesting } from '../support/requesting.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
})
afterAll(() => broker.close())
beforeEach(() => broker.clock.pass({ minutes: 1 }))
afterEach(async () => {
  await broker.settled()
  await expectLedgerWhole(broker, world.boardId)
})

const leak = (more: Partial<NewIncident> = {}): NewIncident => {
  const foundAt = new Date(broker.clock.now().getTime() - 3_600_000)
  return {
    foundAt,
    fromAt: new Date(foundAt.getTime() - 86_400_000),
    summary: 'Een laptop van Fatima’s juf is weg.',
    nature: ['stolen'],
    persons: 'De leerlingen van groep 6',
    dataKinds: ['learning'],
    ...more,
  }
}
const the = async (incidentId: IncidentId) =>
  (await inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, (tx) => incidentById(tx, world.boardId, incidentId)))!
const refusalOf = (act: Promise<unknown>) =>
  act.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )
const stepsOf = async (incidentId: IncidentId) =>
  (await told(broker, ...LEDGER_EVENTS)).filter(({ ref }) => ref === incidentId).map(({ event }) => event)
const asSupplier = () => ({ supplierId: world.supplierId, clientId: world.clients.organisation })

describe('P43 Two clocks run, and the one that ends first counts', () => {
  test.each([
    [
      'on a Monday morning the 72 hours end after the second working day',
      '2026-11-16T09:00:00Z',
      '2026-11-19T09:00:00Z',
      '2026-11-18T23:00:00Z',
    ],
    ['on a Friday the hours do not wait for the weekend', '2026-11-20T16:00:00Z', '2026-11-23T16:00:00Z', '2026-11-24T23:00:00Z'],
    ['before Christmas neither do they', '2026-12-24T09:00:00Z', '2026-12-27T09:00:00Z', '2026-12-29T23:00:00Z'],
  ])('%s', (_what, aware, hours, workingDays) => {
    const clocks = clocksOf(new Date(aware))
    expect(clocks.hours.toISOString()).toBe(new Date(hours).toISOString())
    expect(clocks.workingDays.toISOString()).toBe(new Date(workingDays).toISOString())
    expect(clocks.strictest).toEqual(clocks.hours < clocks.workingDays ? clocks.hours : clocks.workingDays)
  })
})

describe('P42-P44 A leak at the school', () => {
  test('anybody on the staff reports it; the DPO is told first, advises, and decides nothing; the board tells and closes', async () => {
    const { pim, els, mirjam, nadia } = world.people
    expect(await refusalOf(reportIncident(broker.deps, nadia.actor, leak()))).toBe('mandate_missing')
    const incidentId = await reportIncident(broker.deps, pim.actor, leak())
    const before = await the(incidentId)
    expect(before).toMatchObject({ supplierId: null, reportedBy: `person:${pim.id}`, dpoToldAt: broker.clock.now(), revision: 0 })
    expect(before.awareAt).toEqual(before.foundAt)
    expect(clockRuns(before)).toBe(true)
    const mails = await broker.owner<{ dedup_key: string }[]>`
      select dedup_key from deliveries where dedup_key like ${`case:${incidentId}:%`} order by run_at`
    expect(mails[0]!.dedup_key).toContain(`:dpo:${els.id}`)
    expect(mails.length).toBeGreaterThan(1)

    const seen = { incidentId, revision: 0 }
    const decision = { authority: true, people: true, reasons: 'Er stonden cijfers op, zonder slot.' }
    expect(await refusalOf(decideIncident(broker.deps, els.actor, { ...seen, ...decision }))).toBe('mandate_missing')
    expect(await refusalOf(decideIncident(broker.deps, pim.actor, { ...seen, ...decision }))).toBe('mandate_missing')
    expect(await refusalOf(adviseOnIncident(broker.deps, mirjam.actor, { ...seen, advice: 'Meld het.' }))).toBe('mandate_missing')
    await adviseOnIncident(broker.deps, els.actor, { ...seen, advice: 'Meld het.' })
    expect(await refusalOf(decideIncident(broker.deps, mirjam.actor, { ...seen, ...decision }))).toBe('changed_meanwhile')
    await decideIncident(broker.deps, mirjam.actor, { incidentId, revision: 1, ...decision })
    expect(await refusalOf(closeIncident(broker.deps, mirjam.actor, { incidentId, revision: 2, lessons: 'x' }))).toBe(
      'incident_not_decided',
    )
    const toldAt = broker.clock.now()
    const early = new Date(before.awareAt.getTime() - 1)
    expect(
      await refusalOf(recordAuthorityTold(broker.deps, mirjam.actor, { incidentId, revision: 2, toldAt: early, reference: null })),
    ).toBe('input_invalid')
    await recordAuthorityTold(broker.deps, mirjam.actor, { incidentId, revision: 2, toldAt, reference: 'AP-2026-1' })
    expect(clockRuns(await the(incidentId))).toBe(false)
    await recordPeopleTold(broker.deps, mirjam.actor, { incidentId, revision: 3, toldAt })
    await closeIncident(broker.deps, mirjam.actor, { incidentId, revision: 4, lessons: 'Elke laptop heeft nu een slot.' })
    expect((await the(incidentId)).closed?.lessons).toBe('Elke laptop heeft nu een slot.')
    expect(await refusalOf(sayOfIncident(broker.deps, mirjam.actor, { incidentId, words: 'Nog iets.' }))).toBe('incident_closed')
    expect(await stepsOf(incidentId)).toEqual([
      'incident_reported',
      'incident_advised',
      'incident_decided',
      'incident_authority_told',
      'incident_people_told',
      'incident_closed',
    ])
    const bodies = await broker.owner`select body from ledger`
    expect(JSON.stringify(bodies)).not.toMatch(/laptop|Fatima’s|cijfers/)
  })

  test('decided that nobody need be told, the clocks stop and nothing can be told', async () => {
    const { mirjam } = world.people
    const incidentId = await reportIncident(broker.deps, mirjam.actor, leak({ protected: true }))
    await decideIncident(broker.deps, mirjam.actor, {
      incidentId,
      revision: 0,
      authority: false,
      people: false,
      reasons: 'Goed versleuteld.',
    })
    expect(clockRuns(await the(incidentId))).toBe(false)
    const toldAt = broker.clock.now()
    expect(await refusalOf(recordPeopleTold(broker.deps, mirjam.actor, { incidentId, revision: 1, toldAt }))).toBe('incident_not_decided')
    await closeIncident(broker.deps, mirjam.actor, { incidentId, revision: 1, lessons: 'Niets.' })
    expect(await refusalOf(closeIncident(broker.deps, mirjam.actor, { incidentId, revision: 2, lessons: 'Niets.' }))).toBe(
      'incident_closed',
    )
  })

  test.each([
    ['found tomorrow', { foundAt: new Date('2099-01-01') }],
    ['begun after it was found', { fromAt: new Date('2099-01-01') }],
    ['nothing that happened', { nature: [] }],
    ['no kind of data', { dataKinds: [] }],
    ['no words', { summary: ' ' }],
    ['nobody', { persons: ' ' }],
  ])('Annex 2: a report with %s is refused', async (_what, more) => {
    expect(await refusalOf(reportIncident(broker.deps, world.people.mirjam.actor, leak(more)))).toBe('input_invalid')
  })
})

describe('A leak at the school itself', () => {
  const affected = async (more: Partial<NewIncident> & { schoolId?: SchoolId }) => {
    const incident = await the(await reportIncident(broker.deps, world.people.pim.actor, { ...leak(), ...more }))
    const subjects = await inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, (tx) => affectedSubjects(tx, incident))
    return { ...(await affectedBy(broker.deps, incident)), subjects }
  }

  test('touches of whom the school used data of those kinds then, of who was there; by what was asked and answered', async () => {
    const there = { at: 'school', present: 7 }
    expect(await affected({ dataKinds: ['learning'] })).toEqual({ ...there, used: 0, subjects: [] })
    const { consentId } = await consented(broker, world, { startsAt: new Date(broker.clock.now().getTime() - 10 * 86_400_000) })
    const fatima = { ...there, used: 1, subjects: [world.people.fatima.id] }
    expect(await affected({ dataKinds: ['learning'] })).toEqual(fatima)
    expect(await affected({ dataKinds: ['special', 'images', 'financial'] }), 'other kinds').toMatchObject({ used: 0 })
    const year = 365 * 86_400_000
    const before = { foundAt: new Date(Date.now() - 9 * year), fromAt: new Date(Date.now() - 10 * year) }
    expect(await affected({ dataKinds: ['learning'], ...before }), 'before anybody was there').toMatchObject({ present: 0, used: 0 })
    await broker.owner`update answers set answer = 'no' where consent_id = ${consentId}`
    expect(await affected({ dataKinds: ['learning'] }), 'who said no').toMatchObject({ used: 0 })
  })

  test('addresses and ways in are of everybody there, at the school where it was', async () => {
    expect(await affected({ dataKinds: ['contact'] })).toMatchObject({ present: 7, used: 7 })
    const schoolId = newId<SchoolId>(broker.clock.now())
    await broker.owner`insert into schools (board_id, school_id, name, brin, sector) values (${world.boardId}, ${schoolId}, 'Het Kompas', '99ZB', 'so')`
    expect(await affected({ dataKinds: ['access'], schoolId })).toMatchObject({ present: 0, used: 0 })
    expect(await refusalOf(affected({ schoolId: newId<SchoolId>(broker.clock.now()) }))).toBe('school_not_found')
  })
})

describe('M14 A supplier tells of a leak', () => {
  test('at each board the clock runs from when it was told; who is affected comes from what was really fetched; both sides go on talking', async () => {
    const { mirjam } = world.people
    const given = await consented(broker, world)
    await liveToken(broker, world, given)
    const [incidentId] = await reportIncidentAsSupplier(
      broker.deps,
      asSupplier(),
      leak({ groupSize: 300, cause: 'Een gestolen wachtwoord.' }),
    )
    const incident = await the(incidentId!)
    expect(incident).toMatchObject({ supplierId: world.supplierId, awareAt: broker.clock.now(), groupSize: 300 })
    expect(await affectedBy(broker.deps, incident)).toEqual({ at: 'company', reachable: 1, delivered: 0, direct: 0 })
    expect(await affectedBy(broker.deps, { ...incident, untilAt: new Date(0) })).toEqual({
      at: 'company',
      reachable: 0,
      delivered: 0,
      direct: 0,
    })
    const subjects = await inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, (tx) => affectedSubjects(tx, incident))
    expect(subjects).toEqual([world.people.fatima.id])

    await sayOfIncident(broker.deps, mirjam.actor, { incidentId: incidentId!, words: 'Welke leerlingen?' })
    broker.clock.pass({ minutes: 1 })
    await sayOfIncidentAsSupplier(broker.deps, asSupplier(), { incidentId: incidentId!, words: 'Alleen groep 6.' })
    const [theirs] = await incidentsOfSupplier(broker.deps, world.supplierId)
    expect(theirs!.messages.map(({ words }) => words)).toEqual(['Welke leerlingen?', 'Alleen groep 6.'])
    const events = await broker.owner`select event from events where receiver_id = ${world.supplierId} and event = 'incident_told'`
    expect(events).toHaveLength(1)
  })

  test('whom the school itself gives data about counts too; of staff whoever was asked, so that the count tells nobody’s answer (D10)', async () => {
    const started = { foundAt: broker.clock.now(), fromAt: broker.clock.now() }
    const touchedBy = async () => {
      const incident = await the(
        await reportIncident(broker.deps, world.people.mirjam.actor, { ...leak(started), supplierId: world.supplierId }),
      )
      const subjects = await inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, (tx) => affectedSubjects(tx, incident))
      return { ...(await affectedBy(broker.deps, incident)), subjects: subjects.toSorted() }
    }
    await broker.owner`delete from token_supports`
    expect(await touchedBy()).toMatchObject({ reachable: 0 })
    const consentId = await asked(broker, world, { basis: 'public_task', datatypes: ['practice-time'] })
    await broker.owner`update items set holder_id = null, holder_agreement_id = null, agreement_id = ${world.agreementId}
      where item_id = (select item_id from consents where consent_id = ${consentId})`
    expect(await touchedBy()).toMatchObject({ reachable: 1, delivered: 0, subjects: [world.people.fatima.id] })

    const they = { ...requesting(broker, world), ...asking(broker, world) }
    const { sara, mirjam, fatima } = world.people
    const approval = { council: 'PMR' as const, about: 'Benchmark', ref: world.serviceId, approvedOn: '2026-11-01' }
    await recordCouncilApproval(broker.deps, mirjam.actor, approval)
    const requestId = await they.asks({ subjectKind: 'employee', subjects: [{ reference: 'm-1', hint: 'Sara' }] })
    await they.matched(requestId, sara.id, 'm-1')
    await they.forwards(requestId)
    const before = await touchedBy()
    expect(before).toMatchObject({ reachable: 2, subjects: [fatima.id, sara.id].toSorted() })
    const [subject] = await they.subjects(requestId)
    await they.answer(sara, subject!.consentId!, 'yes')
    expect(await touchedBy(), 'a yes changes nothing of it').toEqual(before)
  })

  test('not for a board it does not work for, and no other supplier sees or says anything of it', async () => {
    const other = { supplierId: world.publisherId, clientId: world.clients.holder }
    const [incidentId] = await reportIncidentAsSupplier(broker.deps, asSupplier(), leak())
    expect(await incidentsOfSupplier(broker.deps, world.publisherId)).toEqual([])
    expect(await refusalOf(sayOfIncidentAsSupplier(broker.deps, other, { incidentId: incidentId!, words: 'Ha.' }))).toBe(
      'incident_not_found',
    )
    const elsewhere = '01980000-0000-7000-8000-000000000000' as typeof world.boardId
    expect(await refusalOf(reportIncidentAsSupplier(broker.deps, asSupplier(), leakAt([elsewhere])))).toBe('board_not_found')
    const nobody = '01980000-0000-7000-8000-000000000001' as SupplierId
    expect(await refusalOf(reportIncidentAsSupplier(broker.deps, { ...asSupplier(), supplierId: nobody }, leak()))).toBe('board_not_found')
    expect(await refusalOf(reportIncident(broker.deps, world.people.pim.actor, { ...leak(), supplierId: nobody }))).toBe(
      'supplier_not_found',
    )
  })
  const leakAt = (boards: (typeof world.boardId)[]) => ({ ...leak(), boards })
})

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { recordDutyDone } from '../../src/agreements/confirm-duty.ts'
import { dutiesAbout, overdueDuties } from '../../src/agreements/duties.ts'
import { endAgreement } from '../../src/agreements/end-agreement.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { inTransaction } from '../../src/database.ts'
import { type DutyId, newId } from '../../src/ids.ts'
import { asked } from '../support/asked.ts'
import { asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { drive } from '../support/driver.ts'
import { expectLedgerWhole, told } from '../support/ledger.ts'
import { liveToken } from '../support/live-token.ts'
import { pseudonymOf } from '../support/pseudonym.ts'
import { raceFrom, staffSee } from '../support/race.ts'
import { type RestClient, restClient } from '../support/rest.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let rest: RestClient
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  rest = await restClient(broker, await drive(broker, world), 'organisation', 'duties')
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(async () => {
  await expectLedgerWhole(broker, world.boardId)
  await broker.close()
})
beforeEach(() => broker.clock.pass({ seconds: 5 }))

interface Listed {
  id: string
  kind: string
  subject: string | null
  references: string[]
  subprocessors: string[]
  due_at: string
  confirmed_at: string | null
}
const list = async (query = '') => (await rest('GET', `/v1/duties${query}`)).body as { duties?: Listed[]; next_cursor?: string }
const about = (consentId: Awaited<ReturnType<typeof asked>>, actor: 'staff' | 'account' = 'account') =>
  inTransaction(broker.db, { actor, boards: [world.boardId] }, (tx) => dutiesAbout(tx, world.boardId, consentId))
const refusalOf = (act: Promise<unknown>) =>
  act.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )

describe('M21-M23 What a supplier must destroy, it finds in its list and confirms, subprocessors named', () => {
  test('a stop makes a duty with a due date; the supplier sees whom by its own names; confirming ends it, and the parent sees both', async () => {
    const given = await consented(broker, world)
    const pseudonym = await pseudonymOf(broker, world, given.subjectId)
    await withdrawConsent(broker.deps, world.people.nadia.actor, given.consentId)
    const [duty] = (await list()).duties!
    expect(duty).toMatchObject({ kind: 'destroy', subject: pseudonym, references: ['leerling-1'], confirmed_at: null })
    expect(new Date(duty!.due_at).getTime() - broker.clock.now().getTime()).toBe(30 * 86_400_000)
    expect(await about(given.consentId)).toMatchObject([{ kind: 'destroy', confirmedAt: null }])

    const path = `/v1/duties/${duty!.id}/confirmation`
    const half = await rest('POST', path, { subprocessors: [] })
    expect([half.status, half.body.code, half.body.missing]).toEqual([400, 'destruction_incomplete', duty!.subprocessors])
    broker.clock.pass({ days: 31 })
    const late = await inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, (tx) =>
      overdueDuties(tx, world.boardId, broker.clock.now()),
    )
    expect(late.map(({ dutyId }) => dutyId)).toEqual([duty!.id])
    rest = await restClient(broker, await drive(broker, world), 'organisation', 'duties')
    const done = await rest('POST', path, { subprocessors: duty!.subprocessors, note: 'Gewist in de database en in de back-ups.' })
    expect([done.status, done.body.confirmed_at]).toEqual([200, broker.clock.now().toISOString()])
    expect((await list()).duties).toEqual([])
    expect((await list('?state=all')).duties).toHaveLength(1)
    expect(await about(given.consentId)).toMatchObject([
      { note: 'Gewist in de database en in de back-ups.', confirmedAt: broker.clock.now() },
    ])
    expect(JSON.stringify(await told(broker, 'duty_confirmed'))).not.toContain('back-ups')
  })

  test('another supplier’s duty is not there; pages end where they begin; what does not fit is refused', async () => {
    for (let one = 0; one < 3; one++) {
      const { consentId } = await consented(broker, world)
      await withdrawConsent(broker.deps, world.people.nadia.actor, consentId)
      broker.clock.pass({ minutes: 1 })
    }
    const first = await list('?limit=2')
    const second = await list(`?limit=2&cursor=${first.next_cursor}`)
    expect([first.duties!.length, second.duties!.length, second.next_cursor]).toEqual([2, 1, undefined])
    expect(new Set([...first.duties!, ...second.duties!].map(({ id }) => id)).size).toBe(3)
    await broker.owner`update duties set supplier_id = ${world.publisherId} where duty_id = ${first.duties![0]!.id}`
    expect((await rest('POST', `/v1/duties/${first.duties![0]!.id}/confirmation`, {})).body.code).toBe('duty_not_found')
    expect((await rest('POST', `/v1/duties/${newId(broker.clock.now())}/confirmation`, {})).status).toBe(404)
    expect((await list('?cursor=x')) as unknown).toMatchObject({ code: 'input_invalid' })
  })

  test('the end of a contract is a duty too, seen beside each consent whose data went out under it', async () => {
    const given = await consented(broker, world)
    await liveToken(broker, world, given)
    await endAgreement(broker.deps, world.people.mirjam.actor, { agreementId: world.agreementId, because: 'school_stops' })
    expect(await about(given.consentId)).toMatchObject([{ agreementId: world.agreementId, consentId: null }])
  })
})

describe('P23, P30 A stopped picture is taken down by the school', () => {
  test('within a week; a member of staff says it was done, and nobody without the task may', async () => {
    const steps = asking(broker, world)
    const consentId = await asked(broker, world, { image: { channel: 'website', medium: 'photo' } })
    await steps.answer(world.people.nadia, consentId, 'yes')
    expect(await about(consentId)).toEqual([])
    await withdrawConsent(broker.deps, world.people.nadia.actor, consentId)
    const [duty] = await about(consentId, 'staff')
    expect(duty).toMatchObject({ kind: 'take_down', supplierId: null, confirmedAt: null })
    expect(duty!.dueAt.getTime() - duty!.beganAt.getTime()).toBe(7 * 86_400_000)
    const [ended] = (await told(broker, 'consent_withdrawn')).slice(-1)
    expect(ended!.facts.dutyIds).toEqual([duty!.dutyId])

    const done = { dutyId: duty!.dutyId, subprocessors: [], note: 'Foto van de website gehaald.' }
    expect(await refusalOf(recordDutyDone(broker.deps, world.people.pim.actor, done))).toBe('mandate_missing')
    expect(await refusalOf(recordDutyDone(broker.deps, world.people.els.actor, done))).toBe('mandate_missing')
    expect(
      await refusalOf(recordDutyDone(broker.deps, world.people.mirjam.actor, { ...done, dutyId: newId<DutyId>(broker.clock.now()) })),
    ).toBe('duty_not_found')
    await recordDutyDone(broker.deps, world.people.joost.actor, done)
    expect(await about(consentId)).toMatchObject([{ confirmedBy: `person:${world.people.joost.id}` }])
  })

  const seen = { 'where staff see the subject approach': staffSee('duties') }
  race('what was asked directly is hidden from staff: they neither see nor confirm its duty', seen, async () => {
    const given = await consented(broker, world, { approach: 'subject' })
    await withdrawConsent(broker.deps, world.people.nadia.actor, given.consentId)
    const [duty] = await about(given.consentId)
    expect(await about(given.consentId, 'staff')).toEqual([])
    const done = recordDutyDone(broker.deps, world.people.mirjam.actor, { dutyId: duty!.dutyId, subprocessors: duty!.subprocessors })
    expect(await refusalOf(done)).toBe('duty_not_found')
  })
})

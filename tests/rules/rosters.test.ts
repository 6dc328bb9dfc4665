import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { amsterdamDay } from '../../src/clock.ts'
import { askNewcomers } from '../../src/consents/ask-newcomers.ts'
import { LEFT_DAYS, lapseOfWhoLeft } from '../../src/consents/lapse-of-who-left.ts'
import { consentSeenBy } from '../../src/consents/questions.ts'
import { inTransaction } from '../../src/database.ts'
import type { ConsentId, UploadId } from '../../src/ids.ts'
import { newId } from '../../src/ids.ts'
import { runLongWork } from '../../src/long-work.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import { comeBack } from '../../src/people/come-back.ts'
import { departures } from '../../src/people/departures.ts'
import { endEmployment } from '../../src/people/end-employment.ts'
import { endEnrolment } from '../../src/people/end-enrolment.ts'
import { endMandate } from '../../src/people/end-mandate.ts'
import { giveMandate } from '../../src/people/give-mandate.ts'
import { readZip } from '../../src/people/oneroster/read-zip.ts'
import { cancelRoster, confirmRoster } from '../../src/rosters/confirm-roster.ts'
import { forgetRosters } from '../../src/rosters/forget-rosters.ts'
import { uploadRoster } from '../../src/rosters/upload-roster.ts'
import { aimedAtGroup } from '../support/aimed-at-group.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { whileHeld } from '../support/held.ts'
import { expectLedgerWhole, told } from '../support/ledger.ts'
import { endOf, liveToken } from '../support/live-token.ts'
import { bundleOf, type Rows, regenboog, zipOf } from '../support/oneroster.ts'
import { race, without } from '../support/race.ts'
import { afterWork, inState, uploadNow } from '../support/roster-work.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
beforeEach(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await broker.owner`update persons set source_id = 'u-' || lower(given_name) where given_name in ('Fatima', 'Nadia', 'Karim', 'Pim')`
})
afterEach(async () => {
  await expectLedgerWhole(broker, world.boardId)
  await broker.close()
})

type Spoil = (rows: ReturnType<typeof regenboog>) => unknown
const mirjam = () => world.people.mirjam.actor
const send = async (spoil: Spoil = () => {}): Promise<UploadId> => {
  const rows = regenboog()
  spoil(rows)
  return await uploadRoster(broker.deps, mirjam(), await zipOf(bundleOf(rows as Rows)))
}
const worked = (uploadId: UploadId) => afterWork(broker, world.boardId, uploadId)
const shown = async (uploadId: UploadId) => inState(await worked(uploadId), 'waiting')
const confirm = async (uploadId: UploadId, more: { endsMuch?: boolean; changesHash?: string } = {}) => {
  const { changesHash } = inState(await uploadNow(broker, world.boardId, uploadId), 'waiting')
  await confirmRoster(broker.deps, mirjam(), { uploadId, changesHash: changesHash.toString('hex'), endsMuch: false, ...more })
}
const taken = async (spoil: Spoil = () => {}, endsMuch = false) => {
  const uploadId = await send(spoil)
  await worked(uploadId)
  await confirm(uploadId, { endsMuch })
  return inState(await worked(uploadId), 'taken')
}
const openEnrolments = async () =>
  (await broker.owner`select from enrolments where ends_at is null or ends_at > ${broker.clock.now()}`).length
const seenBy = async (consentId: ConsentId) =>
  await inTransaction(broker.db, { actor: 'account', boards: [world.boardId] }, (tx) =>
    consentSeenBy(tx, world.boardId, consentId, world.people.nadia.id, broker.clock.now()),
  )
const content = async () => (await broker.owner`select from roster_uploads where content is not null`).length

describe('A roster is shown before it takes effect', () => {
  test('who is new, who moves, who leaves, guardians gained and lost, birthdays soon; and nothing has changed', async () => {
    await taken()
    broker.clock.pass({ days: 1 })
    const uploadId = await send((rows) => {
      rows.classes[0]!.title = 'Groep 7'
      rows.users[3]!.enabledUser = 'false' // Ali
      rows.users[0]!.agentSourcedIds = 'u-nadia,u-karim,u-elif'
      rows.users.push({ ...rows.users[0]!, sourcedId: 'u-lotte', givenName: 'Lotte', familyName: 'Kok', userIds: '', agentSourcedIds: '' })
      rows.roles.push({ ...rows.roles[0]!, sourcedId: 'r-lotte', userSourcedId: 'u-lotte' })
      rows.demographics.push({ sourcedId: 'u-lotte', birthDate: '2010-12-01' } as (typeof rows.demographics)[0])
    })
    const before = await openEnrolments()
    const { preview } = await shown(uploadId)
    expect(await openEnrolments()).toBe(before)
    expect(preview.lines).toMatchObject({
      newPupils: [{ name: 'Lotte Kok', to: 'De Regenboog' }],
      moved: [{ name: 'Fatima Amrani', from: 'De Regenboog, Groep 6', to: 'De Regenboog, Groep 7' }],
      left: [{ name: 'Ali Yildiz', from: 'De Regenboog' }],
      guardiansGained: [{ name: 'Elif Yildiz', pupil: 'Fatima Amrani' }],
      sixteenSoon: [{ name: 'Lotte Kok', day: '2026-12-01' }],
    })
    expect(preview.counts).toMatchObject({ newPupils: 1, moved: 1, left: 1, guardiansGained: 1, guardiansLost: 0, eighteenSoon: 0 })
    expect(preview.schools).toEqual([{ name: 'De Regenboog', gone: 1, of: 2, isMuch: true }])
  })

  test('until it was read it is kept without race, origin, sex and passwords', async () => {
    await send((rows) => {
      rows.demographics[0]!.asian = 'geheim'
      rows.users[0]!.password = 'geheim'
    })
    const [row] = await broker.owner`select content from roster_uploads`
    const kept = await readZip(row!.content)
    expect(kept.ok && Buffer.concat([...kept.files.values()]).toString()).toContain('Fatima')
    expect(kept.ok && Buffer.concat([...kept.files.values()]).toString()).not.toMatch(/geheim|female/)
  })

  test('and then takes effect as it was shown, once, and what came in is erased', async () => {
    const uploadId = await send()
    await shown(uploadId)
    expect(await content()).toBe(1)
    await confirm(uploadId)
    const { preview } = inState(await worked(uploadId), 'taken')
    expect(preview?.counts.newPupils).toBe(1)
    expect(await openEnrolments()).toBe(2)
    expect(await content()).toBe(0)
    await runLongWork(broker.deps)
    expect(await told(broker, 'roster_imported')).toMatchObject([
      { actor: `person:${world.people.mirjam.id}`, facts: { enrolmentsStarted: 1 } },
    ])
  })

  const confirmedTwice = { 'where what is confirmed is confirmed again': without(/ and "confirmed_at" is null/) }
  race('pressed twice at once it is taken in once', confirmedTwice, async () => {
    const uploadId = await send()
    await shown(uploadId)
    const pressed = await whileHeld(broker, (sql) => sql`select from roster_uploads where upload_id = ${uploadId} for update`, [
      () => confirm(uploadId),
      () => confirm(uploadId),
    ])
    expect(pressed.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    await worked(uploadId)
    expect(await told(broker, 'roster_imported')).toHaveLength(1)
  })

  test('what somebody changed in between is shown anew, and nobody’s change is lost', async () => {
    const [first, second] = [await send(), await send((rows) => (rows.users[5]!.enabledUser = 'false'))]
    await shown(first)
    await shown(second)
    await confirm(first)
    await worked(first)
    await confirm(second, { endsMuch: true })
    const again = inState(await worked(second), 'waiting')
    expect(again.preview.counts.newPupils, 'the first brought Ali').toBe(0)
    expect(again.preview.counts.leftStaff).toBe(1)
    expect(await told(broker, 'roster_imported')).toHaveLength(1)
    await confirm(second, { endsMuch: true })
    inState(await worked(second), 'taken')
  })

  test('a page that shows an older state confirms nothing', async () => {
    const uploadId = await send()
    await shown(uploadId)
    await expect(confirm(uploadId, { changesHash: 'ab'.repeat(32) })).rejects.toMatchObject({ code: 'changed_meanwhile' })
    expect(await openEnrolments()).toBe(1)
  })

  test('thrown away it is over and erased', async () => {
    const uploadId = await send()
    await shown(uploadId)
    await cancelRoster(broker.deps, mirjam(), uploadId)
    inState(await worked(uploadId), 'cancelled')
    expect(await content()).toBe(0)
    await expect(cancelRoster(broker.deps, mirjam(), uploadId)).rejects.toMatchObject({ code: 'roster_over' })
    expect(await openEnrolments()).toBe(1)
  })

  test('while it is being taken in nobody throws it away', async () => {
    const uploadId = await send()
    await shown(uploadId)
    await confirm(uploadId)
    await expect(cancelRoster(broker.deps, mirjam(), uploadId)).rejects.toMatchObject({ code: 'roster_over' })
    inState(await worked(uploadId), 'taken')
  })
})

describe('A roster that ends more than a tenth of a school', () => {
  test('asks for a word of its own, which the button alone is not', async () => {
    const leaving: Spoil = (rows) => (rows.users[0]!.enabledUser = 'false')
    const uploadId = await send(leaving)
    expect((await shown(uploadId)).preview).toMatchObject({
      endsMuch: true,
      schools: [{ name: 'De Regenboog', gone: 1, of: 1, isMuch: true }],
    })
    await expect(confirm(uploadId)).rejects.toMatchObject({ code: 'roster_ends_too_much' })
    await confirm(uploadId, { endsMuch: true })
    inState(await worked(uploadId), 'taken')
  })
})

describe('What a roster ends is said', () => {
  const leaving: Spoil = (rows) => (rows.users[0]!.enabledUser = 'false')

  test('before and after: to the school what went by way of it, to the family alone what did not', async () => {
    const organisation = await liveToken(broker, world, await consented(broker, world))
    const subject = await liveToken(broker, world, await consented(broker, world, { approach: 'subject' }), 'subject')
    const uploadId = await send(leaving)
    const { preview } = await shown(uploadId)
    expect(preview.stops).toEqual({ uses: 1, lines: [{ name: 'Fatima Amrani', uses: 1 }] })
    expect(await endOf(broker, organisation)).toBeUndefined()
    await confirm(uploadId, { endsMuch: true })
    expect(inState(await worked(uploadId), 'taken').preview?.stops).toEqual(preview.stops)
    expect((await endOf(broker, organisation))?.because).toBe('tenure_ended')
    expect((await endOf(broker, subject))?.because).toBe('tenure_ended')
    const [entry] = await told(broker, 'roster_imported')
    expect(entry!.facts.endedTokens).toEqual([organisation])
    await deliverMails(broker.deps)
    expect(broker.mails.map(({ to, subject }) => `${to} ${subject}`).toSorted()).toEqual([
      `${world.people.karim.email} Er is iets gestopt`,
      `${world.people.nadia.email} Er is iets gestopt`,
    ])
  })

  test('of who goes to another group, what was asked of the one they leave: at once, and the family is told', async () => {
    const [ofGroup, ofAll] = [await consented(broker, world), await consented(broker, world, { purpose: '5.1.b' })]
    await aimedAtGroup(broker, world, ofGroup.itemId)
    const [ended, kept] = [await liveToken(broker, world, ofGroup), await seenBy(ofAll.consentId)]
    const moving: Spoil = (rows) => (rows.classes[0]!.title = 'Groep 7')
    const uploadId = await send(moving)
    expect((await shown(uploadId)).preview.stops).toEqual({ uses: 1, lines: [{ name: 'Fatima Amrani', uses: 1 }] })
    expect(await seenBy(ofGroup.consentId)).toMatchObject({ left: false, mayAnswer: true })
    await confirm(uploadId)
    inState(await worked(uploadId), 'taken')
    expect((await endOf(broker, ended))?.because).toBe('tenure_ended')
    expect(await seenBy(ofGroup.consentId)).toMatchObject({ left: true, mayAnswer: false })
    expect(await seenBy(ofAll.consentId), 'what was asked of her by name stands').toEqual(kept)
    await deliverMails(broker.deps)
    expect(broker.mails.map(({ to }) => to).toSorted()).toEqual([world.people.karim.email, world.people.nadia.email])
    expect(await lapseOfWhoLeft(broker.deps, world.boardId), 'a mistake in a roster can still be mended').toBe(0)
    broker.clock.pass({ days: LEFT_DAYS + 1 })
    expect(await lapseOfWhoLeft(broker.deps, world.boardId)).toBe(1)
    expect(await askNewcomers(broker.deps, world.boardId), 'nobody is in the group any more').toBe(0)
  })

  test('a guardian who loses the say takes what rested on their yes alone', async () => {
    await broker.owner`update guardianships set source = 'board_declaration'`
    await broker.owner`update boards set roster_implies_authority = true`
    await consented(broker, world)
    const uploadId = await send((rows) => (rows.users[0]!.agentSourcedIds = ''))
    const { preview } = await shown(uploadId)
    expect(preview.counts.guardiansLost).toBe(2)
    expect(preview.stops.uses).toBe(1)
  })

  test('nothing subject-oriented is counted for the school', async () => {
    await consented(broker, world, { approach: 'subject' })
    expect((await shown(await send(leaving))).preview.stops).toEqual({ uses: 0, lines: [] })
  })
})

describe('What staff recorded no roster overwrites: who left', () => {
  const wholeBoard = { reach: 'board', at: new Date('2026-12-01') } as const
  const listed = () =>
    inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, (tx) =>
      departures(tx, world.boardId, { ...wholeBoard, only: 'stillListed' }),
    )
  const left = () => endEnrolment(broker.deps, mirjam(), world.tenures.fatima!)

  test('the next roster does not bring them back; the difference is shown, until the list or the school gives way', async () => {
    await left()
    const uploadId = await send()
    expect((await shown(uploadId)).preview).toMatchObject({
      counts: { newPupils: 1, stillListed: 1 },
      lines: { newPupils: [{ name: 'Ali Yildiz' }], stillListed: [{ name: 'Fatima Amrani', from: 'De Regenboog, Groep 6' }] },
    })
    await confirm(uploadId)
    await worked(uploadId)
    expect(await openEnrolments(), 'Ali').toBe(1)
    expect(await listed()).toMatchObject([{ name: 'Fatima Amrani', kind: 'enrolment', recordedBy: 'Mirjam Amrani' }])
    await taken((rows) => (rows.users[0]!.enabledUser = 'false'))
    expect(await listed(), 'the list says so too now').toEqual([])
    await taken()
    expect(await listed()).toHaveLength(1)
    await comeBack(broker.deps, mirjam(), { kind: 'enrolment', tenureId: world.tenures.fatima! })
    expect(await listed()).toEqual([])
    expect(await openEnrolments()).toBe(2)
    expect(await told(broker, 'enrolment_resumed')).toMatchObject([{ facts: { insteadOf: world.tenures.fatima } }])
    expect((await shown(await send())).preview.counts).toMatchObject({ newPupils: 0, left: 0, stillListed: 0 })
  })

  test('who comes back with a later first day has come back', async () => {
    await left()
    broker.clock.pass({ days: 3 })
    await taken((rows) => ((rows.roles[0] as Record<string, string>).beginDate = amsterdamDay(broker.clock.now())))
    expect(await listed()).toEqual([])
    expect(await openEnrolments()).toBe(2)
  })

  test('of staff too; and nobody takes it back who may not, nor twice', async () => {
    const back = { kind: 'employment', tenureId: world.tenures.joost! } as const
    await endEmployment(broker.deps, mirjam(), world.tenures.joost!)
    await expect(comeBack(broker.deps, world.people.pim.actor, back)).rejects.toMatchObject({ code: 'mandate_missing' })
    await comeBack(broker.deps, mirjam(), back)
    await expect(comeBack(broker.deps, mirjam(), back)).rejects.toMatchObject({ code: 'tenure_not_found' })
  })
})

describe('Who may', () => {
  test('an administrator, and nobody else, from sending to throwing away', async () => {
    const zip = await zipOf(bundleOf(regenboog()))
    const joost = world.people.joost.actor
    await expect(uploadRoster(broker.deps, joost, zip)).rejects.toMatchObject({ code: 'mandate_missing' })
    const uploadId = await send()
    const { changesHash } = await shown(uploadId)
    const input = { uploadId, changesHash: changesHash.toString('hex'), endsMuch: true }
    await expect(confirmRoster(broker.deps, joost, input)).rejects.toMatchObject({ code: 'mandate_missing' })
    await expect(cancelRoster(broker.deps, joost, uploadId)).rejects.toMatchObject({ code: 'mandate_missing' })
    await expect(cancelRoster(broker.deps, mirjam(), newId(broker.clock.now()))).rejects.toMatchObject({ code: 'roster_not_found' })
  })

  test('whoever lost the mandate before their turn came has nothing taken in', async () => {
    const uploadId = await send()
    await shown(uploadId)
    await confirm(uploadId)
    await giveMandate(broker.deps, mirjam(), { personId: world.people.joost.id, role: 'administrator' })
    const [mandate] =
      await broker.owner`select mandate_id from mandates where person_id = ${world.people.mirjam.id} and role = 'administrator'`
    broker.clock.pass({ seconds: 1 })
    await endMandate(broker.deps, world.people.joost.actor, mandate!.mandate_id)
    inState(await worked(uploadId), 'waiting')
    expect(await openEnrolments()).toBe(1)
    expect(await told(broker, 'roster_imported')).toEqual([])
  })

  test('not past the last administrator: nothing is taken in, and it waits again', async () => {
    await broker.owner`update persons set source_id = 'u-mirjam' where person_id = ${world.people.mirjam.id}`
    const uploadId = await send()
    await shown(uploadId)
    await confirm(uploadId, { endsMuch: true })
    inState(await worked(uploadId), 'waiting')
    const [job] = await broker.owner`select outcome, result from jobs where kind = 'roster_import'`
    expect(job).toMatchObject({ outcome: 'refused', result: { code: 'last_administrator' } })
  })
})

test('a wrong roster changes nothing and tells everything by its place; what came in is erased', async () => {
  const uploadId = await send((rows) => {
    rows.users[0]!.givenName = ''
    rows.demographics[0]!.birthDate = '31-12-2017'
  })
  const { errors } = inState(await worked(uploadId), 'refused')
  expect(errors.map(({ file, line, column }) => `${file} ${line} ${column}`)).toEqual([
    'users.csv 2 givenName',
    'demographics.csv 2 birthDate',
  ])
  expect(await content()).toBe(0)
  const elsewhere = await send((rows) => (rows.orgs[1]!.identifier = '99ZX'))
  expect(inState(await worked(elsewhere), 'refused').errors).toMatchObject([{ file: 'orgs.csv', line: 3, column: 'identifier' }])
})

const everybodys = { 'without row-level security': { schema: 'alter table roster_uploads disable row level security' } }
race('the preview and its names are the board’s own (INV-07)', everybodys, async () => {
  const uploadId = await send()
  await shown(uploadId)
  const rows = await inTransaction(broker.db, { actor: 'staff', boards: [newId(broker.clock.now())] }, (tx) =>
    tx.selectFrom('roster_uploads').select('upload_id').execute(),
  )
  expect(rows).toEqual([])
})

test('what nobody confirmed is let go of after a fortnight, and names of what was taken in after a month', async () => {
  const waiting = await send()
  await shown(waiting)
  await taken()
  const names = async () =>
    (
      await broker.owner`select from roster_uploads where content is not null or preview::text like '%Fatima%' or preview::text like '%Ali%'`
    ).length
  broker.clock.pass({ days: 13 })
  await forgetRosters(broker.deps, world.boardId)
  expect(await names()).toBe(2)
  broker.clock.pass({ days: 2 })
  expect(await forgetRosters(broker.deps, world.boardId)).toBe(1)
  inState(await uploadNow(broker, world.boardId, waiting), 'cancelled')
  expect(await content()).toBe(0)
  broker.clock.pass({ days: 16 })
  await forgetRosters(broker.deps, world.boardId)
  expect(await names()).toBe(0)
})

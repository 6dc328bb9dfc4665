import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { heldAbout } from '../../src/cases/held.ts'
import { answerInquiry } from '../../src/consents/answer-inquiry.ts'
import { eraseInquiries, INQUIRY_DAYS } from '../../src/consents/erase-inquiries.ts'
import { inquire } from '../../src/consents/inquire.ts'
import { inquiriesOf } from '../../src/consents/inquiries.ts'
import { LEFT_DAYS, lapseOfWhoLeft } from '../../src/consents/lapse-of-who-left.ts'
import { settleExpired } from '../../src/consents/settle-expired.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { fsck } from '../../src/fsck/fsck.ts'
import type { ConsentId, InquiryId } from '../../src/ids.ts'
import { asked } from '../support/asked.ts'
import { type Asking, asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let they: Asking
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  they = asking(broker, world)
})
afterAll(() => broker.close())
afterEach(async () => {
  const { findings } = await fsck(broker.db)
  // The world's own agreements were put there row by row.
  const ends = Object.values(findings)
    .flat()
    .filter((finding) => /^(end of consent|answer|duty)/.test(finding))
  expect(ends, 'INV-05').toEqual([])
})

const inDays = (days: number) => new Date(broker.clock.now().getTime() + days * 86_400_000)
const duties = (consentId: ConsentId) =>
  broker.owner`select kind, supplier_id, due_at from duties where consent_id = ${consentId} order by kind`

describe('A yes that runs out by itself ends as if somebody had stopped it', () => {
  test('P23, P30: a picture is taken down within a week, once, however often that runs', async () => {
    const picture = await asked(broker, world, { image: { channel: 'website', medium: 'photo' }, until: inDays(30) })
    await they.answer(world.people.nadia, picture, 'yes')
    expect(await settleExpired(broker.deps, world.boardId), 'it still stands').toBe(0)
    broker.clock.pass({ days: 31 })
    expect([await settleExpired(broker.deps, world.boardId), await settleExpired(broker.deps, world.boardId)]).toEqual([1, 0])
    expect(await duties(picture)).toMatchObject([{ kind: 'take_down', supplier_id: null, due_at: inDays(7) }])
    expect(await they.state(picture)).toBe('expired')
    const [entry] = (await they.ledgerOf(world.boardId)).filter(({ event }) => event === 'consents_expired')
    expect(entry).toMatchObject({ actor: 'job', facts: { expired: [picture] } })
  })

  test('M21: a supplier that asked directly destroys what it has, and is told', async () => {
    const question = await asked(broker, world, { approach: 'subject', until: inDays(30) })
    await they.answer(world.people.nadia, question, 'yes', { untilAt: inDays(10) })
    broker.clock.pass({ days: 11 })
    expect(await settleExpired(broker.deps, world.boardId)).toBe(1)
    expect(await duties(question)).toMatchObject([{ kind: 'destroy', supplier_id: world.supplierId }])
    const told = await they.told(world.supplierId)
    expect(told.at(-1)).toMatchObject({ event: 'consents_expired', facts: { stands: false } })
  })

  test('nothing is taken down where the next year’s yes for the same place stands already', async () => {
    const image = { channel: 'schoolgids', medium: 'photo' as const }
    const old = await asked(broker, world, { image, until: inDays(30) })
    await they.answer(world.people.nadia, old, 'yes')
    const next = await asked(broker, world, { image, until: inDays(60) })
    await they.answer(world.people.nadia, next, 'yes')
    broker.clock.pass({ days: 31 })
    expect(await settleExpired(broker.deps, world.boardId)).toBe(1)
    expect(await duties(old)).toEqual([])
    await withdrawConsent(broker.deps, world.people.nadia.actor, next)
    expect(await duties(next)).toMatchObject([{ kind: 'take_down' }])
  })

  test('what was refused or never answered leaves nothing to do', async () => {
    const refused = await asked(broker, world, { image: { channel: 'folder', medium: 'photo' }, until: inDays(5) })
    await they.answer(world.people.nadia, refused, 'no')
    await asked(broker, world, { image: { channel: 'krant', medium: 'photo' }, until: inDays(5) })
    broker.clock.pass({ days: 6 })
    expect(await settleExpired(broker.deps, world.boardId)).toBe(0)
  })
})

describe('Who leaves the school is asked nothing more, and what was shared ends', () => {
  test('INV-10: the yes gives nothing from that day; after two weeks it has lapsed and what is held is destroyed or taken down', async () => {
    const picture = await asked(broker, world, { image: { channel: 'website', medium: 'photo' } })
    const direct = await asked(broker, world, { approach: 'subject' })
    const open = await asked(broker, world)
    for (const consent of [picture, direct]) await they.answer(world.people.nadia, consent, 'yes')
    await broker.owner`update enrolments set ends_at = ${broker.clock.now()} where person_id = ${world.people.fatima.id}`
    broker.clock.pass({ days: 1 })
    await expect(they.answer(world.people.nadia, open, 'yes')).rejects.toThrow('subject_left')
    expect(await lapseOfWhoLeft(broker.deps, world.boardId), 'a mistake in a roster can still be mended').toBe(0)
    broker.clock.pass({ days: LEFT_DAYS })
    expect(await lapseOfWhoLeft(broker.deps, world.boardId)).toBe(3)
    expect(await lapseOfWhoLeft(broker.deps, world.boardId)).toBe(0)
    expect(await duties(picture)).toMatchObject([{ kind: 'take_down' }])
    expect(await duties(direct)).toMatchObject([{ kind: 'destroy' }])
    expect(await they.state(open)).toBe('lapsed')
    await broker.owner`update enrolments set ends_at = null where person_id = ${world.people.fatima.id}`
  })
})

describe('What was asked the school in people’s own words is erased', () => {
  const words = () => broker.owner`select question, answer, answered_at, erased_at from inquiries order by erased_at nulls last`
  test('INV-16: three months after the question is over; that it was asked and answered stays', async () => {
    const question = await asked(broker, world, { until: inDays(10) })
    const going = await asked(broker, world)
    const ask = async (consentId: ConsentId) =>
      (await inquire(broker.deps, world.people.nadia.actor, { consentId, question: 'Ziet de juf dit ook?' })).inquiryId
    const inquiryId: InquiryId = await ask(question)
    broker.clock.pass({ minutes: 1 })
    await ask(going)
    await answerInquiry(broker.deps, world.people.mirjam.actor, { inquiryId, answer: 'Ja, zij ook.' })
    const held = await heldAbout(broker.deps, world.people.nadia.actor, world.people.fatima.id)
    expect(held.inquiries, 'and until then one sees it (GDPR art. 15)').toMatchObject([
      { question: 'Ziet de juf dit ook?', answer: 'Ja, zij ook.' },
      { question: 'Ziet de juf dit ook?', answer: null },
    ])
    broker.clock.pass({ days: INQUIRY_DAYS })
    expect(await eraseInquiries(broker.deps, world.boardId)).toBe(0)
    broker.clock.pass({ days: 11 })
    expect(await eraseInquiries(broker.deps, world.boardId)).toBe(1)
    const [erased, kept] = await words()
    expect(erased).toMatchObject({ question: null, answer: null, erased_at: broker.clock.now() })
    expect(erased!.answered_at).not.toBeNull()
    expect(kept).toMatchObject({ question: 'Ziet de juf dit ook?', erased_at: null })
    const seen = await they.as('account', (tx) => inquiriesOf(tx, world.boardId, question, world.people.nadia.id))
    expect(seen).toEqual([])
    expect((await they.ledgerOf(world.boardId)).at(-1)).toMatchObject({ event: 'inquiries_erased', facts: { inquiryIds: [inquiryId] } })
  })
})

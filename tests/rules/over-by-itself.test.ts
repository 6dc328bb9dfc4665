import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { heldAbout } from '../../src/cases/held.ts'
import { yearsBefore } from '../../src/clock.ts'
import { answerInquiry } from '../../src/consents/answer-inquiry.ts'
import { eraseInquiries, INQUIRY_DAYS } from '../../src/consents/erase-inquiries.ts'
import { eraseProof } from '../../src/consents/erase-proof.ts'
import { figuresOf } from '../../src/consents/figures.ts'
import { inquire } from '../../src/consents/inquire.ts'
import { inquiriesOf } from '../../src/consents/inquiries.ts'
import { LEFT_DAYS, lapseOfWhoLeft } from '../../src/consents/lapse-of-who-left.ts'
import { currentAgreement } from '../../src/consents/parent-agreement.ts'
import { seenBy } from '../../src/consents/questions.ts'
import { type Round, roundById } from '../../src/consents/rounds.ts'
import { settleExpired } from '../../src/consents/settle-expired.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { fsck } from '../../src/fsck/fsck.ts'
import type { ConsentId, InquiryId, RoundId } from '../../src/ids.ts'
import { setBoard } from '../../src/people/set-board.ts'
import { asked } from '../support/asked.ts'
import { type Asking, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { expectLedgerWhole, told } from '../support/ledger.ts'
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

describe('The proof of a consent is kept for the years that the board sets after its end, and is then erased', () => {
  const countOf = async (table: string, consents: ConsentId[]) =>
    (await broker.owner`select from ${broker.owner(table)} where consent_id = any(${consents}::uuid[])`).length
  const agreementOf = (round: Round, consents: ConsentId[]) =>
    they.as('account', async (tx) => {
      const { nadia, fatima } = world.people
      const seen = (await seenBy(tx, world.boardId, nadia.id, broker.clock.now())).filter(({ consentId }) => consents.includes(consentId))
      const whose = { boardId: world.boardId, round, subjectId: fatima.id, deciderId: nadia.id }
      return await currentAgreement(tx, broker.clock.now(), { ...whose, names: { board: 'B', decider: 'N', subject: 'F' } }, seen)
    })
  const endsOf = (consents: ConsentId[]) =>
    broker.owner`select ended_as, ended_at < ${broker.clock.now()} as past from consents where consent_id = any(${consents}::uuid[])`
  const figures = (roundId: RoundId) => broker.owner`select asked, answered, disputed from round_tallies where round_id = ${roundId}`

  test('K26, INV-04, INV-05: a year short it is there, past it answers, receipts, agreement and texts are gone, each chain tells its own', async () => {
    const { nadia, mirjam } = world.people
    await setBoard(broker.deps, mirjam.actor, world.boardId, { proofYears: 3 })
    const { roundId, consentIds } = await they.round([imageItem('website'), imageItem('schoolgids'), imageItem('krant')])
    const [given, refused, stopped] = consentIds as [ConsentId, ConsentId, ConsentId]
    const direct = await asked(broker, world, { approach: 'subject', until: inDays(30) })
    const ours = [...consentIds, direct]
    for (const consent of [given, stopped, direct]) await they.answer(nadia, consent, 'yes')
    await they.answer(nadia, refused, 'no')
    await withdrawConsent(broker.deps, nadia.actor, stopped)
    const round = await they.as('staff', (tx) => roundById(tx, world.boardId, roundId))
    const { version } = await agreementOf(round!, consentIds)
    const texts = () => broker.owner`select from shown_texts where body::jsonb ->> 'itemId' in (
      select item_id::text from consents where consent_id = any(${ours}::uuid[]))`
    expect([await countOf('answers', ours), await countOf('receipts', ours), (await texts()).length]).toEqual([4, 5, 4])

    broker.clock.pass({ days: Math.ceil((round!.endsAt.getTime() - broker.clock.now().getTime()) / 86_400_000) + 2 * 365 })
    await settleExpired(broker.deps, world.boardId)
    const shownToSchool = () => they.as('staff', (tx) => figuresOf(tx, round!, broker.clock.now()))
    const [before, beforeByItem] = [await figures(roundId), await shownToSchool()]
    expect(beforeByItem).toHaveLength(3)
    await eraseProof(broker.deps, world.boardId)
    expect(await countOf('answers', [given, refused]), 'a year short').toBe(2)
    expect((await agreementOf(round!, consentIds)).version, 'as it was last kept').toBe(version)

    broker.clock.pass({ days: 368 })
    expect(await eraseProof(broker.deps, world.boardId)).toBeGreaterThanOrEqual(2)
    for (const table of ['answers', 'receipts']) expect(await countOf(table, ours), table).toBe(0)
    expect(await texts()).toEqual([])
    expect(await broker.owner`select from parent_agreements where round_id = ${roundId}`).toEqual([])
    await expect(agreementOf(round!, consentIds)).rejects.toThrow('not_found')

    const ended = await endsOf([given, refused])
    expect(ended, 'a refusal ends with its question').toEqual([
      { ended_as: 'expired', past: true },
      { ended_as: 'expired', past: true },
    ])
    expect(await they.state(stopped)).toBe('withdrawn')
    expect(await figures(roundId), 'how many were asked and answered stays').toEqual(before)
    expect(await shownToSchool(), 'also by item').toEqual(beforeByItem)

    const entries = await told(broker, 'proof_erased')
    const chainsOf = (consent: ConsentId) =>
      entries.filter(({ facts }) => (facts.consentIds as string[]).includes(consent)).map(({ chain }) => chain)
    expect(consentIds.map(chainsOf)).toEqual(consentIds.map(() => [`${world.boardId}:organisation`]))
    expect(chainsOf(direct)).toEqual([`${world.boardId}:subject`])
    const { findings } = await fsck(broker.db)
    expect([...findings['INV-04'], ...findings['INV-05'].filter((finding) => /agreement with a parent|round /.test(finding))]).toEqual([])
    await expectLedgerWhole(broker, world.boardId)

    expect(await eraseProof(broker.deps, world.boardId), 'once').toBe(0)
    expect(await told(broker, 'proof_erased')).toEqual(entries)
  })

  test('D14 what was answered for research five years at most, also where the board keeps proof for longer', async () => {
    const { nadia, mirjam } = world.people
    await setBoard(broker.deps, mirjam.actor, world.boardId, { proofYears: 8 })
    const picture = await asked(broker, world, { image: { channel: 'gang', medium: 'photo' }, until: inDays(20) })
    const research = await asked(broker, world, { image: { channel: 'onderzoek', medium: 'video' }, until: inDays(20) })
    for (const consent of [picture, research]) await they.answer(nadia, consent, 'no')
    await broker.owner`update items set purpose = '5.1.f' where item_id = (select item_id from consents where consent_id = ${research})`
    broker.clock.pass({ days: 20 + 5 * 365 })
    await eraseProof(broker.deps, world.boardId)
    expect(await countOf('answers', [research]), 'not a day before').toBe(1)
    broker.clock.pass({ days: 5 })
    await eraseProof(broker.deps, world.boardId)
    expect([await countOf('answers', [research]), await countOf('answers', [picture])]).toEqual([0, 1])
  })

  test.each([
    ['2029-02-28', '2024-02-28'],
    ['2029-03-01', '2024-03-01'],
    ['2028-02-29', '2023-03-01'],
  ])('on %s is kept what ended from %s', (today, from) => {
    expect(yearsBefore(today, 5)).toBe(from)
  })
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addendumById } from '../../src/agreements/addendum-store.ts'
import { sayOfAgreement, sayOfAgreementAsSupplier } from '../../src/agreements/agreement-messages.ts'
import { checkAddendum } from '../../src/agreements/check-addendum.ts'
import { recordDutyDone } from '../../src/agreements/confirm-duty.ts'
import { draftAddendum } from '../../src/agreements/draft-addendum.ts'
import { draftAgreement } from '../../src/agreements/draft-agreement.ts'
import { overdueDuties } from '../../src/agreements/duties.ts'
import { SCHOOL_SIDE } from '../../src/agreements/mandates.ts'
import { signAddendum } from '../../src/agreements/sign-addendum.ts'
import { sha256 } from '../../src/canonical.ts'
import { remindOfDuties } from '../../src/cases/remind-of-duties.ts'
import { tellMembers } from '../../src/cases/tell-members.ts'
import { waitingAt } from '../../src/cases/waiting-at-supplier.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { type AccountId, newId } from '../../src/ids.ts'
import { CONTRACT_MAIL, REQUEST_MAIL } from '../../src/messages/supplier-mail.ts'
import { TIDINGS } from '../../src/messages/tidings.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import { nextMorning } from '../../src/notifications/quiet-hours.ts'
import { asked } from '../support/asked.ts'
import { type Asking, asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { liveToken } from '../support/live-token.ts'
import { requesting } from '../support/requesting.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let they: Asking
beforeEach(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  they = asking(broker, world)
})
afterEach(() => broker.close())

async function works(email: string, roles: string[], language = 'nl'): Promise<void> {
  const account_id = newId<AccountId>(broker.clock.now())
  const at = broker.clock.now()
  await broker.owner`insert into accounts ${broker.owner({ account_id, email, language, created_at: at })}`
  await broker.owner`insert into members (member_id, supplier_id, account_id, name, roles, joined_at)
    values (${newId<never>(at)}, ${world.supplierId}, ${account_id}, 'Medewerker', ${roles}, ${at})`
}
/** What goes out when the jobs of the board run now. */
async function reminded(): Promise<{ to: string; text: string }[]> {
  await remindOfDuties(broker.deps, world.boardId)
  broker.mails.splice(0)
  await deliverMails(broker.deps)
  return broker.mails.filter(({ subject }) => subject.endsWith('is te laat'))
}
const receivers = async () => (await reminded()).map(({ to }) => to).toSorted()

describe('M21, P23 What had to be done by a day that has passed is reminded of once a week, until it is done', () => {
  test('a supplier of what it has to destroy: who handles it there, by day, without a name', async () => {
    await works('contracten@rekenplus.example', ['contracts'])
    await works('techniek@rekenplus.example', ['engineer'])
    const given = await consented(broker, world)
    await liveToken(broker, world, given)
    await withdrawConsent(broker.deps, world.people.nadia.actor, given.consentId)
    expect(await receivers(), 'it is not due yet').toEqual([])
    const [{ due_at: due }] = (await broker.owner`select due_at from duties`) as unknown as [{ due_at: Date }]

    broker.clock.set(new Date(due.getTime() + 3_600_000))
    const night = new Date(due.getTime() + 86_400_000)
    night.setUTCHours(1)
    broker.clock.set(night)
    expect(await receivers(), 'in the night').toEqual([])
    broker.clock.pass({ hours: 8 })
    const [mail, ...others] = await reminded()
    expect([mail!.to, others]).toEqual(['contracten@rekenplus.example', []])
    expect(mail!.text).toContain(`/supplier/${world.supplierId}/duties`)
    expect(mail!.text).not.toMatch(/Fatima|Nadia|resultaten/)
    expect(await receivers(), 'once').toEqual([])
    broker.clock.pass({ days: 7 })
    expect(await receivers()).toEqual(['contracten@rekenplus.example'])
  })

  test('the school of a picture it has to take down, and no more once somebody says it is done', async () => {
    const consentId = await asked(broker, world, { image: { channel: 'website', medium: 'photo' } })
    await they.answer(world.people.nadia, consentId, 'yes')
    await withdrawConsent(broker.deps, world.people.nadia.actor, consentId)
    broker.clock.pass({ days: 8 })
    expect(await receivers()).toEqual([world.people.joost.email, world.people.mirjam.email])
    const [duty] = await they.as('job', (tx) => overdueDuties(tx, world.boardId, broker.clock.now()))
    await recordDutyDone(broker.deps, world.people.joost.actor, { dutyId: duty!.dutyId, subprocessors: [], note: 'Weg.' })
    broker.clock.pass({ days: 7 })
    expect(await receivers()).toEqual([])
  })
})

describe('M16, M17, M21 What comes to wait at a supplier is told to whose it is to do, once', () => {
  /** Who is mailed when the job runs now, and what. */
  async function told(): Promise<[string, string][]> {
    await tellMembers(broker.deps, world.boardId)
    broker.mails.splice(0)
    await deliverMails(broker.deps)
    return broker.mails
      .filter(({ subject }) => subject === TIDINGS.nl.subject || subject === TIDINGS.en.subject)
      .map(({ to, text }): [string, string] => [to, text])
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
  }
  const says = async (words: string) =>
    await sayOfAgreement(broker.deps, world.people.mirjam.actor, { agreementId: world.agreementId, words })

  test('by role and language, by day, at most once an hour; of nobody by name, and nothing that was written', async () => {
    await works('contracten@rekenplus.example', ['contracts'])
    await works('contracts@rekenplus.example', ['contracts'], 'en')
    await works('techniek@rekenplus.example', ['engineer', 'case_worker'])
    await says('Wie van jullie begeleidt Fatima?')
    const given = await consented(broker, world)
    await liveToken(broker, world, given)
    await withdrawConsent(broker.deps, world.people.nadia.actor, given.consentId)
    const first = await told()
    expect(first.map(([to]) => to)).toEqual(['contracten@rekenplus.example', 'contracts@rekenplus.example'])
    for (const [nr, language] of (['nl', 'en'] as const).entries()) {
      const { message, duty, signature } = TIDINGS[language].kinds
      expect(first[nr]![1]).toContain(message)
      expect(first[nr]![1]).toContain(duty)
      expect(first[nr]![1], 'what waits for months is no news').not.toContain(signature)
      expect(first[nr]![1]).toContain(`/supplier/${world.supplierId}\n`)
      expect(first[nr]![1]).not.toMatch(/Fatima|Nadia|begeleidt|Waterlelie/)
    }
    expect(await told(), 'once').toEqual([])
    await says('En wanneer?')
    expect(await told(), 'within the hour').toEqual([])
    broker.clock.pass({ hours: 14 })
    expect(await told(), 'in the night').toEqual([])
    broker.clock.pass({ hours: 10 })
    expect((await told()).map(([to, text]) => [to, text.includes(TIDINGS.nl.kinds.duty)])).toEqual([
      ['contracten@rekenplus.example', false],
      ['contracts@rekenplus.example', false],
    ])
    await sayOfAgreementAsSupplier(
      broker.deps,
      { clientId: world.clients.organisation, supplierId: world.supplierId },
      {
        agreementId: world.agreementId,
        words: 'Tess.',
      },
    )
    const at = broker.clock.now()
    const waits = await they.as('client', (tx) => waitingAt(tx, [world.boardId], at, world.supplierId))
    expect(waits.map(({ kind }) => kind).toSorted(), 'what is answered waits no more').toEqual(['duty', 'signature'])
  })

  test('M26: an addendum that the board signed, whoever drafted it; for a week it is news on their pages too', async () => {
    await works('contracten@rekenplus.example', ['contracts'])
    await works('techniek@rekenplus.example', ['engineer'])
    broker.clock.pass({ days: 8 })
    const { boardId, agreementId, serviceId, people } = world
    const addendumId = await draftAddendum(broker.deps, people.mirjam.actor, { boardId, agreementId, serviceId })
    await checkAddendum(broker.deps, people.mirjam.actor, { addendumId })
    expect(await told(), 'it waits for the board').toEqual([])
    const { text } = (await they.as('staff', (tx) => addendumById(tx, boardId, addendumId)))!
    await signAddendum(broker.deps, people.ruud.actor, { addendumId, textHash: sha256(text).toString('hex') })
    const mails = await told()
    expect(mails.map(([to]) => to)).toEqual(['contracten@rekenplus.example'])
    expect(mails[0]![1]).toContain(TIDINGS.nl.kinds.addendum_signed)
    expect(mails[0]![1]).not.toContain('Waterlelie')
    expect(await told(), 'once').toEqual([])
    const waits = async () =>
      (await they.as('client', (tx) => waitingAt(tx, [boardId], broker.clock.now(), world.supplierId))).map(({ kind }) => kind)
    expect(await waits()).toContain('addendum_signed')
    broker.clock.pass({ days: 7 })
    expect(await waits(), 'there is nothing to do about it').not.toContain('addendum_signed')
  })

  test('the administrator where nobody has the role', async () => {
    await works('baas@rekenplus.example', ['administrator'])
    await says('Klopt dit?')
    expect((await told()).map(([to]) => to)).toEqual(['baas@rekenplus.example'])
  })
})

test('M25: whoever may act on contracts is mailed the next morning that suppliers propose something or wrote: once, of no company and no words', async () => {
  const { boardId, supplierId, agreementId, serviceId, people } = world
  const supplier = { clientId: world.clients.organisation, supplierId }
  /** Who is mailed now, and what. */
  async function told(): Promise<{ to: string; text: string }[]> {
    broker.mails.splice(0)
    await deliverMails(broker.deps)
    return broker.mails.filter(({ subject }) => subject === CONTRACT_MAIL.nl('', '').subject)
  }
  const says = async (words: string) => await sayOfAgreementAsSupplier(broker.deps, supplier, { agreementId, words })
  // Who works for one school may not act for the board, and so is not disturbed for it.
  await broker.owner`insert into mandates (board_id, mandate_id, person_id, role, school_id, starts_at)
    values (${boardId}, ${newId<never>(broker.clock.now())}, ${people.pim.id}, 'consent_officer', ${world.schoolId}, ${broker.clock.now()})`
  for (let nr = 1; nr <= 5; nr += 1) await says(`Fatima heeft hulp nodig, bericht ${nr}`)
  await draftAddendum(broker.deps, supplier, { boardId, agreementId, serviceId })
  await draftAgreement(broker.deps, supplier, {
    boardId,
    supplierId,
    kind: 'processor',
    productAgreement: 'Offerte Zonnebloem',
    retention: 'tot het einde van het schooljaar',
    startsAt: broker.clock.now(),
    endsAt: new Date(broker.clock.now().getTime() + 86_400_000),
    services: [{ serviceId }],
  })
  await draftAddendum(broker.deps, people.mirjam.actor, { boardId, agreementId, serviceId })
  expect(await told(), 'nobody is disturbed at once').toEqual([])
  broker.clock.set(nextMorning(broker.clock.now()))
  const mails = await told()
  const mayAct = await broker.owner`
    select p.email from mandates m join persons p using (board_id, person_id)
    where m.board_id = ${boardId} and m.role = any(${SCHOOL_SIDE}) and m.school_id is null and p.email is not null`
  expect(mails.map(({ to }) => to).toSorted()).toEqual([...new Set(mayAct.map(({ email }) => String(email)))].toSorted())
  expect(mails.map(({ to }) => to)).toEqual(expect.arrayContaining([people.mirjam.email, people.ruud.email]))
  for (const { text } of mails) {
    expect(text).toContain('/school/contracts\n')
    expect(text).not.toMatch(/Fatima|Reken Plus|Zonnebloem|bericht/)
  }
  expect(await told()).toEqual([])
  await sayOfAgreement(broker.deps, people.mirjam.actor, { agreementId, words: 'Wat bedoelt u?' })
  broker.clock.pass({ days: 1 })
  expect(await told(), 'of what the school says itself it is not told').toEqual([])
  await says('Dit nog.')
  broker.clock.pass({ days: 1 })
  expect((await told()).length, 'what is new is told anew').toBe(mails.length)
})

test('K09: whoever decides on requests at the school is mailed the next morning that one came: once, of no company and nobody', async () => {
  const { boardId, people, schoolId } = world
  const { pim, joost, mirjam, els } = people
  await broker.owner`insert into mandates (board_id, mandate_id, person_id, role, school_id, starts_at)
    values (${boardId}, ${newId<never>(broker.clock.now())}, ${pim.id}, 'consent_officer', ${schoolId}, ${broker.clock.now()})`
  async function told() {
    broker.mails.splice(0)
    await deliverMails(broker.deps)
    return broker.mails.filter(({ subject }) => subject === REQUEST_MAIL.nl('', '').subject)
  }
  for (const reference of ['kind van Fatima', 'ander kind']) await requesting(broker, world).asks({ subjects: [{ reference }] })
  expect(await told(), 'nobody is disturbed at once').toEqual([])
  broker.clock.set(nextMorning(broker.clock.now()))
  const mails = await told()
  expect(mails.map(({ to }) => to)).toEqual(expect.arrayContaining([pim.email, joost.email, mirjam.email]))
  expect(mails.map(({ to }) => to)).not.toContain(els.email)
  expect(new Set(mails.map(({ to }) => to)).size, 'one mail each').toBe(mails.length)
  for (const { text } of mails) expect(text).not.toMatch(/Fatima|Reken Plus|resultaten/)
})

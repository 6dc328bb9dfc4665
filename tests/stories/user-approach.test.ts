import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openQuestionsOf } from '../../src/consents/questions.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { cancelLinkCode, makeLinkCode } from '../../src/requests/link-codes.ts'
import { askDirectly, type DirectAsk } from '../support/asked-directly.ts'
import { type Asking, asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { told } from '../support/ledger.ts'
import { race, staffSee } from '../support/race.ts'
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

const code = (who: 'nadia' | 'karim' = 'nadia') =>
  makeLinkCode(broker.deps, world.people[who].actor, { subjectId: world.people.fatima.id, supplierId: world.supplierId })
const weeksAhead = (weeks: number) => new Date(broker.clock.now().getTime() + weeks * 7 * 86_400_000)
const ciba = () => ({ clientId: world.clients.ciba, supplierId: world.supplierId })
const ask = (loginHint: string, change: Partial<DirectAsk> = {}) =>
  askDirectly(broker.deps, ciba(), {
    hint: { linkCode: loginHint },
    serviceId: world.serviceId,
    partId: 'begeleiding',
    resource: world.resource,
    datatypes: ['arithmetic-results'],
    purpose: '5.1.a',
    endsAt: weeksAhead(6),
    ...change,
  })
const questionsOf = (who: 'nadia' | 'karim' | 'fatima') =>
  they.as('account', (tx) => openQuestionsOf(tx, world.boardId, world.people[who].id, broker.clock.now()))

describe('K12 Reken Plus asks Fatima’s parents directly, with the code that her mother handed over', () => {
  test('both parents find the question and have a mail that tells nothing of it; one answers', async () => {
    const { code: hint } = await code()
    const asked = await ask(hint)
    expect(asked).toMatchObject({ boardId: world.boardId })
    expect((await questionsOf('nadia')).map(({ consentId }) => consentId)).toContain(asked!.consentId)
    expect((await questionsOf('karim')).map(({ consentId }) => consentId)).toContain(asked!.consentId)
    expect(await they.noticesTo(world.people.nadia.account)).toBe(1)
    const { question } = await they.shown(asked!.consentId)
    expect(question).toMatchObject({ supplier: { legalName: 'Reken Plus B.V.' }, holder: 'Rekenrijk Oefenen', undertakings: null })
    expect(question.reason).toBe('Uw kind helpen met rekenen.')
    expect(await they.answer(world.people.nadia, asked!.consentId, 'yes')).toMatchObject({ state: 'given' })
  })

  test('where the company does not say why now, the broker does, in the language of who reads; words of its own stay its own', async () => {
    const asked = (await ask((await code()).code))!.consentId
    expect((await they.shown(asked)).question).toMatchObject({
      occasion: 'U gaf Reken Plus B.V. zelf een code om dit te vragen.',
      ownOccasion: true,
    })
    expect((await they.shown(asked, 'en')).question.occasion).toBe('You gave Reken Plus B.V. a code yourself to ask this.')
    expect((await they.shown(asked, 'uk')).question.occasion).toContain('Reken Plus B.V. код')
    const said = await ask((await code()).code, { occasion: 'Na het gesprek op dinsdag.', datatypes: ['practice-time'] })
    const { question } = await they.shown(said!.consentId, 'en')
    expect([question.occasion, question.ownOccasion]).toEqual(['Na het gesprek op dinsdag.', undefined])
  })

  const seen = { 'where staff see the subject approach': ['access_requests', 'items', 'consents', 'answers'].map(staffSee) }
  race('K14 the school has no role and no sight: no request, no question, no answer, nothing in its ledger', seen, async () => {
    const before = await told(broker, 'access_requested', 'consents_asked', 'answer_given')
    const { code: hint } = await code()
    const { requestId, consentId } = (await ask(hint))!
    await they.answer(world.people.nadia, consentId, 'yes')
    for (const table of ['access_requests', 'items', 'consents', 'answers'] as const) {
      const seen = await they.as('staff', (tx) => tx.selectFrom(table).selectAll().where('approach', '=', 'subject').execute())
      expect(seen, table).toEqual([])
    }
    await expect(they.forwards(requestId)).rejects.toMatchObject({ code: 'request_not_found' })
    const after = (await told(broker, 'access_requested', 'consents_asked', 'answer_given')).slice(before.length)
    expect(after.map(({ chain }) => chain)).toEqual(Array(3).fill(`${world.boardId}:subject`))
  })

  test('K15 what was answered before makes no question needless: a yes by way of the school is not a yes here', async () => {
    const bySchool = await they.forwarded({ startsAt: broker.clock.now(), endsAt: weeksAhead(12) })
    await they.answer(world.people.nadia, bySchool.consentId, 'yes')
    const { code: hint } = await code()
    const asked = await ask(hint, { endsAt: weeksAhead(6) })
    expect(asked!.consentId).not.toBe(bySchool.consentId)
    expect(await they.state(asked!.consentId)).toBe('unanswered')
  })

  test('a retry finds the same question; the same with other words or data waits for the answer', async () => {
    const { code: hint } = await code()
    const endsAt = weeksAhead(6)
    const first = await ask(hint, { endsAt })
    expect(await ask(hint, { endsAt })).toEqual(first)
    expect(await ask(hint, { endsAt, datatypes: ['arithmetic-results', 'practice-time'], occasion: 'Nog eens.' })).toBeUndefined()
    expect(await they.noticesTo(world.people.karim.account)).toBe(1)
  })

  test('D01 after a no nobody asks again for ninety days, in whatever words; a new code of the family invites again', async () => {
    const { code: hint } = await code()
    const { consentId } = (await ask(hint))!
    await they.answer(world.people.karim, consentId, 'no')
    broker.clock.pass({ days: 2 })
    expect(await ask(hint, { occasion: 'Iets heel anders.', datatypes: ['arithmetic-results', 'practice-time'] })).toBeUndefined()
    const { code: anew } = await code()
    expect(await ask(hint)).toBeUndefined()
    expect(await ask(anew)).toMatchObject({ requestId: expect.any(String) })
  })

  test('stopping is a no as well', async () => {
    const { code: hint } = await code()
    const { consentId } = (await ask(hint))!
    await they.answer(world.people.nadia, consentId, 'yes')
    await withdrawConsent(broker.deps, world.people.karim.actor, consentId)
    expect(await ask(hint)).toBeUndefined()
  })
})

describe('A supplier learns nothing from a code that is not good', () => {
  test('unknown, cancelled, run out, somebody else’s, or for data the board keeps in: nothing happens, and it looks the same', async () => {
    const { code: cancelled, linkCodeId } = await code()
    await cancelLinkCode(broker.deps, world.people.karim.actor, linkCodeId)
    const { code: forOther } = await makeLinkCode(broker.deps, world.people.nadia.actor, {
      subjectId: world.people.fatima.id,
      supplierId: world.publisherId,
    })
    const { code: old } = await code()
    broker.clock.pass({ days: 15 })
    const before = await broker.owner`select count(*) from access_requests`
    for (const hint of ['x'.repeat(43), cancelled, forOther, old]) expect(await ask(hint)).toBeUndefined()
    await broker.owner`update onward_clauses set ended_at = ${broker.clock.now()} where datatype = 'practice-time'`
    const { code: good } = await code()
    expect(await ask(good, { datatypes: ['practice-time'] })).toBeUndefined()
    await broker.owner`update onward_clauses set ended_at = null`
    expect(await broker.owner`select count(*) from access_requests`).toEqual(before)
  })

  test('K18 a blank cheque is refused before anybody looks whose code it is', async () => {
    const { code: good } = await code()
    for (const hint of [good, 'x'.repeat(43)]) {
      await expect(ask(hint, { endsAt: undefined })).rejects.toMatchObject({ code: 'blank_cheque_no_end' })
      await expect(ask(hint, { endsAt: weeksAhead(60) })).rejects.toMatchObject({ code: 'blank_cheque_too_long' })
      await expect(ask(hint, { purpose: undefined })).rejects.toMatchObject({ code: 'blank_cheque_no_purpose' })
      await expect(ask(hint, { datatypes: ['*'] })).rejects.toMatchObject({ code: 'blank_cheque_all_data' })
      await expect(ask(hint, { purpose: '5.2.a' })).rejects.toMatchObject({ code: 'purpose_unknown' })
      await expect(ask(hint, { datatypes: ['medical-file'] })).rejects.toMatchObject({ code: 'datatype_unknown' })
      await expect(ask(hint, { occasion: 'Voor gerichte reclame.' })).rejects.toMatchObject({ code: 'purpose_forbidden' })
      await expect(ask(hint, { occasion: 'Hel\u202ep' })).rejects.toMatchObject({ code: 'input_invalid' })
    }
  })

  test('a suspended supplier asks nobody', async () => {
    const { code: good } = await code()
    await broker.owner`update suppliers set suspended_at = ${broker.clock.now()} where supplier_id = ${world.supplierId}`
    await expect(ask(good)).rejects.toMatchObject({ code: 'supplier_not_found' })
    await broker.owner`update suppliers set suspended_at = null`
  })
})

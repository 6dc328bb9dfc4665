import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerConsent, recordAnswer } from '../../src/consents/answer.ts'
import { askAgain } from '../../src/consents/ask-again.ts'
import { invalidateConsent } from '../../src/consents/invalidate.ts'
import { givenBy, openQuestionsOf, sharedAbout } from '../../src/consents/questions.ts'
import { recordWithdrawal, withdrawConsent } from '../../src/consents/withdraw.ts'
import { newSecret } from '../../src/ids.ts'
import { type Asking, arithmeticItem, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { tellWorld } from '../support/told-world.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let they: Asking
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await tellWorld(broker, world)
  they = asking(broker, world)
})
afterAll(() => broker.close())

const now = () => broker.clock.now()
const questionsOf = (who: 'nadia' | 'karim' | 'fatima' | 'pim') =>
  they.as('account', (tx) => openQuestionsOf(tx, world.boardId, world.people[who].id, now()))

describe('The school asks the parents once a year (K04, K06, P24)', () => {
  test('K13 each item is a question of its own, none answered beforehand, none answered by another', async () => {
    const { consentIds } = await they.round([arithmeticItem(world), imageItem('website'), imageItem('facebook')])
    const [arithmetic, website, facebook] = consentIds
    expect((await questionsOf('nadia')).map(({ consentId }) => consentId)).toEqual(expect.arrayContaining(consentIds))
    expect(await they.state(website!)).toBe('unanswered')
    await they.answer(world.people.nadia, website!, 'yes')
    expect(await they.state(website!)).toBe('given')
    expect(await they.state(facebook!)).toBe('unanswered')
    expect(await they.state(arithmetic!)).toBe('unanswered')
  })

  test('the whole round is one entry in the ledger, with how many were asked and their hash', async () => {
    const { roundId, itemIds } = await they.round([imageItem('nieuwsbrief'), imageItem('schoolgids')])
    const [, published] = await they.ledgerOf(roundId)
    expect(published).toMatchObject({
      event: 'round_published',
      facts: { itemIds: itemIds.toSorted(), subjects: 1, count: 2, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
    const consents = await broker.owner`select consent_id from consents where item_id = any(${itemIds})`
    expect(consents).toHaveLength(2)
  })

  test('K04 what was given ends with the school year, without anybody doing anything', async () => {
    const today = now()
    const { consentIds } = await they.round([imageItem('schoolkrant')])
    await they.answer(world.people.nadia, consentIds[0]!, 'yes')
    broker.clock.set('2027-07-31T23:59:59+02:00')
    expect(await they.state(consentIds[0]!)).toBe('given')
    broker.clock.set('2027-08-01T00:00:00+02:00')
    expect(await they.state(consentIds[0]!)).toBe('expired')
    const late = they.answer(world.people.nadia, consentIds[0]!, 'yes')
    await expect(late).rejects.toThrow('consent_ended')
    broker.clock.set(today)
  })

  test('K26, K29 the very text that was shown, with what is recorded besides, is kept with the answer; an answer to another text is not taken', async () => {
    const { consentIds } = await they.round([arithmeticItem(world)])
    const consentId = consentIds[0]!
    const { hash, question } = await they.shown(consentId)
    expect(question).toMatchObject({
      supplier: { legalName: 'Reken Plus B.V.' },
      holder: 'Rekenrijk Oefenen',
      data: [
        { name: 'rekenresultaten', why: 'Zonder resultaten weet de begeleider niet waar uw kind moeite mee heeft.' },
        { name: 'oefentijd', category: 'wanneer, waar en waarmee iemand werkt' },
      ],
      incidental: ['tijdstip', 'apparaat'],
      alternative: 'De begeleider doet eerst zelf een toets met uw kind.',
      period: { from: '2026-08-01', until: '2027-07-31' },
      subprocessors: [{ name: 'Opslag Ierland Ltd.', country: 'IE' }],
      outsideEea: [],
      special: true,
      undertakings: 'Wij delen niet meer dan nodig is.',
    })
    await broker.owner`update suppliers set legal_name = 'Heel Ander Bedrijf B.V.' where supplier_id = ${world.supplierId}`
    const stale = answerConsent(broker.deps, world.people.nadia.actor, {
      consentId,
      answer: 'yes',
      shownHash: hash,
      language: 'nl',
      formToken: newSecret(),
    })
    await expect(stale).rejects.toThrow('shown_text_differs')
    expect(await they.state(consentId)).toBe('unanswered')
    await broker.owner`update suppliers set legal_name = 'Reken Plus B.V.' where supplier_id = ${world.supplierId}`

    await they.answer(world.people.nadia, consentId, 'yes', { language: 'en' })
    const [kept] = await broker.owner`
      select s.body, s.language from answers a join shown_texts s using (board_id, shown_hash) where a.consent_id = ${consentId}`
    expect(kept).toMatchObject({ language: 'en' })
    expect(JSON.parse(kept!.body)).toMatchObject({ reason: 'So the guide sees what your child finds hard.' })
  })

  test('INV-06 each form is taken once', async () => {
    const { consentIds } = await they.round([imageItem('ouderapp')])
    const formToken = newSecret()
    await they.answer(world.people.nadia, consentIds[0]!, 'yes', { formToken })
    await expect(they.answer(world.people.nadia, consentIds[0]!, 'no', { formToken })).rejects.toThrow('form_used')
    expect(await they.state(consentIds[0]!)).toBe('given')
  })
})

describe('Who may answer (P01, INV-08)', () => {
  test('both parents are asked, the child of nine may stop but not give, and a teacher has no say', async () => {
    const { consentIds } = await they.round([imageItem('klassenfoto')])
    const consentId = consentIds[0]!
    for (const parent of ['nadia', 'karim'] as const) {
      expect((await questionsOf(parent)).map((question) => question.consentId)).toContain(consentId)
    }
    expect((await questionsOf('fatima')).map((question) => question.consentId)).not.toContain(consentId)
    await expect(they.answer(world.people.fatima, consentId, 'yes')).rejects.toThrow('may_stop_not_give')
    await expect(they.answer(world.people.pim, consentId, 'yes')).rejects.toThrow('not_your_consent')
    await they.answer(world.people.nadia, consentId, 'yes')
    await withdrawConsent(broker.deps, world.people.fatima.actor, consentId)
    expect(await they.state(consentId)).toBe('withdrawn')
  })

  test('the answer names the guardianship that justified it', async () => {
    const { consentIds } = await they.round([imageItem('folder')])
    await they.answer(world.people.karim, consentIds[0]!, 'no')
    const [entry] = await they.ledgerOf(consentIds[0]!)
    expect(entry).toMatchObject({
      event: 'answer_given',
      actor: `person:${world.people.karim.id}`,
      facts: { answer: 'no', authority: 'guardianship', guardianshipId: world.guardianships.karim, method: 'web', state: 'refused' },
    })
  })

  test('a parent whose guardianship ended has no say, and a page of a minute ago does not help', async () => {
    const { consentIds } = await they.round([imageItem('vlog')])
    await broker.owner`update guardianships set ends_at = ${now()} where guardianship_id = ${world.guardianships.karim}`
    await expect(they.answer(world.people.karim, consentIds[0]!, 'yes')).rejects.toThrow('not_your_consent')
    expect(await questionsOf('karim')).toEqual([])
    await broker.owner`update guardianships set ends_at = null where guardianship_id = ${world.guardianships.karim}`
  })
})

describe('Two parents do not agree (P01, K13)', () => {
  test('the first yes is told to the other at once, who can still say no: a conflict, and nothing is given', async () => {
    const { consentIds } = await they.round([imageItem('tv')])
    const consentId = consentIds[0]!
    broker.clock.pass({ days: 1 })
    const before = await they.noticesTo(world.people.karim.account)
    await they.answer(world.people.nadia, consentId, 'yes')
    expect(await they.noticesTo(world.people.karim.account)).toBe(before + 1)
    expect((await questionsOf('karim')).find((question) => question.consentId === consentId)).toMatchObject({
      state: { state: 'given' },
      mine: null,
    })
    await they.answer(world.people.karim, consentId, 'no')
    expect(await they.state(consentId)).toBe('conflict')
    expect((await questionsOf('nadia')).map((question) => question.consentId)).toContain(consentId)
    await they.answer(world.people.karim, consentId, 'yes')
    expect(await they.state(consentId)).toBe('given')
  })

  test('K25 each allows a part: what goes out is what both allow', async () => {
    const { consentIds } = await they.round([arithmeticItem(world)])
    await they.answer(world.people.nadia, consentIds[0]!, 'yes', { datatypes: ['arithmetic-results'] })
    expect(await they.answer(world.people.karim, consentIds[0]!, 'yes')).toMatchObject({
      state: 'given',
      datatypes: ['arithmetic-results'],
    })
    expect(await they.answer(world.people.karim, consentIds[0]!, 'yes', { datatypes: ['practice-time'] })).toEqual({ state: 'refused' })
    await expect(they.answer(world.people.karim, consentIds[0]!, 'yes', { datatypes: ['medical'] })).rejects.toThrow('answer_widens')
  })
})

describe('Stopping (P28, GDPR art. 7(3), INV-17)', () => {
  test('either parent stops alone; the consent has ended and a later yes is a new one', async () => {
    const { consentIds } = await they.round([imageItem('jaarboek')])
    const consentId = consentIds[0]!
    await they.answer(world.people.nadia, consentId, 'yes')
    await withdrawConsent(broker.deps, world.people.karim.actor, consentId)
    await expect(they.answer(world.people.nadia, consentId, 'yes')).rejects.toThrow('consent_ended')
    await expect(withdrawConsent(broker.deps, world.people.karim.actor, consentId)).rejects.toThrow('consent_ended')
    const { consentId: anew } = await askAgain(broker.deps, world.people.nadia.actor, consentId)
    expect(await they.state(anew)).toBe('unanswered')
    await they.answer(world.people.nadia, anew, 'yes')
    expect([await they.state(consentId), await they.state(anew)]).toEqual(['withdrawn', 'given'])
    await expect(askAgain(broker.deps, world.people.nadia.actor, consentId)).rejects.toThrow('changed_meanwhile')
    expect((await they.ledgerOf(consentId)).map(({ event }) => event)).toEqual(['answer_given', 'consent_withdrawn'])
  })

  test('nobody else can, and they do not learn that it exists', async () => {
    const { consentIds } = await they.round([imageItem('poster')])
    await they.answer(world.people.nadia, consentIds[0]!, 'yes')
    await expect(withdrawConsent(broker.deps, world.people.pim.actor, consentIds[0]!)).rejects.toThrow('not_your_consent')
    expect(await they.state(consentIds[0]!)).toBe('given')
  })

  test('there must be a yes to stop', async () => {
    const { consentIds } = await they.round([imageItem('kalender')])
    await expect(withdrawConsent(broker.deps, world.people.nadia.actor, consentIds[0]!)).rejects.toThrow('consent_not_given')
  })

  test('a shorter yes runs out by itself and can be asked again', async () => {
    const today = now()
    const { consentIds } = await they.round([arithmeticItem(world)])
    await they.answer(world.people.nadia, consentIds[0]!, 'yes', { untilAt: new Date('2026-12-31T23:00:00Z') })
    broker.clock.set('2027-01-02T12:00:00Z')
    expect(await they.state(consentIds[0]!)).toBe('expired')
    const { consentId } = await askAgain(broker.deps, world.people.nadia.actor, consentIds[0]!)
    expect([await they.state(consentIds[0]!), await they.state(consentId)]).toEqual(['expired', 'unanswered'])
    broker.clock.set(today)
  })
})

describe('On paper, by phone or at the desk (K28)', () => {
  test('a named member of staff records it, with the same weight', async () => {
    const { consentIds } = await they.round([imageItem('muurkrant')])
    const consentId = consentIds[0]!
    const { hash } = await they.shown(consentId)
    const paper = { consentId, deciderId: world.people.karim.id, answer: 'yes', method: 'paper', shownHash: hash, language: 'nl' } as const
    expect(await recordAnswer(broker.deps, world.people.joost.actor, paper)).toMatchObject({ state: 'given' })
    const [entry] = await they.ledgerOf(consentId)
    expect(entry).toMatchObject({ actor: `person:${world.people.joost.id}`, facts: { deciderId: world.people.karim.id, method: 'paper' } })
    await expect(recordAnswer(broker.deps, world.people.pim.actor, paper)).rejects.toThrow('mandate_missing')
    await expect(recordAnswer(broker.deps, world.people.joost.actor, { ...paper, deciderId: world.people.pim.id })).rejects.toThrow(
      'not_your_consent',
    )
    await recordWithdrawal(broker.deps, world.people.joost.actor, { consentId, deciderId: world.people.nadia.id, method: 'phone' })
    expect(await they.state(consentId)).toBe('withdrawn')
  })

  test('nobody of the child’s own family records: not the other parent’s answer either (INV-08)', async () => {
    const { consentIds } = await they.round([imageItem('prikbord')])
    const consentId = consentIds[0]!
    const { hash } = await they.shown(consentId)
    const paper = { consentId, deciderId: world.people.karim.id, answer: 'yes', method: 'paper', shownHash: hash, language: 'nl' } as const
    const { joost, nadia } = world.people
    await broker.owner`update account_persons set account_id = ${joost.account} where person_id = ${nadia.id}`
    await expect(recordAnswer(broker.deps, joost.actor, paper)).rejects.toThrow('not_allowed')
    await expect(recordAnswer(broker.deps, joost.actor, { ...paper, deciderId: nadia.id })).rejects.toThrow('not_allowed')
    expect(await they.state(consentId)).toBe('unanswered')
    await recordAnswer(broker.deps, world.people.mirjam.actor, paper)
    await broker.owner`update account_persons set account_id = ${nadia.account} where person_id = ${nadia.id}`
  })

  test('what was entered by mistake is invalidated, which is no withdrawal, and asked anew', async () => {
    const { consentIds } = await they.round([imageItem('video')])
    const consentId = consentIds[0]!
    const invalidate = () => invalidateConsent(broker.deps, world.people.joost.actor, { consentId, because: 'verkeerde Fatima' })
    await expect(invalidate()).rejects.toThrow('consent_not_given')
    await they.answer(world.people.nadia, consentId, 'yes')
    const { consentId: anew } = await invalidate()
    expect([await they.state(consentId), await they.state(anew)]).toEqual(['invalidated', 'unanswered'])
    expect(JSON.stringify(await they.ledgerOf(consentId))).not.toContain('verkeerde')
  })
})

describe('What a family sees (K21, C21)', () => {
  test('everything about the child on one page, what was given with a way to stop it, and nothing for who has no say', async () => {
    const { consentIds } = await they.round([imageItem('toneel'), arithmeticItem(world, { legalBasis: 'public_task', purpose: '5.1.d' })])
    await they.answer(world.people.nadia, consentIds[0]!, 'yes')
    const about = (viewer: 'nadia' | 'fatima' | 'pim') =>
      they.as('account', (tx) => sharedAbout(tx, world.boardId, world.people.fatima.id, now(), world.people[viewer].id))
    const seen = await about('nadia')
    expect(seen.find(({ consentId }) => consentId === consentIds[0])).toMatchObject({
      state: { state: 'given' },
      mayStop: true,
      issued: { count: 0 },
    })
    expect(seen.find(({ consentId }) => consentId === consentIds[1])).toMatchObject({
      state: { state: 'informed' },
      legalBasis: 'public_task',
    })
    expect(await about('fatima')).toHaveLength(seen.length)
    expect(await about('pim')).toEqual([])
    const given = await they.as('account', (tx) => givenBy(tx, world.boardId, world.people.nadia.id, now()))
    expect(given.map(({ consentId }) => consentId)).toContain(consentIds[0])
  })
})

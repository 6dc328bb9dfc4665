import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { lapseConsents } from '../../src/consents/lapse.ts'
import { decideObjection, objectTo } from '../../src/consents/object.ts'
import { sharedAbout } from '../../src/consents/questions.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { append } from '../../src/ledger/append.ts'
import { type Asking, asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { endOf, liveToken } from '../support/live-token.ts'
import { tellConsented, tellWorld } from '../support/told-world.ts'
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
beforeEach(() => broker.clock.pass({ minutes: 1 }))

/** Nadia said yes, the school released it, and Reken Plus holds a token. */
async function givenAndUsed(wish: Parameters<typeof consented>[2] = {}) {
  const use = await consented(broker, world, { datatypes: ['arithmetic-results', 'practice-time'], ...wish })
  await tellConsented(broker, world, use)
  const token = await liveToken(broker, world, use, wish.approach)
  return { ...use, token }
}
const dutiesFor = (consentId: string) => broker.owner`select approach, subprocessors, due_at from duties where consent_id = ${consentId}`
const eventsOn = async (consentId: string, receiver: string) =>
  (
    await broker.owner`select event, facts->>'stands' as stands from events where ref = ${consentId} and receiver_id = ${receiver} order by subject_seq`
  ).map((row) => ({ ...row }))

describe('A parent stops (GDPR art. 7(3), INV-01, INV-03)', () => {
  test('the token ends in the same moment, its status bit is set, and supplier and holder are told', async () => {
    const { consentId, token } = await givenAndUsed()
    await withdrawConsent(broker.deps, world.people.karim.actor, consentId)
    expect(await endOf(broker, token)).toEqual({ because: 'consent_withdrawn', bit: true })
    expect(await eventsOn(consentId, world.supplierId)).toEqual([{ event: 'consent_withdrawn', stands: 'false' }])
    expect(await eventsOn(consentId, world.holderId)).toEqual([{ event: 'consent_withdrawn', stands: 'false' }])
    const entry = (await they.ledgerOf(consentId)).at(-1)
    expect(entry).toMatchObject({ event: 'consent_withdrawn', facts: { endedTokens: [token], dutyIds: [expect.any(String)] } })
  })

  test('the supplier must erase what it has, its subprocessors too, and say so (M21-M23)', async () => {
    const { consentId } = await givenAndUsed()
    await withdrawConsent(broker.deps, world.people.nadia.actor, consentId)
    expect(await dutiesFor(consentId)).toMatchObject([{ approach: 'organisation', subprocessors: ['Opslag Ierland Ltd.'] }])
  })

  test('INV-17 it works while the supplier is suspended and the contract has ended', async () => {
    const { consentId, token } = await givenAndUsed()
    await broker.owner`update suppliers set suspended_at = ${broker.clock.now()} where supplier_id = ${world.supplierId}`
    await broker.owner`update supplier_agreements set ended_at = ${broker.clock.now()}, ended_by = 'x', ended_because = 'x' where agreement_id = ${world.agreementId}`
    await withdrawConsent(broker.deps, world.people.nadia.actor, consentId)
    expect(await endOf(broker, token)).toMatchObject({ bit: true })
    await broker.owner`update suppliers set suspended_at = null`
    await broker.owner`update supplier_agreements set ended_at = null, ended_by = null, ended_because = null`
  })

  test('what the school never released concerns the supplier nothing', async () => {
    const use = await consented(broker, world, { released: false })
    await tellConsented(broker, world, use)
    const { consentId } = use
    await withdrawConsent(broker.deps, world.people.nadia.actor, consentId)
    expect(await eventsOn(consentId, world.supplierId)).toEqual([])
    expect(await dutiesFor(consentId)).toHaveLength(0)
  })
})

describe('Giving less than before (K13, K25)', () => {
  test('a no of the other parent ends the tokens; a change of mind does not bring them back (INV-12)', async () => {
    const { consentId, token } = await givenAndUsed()
    await they.answer(world.people.karim, consentId, 'no')
    expect(await endOf(broker, token)).toEqual({ because: 'answer_given', bit: true })
    await they.answer(world.people.karim, consentId, 'yes')
    expect(await endOf(broker, token)).toEqual({ because: 'answer_given', bit: true })
    expect(await eventsOn(consentId, world.supplierId)).toEqual([
      { event: 'answer_given', stands: 'false' },
      { event: 'answer_given', stands: 'true' },
    ])
  })

  test('a narrower yes ends the tokens too: they name more than is given now (INV-09)', async () => {
    const { consentId, token } = await givenAndUsed()
    await they.answer(world.people.nadia, consentId, 'yes', { datatypes: ['arithmetic-results'] })
    expect(await endOf(broker, token)).toMatchObject({ bit: true })
    expect(await dutiesFor(consentId)).toHaveLength(0)
  })

  test('a second yes to the same leaves them alone', async () => {
    const { consentId, token } = await givenAndUsed()
    await they.answer(world.people.karim, consentId, 'yes')
    expect(await endOf(broker, token)).toBeUndefined()
  })

  test('when the question falls away the consent lapses, which is no withdrawal', async () => {
    const { consentId, token } = await givenAndUsed()
    const at = broker.clock.now()
    const lapse = () =>
      they.as('job', async (tx) => {
        const facts = await lapseConsents(tx, at, world.boardId, [consentId], 'job')
        await append(tx, { boardId: world.boardId, approach: 'organisation', at, event: 'tokens_ended', actor: 'job', facts: { ...facts } })
        return facts
      })
    expect(await lapse()).toMatchObject({ lapsed: [consentId], endedTokens: [token] })
    expect(await they.state(consentId)).toBe('lapsed')
    expect(await lapse()).toMatchObject({ lapsed: [], endedTokens: [] })
  })
})

describe('Objecting where consent is not asked (P12, P21, GDPR art. 21)', () => {
  test('an objection keeps the data back until the school decides; a rejection lets them go, a grant does not', async () => {
    const { consentId, token } = await givenAndUsed({ basis: 'public_task', answers: {} })
    const { objectionId, decideBy } = await objectTo(broker.deps, world.people.nadia.actor, consentId)
    expect(decideBy.getTime() - broker.clock.now().getTime()).toBe(28 * 86_400_000)
    expect(await endOf(broker, token)).toEqual({ because: 'objection_made', bit: true })
    await expect(objectTo(broker.deps, world.people.karim.actor, consentId)).rejects.toThrow('objection_pending')

    const decide = (granted: boolean, id = objectionId) =>
      decideObjection(broker.deps, world.people.mirjam.actor, { objectionId: id, granted, reasons: 'Het is nodig voor de les.' })
    await expect(decideObjection(broker.deps, world.people.pim.actor, { objectionId, granted: false, reasons: 'nee' })).rejects.toThrow(
      'mandate_missing',
    )
    await decide(false)
    await expect(decide(true)).rejects.toThrow('objection_not_found')
    expect((await they.consent(consentId)).objections).toMatchObject([{ decided: { granted: false } }])

    broker.clock.pass({ days: 1 })
    const again = await objectTo(broker.deps, world.people.karim.actor, consentId)
    await decide(true, again.objectionId)
    await expect(objectTo(broker.deps, world.people.nadia.actor, consentId)).rejects.toThrow('objection_not_possible')
    expect(JSON.stringify(await they.ledgerOf(consentId))).not.toContain('nodig voor de les')
  })

  test('nobody decides on an objection of their own family (INV-08)', async () => {
    const { consentId } = await givenAndUsed({ basis: 'public_task', answers: {} })
    const { nadia, karim, mirjam, joost } = world.people
    const { objectionId } = await objectTo(broker.deps, nadia.actor, consentId)
    const decision = { objectionId, granted: true, reasons: 'Omdat ik het vind.' }
    for (const own of [nadia, karim, world.people.fatima]) {
      await broker.owner`update account_persons set account_id = ${mirjam.account} where person_id = ${own.id}`
      await expect(decideObjection(broker.deps, mirjam.actor, decision)).rejects.toThrow('not_allowed')
      await broker.owner`update account_persons set account_id = ${own.account} where person_id = ${own.id}`
    }
    await decideObjection(broker.deps, joost.actor, decision)
  })

  test('consent has no objection: it is stopped', async () => {
    const { consentId } = await givenAndUsed()
    await expect(objectTo(broker.deps, world.people.nadia.actor, consentId)).rejects.toThrow('objection_not_possible')
  })
})

describe('K14 What a supplier asked directly is not the school’s to see', () => {
  test('no member of staff sees question, answer, duty or event; the family does', async () => {
    const { consentId } = await givenAndUsed({ approach: 'subject' })
    await withdrawConsent(broker.deps, world.people.nadia.actor, consentId)
    for (const table of ['items', 'consents', 'answers', 'shown_texts', 'duties', 'events', 'ledger'] as const) {
      const rows = await they.as('staff', (tx) => tx.selectFrom(table).select('approach').where('approach', '=', 'subject').execute())
      expect(rows, table).toEqual([])
    }
    await broker.owner`insert into pseudonyms values (${world.boardId}, ${world.supplierId}, ${world.people.fatima.id}, 'ps_een')`
    expect(await they.as('staff', (tx) => tx.selectFrom('pseudonyms').selectAll().execute())).toEqual([])
    expect(await they.as('client', (tx) => tx.selectFrom('pseudonyms').selectAll().execute())).toHaveLength(1)
    const seen = await they.as('account', (tx) =>
      sharedAbout(tx, world.boardId, world.people.fatima.id, broker.clock.now(), world.people.karim.id),
    )
    expect(seen.find((one) => one.consentId === consentId)).toMatchObject({
      approach: 'subject',
      state: { state: 'withdrawn' },
      issued: { count: 1 },
    })
    expect(await eventsOn(consentId, world.supplierId)).toEqual([{ event: 'consent_withdrawn', stands: 'false' }])
  })
})

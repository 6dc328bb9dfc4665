import { afterEach, beforeEach, describe, expect } from 'vitest'
import { settleExpired } from '../../src/consents/settle-expired.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import type { ConsentId } from '../../src/ids.ts'
import { type Asking, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { untilWaiting, whileHeld } from '../support/held.ts'
import { pressedAgain, race, without, withoutRowLock } from '../support/race.ts'
import { tellWorld } from '../support/told-world.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let they: Asking
let consentId: ConsentId
beforeEach(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await tellWorld(broker, world)
  they = asking(broker, world)
  consentId = (await they.round([imageItem('website')])).consentIds[0]!
  broker.clock.pass({ minutes: 1 })
})
afterEach(() => broker.close())

/** Acts that all wait for the consent's row, and then come through together. */
const together = <T>(...acts: (() => Promise<T>)[]) =>
  whileHeld(broker, (sql) => sql`select from consents where consent_id = ${consentId} for update`, acts)
const codesOf = (results: PromiseSettledResult<unknown>[]) =>
  results.map((result) => (result.status === 'fulfilled' ? 'done' : String((result.reason as { code?: string }).code))).sort()
const answers = async () =>
  (
    await broker.owner<
      { revision: number; answer: string }[]
    >`select revision, answer from answers where consent_id = ${consentId} order by revision`
  ).map((row) => ({ ...row }))

const withoutTheRow = { 'without the lock on the consent': withoutRowLock('consents') }

describe('Acts on one consent at once', () => {
  race('both parents answer: both answers count, one after the other', withoutTheRow, async () => {
    const results = await together(
      () => they.answer(world.people.nadia, consentId, 'yes'),
      () => they.answer(world.people.karim, consentId, 'no'),
    )
    expect(codesOf(results)).toEqual(['done', 'done'])
    expect((await answers()).map(({ revision }) => revision)).toEqual([1, 2])
    expect(await they.state(consentId)).toBe('conflict')
    const last = (await they.ledgerOf(consentId)).find(({ facts }) => facts.revision === 2)
    expect(last).toMatchObject({ facts: { state: 'conflict' } })
  })

  race('one parent stops while the other says yes: stopped is stopped, and nothing is answered after it', withoutTheRow, async () => {
    await they.answer(world.people.nadia, consentId, 'yes')
    const results = await together<unknown>(
      () => withdrawConsent(broker.deps, world.people.nadia.actor, consentId),
      () => they.answer(world.people.karim, consentId, 'yes'),
    )
    expect(await they.state(consentId)).toBe('withdrawn')
    expect(results[0]!.status).toBe('fulfilled')
    const events = (await they.ledgerOf(consentId)).map(({ event }) => event)
    expect(events.at(-1)).toBe('consent_withdrawn')
    expect(codesOf(results)).toEqual((await answers()).length === 2 ? ['done', 'done'] : ['consent_ended', 'done'])
  })

  race('two stop at once: one withdrawal, and the other is told that it ended', withoutTheRow, async () => {
    await they.answer(world.people.nadia, consentId, 'yes')
    const stop = (who: 'nadia' | 'karim') => () => withdrawConsent(broker.deps, world.people[who].actor, consentId)
    expect(codesOf(await together(stop('nadia'), stop('karim')))).toEqual(['consent_ended', 'done'])
    expect((await they.ledgerOf(consentId)).filter(({ event }) => event === 'consent_withdrawn')).toHaveLength(1)
  })

  const readyTwice = { 'without the hold on what ran out': without(/(?<=from consents c[\s\S]*)for no key update of c/) }
  race('P23 two processes find that a yes ran out: it ends once, and is taken down once', readyTwice, async () => {
    await they.answer(world.people.nadia, consentId, 'yes')
    broker.clock.pass({ days: 366 })
    const settle = () => settleExpired(broker.deps, world.boardId)
    const ran = (await together(settle, settle)).map((run) => (run.status === 'fulfilled' ? run.value : run.reason))
    expect(new Set(ran)).toEqual(new Set([0, 1]))
    expect(await broker.owner`select from duties where kind = 'take_down'`).toHaveLength(1)
    expect((await they.ledgerOf(world.boardId)).filter(({ event }) => event === 'consents_expired')).toHaveLength(1)
  })

  race('INV-06 a form pressed twice at once is taken once', pressedAgain, async () => {
    const formToken = 'f'.repeat(43)
    const press = () => they.answer(world.people.nadia, consentId, 'yes', { formToken })
    // The second waits for the first to use the form, and the first for the row.
    expect(codesOf(await together(press, press))).toEqual(['done', 'form_used'])
    expect(await answers()).toHaveLength(1)
  })

  const notHeld = { 'without the hold on the guardianship': withoutRowLock('guardianships') }
  race('INV-08 a guardianship ends while its parent answers: the answer is not taken', notHeld, async () => {
    const ends = async (sql: typeof broker.owner) => {
      await sql`update guardianships set ends_at = ${broker.clock.now()} where guardianship_id = ${world.guardianships.karim}`
    }
    const held = await whileHeldAndDone(ends, () => they.answer(world.people.karim, consentId, 'yes'))
    expect(held).toBe('not_your_consent')
    expect(await answers()).toEqual([])
  })
})

/** As `whileHeld`, but what was done under the lock is kept. */
async function whileHeldAndDone(work: (sql: typeof broker.owner) => Promise<void>, act: () => Promise<unknown>) {
  let ended: Promise<string | undefined> | undefined
  await broker.owner.begin(async (sql) => {
    await work(sql as unknown as typeof broker.owner)
    ended = act().then(
      () => 'done',
      (error: { code?: string }) => error.code,
    )
    await untilWaiting(broker, 1)
  })
  return await ended
}

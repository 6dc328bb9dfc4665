import { afterAll, beforeAll, describe, expect } from 'vitest'
import { recordCouncilApproval } from '../../src/agreements/council-approval.ts'
import { searchLedger } from '../../src/cases/ledger-search.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { type Asking, asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { instead, raceFrom } from '../support/race.ts'
import { type Requesting, requesting } from '../support/requesting.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let they: Requesting & Asking
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  they = { ...requesting(broker, world), ...asking(broker, world) }
}
beforeAll(begin)
afterAll(() => broker.close())
const race = raceFrom(begin)

const found = async (query = {}) =>
  (await searchLedger(broker.deps, world.people.els.actor, query)).map(({ event, actor }) => ({ event, actor }))

describe('P45, D10 The data protection officer reads the ledger of what goes by way of the school', () => {
  race(
    'and finds what parents answered, by their name; of what staff answered nothing, by whatever way',
    {
      'where everything of the chain is found': instead(/not \(\s*event = any/, 'true or (event = any'),
    },
    async () => {
      const { sara, nadia } = world.people
      const ofFatima = await they.forwarded()
      await they.answer(nadia, ofFatima.consentId, 'yes')
      await withdrawConsent(broker.deps, nadia.actor, ofFatima.consentId)
      await recordCouncilApproval(broker.deps, they.staff, {
        council: 'PMR',
        about: 'Benchmark',
        ref: world.serviceId,
        approvedOn: '2026-11-01',
      })
      const requestId = await they.asks({ subjectKind: 'employee', subjects: [{ reference: 'm-1', hint: 'Sara' }] })
      await they.matched(requestId, sara.id, 'm-1')
      await they.forwards(requestId)
      const [{ consentId } = { consentId: null }] = await they.subjects(requestId)
      await they.answer(sara, consentId!, 'yes')
      await withdrawConsent(broker.deps, sara.actor, consentId!)

      const by = (actor: string) => ({ actor: `person:${actor}` })
      expect(await found({ actor: 'nadia' })).toEqual([
        { event: 'consent_withdrawn', ...by(nadia.id) },
        { event: 'answer_given', ...by(nadia.id) },
      ])
      for (const query of [{ actor: 'Sara Amrani' }, { actor: `person:${sara.id}` }, { ref: consentId! }])
        expect(await found(query), JSON.stringify(query)).toEqual([])
      expect(await found({ event: 'consent_withdrawn' })).toHaveLength(1)
      expect(
        (await found()).map(({ event }) => event),
        'that they were asked is no secret',
      ).toContain('request_forwarded')
    },
  )
})

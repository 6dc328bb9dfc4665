import type { TestBroker } from './broker.ts'
import { consented } from './consented.ts'
import { type Driver, dpopKey } from './driver.ts'
import { pseudonymOf } from './pseudonym.ts'
import type { SmallWorld } from './world.ts'

/** A consent about Fatima by way of the school, and Reken Plus that redeems it over HTTP, a new DPoP key each time. */
export async function redeemed(broker: TestBroker, world: SmallWorld, driver: Driver) {
  const given = await consented(broker, world, { datatypes: ['arithmetic-results', 'practice-time'] })
  const identifier = await pseudonymOf(broker, world, given.subjectId)
  const entry = (other: Record<string, unknown> = {}) => ({
    type: 'pupil-data',
    locations: [world.resource],
    actions: ['read'],
    datatypes: ['arithmetic-results'],
    purpose: '5.1.a',
    identifier,
    ...other,
  })
  const redeem = async (other: Record<string, unknown> = {}) => {
    const key = await dpopKey(broker)
    const form = { grant_type: 'client_credentials', authorization_details: JSON.stringify([entry(other)]) }
    const { status, body } = await driver.post(
      '/token',
      { ...form, ...(await driver.assertion('organisation')) },
      { dpop: await key.proof() },
    )
    return { status, body, token: body.access_token as string, key }
  }
  return { given, identifier, entry, redeem }
}

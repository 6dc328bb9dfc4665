import { Hono } from 'hono'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { type AccessVariables, requireAccess } from '../../src/holder/hono.ts'
import { createVerifier, entryFor, type Verifier } from '../../src/holder/verifier.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { type Driver, drive } from '../support/driver.ts'
import { pseudonymOf } from '../support/pseudonym.ts'
import { tellConsented, tellWorld } from '../support/told-world.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let driver: Driver
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await tellWorld(broker, world)
  driver = await drive(broker, world)
})
afterAll(async () => {
  vi.useRealTimers()
  await broker.close()
})

/** The publisher: a server of its own on the kit, that asks the broker over HTTP like everybody else. */
async function publisher() {
  const { privateKey, privateJwk } = world.keys.holder
  expect(privateKey).toBeDefined()
  const verifier = createVerifier({
    issuer: broker.deps.issuer,
    resource: world.resource,
    clientId: world.clients.holder,
    privateJwk: { ...privateJwk, kid: 'k1', alg: 'EdDSA' },
    fetch: driver.fetch,
    now: broker.clock.now,
  })
  const app = new Hono<{ Variables: AccessVariables }>()
  app.get('/results', requireAccess(verifier), async (c) => {
    const [subject] = c.var.access.subjects
    if (!subject || !entryFor(c.var.access, subject, 'arithmetic-results')) return c.body(null, 403)
    c.var.delivered({ datatypes: ['arithmetic-results'], records: 3 })
    return c.json({ pupil: await verifier.identifierOf(subject) })
  })
  return { verifier, app }
}

/** Reken Plus on openid-client: gets a token for Fatima, and asks the publisher. */
async function rekenPlus(app: Hono<{ Variables: AccessVariables }>) {
  const config = await driver.connect('organisation')
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('EdDSA'))
  const atHolder = await driver.connect('organisation')
  Object.assign(atHolder, { [client.customFetch]: (url: string, init: RequestInit) => app.request(url, init) })
  const identifier = await pseudonymOf(broker, world, world.people.fatima.id)
  const wanted = {
    type: 'pupil-data',
    locations: [world.resource],
    actions: ['read'],
    datatypes: ['arithmetic-results'],
    purpose: '5.1.a',
    identifier,
  }
  return {
    redeem: async () =>
      (await client.clientCredentialsGrant(config, { authorization_details: JSON.stringify([wanted]) }, { DPoP })).access_token,
    ask: async (token: string) => {
      const url = new URL('results', world.resource)
      return await client.fetchProtectedResource(atHolder, token, url, 'GET', null, undefined, { DPoP })
    },
  }
}

const usesReported = async (verifier: Verifier) => {
  await verifier.settled()
  return (await broker.owner`select datatypes, records, holder_id from uses`).map((row) => ({ ...row }))
}

describe('A publisher hands over what a parent allowed, and nothing after (INV-01)', () => {
  test('it knows the pupil by its own identifier, tells the broker what it delivered, and stops within a minute', async () => {
    const use = await consented(broker, world)
    await tellConsented(broker, world, use)
    const { consentId } = use
    const { verifier, app } = await publisher()
    const reken = await rekenPlus(app)
    const token = await reken.redeem()

    const answer = await reken.ask(token)
    expect(answer.status).toBe(200)
    const [row] = await broker.owner`select eck_id from persons where person_id = ${world.people.fatima.id}`
    expect(await answer.json()).toEqual({ pupil: row!.eck_id as string })
    expect(await usesReported(verifier)).toEqual([{ datatypes: ['arithmetic-results'], records: 3, holder_id: world.holderId }])

    await withdrawConsent(broker.deps, world.people.nadia.actor, consentId)
    driver.pass({ seconds: 60 })
    const refused = (await reken.ask(token).catch((error: unknown) => error)) as client.WWWAuthenticateChallengeError
    expect(refused.status).toBe(401)
    expect(refused.cause[0]?.parameters).toMatchObject({ error: 'invalid_token', error_description: 'access token: it was ended' })
    await expect(reken.redeem()).rejects.toMatchObject({ error: 'invalid_authorization_details' })
    expect(await usesReported(verifier)).toHaveLength(1)
  })

  test('a token of the broker for something else opens nothing here', async () => {
    const { app } = await publisher()
    const reken = await rekenPlus(app)
    const config = await driver.connect('organisation')
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
    const { access_token } = await client.clientCredentialsGrant(config, { scope: 'access_requests' }, { DPoP })
    const refused = (await reken.ask(access_token).catch((error: unknown) => error)) as client.WWWAuthenticateChallengeError
    expect(refused.cause[0]?.parameters).toMatchObject({
      error: 'invalid_token',
      error_description: 'access token: aud is not as it should be',
    })
  })
})

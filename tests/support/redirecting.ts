import { calculateJwkThumbprint } from 'jose'
import * as client from 'openid-client'
import { expect } from 'vitest'
import { amsterdamDay } from '../../src/clock.ts'
import { schoolYearOf } from '../../src/people/school-year.ts'
import type { TestBroker } from './broker.ts'
import { type Driver, dpopKey } from './driver.ts'
import { signIn } from './signed-in.ts'
import type { Seen, Visitor } from './visitor.ts'
import type { SmallWorld } from './world.ts'

type Json = Record<string, unknown>

/** Somebody is at Reken Plus' site, which sends them to the broker and takes them back: with openid-client, unmodified. */
export async function redirecting(broker: TestBroker, world: SmallWorld, driver: Driver) {
  const config = await driver.connect('redirect')
  const now = broker.clock.now()
  const yearEnds = schoolYearOf({ schoolYearStarts: '08-01' }, now).endsAt.getTime() - 1
  const until = amsterdamDay(new Date(Math.min(now.getTime() + 38 * 86_400_000, yearEnds)))
  const entry = (other: Json = {}) => ({
    type: 'pupil-data',
    locations: [world.resource],
    actions: ['read'],
    datatypes: ['arithmetic-results', 'practice-time'],
    purpose: '5.1.a',
    period: { until },
    ...other,
  })
  const pathOf = (url: URL | string) => {
    const { pathname, search } = new URL(url, broker.deps.issuer)
    return pathname + search
  }

  return {
    config,
    entry,
    pathOf,

    /** Everything a flow needs at the supplier: a key, a verifier, a state, and the parameters it pushes. */
    async begin(other: Record<string, string | undefined> = {}, details: unknown = [entry()]) {
      const keys = await client.randomDPoPKeyPair('ES256')
      const DPoP = client.getDPoPHandle(config, keys)
      const verifier = client.randomPKCECodeVerifier()
      const state = client.randomState()
      const parameters: Record<string, string> = {
        redirect_uri: world.redirectUri,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        resource: world.resource,
        authorization_details: JSON.stringify(details),
      }
      for (const [name, value] of Object.entries(other)) {
        if (value === undefined) delete parameters[name]
        else parameters[name] = value
      }
      return { DPoP, verifier, state, parameters }
    },

    /** Pushes, and gives the address to send the browser to. */
    async pushed(flow: { DPoP: client.DPoPHandle; parameters: Record<string, string> }): Promise<URL> {
      return await client.buildAuthorizationUrlWithPAR(config, flow.parameters, { DPoP: flow.DPoP })
    },

    /** A push by hand: what a library would not send. */
    async push(
      form: Record<string, string | undefined> = {},
      details: unknown = [entry()],
      { name = 'redirect' as 'redirect' | 'ciba', headers = {} as Record<string, string> } = {},
    ) {
      const { jwk } = await dpopKey(broker)
      const fields: Record<string, string | undefined> = {
        response_type: 'code',
        redirect_uri: world.redirectUri,
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
        dpop_jkt: await calculateJwkThumbprint(jwk),
        authorization_details: JSON.stringify(details),
        ...(await driver.assertion(name)),
        ...form,
      }
      const sent = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined)
      return await driver.post('/par', sent, headers)
    },

    visitor: async (who: keyof SmallWorld['people'], language = 'nl'): Promise<Visitor> =>
      await signIn(broker, driver.app, world.people[who].email, language),

    /** Opens the address and comes to the question about Fatima. */
    async open(visitor: Visitor, url: URL): Promise<Seen> {
      return await visitor.get(pathOf(url))
    },

    /** Presses a button of the page, sends what is shown once more, and gives where the browser is sent. */
    async press(visitor: Visitor, page: Seen, fields: Record<string, string | string[]>): Promise<URL> {
      const action = page.path.split('?')[0]!
      const answer = await visitor.postOnly(action, { ...page.fields(action), reviewed: '1', ...fields })
      expect(answer.status, await answer.clone().text()).toBe(303)
      return new URL(answer.headers.get('location')!)
    },

    async back(visitor: Visitor, page: Seen): Promise<URL> {
      const answer = await visitor.postOnly(`${page.path.split('?')[0]}/back`)
      expect(answer.status).toBe(303)
      return new URL(answer.headers.get('location')!)
    },

    /** The supplier collects what the browser brought back. */
    async collect(flow: { DPoP: client.DPoPHandle; verifier: string; state: string }, came: URL) {
      return await client.authorizationCodeGrant(
        config,
        came,
        { pkceCodeVerifier: flow.verifier, expectedState: flow.state },
        {},
        { DPoP: flow.DPoP },
      )
    },
  }
}

export type Redirecting = Awaited<ReturnType<typeof redirecting>>

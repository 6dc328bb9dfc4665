import { calculateJwkThumbprint } from 'jose'
import * as client from 'openid-client'
import { newSecret } from '../../src/ids.ts'
import { signJwt } from '../../src/oauth/keys.ts'
import type { TestBroker } from '../support/broker.ts'
import { type Driver, dpopKey } from '../support/driver.ts'
import { redeemed } from '../support/redeemed.ts'
import { redirecting } from '../support/redirecting.ts'
import type { SmallWorld } from '../support/world.ts'
import type { Json, Target } from './target.ts'

/** The broker as vectors see it. */
export async function ours(broker: TestBroker, world: SmallWorld, driver: Driver): Promise<Target> {
  const { issuer } = broker.deps
  const supplier = await redeemed(broker, world, driver)
  const site = await redirecting(broker, world, driver)
  const nadia = await site.visitor('nadia')
  const url: Target['url'] = (endpoint) => `${issuer}/${endpoint}`
  const now = () => Math.floor(broker.clock.now().getTime() / 1000)
  const own = await dpopKey(broker)
  const jkt = await calculateJwkThumbprint(own.jwk)
  return {
    issuer,
    resource: world.resource,
    redirectUri: world.redirectUri,
    clientId: (name) => world.clients[name],
    entry: (other = {}, present = false) => (present ? site.entry(other) : supplier.entry(other)),
    url,
    post: async (endpoint, form, headers = {}) => {
      const fields = (Array.isArray(form) ? form : Object.entries(form)).filter(
        (field): field is [string, string] => field[1] !== undefined,
      )
      const answer = await driver.app.request(url(endpoint), { method: 'POST', body: new URLSearchParams(fields), headers })
      const text = await answer.text()
      return { status: answer.status, body: text === '' ? {} : JSON.parse(text), headers: answer.headers }
    },
    assertion: driver.assertion,
    key: async (alg) => {
      const key = await dpopKey(broker, alg)
      return { ...key, jkt: await calculateJwkThumbprint(key.jwk) }
    },
    keyOf: (name) => world.keys[name].privateKey,
    now,
    present: async (jwt) => {
      const htu = `${issuer}/v1/changes`
      const ath = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(jwt))).toString('base64url')
      const headers = { authorization: `DPoP ${jwt}`, dpop: await own.proof({ htm: 'GET', htu, ath }) }
      const answer = await driver.app.request(htu, { headers })
      const error = /error="([^"]+)"/.exec(answer.headers.get('www-authenticate') ?? '')?.[1]
      return {
        status: answer.status,
        body: error === undefined ? {} : { error, error_description: 'in the challenge' },
        headers: answer.headers,
      }
    },
    accessJwt: async (claims = {}, { typ = 'at+jwt', kind = 'access_token' } = {}) => {
      const client = world.clients.organisation
      const right = { iss: issuer, aud: `${issuer}/v1`, sub: client, client_id: client, scope: 'changes', iat: now(), exp: now() + 60 }
      return await signJwt(broker.deps, kind, typ, { ...right, jti: crypto.randomUUID(), cnf: { jkt }, ...claims }, broker.clock.now())
    },
    hint: async () => newSecret(),
    code: async () => {
      await broker.owner`update consents set ended_at = now(), ended_as = 'lapsed', ended_by = 'job' where approach = 'subject' and ended_at is null`
      const key = await dpopKey(broker)
      const jkt = await calculateJwkThumbprint(key.jwk)
      const verifier = client.randomPKCECodeVerifier()
      const { body } = await site.push({ code_challenge: await client.calculatePKCECodeChallenge(verifier), dpop_jkt: jkt })
      const query = new URLSearchParams({ client_id: world.clients.redirect, request_uri: body.request_uri as string })
      const came = await site.press(nadia, await nadia.get(`/authorize?${query}`), { answer: 'yes' })
      return { code: came.searchParams.get('code')!, verifier, key: { ...key, jkt } }
    },
    accessToken: async () => (await supplier.redeem()).token,
    get: async (path, headers = {}) => {
      const answer = await driver.app.request(issuer + path, { headers })
      const body = answer.headers.get('content-type')?.includes('json') ? ((await answer.json()) as Json) : {}
      return { status: answer.status, body, headers: answer.headers }
    },
  }
}

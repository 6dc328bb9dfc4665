import { calculateJwkThumbprint } from 'jose'
import * as client from 'openid-client'
import { sha256 } from '../../src/canonical.ts'
import { type ConsentId, newSecret } from '../../src/ids.ts'
import { signJwt } from '../../src/oauth/keys.ts'
import { makeLinkCode } from '../../src/requests/link-codes.ts'
import { asking } from '../support/asking.ts'
import type { TestBroker } from '../support/broker.ts'
import { type Driver, dpopKey, type WorldClient } from '../support/driver.ts'
import { redeemed } from '../support/redeemed.ts'
import { redirecting } from '../support/redirecting.ts'
import type { SmallWorld } from '../support/world.ts'
import { answerOf, hashOf, type Target } from './target.ts'

/** The broker as vectors see it. */
export async function ours(broker: TestBroker, world: SmallWorld, driver: Driver): Promise<Target> {
  const { issuer } = broker.deps
  const supplier = await redeemed(broker, world, driver)
  const site = await redirecting(broker, world, driver)
  const nadia = await site.visitor('nadia')
  await broker.owner`insert into clients (client_id, supplier_id, way, name, jwks, registered_at)
    select 'another-ciba', supplier_id, way, name, jwks, registered_at from clients where client_id = ${world.clients.ciba}`
  await broker.owner`insert into holders (holder_id, supplier_id, name, resource, registered_at)
    select gen_random_uuid(), supplier_id, 'Een ander', 'https://api.anders.example/', registered_at from holders`
  await broker.owner`insert into clients (client_id, holder_id, way, name, jwks, registered_at)
    select 'another-holder', h.holder_id, way, h.name, jwks, c.registered_at from clients c, holders h
    where c.client_id = ${world.clients.holder} and h.holder_id <> ${world.holderId}`
  const named = async (name: WorldClient, id: string) => await driver.assertion(name, { iss: id, sub: id })
  const question = asking(broker, world)
  /** What was asked and said before stands in the way of asking the same once more (D01). */
  const forget = () =>
    broker.owner.unsafe(`delete from answers where approach = 'subject' and answer = 'no';
      update consents set ended_at = now(), ended_as = 'lapsed', ended_by = 'job' where approach = 'subject' and ended_at is null`)
  /** Nadia's browser at the page of what was pushed. */
  const atThePage = async (form: Record<string, string | undefined>) => {
    await forget()
    const { body } = await site.push(form)
    const requestUri = body.request_uri as string
    const query = new URLSearchParams({ client_id: world.clients.redirect, request_uri: requestUri })
    return { requestUri, page: await nadia.get(`/authorize?${query}`) }
  }
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
      return await answerOf(await driver.app.request(url(endpoint), { method: 'POST', body: new URLSearchParams(fields), headers }))
    },
    assertion: driver.assertion,
    otherClient: async () => await named('ciba', 'another-ciba'),
    otherHolder: async () => await named('holder', 'another-holder'),
    key: async (alg) => {
      const key = await dpopKey(broker, alg)
      return { ...key, jkt: await calculateJwkThumbprint(key.jwk) }
    },
    keyOf: (name) => world.keys[name].privateKey,
    now,
    pass: driver.pass,
    present: async (jwt, { claims = {}, scheme = 'DPoP', headers = {}, inQuery = false } = {}) => {
      const htu = `${issuer}/v1/changes`
      const sent = {
        authorization: `${scheme} ${jwt}`,
        dpop: await own.proof({ htm: 'GET', htu, ath: hashOf(jwt), ...claims }),
        ...headers,
      }
      const right = Object.entries(sent).filter((header): header is [string, string] => header[1] !== undefined)
      const answer = await driver.app.request(inQuery ? `${htu}?access_token=${jwt}` : htu, { headers: right })
      // These are told as problems; what a client goes by stands in the challenge.
      const error = /error="([^"]+)"/.exec(answer.headers.get('www-authenticate') ?? '')?.[1]
      return { status: answer.status, body: error === undefined ? {} : { error }, headers: answer.headers }
    },
    accessJwt: async (claims = {}, { typ = 'at+jwt', kind = 'access_token' } = {}) => {
      const client = world.clients.organisation
      const right = { iss: issuer, aud: `${issuer}/v1`, sub: client, client_id: client, scope: 'changes', iat: now(), exp: now() + 60 }
      return await signJwt(broker.deps, kind, typ, { ...right, jti: crypto.randomUUID(), cnf: { jkt }, ...claims }, broker.clock.now())
    },
    hint: async () => newSecret(),
    asked: async () => {
      await forget()
      const { code } = await makeLinkCode(broker.deps, world.people.nadia.actor, {
        subjectId: world.people.fatima.id,
        supplierId: world.supplierId,
      })
      const form = { scope: 'openid', login_hint: code, authorization_details: JSON.stringify([site.entry()]) }
      const { body } = await driver.post('/bc-authorize', { ...form, ...(await driver.assertion('ciba')) })
      const authReqId = body.auth_req_id as string
      const [row] = await broker.owner`select consent_id from ciba_requests where auth_req_id_hash = ${sha256(authReqId)}`
      return { authReqId, say: async (answer) => await question.answer(world.people.nadia, row!.consent_id as ConsentId, answer) }
    },
    code: async (verifier = client.randomPKCECodeVerifier()) => {
      const key = await dpopKey(broker)
      const jkt = await calculateJwkThumbprint(key.jwk)
      const { page } = await atThePage({ code_challenge: await client.calculatePKCECodeChallenge(verifier), dpop_jkt: jkt })
      const came = await site.press(nadia, page, { answer: 'yes' })
      return { code: came.searchParams.get('code')!, verifier, key: { ...key, jkt } }
    },
    decided: async (how, state) => {
      const { requestUri, page } = await atThePage({ state })
      const path = page.path.split('?')[0]!
      const answer =
        how === 'back'
          ? await nadia.postOnly(`${path}/back`)
          : await nadia.postOnly(path, { ...page.fields(path), reviewed: '1', answer: how })
      return { requestUri, answer: await answerOf(answer) }
    },
    accessToken: async () => (await supplier.redeem()).token,
    get: async (path, headers = {}) => await answerOf(await driver.app.request(issuer + path, { headers })),
  }
}

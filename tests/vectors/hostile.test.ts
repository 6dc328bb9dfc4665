import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { drive } from '../support/driver.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'
import { ours } from './ours.ts'
import type { Answer, Json, Target } from './target.ts'

let broker: TestBroker
let world: SmallWorld
let target: Target
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  target = await ours(broker, world, await drive(broker, world))
})
afterAll(async () => {
  vi.useRealTimers()
  await broker.close()
})

/** What an attacker puts where a short text is expected. */
const TEXTS: Record<string, unknown> = {
  'a NUL': 'a\0b',
  'half a character': '\ud800',
  'a quote and a comment': "' or 1=1 --",
  'a line end': 'a\r\nSet-Cookie: x=y',
  'much of it': 'x'.repeat(2_500),
  nothing: '',
  'a number': 7,
  'a huge number': 1e308,
  'a list': ['a'],
  'an object': { toString: 'x' },
  null: null,
  true: true,
  __proto__: { __proto__: { admin: true } },
}
/** …and where a time is expected. */
const TIMES: Record<string, unknown> = { 'a text': '2026', negative: -1, huge: 1e308, tiny: 5e-324, list: [1], null: null }

const redeem = async (assertion: Json | undefined, proof?: string) =>
  await target.post(
    'token',
    {
      grant_type: 'client_credentials',
      authorization_details: JSON.stringify([target.entry()]),
      ...((assertion as Record<string, string>) ?? (await target.assertion('organisation'))),
    },
    { dpop: proof ?? (await (await target.key()).proof()) },
  )
const pushedObject = async (claims: Json, header: Json = {}) => {
  const payload = {
    iss: world.clients.redirect,
    aud: target.issuer,
    client_id: world.clients.redirect,
    nbf: target.now(),
    exp: target.now() + 60,
    response_type: 'code',
    redirect_uri: target.redirectUri,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    dpop_jkt: (await target.key()).jkt,
    authorization_details: [target.entry({}, true)],
    ...claims,
  }
  const request = await new SignJWT(payload as never)
    .setProtectedHeader({ alg: 'EdDSA', kid: 'k1', typ: 'oauth-authz-req+jwt', ...header })
    .sign(world.keys.redirect.privateKey)
  return await target.post('par', { request, ...(await target.assertion('redirect')) })
}

const places: Record<string, (value: unknown) => Promise<Answer>> = {}
for (const claim of ['iss', 'sub', 'aud', 'jti']) {
  places[`${claim} of an assertion`] = async (value) => await redeem(await target.assertion('organisation', { [claim]: value }))
}
places['iss and sub of an assertion'] = async (value) => await redeem(await target.assertion('organisation', { iss: value, sub: value }))
places['kid of an assertion'] = async (value) => await redeem(await target.assertion('organisation', {}, { kid: value }))
places['typ of an assertion'] = async (value) => await redeem(await target.assertion('organisation', {}, { typ: value }))
for (const claim of ['htm', 'htu', 'jti', 'ath']) {
  places[`${claim} of a proof`] = async (value) => await redeem(undefined, await (await target.key()).proof({ [claim]: value }))
}
places['jwk of a proof'] = async (value) => await redeem(undefined, await (await target.key()).proof({}, { jwk: value }))
for (const claim of [
  'state',
  'redirect_uri',
  'code_challenge',
  'dpop_jkt',
  'resource',
  'grant_id',
  'prompt',
  'max_age',
  'authorization_details',
  'response_mode',
]) {
  places[`${claim} in a request object`] = async (value) => await pushedObject({ [claim]: value })
}
places['kid of a request object'] = async (value) => await pushedObject({}, { kid: value })
for (const field of ['type', 'locations', 'datatypes', 'purpose', 'identifier', 'period']) {
  places[`${field} in authorization_details`] = async (value) => {
    const entry = target.entry({ [field]: ['locations', 'datatypes'].includes(field) ? [value] : value })
    return await target.post(
      'token',
      { grant_type: 'client_credentials', authorization_details: JSON.stringify([entry]), ...(await target.assertion('organisation')) },
      { dpop: await (await target.key()).proof() },
    )
  }
  places[`${field} asked directly`] = async (value) => {
    const entry = target.entry({ [field]: ['locations', 'datatypes'].includes(field) ? [value] : value }, true)
    return await target.post('bc-authorize', {
      scope: 'openid',
      login_hint: await target.hint(),
      authorization_details: JSON.stringify([entry]),
      ...(await target.assertion('ciba')),
    })
  }
}
const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
for (const [endpoint, name, field] of [
  ['token', 'organisation', 'scope'],
  ['token', 'organisation', 'resource'],
  ['token', 'redirect', 'code'],
  ['token', 'redirect', 'refresh_token'],
  ['token', 'ciba', 'auth_req_id'],
  ['introspect', 'holder', 'token'],
  ['revoke', 'organisation', 'token'],
  ['bc-authorize', 'ciba', 'login_hint'],
  ['bc-authorize', 'ciba', 'id_token_hint'],
  ['bc-authorize', 'ciba', 'binding_message'],
  ['bc-authorize', 'ciba', 'requested_expiry'],
] as const) {
  const grant = {
    scope: 'client_credentials',
    resource: 'client_credentials',
    code: 'authorization_code',
    refresh_token: 'refresh_token',
    auth_req_id: 'urn:openid:params:grant-type:ciba',
  }
  places[`${field} at ${endpoint}`] = async (value) =>
    await target.post(
      endpoint,
      {
        ...(endpoint === 'token' && { grant_type: grant[field as keyof typeof grant], code_verifier: 'x'.repeat(43) }),
        ...(endpoint === 'bc-authorize' && {
          scope: 'openid',
          authorization_details: JSON.stringify([target.entry({}, true)]),
          ...(field.includes('hint') ? {} : { login_hint: 'x' }),
        }),
        ...(await target.assertion(name)),
        [field]: asText(value),
      },
      { dpop: await (await target.key()).proof() },
    )
}
/** A JWT as long as ours, with this in its header. */
const forged = (header: unknown) =>
  `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${Buffer.from('{}').toString('base64url')}.AAAA`
for (const [endpoint, name] of [
  ['introspect', 'holder'],
  ['revoke', 'organisation'],
] as const) {
  for (const member of ['kid', 'alg', 'jti']) {
    places[`${member} in the header of a token at ${endpoint}`] = async (value) =>
      await target.post(endpoint, { token: forged({ alg: 'EdDSA', typ: 'at+jwt', [member]: value }), ...(await target.assertion(name)) })
    places[`${member} in the header of an encrypted token at ${endpoint}`] = async (value) =>
      await target.post(endpoint, {
        token: `${forged({ alg: 'dir', enc: 'A256GCM', [member]: value })}.AAAA.AAAA`,
        ...(await target.assertion(name)),
      })
  }
}

/** Whatever comes in, it is the sender's fault, and told as such: never 500, nothing in a header, no stack, no SQL. */
describe.each(Object.entries(places))('%s', (_place, send) => {
  test.each(Object.keys(TEXTS))('%s', async (name) => {
    const { status, body, headers } = await send(TEXTS[name])
    expect(status, JSON.stringify(body)).toBeLessThan(500)
    expect(headers.get('set-cookie')).toBeNull()
    expect(JSON.stringify(body)).not.toMatch(/select |syntax|\bat \/|postgres/i)
  })
})

describe.each([
  ['an assertion', async (claims: Json) => await redeem(await target.assertion('organisation', claims)), ['iat', 'nbf', 'exp']],
  ['a proof', async (claims: Json) => await redeem(undefined, await (await target.key()).proof(claims)), ['iat']],
  ['a request object', async (claims: Json) => await pushedObject(claims), ['iat', 'nbf', 'exp']],
] as const)('A time of %s', (_kind, send, claims) => {
  test.each(claims.flatMap((claim) => Object.keys(TIMES).map((time) => [claim, time] as const)))('%s: %s', async (claim, time) => {
    expect((await send({ [claim]: TIMES[time] })).status).toBeLessThan(500)
  })
})

test('a request object that says something twice is no evidence of anything (RFC 7519 §4)', async () => {
  const b64 = (text: string) => Buffer.from(text).toString('base64url')
  const now = target.now()
  const head = b64(JSON.stringify({ alg: 'EdDSA', kid: 'k1', typ: 'oauth-authz-req+jwt' }))
  const claims = { iss: world.clients.redirect, aud: target.issuer, client_id: world.clients.redirect, nbf: now, exp: now + 60 }
  const payload = b64(`${JSON.stringify(claims).slice(0, -1)},"response_type":"code","response_type":"token"}`)
  const signature = await crypto.subtle.sign('Ed25519', world.keys.redirect.privateKey, Buffer.from(`${head}.${payload}`))
  const request = `${head}.${payload}.${Buffer.from(signature).toString('base64url')}`
  const { status, body } = await target.post('par', { request, ...(await target.assertion('redirect')) })
  expect([status, body.error]).toEqual([400, 'invalid_request_object'])
})

import { type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type Driver, dpopKey, drive } from '../support/driver.ts'
import { type Redirecting, redirecting } from '../support/redirecting.ts'
import { tellWorld } from '../support/told-world.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let driver: Driver
let supplier: Redirecting
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await tellWorld(broker, world)
  driver = await drive(broker, world)
  supplier = await redirecting(broker, world, driver)
})
afterAll(() => broker.close())

describe('What may be pushed', () => {
  test.each<[string, string, Record<string, string | undefined>, string]>([
    ['RFC 6749 §3.1.1', 'no response_type', { response_type: undefined }, 'invalid_request'],
    ['FAPI 2.0 §5.3.2.2 (1)', 'another response_type', { response_type: 'token' }, 'unsupported_response_type'],
    ['RFC 9126 §2.1', 'a request_uri', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'invalid_request'],
    ['FAPI 2.0 §5.3.2.2 (6)', 'no redirect_uri', { redirect_uri: undefined }, 'invalid_request'],
    ['RFC 9700 §2.1', 'a redirect_uri with something after it', { redirect_uri: 'https://rekenplus.example/terug?x=1' }, 'invalid_request'],
    [
      'RFC 9700 §2.1',
      'a redirect_uri below a registered one',
      { redirect_uri: 'https://rekenplus.example/terug/verder' },
      'invalid_request',
    ],
    ['RFC 7636 §4.4.1', 'no code_challenge', { code_challenge: undefined }, 'invalid_request'],
    ['RFC 7636 §4.3', 'PKCE plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['RFC 7636 §4.3', 'PKCE without a method, which is plain', { code_challenge_method: undefined }, 'invalid_request'],
    ['RFC 7636 §4.2', 'a challenge that is none', { code_challenge: 'short' }, 'invalid_request'],
    ['RFC 9449 §10', 'bound to no key', { dpop_jkt: undefined }, 'invalid_request'],
    ['RFC 9449 §10', 'a thumbprint that is none', { dpop_jkt: 'x' }, 'invalid_request'],
    ['RFC 8707 §2', 'another resource', { resource: 'https://elsewhere.example/' }, 'invalid_target'],
    ['RFC 6749 §3.3', 'a scope', { scope: 'openid' }, 'invalid_scope'],
    ['RFC 9101 §6.1', 'a request object beside parameters', { request: 'x' }, 'invalid_request'],
    ['GM §5.2', 'a grant to create with an id', { grant_management_action: 'create', grant_id: 'x' }, 'invalid_request'],
    ['GM §5.2', 'an id without an action', { grant_id: 'x' }, 'invalid_request'],
    ['GM §5.2', 'an unknown action', { grant_management_action: 'update' }, 'invalid_request'],
    ['RFC 6749 §2.3.1', 'another client_id', { client_id: 'rekenplus-ciba' }, 'invalid_client'],
  ])('%s: %s', async (_section, _name, form, error) => {
    const { body } = await supplier.push(form)
    expect(body.error).toBe(error)
  })

  test.each<[string, string, Record<string, unknown>, string?]>([
    ['K18', 'no end', { period: undefined }, 'blank_cheque_no_end'],
    ['K18', 'longer than a school year', { period: { until: '2028-01-01' } }, 'blank_cheque_too_long'],
    ['K18', 'all data', { datatypes: ['all'] }, 'blank_cheque_all_data'],
    ['RFC 9396 §5', 'a subject of the supplier’s own', { identifier: 'ps_x' }],
    ['RFC 9396 §5', 'an unknown field', { urgency: 'high' }],
    ['RFC 9396 §5', 'another type', { type: 'payment' }],
    ['RFC 9396 §5', 'an unknown holder', { locations: ['https://elsewhere.example/'] }],
    ['RFC 9396 §5', 'data the holder does not offer', { datatypes: ['medical'] }],
    ['C11', 'a purpose that is not in the list', { purpose: '9.9.z' }],
  ])('%s: %s is invalid_authorization_details, and says what is wrong', async (_section, _name, other, help) => {
    const { status, body } = await supplier.push({}, [supplier.entry(other)])
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_authorization_details' })
    if (help) expect(body.error_description).toContain(help)
  })

  test('two entries are refused (one entry, one question)', async () => {
    expect((await supplier.push({}, [supplier.entry(), supplier.entry()])).body.error).toBe('invalid_authorization_details')
  })

  test('a client of another way, and a suspended supplier', async () => {
    expect((await supplier.push({}, [supplier.entry()], { name: 'ciba' })).body.error).toBe('unauthorized_client')
    await broker.owner`update suppliers set suspended_at = now() where supplier_id = ${world.supplierId}`
    expect(await supplier.push()).toMatchObject({ status: 403, body: { error: 'access_denied' } })
    await broker.owner`update suppliers set suspended_at = null`
  })

  test('a client that was registered for another holder only (RFC 9396 §10)', async () => {
    await broker.owner`update clients set holder_resources = '{https://elsewhere.example/}' where client_id = ${world.clients.redirect}`
    expect((await supplier.push()).body.error).toBe('invalid_target')
    await broker.owner`update clients set holder_resources = null`
  })

  test('not without end: a client that pushes too much is told to wait, and others go on (RFC 9126 §2.3)', async () => {
    const bucket = `par:${world.clients.redirect}`
    await supplier.push()
    await broker.owner`update rates set count = 600 where bucket = ${bucket}`
    const { status, body, headers } = await supplier.push()
    expect([status, body.error, headers.get('retry-after')]).toEqual([429, 'temporarily_unavailable', '60'])
    driver.pass({ minutes: 1 })
    expect((await supplier.push()).status).toBe(201)
  })

  test('only POST (RFC 9126 §2.3)', async () => {
    const answer = await driver.fetch(`${broker.deps.issuer}/par`)
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
  })

  test('a proof of another key than dpop_jkt names, or used before (RFC 9449 §10.1, §11.1)', async () => {
    const key = await dpopKey(broker)
    const proof = await key.proof({ htu: `${broker.deps.issuer}/par` })
    const form = { response_type: 'code', redirect_uri: world.redirectUri, dpop_jkt: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' }
    const rest = {
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
      authorization_details: JSON.stringify([supplier.entry()]),
    }
    for (const _ of ['another key', 'again']) {
      const { body } = await driver.post('/par', { ...form, ...rest, ...(await driver.assertion('redirect')) }, { dpop: proof })
      expect(body.error).toBe('invalid_dpop_proof')
    }
  })

  const signed = async (
    claims: Record<string, unknown> = {},
    header: Record<string, unknown> = {},
    key = world.keys.redirect.privateKey,
  ) => {
    const now = Math.floor(broker.clock.now().getTime() / 1000)
    const { parameters } = await supplier.begin()
    const payload = {
      ...parameters,
      authorization_details: [supplier.entry()],
      response_type: 'code',
      client_id: world.clients.redirect,
      dpop_jkt: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      iss: world.clients.redirect,
      aud: broker.deps.issuer,
      nbf: now,
      exp: now + 60,
      ...claims,
    } as JWTPayload
    const request = await new SignJWT(payload)
      .setProtectedHeader({ alg: 'EdDSA', kid: 'k1', typ: 'oauth-authz-req+jwt', ...header })
      .sign(key)
    return await driver.post('/par', { request, ...(await driver.assertion('redirect')) })
  }

  test('a request object that is right (RFC 9101)', async () => {
    expect(await signed()).toMatchObject({ status: 201, body: { expires_in: 90 } })
  })

  test.each<[string, string, Record<string, unknown>, Record<string, unknown>, string]>([
    ['RFC 9101 §4', 'another client’s', { client_id: 'rekenplus-ciba' }, {}, 'invalid_request_object'],
    ['RFC 9101 §4', 'another issuer', { iss: 'rekenplus-ciba' }, {}, 'invalid_request_object'],
    ['FAPI MS §5.3.1', 'for somebody else', { aud: 'https://elsewhere.example' }, {}, 'invalid_request_object'],
    ['FAPI MS §5.3.1', 'for us among others', { aud: ['https://broker.test', 'https://x.example'] }, {}, 'invalid_request_object'],
    ['FAPI MS §5.3.1', 'without nbf', { nbf: undefined }, {}, 'invalid_request_object'],
    ['FAPI MS §5.3.1', 'past', { exp: 1 }, {}, 'invalid_request_object'],
    ['FAPI MS §5.3.1', 'too long', { exp: 4_000_000_000 }, {}, 'invalid_request_object'],
    ['RFC 9101 §10.8', 'of another kind of JWT', {}, { typ: 'at+jwt' }, 'invalid_request_object'],
    ['RFC 9101 §4', 'with a request_uri in it', { request_uri: 'x' }, {}, 'invalid_request_object'],
    ['RFC 7636 §4.3', 'with PKCE plain', { code_challenge_method: 'plain' }, {}, 'invalid_request'],
    ['RFC 9700 §2.1', 'with an unregistered redirect_uri', { redirect_uri: 'https://x.example/' }, {}, 'invalid_request'],
  ])('%s: a request object %s', async (_section, _name, claims, header, error) => {
    expect((await signed(claims, header)).body.error).toBe(error)
  })

  test('a request object signed by another client of the same supplier', async () => {
    expect((await signed({}, {}, world.keys.ciba.privateKey)).body.error).toBe('invalid_request_object')
  })
})

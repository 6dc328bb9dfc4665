import { getListFromStatusListJWT } from '@owf/token-status-list'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type Driver, dpopKey, drive, type WorldClient } from '../support/driver.ts'
import { race } from '../support/race.ts'
import { redeemed } from '../support/redeemed.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let driver: Driver
let supplier: Awaited<ReturnType<typeof redeemed>>
let as: oauth.AuthorizationServer
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  driver = await drive(broker, world)
  supplier = await redeemed(broker, world, driver)
  as = (await (await driver.fetch('https://broker.test/.well-known/oauth-authorization-server')).json()) as oauth.AuthorizationServer
}
beforeAll(begin)
afterAll(async () => {
  vi.useRealTimers()
  await broker.close()
})

const library = { [oauth.customFetch]: (url: string, init: object) => driver.fetch(url, init) }
const authentication = (name: WorldClient) => oauth.PrivateKeyJwt({ key: world.keys[name].privateKey, kid: 'k1' })

const revoke = async (token: string, name: WorldClient = 'organisation', other: Record<string, string> = {}) => {
  const form = new URLSearchParams({ token, ...other, ...(await driver.assertion(name)) })
  const answer = await driver.app.request('https://broker.test/revoke', { method: 'POST', body: form })
  return { status: answer.status, text: await answer.text() }
}
const introspect = async (token: string, name: WorldClient = 'holder', accept?: string) => {
  const form = new URLSearchParams({ token, ...(await driver.assertion(name)) })
  return await driver.app.request('https://broker.test/introspect', {
    method: 'POST',
    body: form,
    ...(accept !== undefined && { headers: { accept } }),
  })
}
const isActive = async (token: string) => ((await (await introspect(token)).json()) as { active: boolean }).active

async function listOf(token: string) {
  const { status_list } = decodeJwt(token).status as { status_list: { idx: number; uri: string } }
  const jwt = await (await driver.fetch(status_list.uri)).text()
  return { jwt, value: getListFromStatusListJWT(jwt).getStatus(status_list.idx) }
}

describe('A supplier gives a token back (RFC 7009)', () => {
  test('with oauth4webapi: it is not active any more and its bit is set; the next token of the same grant is untouched', async () => {
    const [one, next] = [(await supplier.redeem()).token, (await supplier.redeem()).token]
    const answer = await oauth.revocationRequest(
      as,
      { client_id: world.clients.organisation },
      authentication('organisation'),
      one,
      library,
    )
    await oauth.processRevocationResponse(answer)
    expect([await isActive(one), (await listOf(one)).value]).toEqual([false, 1])
    expect([await isActive(next), (await listOf(next)).value]).toEqual([true, 0])
  })

  test('with openid-client too', async () => {
    const { token } = await supplier.redeem()
    await client.tokenRevocation(await driver.connect('organisation'), token)
    expect(await isActive(token)).toBe(false)
  })

  test('the ledger tells it once, with whose it was', async () => {
    const { token } = await supplier.redeem()
    for (const hint of ['access_token', 'refresh_token', 'nonsense']) {
      expect(await revoke(token, 'organisation', { token_type_hint: hint })).toEqual({ status: 200, text: '' })
    }
    const { jti } = decodeJwt(token)
    const rows = await broker.owner`select approach, actor, body::jsonb as facts from ledger where event = 'tokens_ended' and ref = ${jti!}`
    expect(rows).toMatchObject([
      {
        approach: 'organisation',
        actor: `client:${world.clients.organisation}`,
        facts: { because: 'revoked_by_client', endedTokens: [jti] },
      },
    ])
  })

  test.each<WorldClient>(['ciba', 'holder'])('%s, whose it is not, hears 200 and changes nothing (§2.1; no oracle)', async (name) => {
    const { token } = await supplier.redeem()
    expect(await revoke(token, name)).toEqual({ status: 200, text: '' })
    expect([await isActive(token), (await listOf(token)).value]).toEqual([true, 0])
  })

  test('an unknown token is 200 (§2.2), whatever it looks like', async () => {
    const { token } = await supplier.redeem()
    const header = (claims: object) => Buffer.from(JSON.stringify(claims)).toString('base64url')
    const strange = [
      'rubbish',
      'a.b.c',
      `${token.slice(0, -4)}AAAA`,
      `${header({ alg: 'ECDH-ES', enc: 'A256GCM', jti: crypto.randomUUID() })}..a.b.c`,
      `${header({ alg: 'ECDH-ES', enc: 'A256GCM', jti: "'; drop table tokens" })}..a.b.c`,
      'x'.repeat(20_000),
      (await driver.assertion('organisation')).client_assertion,
    ]
    for (const text of strange) expect(await revoke(text), text.slice(0, 60)).toEqual({ status: 200, text: '' })
    expect(await isActive(token)).toBe(true)
  })

  test('an access token for our own REST API stops there at once; another one of the same client does not', async () => {
    const restToken = async (name: 'organisation' | 'holder') => {
      const key = await dpopKey(broker)
      const form = { grant_type: 'client_credentials', scope: 'changes', ...(await driver.assertion(name)) }
      const { body } = await driver.post('/token', form, { dpop: await key.proof() })
      const token = body.access_token as string
      const ath = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(token))).toString('base64url')
      const url = 'https://broker.test/v1/changes'
      const call = async () =>
        (
          await driver.app.request(url, {
            headers: { authorization: `DPoP ${token}`, dpop: await key.proof({ htm: 'GET', htu: url, ath }) },
          })
        ).status
      return { token, call }
    }
    const [one, other] = [await restToken('organisation'), await restToken('organisation')]
    await revoke(one.token, 'ciba')
    expect(await one.call()).toBe(200)
    await revoke(one.token)
    await revoke(one.token)
    expect([await one.call(), await other.call()]).toEqual([401, 200])
  })

  test('wants a client that is known, and a token', async () => {
    const { token } = await supplier.redeem()
    const nobody = await driver.post('/revoke', { token, client_id: world.clients.organisation })
    expect(nobody).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    expect(await driver.post('/revoke', await driver.assertion('organisation'))).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    })
    expect(await isActive(token)).toBe(true)
  })

  test('what could not be stored is never answered 200 (INV-13)', async () => {
    const { token } = await supplier.redeem()
    await broker.owner`revoke update (set_at) on status_entries from consent_broker`
    const failed = await revoke(token)
    await broker.owner`grant update (set_at) on status_entries to consent_broker`
    expect(failed.status).toBe(500)
    expect(failed.text).toBe('{"error":"server_error"}')
    expect(await isActive(token)).toBe(true)
    expect((await revoke(token)).status).toBe(200)
    expect(await isActive(token)).toBe(false)
  })

  race(
    'fifty at once end it once',
    { 'where what ended ends again': { statements: /t\.ended_at is null/, become: 'true' } },
    async () => {
      const { token } = await supplier.redeem()
      const answers = await Promise.all(Array.from({ length: 50 }, () => revoke(token)))
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
      expect(await broker.owner`select 1 from ledger where event = 'tokens_ended' and ref = ${decodeJwt(token).jti!}`).toHaveLength(1)
    },
    begin,
  )
})

describe('The holder asks about a token and gets a signed answer (RFC 9701)', () => {
  const signed = async (token: string, name: WorldClient) => {
    const self = { client_id: world.clients[name] }
    const response = await oauth.introspectionRequest(as, self, authentication(name), token, { ...library, requestJwtResponse: true })
    const answer = await oauth.processIntrospectionResponse(as, self, response)
    await oauth.validateApplicationLevelSignature(as, response, library)
    return { answer, response }
  }

  test('oauth4webapi takes it and its signature; typ, aud and claims are as §5 wants', async () => {
    const { token } = await supplier.redeem()
    const { answer } = await signed(token, 'holder')
    expect(answer).toEqual({ active: true, token_type: 'DPoP', ...decodeJwt(token) })
    const response = await introspect(token, 'holder', 'application/token-introspection+jwt')
    expect(response.headers.get('content-type')).toBe('application/token-introspection+jwt')
    expect(response.headers.get('cache-control')).toBe('no-store')
    const jwt = await response.text()
    expect(decodeProtectedHeader(jwt)).toMatchObject({ typ: 'token-introspection+jwt' })
    expect(Object.keys(decodeJwt(jwt)).sort()).toEqual(['aud', 'iat', 'iss', 'token_introspection'])
    expect(decodeJwt(jwt).aud).toBe(world.clients.holder)
  })

  test('to whoever is not entitled it says that the token is not active, and nothing more (§5)', async () => {
    const { token } = await supplier.redeem()
    expect((await signed(token, 'organisation')).answer).toEqual({ active: false })
    expect((await signed('rubbish', 'holder')).answer).toEqual({ active: false })
  })

  test.each([
    ['nothing', undefined, 'application/json'],
    ['anything', '*/*', 'application/json'],
    ['JSON', 'application/json', 'application/json'],
    ['both', 'application/json, application/token-introspection+jwt', 'application/json'],
    ['a JWT rather', 'application/json;q=0.5, application/token-introspection+jwt', 'application/token-introspection+jwt'],
    ['JSON rather', 'application/token-introspection+jwt;q=0.1, application/*', 'application/json'],
    ['no JWT', 'application/token-introspection+jwt;q=0, */*;q=0.1', 'application/json'],
  ])('who takes %s', async (_name, accept, type) => {
    const { token } = await supplier.redeem()
    expect((await introspect(token, 'holder', accept)).headers.get('content-type')).toContain(type)
  })

  test('a signed answer passes for no other kind of JWT: neither for a token nor for an assertion', async () => {
    const { token } = await supplier.redeem()
    const jwt = await (await introspect(token, 'holder', 'application/token-introspection+jwt')).text()
    expect(await isActive(jwt)).toBe(false)
    const form = { token, client_assertion_type: (await driver.assertion('holder')).client_assertion_type, client_assertion: jwt }
    expect((await driver.post('/introspect', form)).status).toBe(401)
  })
})

describe('Status lists, all together (Token Status List §8, §9)', () => {
  test('the aggregation names every list that live tokens are in, and the list names the aggregation', async () => {
    const { token } = await supplier.redeem()
    const endpoint = as.status_list_aggregation_endpoint as string
    const answer = await driver.fetch(endpoint)
    expect(answer.headers.get('cache-control')).toBe('public, max-age=60')
    const { status_lists } = (await answer.json()) as { status_lists: string[] }
    const { uri } = (decodeJwt(token).status as { status_list: { uri: string } }).status_list
    expect(status_lists).toContain(uri)
    expect((decodeJwt((await listOf(token)).jwt).status_list as { aggregation_uri: string }).aggregation_uri).toBe(endpoint)
    driver.pass({ hours: 3 })
    expect(await (await driver.fetch(endpoint)).json()).toEqual({ status_lists: [] })
  })

  test.each([
    ['CWT only (§8.1)', 'application/statuslist+cwt', 406],
    ['JSON only', 'application/json', 406],
    ['a JWT refused by weight', 'application/statuslist+jwt;q=0', 406],
    ['either', 'application/statuslist+cwt, application/statuslist+jwt', 200],
    ['anything', '*/*', 200],
  ])('who takes %s', async (_name, accept, status) => {
    const { uri } = (decodeJwt((await supplier.redeem()).token).status as { status_list: { uri: string } }).status_list
    const answer = await driver.fetch(uri, { headers: { accept } })
    expect(answer.status).toBe(status)
    if (status === 200) expect(answer.headers.get('cache-control')).toBe(`private, max-age=${decodeJwt(await answer.text()).ttl as number}`)
  })

  test('history is not kept (§8.4): 501', async () => {
    const { uri } = (decodeJwt((await supplier.redeem()).token).status as { status_list: { uri: string } }).status_list
    expect((await driver.fetch(`${uri}?time=${Math.floor(Date.now() / 1000)}`)).status).toBe(501)
  })
})

test('Metadata say where to revoke and introspect, and how the answers are signed (RFC 8414 §2)', () => {
  expect(as).toMatchObject({
    revocation_endpoint: 'https://broker.test/revoke',
    revocation_endpoint_auth_methods_supported: ['private_key_jwt'],
    introspection_signing_alg_values_supported: ['EdDSA', 'ES256'],
    status_list_aggregation_endpoint: 'https://broker.test/status',
  })
  const algorithms = Object.entries(as).filter(([name]) => name.endsWith('_alg_values_supported'))
  for (const [name, values] of algorithms) {
    expect(values, name).toEqual(expect.arrayContaining(['EdDSA', 'ES256']))
    expect(values, name).not.toEqual(expect.arrayContaining(['RS256']))
    expect(values, name).not.toEqual(expect.arrayContaining(['none']))
  }
})

import { exportJWK, generateKeyPair } from 'jose'
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { inviteClient, inviteClientAsBoard } from '../../src/catalog/invite-client.ts'
import { KEYS_FAULTS } from '../../src/catalog/keys-at-address.ts'
import { limitClient } from '../../src/catalog/limit-client.ts'
import { changeClientKeys } from '../../src/catalog/manage-client.ts'
import { registerInvitedClient } from '../../src/catalog/register-invited-client.ts'
import type { ClientWay } from '../../src/catalog/tables.ts'
import type { ClientId } from '../../src/ids.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type Driver, dpopKey, drive } from '../support/driver.ts'
import { ledgerOf, whileHeld } from '../support/held.ts'
import { expectLedgerWhole } from '../support/ledger.ts'
import { raceFrom, withoutRowLock } from '../support/race.ts'
import { redeemed } from '../support/redeemed.ts'
import { colleagueOf, tutorOf } from '../support/tutor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let driver: Driver
const KEYS = 'https://keys.rekenplus.example/jwks'
/** What stands at addresses outside, and how often somebody looked. */
const served = new Map<string, string>()
let asked = 0
async function begin() {
  broker = await freshBroker()
  broker.deps.outsideFetch = async (url) => {
    asked++
    return { status: served.has(url) ? 200 : 404, text: served.get(url) ?? '' }
  }
  world = await smallWorld(broker)
  driver = await drive(broker, world)
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(async () => {
  await expectLedgerWhole(broker)
  vi.useRealTimers()
  await broker.close()
})

const ownKey = async () => {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
  const named = { kid: 'own-1' }
  return {
    privateKey,
    jwks: { keys: [{ ...(await exportJWK(publicKey)), ...named }] },
    secret: { ...(await exportJWK(privateKey)), ...named },
  }
}
const invitation = async (ways: ClientWay[] = ['organisation', 'ciba', 'redirect'], more: { holders?: string[]; types?: string[] } = {}) =>
  (await inviteClient(broker.deps, { supplierId: world.supplierId, ways, ...more })).initialAccessToken

const metadata = async (other: Record<string, unknown> = {}) => ({
  client_name: 'Reken Plus',
  grant_types: ['client_credentials'],
  jwks: (await ownKey()).jwks,
  ...other,
})
const ping = (other: Record<string, unknown> = {}) => ({
  grant_types: ['urn:openid:params:grant-type:ciba'],
  backchannel_token_delivery_mode: 'ping',
  backchannel_client_notification_endpoint: 'https://told.rekenplus.example/ciba',
  ...other,
})
async function register(token: string | undefined, body: unknown, headers: Record<string, string> = {}) {
  const answer = await driver.app.request('https://broker.test/register', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown>, headers: answer.headers }
}

async function tokenOf(clientId: string, key: CryptoKey, form: Record<string, string>) {
  const assertion = await driver.assertion('organisation', { iss: clientId, sub: clientId }, { kid: 'own-1' }, key)
  const { proof } = await dpopKey(broker)
  return await driver.post('/token', { grant_type: 'client_credentials', ...form, ...assertion }, { dpop: await proof() })
}

describe('A supplier that was invited registers a client by itself (RFC 7591)', () => {
  test('with openid-client, which then gets a token as that client', async () => {
    const { jwks, privateKey } = await ownKey()
    const config = await client.dynamicClientRegistration(
      new URL('https://broker.test'),
      {
        client_name: 'Reken Plus',
        grant_types: ['client_credentials'],
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: jwks as never,
      },
      client.PrivateKeyJwt({ key: privateKey, kid: 'own-1' }),
      { initialAccessToken: await invitation(), [client.customFetch]: driver.fetch as client.CustomFetch, algorithm: 'oauth2' },
    )
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('EdDSA'))
    const tokens = await client.clientCredentialsGrant(config, { scope: 'access_requests' }, { DPoP })
    expect(tokens.scope).toBe('access_requests')
  })

  test('with oauth4webapi; the answer says what was registered and holds no secret (§3.2.1)', async () => {
    const as = (await (
      await driver.fetch('https://broker.test/.well-known/oauth-authorization-server')
    ).json()) as oauth.AuthorizationServer
    const response = await oauth.dynamicClientRegistrationRequest(
      as,
      { ...(await metadata()), jwks: (await ownKey()).jwks as never, grant_types: ['urn:openid:params:grant-type:ciba'] },
      { initialAccessToken: await invitation(), [oauth.customFetch]: (url: string, init: object) => driver.fetch(url, init) },
    )
    const registered = await oauth.processDynamicClientRegistrationResponse(response)
    expect(registered).toMatchObject({
      client_id: expect.any(String),
      grant_types: ['urn:openid:params:grant-type:ciba', 'refresh_token'],
      token_endpoint_auth_method: 'private_key_jwt',
      dpop_bound_access_tokens: true,
      authorization_details_types: ['pupil-data'],
    })
    expect(registered).not.toHaveProperty('client_secret')
    expect(registered).not.toHaveProperty('registration_access_token')
    const [row] = await broker.owner`select supplier_id, way from clients where client_id = ${registered.client_id}`
    expect(row).toEqual({ supplier_id: world.supplierId, way: 'ciba' })
  })

  test('one for browsers is told its redirect URIs and that it pushes its requests', async () => {
    const redirect_uris = ['https://app.rekenplus.example/cb']
    const { status, body } = await register(await invitation(), await metadata({ grant_types: ['authorization_code'], redirect_uris }))
    expect(status).toBe(201)
    expect(body).toMatchObject({ redirect_uris, response_types: ['code'], require_pushed_authorization_requests: true })
  })

  const unheld = { 'without the lock on the invitation': withoutRowLock('client_invitations') }
  race('an invitation is good for one client, also fifty times at once (INV-11), and not after a fortnight', unheld, async () => {
    const token = await invitation()
    const body = await metadata()
    const acts = Array.from({ length: 50 }, () => () => register(token, body))
    // Each connection of the pool has one that has begun, before any commits.
    const ended = await whileHeld(broker, ledgerOf(null), acts, 8)
    const answers = ended.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status, body: { error } }) => status === 401 && error === 'invalid_token')).toHaveLength(49)
    const late = await invitation()
    driver.pass({ days: 14 })
    expect((await register(late, body)).status).toBe(401)
  })

  race('those that come at the same moment wait for each other, and one gets through (INV-11)', unheld, async () => {
    const token = await invitation()
    const client = { name: 'Reken Plus', way: 'organisation' as const, redirectUris: [], keys: (await ownKey()).jwks.keys }
    const acts = Array.from({ length: 5 }, () => () => registerInvitedClient(broker.deps, token, client))
    // Held at the very end, so that each has looked at the invitation before any commits.
    const ended = await whileHeld(broker, ledgerOf(null), acts)
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('what is refused leaves the invitation to be tried again', async () => {
    const token = await invitation(['organisation'])
    expect(
      (await register(token, await metadata({ grant_types: ['authorization_code'], redirect_uris: ['https://x.example/cb'] }))).status,
    ).toBe(400)
    expect((await register(token, await metadata())).status).toBe(201)
  })

  test('without an invitation there is nothing, and a challenge (RFC 6750 §3)', async () => {
    for (const token of [undefined, 'x', 'a'.repeat(43)]) {
      const { status, body, headers } = await register(token, await metadata())
      expect([status, body.error]).toEqual([401, 'invalid_token'])
      expect(headers.get('www-authenticate')).toContain('Bearer')
    }
    expect((await register(await invitation(), await metadata(), { authorization: 'DPoP x' })).status).toBe(401)
  })

  test('one that is told (CIBA ping)', async () => {
    const { status, body } = await register(await invitation(), await metadata(ping()))
    expect([status, body]).toMatchObject([201, ping({ grant_types: ['urn:openid:params:grant-type:ciba', 'refresh_token'] })])
    const [row] = await broker.owner`select notification_uri as uri from clients where client_id = ${String(body.client_id)}`
    expect(row!.uri).toBe(ping().backchannel_client_notification_endpoint)
  })

  test('all that it registers is answered, and holds (§3.2.1): the algorithms of its ID tokens and of its assertions', async () => {
    const said = {
      grant_types: ['urn:openid:params:grant-type:ciba'],
      id_token_signed_response_alg: 'ES256',
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'EdDSA',
      backchannel_token_delivery_mode: 'poll',
      backchannel_user_code_parameter: false,
      dpop_bound_access_tokens: true,
      authorization_details_types: ['pupil-data'],
    }
    const { status, body } = await register(await invitation(), await metadata(said))
    expect([status, body]).toMatchObject([201, { ...said, grant_types: [...said.grant_types, 'refresh_token'] }])
    const [row] = await broker.owner`select assertion_alg, id_token_alg from clients where client_id = ${String(body.client_id)}`
    expect(row).toEqual({ assertion_alg: 'EdDSA', id_token_alg: 'ES256' })
    const unsaid = await register(await invitation(), await metadata({ grant_types: said.grant_types }))
    expect(unsaid.body).toMatchObject({ id_token_signed_response_alg: 'EdDSA' })
  })

  test('one that said with which algorithm it signs is known by no other, until it has other keys', async () => {
    const pairs = await Promise.all(['EdDSA', 'ES256'].map((alg) => generateKeyPair(alg, { extractable: true })))
    const keys = await Promise.all(pairs.map(async ({ publicKey }, nr) => ({ ...(await exportJWK(publicKey)), kid: `own-${nr}` })))
    const [eddsa, es256] = pairs.map(({ privateKey }) => privateKey)
    const { body } = await register(await invitation(), await metadata({ jwks: { keys }, token_endpoint_auth_signing_alg: 'ES256' }))
    const clientId = body.client_id as ClientId
    const token = async (key: CryptoKey, alg: string) => {
      const assertion = await driver.assertion('organisation', { iss: clientId, sub: clientId }, { kid: undefined, alg }, key)
      const { proof } = await dpopKey(broker)
      const form = { grant_type: 'client_credentials', scope: 'access_requests', ...assertion }
      return (await driver.post('/token', form, { dpop: await proof() })).body.error
    }
    expect([await token(es256!, 'ES256'), await token(eddsa!, 'EdDSA')]).toEqual([undefined, 'invalid_client'])
    const roos = await tutorOf(broker, world.supplierId)
    const { actor } = await colleagueOf(broker, roos, 'iris@rekenplus.example', ['engineer'])
    await changeClientKeys(broker.deps, actor, clientId, { keys: [keys[0]!] })
    expect(await token(eddsa!, 'EdDSA')).toBeUndefined()
  })

  const wrong: [string, string, () => unknown][] = [
    ['an ID token where there is none', 'invalid_client_metadata', () => metadata({ id_token_signed_response_alg: 'EdDSA' })],
    ['assertions by a key that it has not', 'invalid_client_metadata', () => metadata({ token_endpoint_auth_signing_alg: 'ES256' })],
    ['no name (§2)', 'invalid_client_metadata', () => metadata({ client_name: undefined })],
    ['no grant type', 'invalid_client_metadata', () => metadata({ grant_types: [] })],
    ['a grant type we do not have', 'invalid_client_metadata', () => metadata({ grant_types: ['password'] })],
    [
      'two ways in one client (NL GOV §3.1.3)',
      'invalid_client_metadata',
      () => metadata({ grant_types: ['client_credentials', 'authorization_code'] }),
    ],
    [
      'a refresh token for the organisation’s way',
      'invalid_client_metadata',
      () => metadata({ grant_types: ['client_credentials', 'refresh_token'] }),
    ],
    [
      'a shared secret (FAPI 2.0 §5.3.2.1)',
      'invalid_client_metadata',
      () => metadata({ token_endpoint_auth_method: 'client_secret_basic' }),
    ],
    ['RS256', 'invalid_client_metadata', () => metadata({ token_endpoint_auth_signing_alg: 'RS256' })],
    ['none', 'invalid_client_metadata', () => metadata({ id_token_signed_response_alg: 'none' })],
    ['tokens that are not bound', 'invalid_client_metadata', () => metadata({ dpop_bound_access_tokens: false })],
    ['another type of details (RFC 9396 §10)', 'invalid_client_metadata', () => metadata({ authorization_details_types: ['payment'] })],
    ['push (CIBA §4)', 'invalid_client_metadata', () => metadata({ backchannel_token_delivery_mode: 'push' })],
    [
      'ping without an address (CIBA §4)',
      'invalid_client_metadata',
      () => metadata(ping({ backchannel_client_notification_endpoint: undefined })),
    ],
    ['an address without ping (CIBA §4)', 'invalid_client_metadata', () => metadata(ping({ backchannel_token_delivery_mode: 'poll' }))],
    ['an address of a client that does not ask', 'invalid_client_metadata', () => metadata(ping({ grant_types: ['client_credentials'] }))],
    [
      'an address inside',
      'invalid_client_metadata',
      () => metadata(ping({ backchannel_client_notification_endpoint: 'https://10.1.1.1/' })),
    ],
    ['keys twice (§2)', 'invalid_client_metadata', () => metadata({ jwks_uri: KEYS })],
    ['no keys', 'invalid_client_metadata', () => metadata({ jwks: undefined })],
    ['a private key', 'invalid_client_metadata', async () => metadata({ jwks: { keys: [(await ownKey()).secret] } })],
    ['keys on this machine', 'invalid_client_metadata', () => metadata({ jwks: undefined, jwks_uri: 'https://127.0.0.1/jwks' })],
    ['no redirect URI', 'invalid_redirect_uri', () => metadata({ grant_types: ['authorization_code'] })],
    [
      'a redirect URI in the clear (§5)',
      'invalid_redirect_uri',
      () => metadata({ grant_types: ['authorization_code'], redirect_uris: ['http://x.example/cb'] }),
    ],
    ['a redirect URI without redirecting', 'invalid_redirect_uri', () => metadata({ redirect_uris: ['https://x.example/cb'] })],
    ['no JSON', 'invalid_client_metadata', () => '{"client_name":'],
    ['a key twice', 'invalid_client_metadata', () => '{"client_name":"a","client_name":"b"}'],
  ]
  test.each(wrong)('%s: %s', async (_name, error, make) => {
    const token = await invitation()
    const answer = await register(token, await make())
    expect([answer.status, answer.body.error]).toEqual([400, error])
    expect((await register(token, await metadata())).status).toBe(201)
  })

  describe('with its keys at an address', () => {
    const atAddress = () => metadata({ jwks: undefined, jwks_uri: KEYS })

    test('that works; what does not is told with what to do, and the invitation is good for another try', async () => {
      const token = await invitation()
      served.delete(KEYS)
      const refused = await register(token, await atAddress())
      expect([refused.status, refused.body.error]).toEqual([400, 'invalid_client_metadata'])
      expect(refused.body.error_description).toContain(KEYS_FAULTS.answered_otherwise)
      served.set(KEYS, JSON.stringify((await ownKey()).jwks))
      expect((await register(token, await atAddress())).status).toBe(201)
    })

    test('which nobody without an invitation has us look at, nor somebody who is, more than thirty times a minute', async () => {
      asked = 0
      expect((await register('a'.repeat(43), await atAddress())).status).toBe(401)
      const token = await invitation()
      served.delete(KEYS)
      driver.pass({ minutes: 1 })
      const answers = []
      for (let n = 0; n < 31; n++) answers.push(await register(token, await atAddress()))
      expect([asked, answers.at(-2)!.status, answers.at(-1)!.status]).toEqual([30, 400, 429])
      expect(answers.at(-1)!.headers.get('retry-after')).toBe('60')
      driver.pass({ minutes: 1 })
    })
  })
})

describe('A board invites a supplier', () => {
  const atHome = { name: 'Reken Plus', way: 'organisation' as const, redirectUris: [], jwksUri: KEYS }
  const invite = async (who: 'mirjam' | 'joost' | 'nadia' = 'mirjam', supplierId = world.supplierId) =>
    await inviteClientAsBoard(broker.deps, world.people[who].actor, { supplierId, ways: ['organisation', 'redirect'] })

  test('and the supplier registers with keys at its own domain; the board’s ledger tells who invited', async () => {
    const { initialAccessToken } = await invite()
    served.set(KEYS, JSON.stringify((await ownKey()).jwks))
    const { clientId } = await registerInvitedClient(broker.deps, initialAccessToken, atHome)
    expect(await broker.owner`select 1 from clients where client_id = ${clientId} and jwks_uri = ${atHome.jwksUri}`).toHaveLength(1)
    const rows = await broker.owner`select actor from ledger where event = 'client_invited' and board_id = ${world.boardId}`
    expect(rows.map(({ actor }) => actor as string)).toContain(`person:${world.people.mirjam.id}`)
  })

  test('but cannot become the supplier: keys or addresses anywhere else are refused', async () => {
    const { keys } = (await ownKey()).jwks
    const elsewhere = [
      { ...atHome, jwksUri: undefined, keys },
      { ...atHome, jwksUri: 'https://waterlelie.example/jwks' },
      { ...atHome, jwksUri: 'https://rekenplus.example.waterlelie.example/jwks' },
      { ...atHome, jwksUri: 'https://notrekenplus.example/jwks' },
      { ...atHome, way: 'redirect' as const, redirectUris: ['https://waterlelie.example/cb'] },
    ].map(({ jwksUri, ...other }) => (jwksUri === undefined ? other : { ...other, jwksUri }))
    const { initialAccessToken } = await invite()
    for (const client of elsewhere) {
      await expect(registerInvitedClient(broker.deps, initialAccessToken, client as typeof atHome)).rejects.toMatchObject({
        code: 'client_not_as_invited',
      })
    }
  })

  test('by its administrator only, and only a supplier it deals with', async () => {
    await expect(invite('joost')).rejects.toMatchObject({ code: 'mandate_missing' })
    await expect(invite('nadia')).rejects.toMatchObject({ code: 'mandate_missing' })
    await broker.owner`delete from supplier_boards where supplier_id = ${world.supplierId}`
    await expect(invite()).rejects.toMatchObject({ code: 'supplier_not_found' })
    await broker.owner`insert into supplier_boards values (${world.supplierId}, ${world.boardId}, now())`
    await broker.owner`update suppliers set domain = null where supplier_id = ${world.supplierId}`
    await expect(invite()).rejects.toMatchObject({ code: 'supplier_without_domain' })
    await broker.owner`update suppliers set domain = 'rekenplus.example' where supplier_id = ${world.supplierId}`
  })
})

test('Metadata say where to register (RFC 8414 §2)', async () => {
  const metadata = (await (await driver.fetch('https://broker.test/.well-known/openid-configuration')).json()) as object
  expect(metadata).toMatchObject({
    registration_endpoint: 'https://broker.test/register',
    authorization_details_types_supported: ['pupil-data'],
  })
})

describe('What a client may ask for at all', () => {
  test('only the holders it was invited for: invalid_target, whatever was granted (RFC 8707 §2)', async () => {
    const supplier = await redeemed(broker, world, driver)
    const { jwks, privateKey } = await ownKey()
    const authorization_details = JSON.stringify([supplier.entry()])
    const token = await invitation(['organisation'], { holders: [world.resource] })
    const { body } = await register(token, await metadata({ jwks }))
    const clientId = body.client_id as string
    expect((await tokenOf(clientId, privateKey, { authorization_details })).status).toBe(200)

    await broker.owner`update clients set holder_resources = '{https://elsewhere.example/}' where client_id = ${clientId}`
    expect(await tokenOf(clientId, privateKey, { authorization_details })).toMatchObject({ status: 400, body: { error: 'invalid_target' } })
    await limitClient(broker.deps, { clientId: clientId as never, holders: null, datatypes: null })
    expect((await tokenOf(clientId, privateKey, { authorization_details })).status).toBe(200)
    await expect(
      limitClient(broker.deps, { clientId: clientId as never, holders: ['https://nobody.example/'], datatypes: null }),
    ).rejects.toMatchObject({
      code: 'holder_not_found',
    })
  })

  test('only the types of authorization_details that it registered for, was invited for and is limited to (RFC 9396 §5, §10)', async () => {
    const supplier = await redeemed(broker, world, driver)
    const authorization_details = JSON.stringify([supplier.entry()])
    const only = { clientId: '' as ClientId, holders: null, datatypes: null }
    const refused = {
      status: 400,
      body: {
        error: 'invalid_authorization_details',
        error_description: 'this client is not registered for authorization_details of this type',
      },
    }
    const { jwks, privateKey } = await ownKey()
    const none = await register(await invitation(['organisation']), await metadata({ jwks, authorization_details_types: [] }))
    expect(none).toMatchObject({ status: 201, body: { authorization_details_types: [] } })
    only.clientId = none.body.client_id as ClientId
    expect(await tokenOf(only.clientId, privateKey, { authorization_details })).toMatchObject(refused)
    await limitClient(broker.deps, { ...only, types: ['pupil-data'] })
    expect((await tokenOf(only.clientId, privateKey, { authorization_details })).status).toBe(200)
    const payment = JSON.stringify([{ ...supplier.entry(), type: 'payment' }])
    const other = await tokenOf(only.clientId, privateKey, { authorization_details: payment })
    expect(other).toMatchObject({ status: 400, body: { error: 'invalid_authorization_details' } })
    await limitClient(broker.deps, { ...only, types: [] })
    expect(await tokenOf(only.clientId, privateKey, { authorization_details })).toMatchObject(refused)
    await expect(limitClient(broker.deps, { ...only, types: ['payment'] })).rejects.toMatchObject({ code: 'input_invalid' })

    const token = await invitation(['organisation'], { types: [] })
    expect(await register(token, await metadata({ authorization_details_types: ['pupil-data'] }))).toMatchObject({
      status: 400,
      body: { error: 'invalid_client_metadata' },
    })
    expect(await register(token, await metadata())).toMatchObject({ status: 201, body: { authorization_details_types: [] } })
  })

  test('only the data sets it is limited to, whatever was granted', async () => {
    const supplier = await redeemed(broker, world, driver)
    const { jwks, privateKey } = await ownKey()
    const { body } = await register(await invitation(['organisation']), await metadata({ jwks }))
    const clientId = body.client_id as ClientId
    const tokenFor = async (...datatypes: string[]) => {
      const { status, body: answer } = await tokenOf(clientId, privateKey, {
        authorization_details: JSON.stringify([{ ...supplier.entry(), datatypes }]),
      })
      return status === 200 ? status : answer
    }
    expect(await tokenFor('arithmetic-results', 'practice-time')).toBe(200)
    await limitClient(broker.deps, { clientId, holders: [world.resource], datatypes: ['practice-time'] })
    expect(await tokenFor('practice-time')).toBe(200)
    expect(await tokenFor('arithmetic-results', 'practice-time')).toEqual({
      error: 'invalid_authorization_details',
      error_description: 'this client is not registered for these data',
    })
    await expect(limitClient(broker.deps, { clientId, holders: null, datatypes: ['nothing-of-this'] })).rejects.toMatchObject({
      code: 'datatype_unknown',
    })
    await limitClient(broker.deps, { clientId: world.clients.ciba, holders: null, datatypes: ['practice-time'] })
    const asked = await driver.post('/bc-authorize', {
      scope: 'openid',
      login_hint: 'a-link-code',
      authorization_details: JSON.stringify([{ ...supplier.entry({ identifier: undefined }), period: { until: '2026-12-31' } }]),
      ...(await driver.assertion('ciba')),
    })
    expect(asked.body.error_description).toBe('this client is not registered for these data')
    await limitClient(broker.deps, { clientId: world.clients.ciba, holders: null, datatypes: null })
  })

  test('nor does it ask people about another holder', async () => {
    await limitClient(broker.deps, { clientId: world.clients.ciba, holders: [world.resource], datatypes: null })
    const ask = async (resource: string) =>
      await driver.post('/bc-authorize', {
        scope: 'openid',
        login_hint: 'a-link-code',
        authorization_details: JSON.stringify([
          {
            type: 'pupil-data',
            locations: [resource],
            actions: ['read'],
            datatypes: ['arithmetic-results'],
            purpose: '5.1.a',
            period: { until: '2026-12-31' },
          },
        ]),
        ...(await driver.assertion('ciba')),
      })
    expect((await ask('https://elsewhere.example/')).body.error).toBe('invalid_target')
    expect((await ask(world.resource)).body.error).not.toBe('invalid_target')
  })

  test('and only in the way it was registered for', async () => {
    const { jwks, privateKey } = await ownKey()
    const { body } = await register(await invitation(), await metadata({ jwks, grant_types: ['urn:openid:params:grant-type:ciba'] }))
    const supplier = await redeemed(broker, world, driver)
    const answer = await tokenOf(body.client_id as string, privateKey, { authorization_details: JSON.stringify([supplier.entry()]) })
    expect(answer).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } })
  })
})

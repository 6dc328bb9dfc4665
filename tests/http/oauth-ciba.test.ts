import { createRemoteJWKSet, customFetch, decodeJwt, exportJWK, generateKeyPair, jwtVerify } from 'jose'
import * as client from 'openid-client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { handleHash } from '../../src/handles.ts'
import { type ConsentId, newSecret } from '../../src/ids.ts'
import { cancelLinkCode, makeLinkCode } from '../../src/requests/link-codes.ts'
import { asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type Driver, dpopKey, drive } from '../support/driver.ts'
import { expectNothingBroken } from '../support/fsck.ts'
import { race } from '../support/race.ts'
import { sentAround } from '../support/sent-around.ts'
import { signIn } from '../support/signed-in.ts'
import { tellWorld } from '../support/told-world.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let driver: Driver
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await tellWorld(broker, world)
  driver = await drive(broker, world)
}
async function end() {
  vi.useRealTimers()
  await broker.close()
}

type Json = Record<string, unknown>
const GRANT = 'urn:openid:params:grant-type:ciba'

const linkCode = async () =>
  (await makeLinkCode(broker.deps, world.people.nadia.actor, { subjectId: world.people.fatima.id, supplierId: world.supplierId })).code

const entry = (other: Json = {}) => ({
  type: 'pupil-data',
  locations: [world.resource],
  actions: ['read'],
  datatypes: ['arithmetic-results'],
  purpose: '5.1.a',
  period: { until: '2026-12-24' },
  ...other,
})

const ask = async (form: Record<string, string> = {}, details: unknown = [entry()], name: 'ciba' | 'organisation' = 'ciba') =>
  await driver.post('/bc-authorize', {
    scope: 'openid',
    binding_message: 'RP-4821',
    authorization_details: JSON.stringify(details),
    ...form,
    ...(await driver.assertion(name)),
  })

const poll = async (authReqId: unknown, name: 'ciba' | 'organisation' = 'ciba') => {
  const key = await dpopKey(broker)
  const form = { grant_type: GRANT, auth_req_id: authReqId as string, ...(await driver.assertion(name)) }
  return await driver.post('/token', form, { dpop: await key.proof() })
}

const consentOf = async (): Promise<ConsentId> =>
  (await broker.owner`select consent_id from ciba_requests where consent_id is not null order by made_at desc, consent_id desc limit 1`)[0]!
    .consent_id

/** A question that went out, with the consent it is about. */
async function asked(other: Json = {}) {
  const { status, body } = await ask({ login_hint: await linkCode() }, [entry(other)])
  expect({ status, body }).toMatchObject({ status: 200 })
  return { authReqId: body.auth_req_id, consentId: await consentOf() }
}

const signedIn = async (who: 'nadia' | 'karim') => await signIn(broker, driver.app, world.people[who].email)

describe('A supplier asks a parent directly, and openid-client does the waiting (CIBA, poll)', () => {
  beforeEach(begin)
  afterEach(end)

  test('pending, then a yes, then one token with an ID token, and nothing a second time', async () => {
    const config = await driver.connect('ciba')
    const waiting = await client.initiateBackchannelAuthentication(config, {
      scope: 'openid',
      login_hint: await linkCode(),
      binding_message: 'RP-4821',
      requested_expiry: '604800',
      authorization_details: JSON.stringify([entry()]),
    })
    expect(waiting).toMatchObject({ expires_in: 604_800, interval: 5 })
    expect((await poll(waiting.auth_req_id)).body.error).toBe('authorization_pending')
    const question = `/questions/${await consentOf()}`
    const [nadia, karim] = [await signedIn('nadia'), await signedIn('karim')]
    for (const parent of [nadia, karim]) expect((await parent.get(question)).words).toContain('laat u ook deze tekst zien: RP-4821.')
    await asking(broker, world).answer(world.people.nadia, await consentOf(), 'yes')
    driver.pass({ seconds: 6 })

    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
    const tokens = await client.pollBackchannelAuthenticationGrant(config, { ...waiting, interval: 0.01 }, undefined, { DPoP })
    const access = decodeJwt(tokens.access_token)
    expect(access).toMatchObject({ aud: world.resource, client_id: world.clients.ciba, grant_id: tokens.grant_id })
    expect(access.sub).toMatch(/^ph_/)
    const [details] = tokens.authorization_details as { identifier: string }[]
    expect(details!.identifier).toMatch(/^ps_/)

    const jwks = createRemoteJWKSet(new URL('https://broker.test/jwks'), { [customFetch]: async (url) => await driver.fetch(url) })
    const { payload, protectedHeader } = await jwtVerify(tokens.id_token!, jwks, { currentDate: broker.clock.now() })
    expect(Object.keys(payload).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'sub'])
    expect(payload).toMatchObject({ aud: world.clients.ciba, sub: details!.identifier })
    expect(protectedHeader.typ).toBe('JWT')

    driver.pass({ seconds: 6 })
    expect((await poll(waiting.auth_req_id)).body.error).toBe('invalid_grant')
    expect((await nadia.get(question)).words, 'nobody waits with it any more').not.toContain('RP-4821')
    await expectNothingBroken(broker)
  })

  test('a narrowed yes gives what was given, and says so', async () => {
    const { authReqId, consentId } = await asked({ datatypes: ['arithmetic-results', 'practice-time'] })
    await asking(broker, world).answer(world.people.nadia, consentId, 'yes', { datatypes: ['practice-time'] })
    const { body } = await poll(authReqId)
    expect((body.authorization_details as Json[])[0]!.datatypes).toEqual(['practice-time'])
  })

  test('what no header holds is refused when it is asked, and when it has become too large since: then nothing is used up', async () => {
    const { authReqId, consentId } = await asked()
    await asking(broker, world).answer(world.people.nadia, consentId, 'yes')
    const { publicKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true })
    const jwk = { ...(await exportJWK(publicKey)), kid: 'x'.repeat(6000) }
    await broker.owner`update holders set token_format = 'jwe', encryption_jwk = ${broker.owner.json(jwk as never)}`
    const tooLarge = {
      error: 'invalid_authorization_details',
      error_description: expect.stringContaining('fewer datatypes at a time') as string,
    }
    expect((await ask({ login_hint: await linkCode() })).body).toEqual(tooLarge)
    expect((await poll(authReqId)).body).toEqual(tooLarge)
    expect(await broker.owner`select from tokens`).toHaveLength(0)
    await broker.owner`update holders set token_format = 'jwt', encryption_jwk = null`
    driver.pass({ seconds: 6 })
    expect((await poll(authReqId)).status).toBe(200)
  })

  test('the school is told nothing: every entry is on the chain it does not see (K14)', async () => {
    const { authReqId, consentId } = await asked()
    await asking(broker, world).answer(world.people.nadia, consentId, 'yes')
    await poll(authReqId)
    const rows =
      await broker.owner`select distinct approach from ledger where event in ('access_requested', 'consents_asked', 'token_issued')`
    expect(rows).toEqual([{ approach: 'subject' }])
  })
})

describe('An answer that is no, none or over', () => {
  beforeEach(begin)
  afterEach(end)

  test('a no: access_denied', async () => {
    const { authReqId, consentId } = await asked()
    await asking(broker, world).answer(world.people.karim, consentId, 'no')
    expect((await poll(authReqId)).body.error).toBe('access_denied')
  })

  test('a yes and a no: still pending, for there is a way out', async () => {
    const { authReqId, consentId } = await asked()
    await asking(broker, world).answer(world.people.nadia, consentId, 'yes')
    await asking(broker, world).answer(world.people.karim, consentId, 'no')
    expect((await poll(authReqId)).body.error).toBe('authorization_pending')
  })

  test('withdrawn before it was collected: access_denied', async () => {
    const { authReqId, consentId } = await asked()
    await asking(broker, world).answer(world.people.nadia, consentId, 'yes')
    await withdrawConsent(broker.deps, world.people.nadia.actor, consentId)
    expect((await poll(authReqId)).body.error).toBe('access_denied')
  })

  test('in time: expired_token after it; too often: slow_down, and the interval grows', async () => {
    const { body } = await ask({ login_hint: await linkCode(), requested_expiry: '60' }, [entry()])
    expect((await poll(body.auth_req_id)).body.error).toBe('authorization_pending')
    expect((await poll(body.auth_req_id)).body.error).toBe('slow_down')
    driver.pass({ seconds: 6 })
    expect((await poll(body.auth_req_id)).body.error, 'ten seconds now').toBe('slow_down')
    driver.pass({ seconds: 16 })
    expect((await poll(body.auth_req_id)).body.error).toBe('authorization_pending')
    driver.pass({ seconds: 60 })
    expect((await poll(body.auth_req_id)).body.error).toBe('expired_token')
  })

  test('a question that ran out undecided waits like a hint that is good for nothing, until its own time is over', async () => {
    const until = new Date(broker.clock.now().getTime() + 120_000).toISOString()
    const hints = [await linkCode(), newSecret()]
    const asks = hints.map(async (login_hint) => (await ask({ login_hint, requested_expiry: '600' }, [entry({ period: { until } })])).body)
    const ids = (await Promise.all(asks)).map(({ auth_req_id }) => auth_req_id)
    const told = async () => await Promise.all(ids.map(async (id) => (await poll(id)).body))
    const alike = async (error: string) => {
      const [known, unknown] = await told()
      expect(known).toEqual(unknown)
      expect(known!.error).toBe(error)
    }
    await alike('authorization_pending')
    driver.pass({ seconds: 180 })
    await alike('authorization_pending')
    driver.pass({ seconds: 600 })
    await alike('expired_token')
  })

  test('who waits long is told to come less often (Retry-After), with a good hint as with one that is good for nothing', async () => {
    const { authReqId } = await asked()
    const { body } = await ask({ login_hint: newSecret() }, [entry()])
    const patience = async () =>
      await Promise.all([authReqId, body.auth_req_id].map(async (id) => (await poll(id)).headers.get('retry-after')))
    expect(await patience()).toEqual([null, null])
    driver.pass({ minutes: 20 })
    expect(await patience()).toEqual(['20', '20'])
    driver.pass({ days: 2 })
    expect(await patience()).toEqual(['300', '300'])
  })

  test.each(['nothing', newSecret()])('an unknown auth_req_id, or another client’s: invalid_grant', async (unknown) => {
    expect((await poll(unknown)).body.error).toBe('invalid_grant')
    expect((await poll(unknown, 'organisation')).body.error).toBe('unauthorized_client')
  })

  race(
    'fifty polls at once get one token (INV-11)',
    { 'where a used request is taken': { statements: /(?<=update "ciba_requests".*) and "used_at" is null/ } },
    async () => {
      const { authReqId, consentId } = await asked()
      await asking(broker, world).answer(world.people.nadia, consentId, 'yes')
      // Not the interval decides here: as if each had waited.
      await broker.owner`update ciba_requests set interval_seconds = 0`
      const answers = await Promise.all(Array.from({ length: 50 }, () => poll(authReqId)))
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      expect(answers.filter(({ body }) => body.error === 'invalid_grant')).toHaveLength(49)
    },
  )
})

describe('What may be asked, and how', () => {
  beforeAll(begin)
  afterAll(end)

  /** Everything of an answer that could tell one hint from another. */
  const told = async ({ status, body, headers }: Awaited<ReturnType<typeof ask>>) => {
    const polled = await poll(body.auth_req_id)
    const size = [JSON.stringify(body).length, headers.get('content-length')]
    return [status, Object.keys(body), body.expires_in, body.interval, size, polled.status, polled.body]
  }

  test('an unknown, cancelled, expired or foreign link code is answered as a known one, and waits', async () => {
    const { nadia, fatima } = world.people
    const cancelled = await makeLinkCode(broker.deps, nadia.actor, { subjectId: fatima.id, supplierId: world.supplierId })
    await cancelLinkCode(broker.deps, nadia.actor, cancelled.linkCodeId)
    const [expired, foreign] = [await linkCode(), await linkCode()]
    const other = crypto.randomUUID()
    await broker.owner`insert into suppliers (supplier_id, legal_name, kind, registered_at) values (${other}, 'Anders B.V.', 'tutoring', now())`
    await broker.owner`update handles set owner = ${other} where handle = ${handleHash(foreign)}`
    await broker.owner`update link_codes set expires_at = made_at + interval '1 second' where link_code_id =
      (select ref from handles where handle = ${handleHash(expired)})`
    driver.pass({ minutes: 1 })
    const known = await told(await ask({ login_hint: await linkCode() }, [entry()]))
    expect(known.slice(-1)).toMatchObject([{ error: 'authorization_pending' }])
    for (const code of [newSecret(), cancelled.code, expired, foreign]) expect(await told(await ask({ login_hint: code }))).toEqual(known)
    expect(await broker.owner`select from consents`, 'only the known one asked').toHaveLength(1)
  })

  test('the same statements go before the answer to a good hint and to any other, and before that to a poll: what differs comes after it', async () => {
    await broker.owner`update consents set ended_at = now(), ended_as = 'lapsed', ended_by = 'job' where ended_at is null`
    const asks = async (login_hint: string) => {
      const form = { scope: 'openid', login_hint, authorization_details: JSON.stringify([entry()]), ...(await driver.assertion('ciba')) }
      return await sentAround(broker, async () => {
        const body = new URLSearchParams(form)
        return (await (await driver.app.request('https://broker.test/bc-authorize', { method: 'POST', body })).json()) as Json
      })
    }
    const polls = async ({ is }: { is: Json }) => await sentAround(broker, async () => (await poll(is.auth_req_id)).body.error)

    const cancelled = await makeLinkCode(broker.deps, world.people.nadia.actor, {
      subjectId: world.people.fatima.id,
      supplierId: world.supplierId,
    })
    await cancelLinkCode(broker.deps, world.people.nadia.actor, cancelled.linkCodeId)
    await asks(newSecret())
    const good = await asks(await linkCode())
    expect(good.before.join()).toContain('insert into "ciba_requests"')
    expect(good.after.join()).toContain('insert into "access_requests"')
    const answers = await polls(good)
    expect(answers.is).toBe('authorization_pending')
    for (const hint of [newSecret(), cancelled.code]) {
      const other = await asks(hint)
      expect(other.before).toEqual(good.before)
      expect(other.after.length).toBeLessThan(good.after.length)
      const { before, is } = await polls(other)
      expect({ before, is }).toEqual({ before: answers.before, is: answers.is })
    }
  })

  test('D01: the same by other words, another period or a part of it is not asked while it is open, nor after a no; it waits like the rest', async () => {
    await broker.owner`update consents set ended_at = now(), ended_as = 'lapsed', ended_by = 'job' where ended_at is null`
    const codes = [await linkCode(), await linkCode(), await linkCode()]
    const before = (await broker.owner`select from consents`).length
    const asks = async () => (await broker.owner`select from consents`).length - before
    const open = await told(await ask({ login_hint: codes[0]! }, [entry({ datatypes: ['arithmetic-results', 'practice-time'] })]))
    expect(await asks()).toBe(1)
    expect(await told(await ask({ login_hint: codes[1]! }, [entry({ period: { until: '2026-12-20' } })]))).toEqual(open)
    expect(await asks(), 'one open ask for a meaning').toBe(1)
    driver.pass({ minutes: 1 })
    await asking(broker, world).answer(world.people.nadia, await consentOf(), 'no')
    expect(await told(await ask({ login_hint: codes[2]! }, [entry({ occasion: 'Nog eens gevraagd.' })]))).toEqual(open)
    expect(await asks(), 'a no rests').toBe(1)
  })

  test('an expiry of at most fourteen days', async () => {
    expect((await ask({ login_hint: newSecret(), requested_expiry: '99999999' })).body.expires_in).toBe(1_209_600)
  })

  test.each<[string, Record<string, string>, string]>([
    ['no scope openid', { scope: 'profile' }, 'invalid_scope'],
    ['no hint', { login_hint: '' }, 'invalid_request'],
    ['two hints', { id_token_hint: 'x' }, 'invalid_request'],
    ['another hint', { login_hint: '', login_hint_token: 'x' }, 'invalid_request'],
    ['an ID token that is none', { login_hint: '', id_token_hint: 'x.y.z' }, 'invalid_request'],
    ['a request object', { request: 'x' }, 'invalid_request'],
    ['a binding message that says something else', { binding_message: 'Klik op https://x' }, 'invalid_binding_message'],
    ['no time at all', { requested_expiry: '0' }, 'invalid_request'],
    ['another resource', { resource: 'https://elsewhere.example/' }, 'invalid_target'],
  ])('%s: %s', async (_name, form, error) => {
    const { status, body } = await ask({ login_hint: newSecret(), ...form })
    expect({ status, error: body.error }).toEqual({ status: 400, error })
  })

  test.each<[string, Json]>([
    ['no end (K18)', { period: undefined }],
    ['a period past', { period: { until: '2026-10-01' } }],
    ['longer than a school year (K18)', { period: { until: '2028-01-01' } }],
    ['a subject of its own', { identifier: 'ps_x' }],
    ['an unknown holder', { locations: ['https://elsewhere.example/'] }],
    ['data the holder does not offer', { datatypes: ['medical'] }],
    ['an unknown purpose', { purpose: '9.9.z' }],
    ['an unknown field', { urgency: 'high' }],
  ])('%s: invalid_authorization_details', async (_name, other) => {
    const { status, body } = await ask({ login_hint: newSecret() }, [entry(other)])
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_authorization_details' })
  })

  test('only a client of this way, and not while its supplier is suspended', async () => {
    expect((await ask({ login_hint: newSecret() }, [entry()], 'organisation')).body.error).toBe('unauthorized_client')
    await broker.owner`update suppliers set suspended_at = now() where supplier_id = ${world.supplierId}`
    expect(await ask({ login_hint: newSecret() })).toMatchObject({ status: 403, body: { error: 'access_denied' } })
    await broker.owner`update suppliers set suspended_at = null`
  })

  test('a client that tries code after code is stopped, with good codes as with bad ones', async () => {
    broker.clock.pass({ hours: 1 })
    const good = await linkCode()
    const first = await ask({ login_hint: newSecret() })
    expect(first.status).toBe(200)
    await broker.owner`update rates set count = 300 where bucket like 'bc-authorize:%'`
    const [bad, right] = [await ask({ login_hint: newSecret() }), await ask({ login_hint: good })]
    expect(bad).toMatchObject({ status: 429, body: { error: 'temporarily_unavailable' } })
    expect([right.status, right.body]).toEqual([bad.status, bad.body])
    expect(await broker.owner`select from ciba_requests where made_at >= ${broker.clock.now()}`).toHaveLength(1)
    broker.clock.pass({ hours: 1 })
    expect((await ask({ login_hint: newSecret() })).status).toBe(200)
  })
})

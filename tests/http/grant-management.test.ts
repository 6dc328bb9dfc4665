import { decodeJwt } from 'jose'
import * as client from 'openid-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import type { ConsentId, TokenId } from '../../src/ids.ts'
import { makeLinkCode } from '../../src/requests/link-codes.ts'
import { asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type Driver, dpopKey, drive, type WorldClient } from '../support/driver.ts'
import { expectNothingBroken } from '../support/fsck.ts'
import { ledgerOf, untilWaiting, whileHeld } from '../support/held.ts'
import { endOf } from '../support/live-token.ts'
import { race, without, withoutRowLock } from '../support/race.ts'
import { type Redirecting, redirecting } from '../support/redirecting.ts'
import { tellWorld } from '../support/told-world.ts'
import type { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let driver: Driver
let supplier: Redirecting
let nadia: Visitor
beforeEach(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await tellWorld(broker, world)
  driver = await drive(broker, world)
  supplier = await redirecting(broker, world, driver)
  nadia = await supplier.visitor('nadia')
})
afterEach(async () => {
  vi.useRealTimers()
  await broker.close()
})

type Json = Record<string, unknown>
type Tokens = Awaited<ReturnType<Redirecting['collect']>>
const detailsOf = (tokens: Json | Tokens) => (tokens.authorization_details as { datatypes: string[]; identifier: string }[])[0]!
const grantIdOf = (tokens: Tokens) => tokens.grant_id as string
const tokenIdOf = (tokens: Tokens) => decodeJwt(tokens.access_token).jti as TokenId

/** A yes of Nadia's, collected. */
async function granted(other: Record<string, string> = {}, fields: Record<string, string | string[]> = {}, details = [supplier.entry()]) {
  const flow = await supplier.begin(other, details)
  const came = await supplier.press(nadia, await supplier.open(nadia, await supplier.pushed(flow)), { answer: 'yes', ...fields })
  return { flow, tokens: await supplier.collect(flow, came) }
}

const refresh = async ({ flow, tokens }: Awaited<ReturnType<typeof granted>>, parameters: Record<string, string> = {}) =>
  await client.refreshTokenGrant(supplier.config, tokens.refresh_token!, parameters, { DPoP: flow.DPoP })

/** An act that begins when a refresh has made its token and not committed it. @returns the token */
async function whileRefreshing(grant: Awaited<ReturnType<typeof granted>>, act: () => Promise<unknown>): Promise<Tokens> {
  const second = async () => {
    await untilWaiting(broker, 1)
    await act()
  }
  const [refreshed, acted] = await whileHeld<unknown>(broker, ledgerOf(world.boardId, 'subject'), [() => refresh(grant), second], 2)
  expect([refreshed!.status, acted!.status]).toEqual(['fulfilled', 'fulfilled'])
  return (refreshed as PromiseFulfilledResult<Tokens>).value
}

const consentOf = async (): Promise<ConsentId> =>
  (await broker.owner`select consent_id from consents where ended_at is null order by consent_id desc limit 1`)[0]!.consent_id

/** A client of a supplier at the grant management API, with a token for it, by openid-client. */
async function manager(name: WorldClient, scope = 'grant_management_query grant_management_revoke') {
  const config = await driver.connect(name)
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
  const { access_token } = await client.clientCredentialsGrant(config, { scope }, { DPoP })
  return async (method: 'GET' | 'DELETE', grantId: string) => {
    const url = new URL(`${broker.deps.issuer}/grants/${grantId}`)
    try {
      const answer = await client.fetchProtectedResource(config, access_token, url, method, undefined, undefined, { DPoP })
      const text = await answer.text()
      return { status: answer.status, body: text ? (JSON.parse(text) as Json) : undefined }
    } catch (error) {
      const { status, response } = error as { status: number; response: Response }
      return { status, body: undefined, challenge: response.headers.get('www-authenticate') }
    }
  }
}

/** Another supplier, with a client of its own that has the keys of the CIBA client here. */
async function otherSupplier() {
  await broker.owner`insert into suppliers (supplier_id, legal_name, kind, registered_at) values (gen_random_uuid(), 'Anders B.V.', 'tutoring', now())`
  await broker.owner`update clients set supplier_id = (select supplier_id from suppliers where legal_name = 'Anders B.V.') where client_id = ${world.clients.ciba}`
  await broker.owner`insert into supplier_boards (supplier_id, board_id, linked_at) select supplier_id, ${world.boardId}, now() from suppliers where legal_name = 'Anders B.V.'`
}

describe('A refresh token gives another token on what was given, as long as it stands', () => {
  test('refreshTokenGrant: a new access token, the same grant, and the refresh token stays the same one (FAPI 2.0 §5.3.2.1 (9))', async () => {
    const grant = await granted()
    for (let nr = 0; nr < 3; nr++) {
      const again = await refresh(grant)
      expect(tokenIdOf(again)).not.toBe(tokenIdOf(grant.tokens))
      expect(again).toMatchObject({ grant_id: grant.tokens.grant_id, authorization_details: grant.tokens.authorization_details })
      expect(again.refresh_token).toBeUndefined()
      driver.pass({ minutes: 20 })
    }
    await expectNothingBroken(broker)
  })

  test('less where less is wanted, and all of it again afterwards (RFC 9396 §6.1)', async () => {
    const grant = await granted()
    const less = await refresh(grant, {
      authorization_details: JSON.stringify([{ ...detailsOf(grant.tokens), datatypes: ['practice-time'] }]),
    })
    expect(detailsOf(less).datatypes).toEqual(['practice-time'])
    expect(detailsOf(await refresh(grant)).datatypes).toEqual(['arithmetic-results', 'practice-time'])
  })

  test.each<[string, string, (granted: Json) => Record<string, string>, string]>([
    ['RFC 6749 §6', 'a scope', () => ({ scope: 'openid' }), 'invalid_scope'],
    [
      'RFC 9396 §6',
      'more data',
      (one) => ({ authorization_details: JSON.stringify([{ ...one, datatypes: ['arithmetic-results', 'practice-time'] }]) }),
      'invalid_authorization_details',
    ],
    [
      'RFC 9396 §6',
      'another purpose',
      (one) => ({ authorization_details: JSON.stringify([{ ...one, purpose: '5.1.b' }]) }),
      'invalid_authorization_details',
    ],
    [
      'RFC 9396 §6',
      'another holder',
      (one) => ({ authorization_details: JSON.stringify([{ ...one, locations: ['https://x.example/'] }]) }),
      'invalid_authorization_details',
    ],
    [
      'RFC 9396 §6',
      'another person',
      (one) => ({ authorization_details: JSON.stringify([{ ...one, identifier: 'ps_other' }]) }),
      'invalid_authorization_details',
    ],
    [
      'RFC 9396 §5',
      'an unknown field',
      (one) => ({ authorization_details: JSON.stringify([{ ...one, urgency: 'high' }]) }),
      'invalid_authorization_details',
    ],
    ['RFC 8707 §2.2', 'another resource', () => ({ resource: 'https://x.example/' }), 'invalid_target'],
  ])('%s: not %s', async (_section, _name, parameters, error) => {
    const grant = await granted({}, { without: 'practice-time' })
    await expect(refresh(grant, parameters(detailsOf(grant.tokens)))).rejects.toMatchObject({ error })
  })

  test('never more than was granted, though the answer was widened since; less when it was narrowed', async () => {
    const grant = await granted({}, { without: 'practice-time' })
    const consentId = await consentOf()
    await asking(broker, world).answer(world.people.nadia, consentId, 'yes')
    expect(detailsOf(await refresh(grant)).datatypes).toEqual(['arithmetic-results'])
    await asking(broker, world).answer(world.people.nadia, consentId, 'yes', { datatypes: ['practice-time'] })
    await expect(refresh(grant), 'of what was granted nothing is left').rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test('bound to its DPoP key and its client, and nothing after the end', async () => {
    const { tokens, flow } = await granted({}, { until: '2026-11-20' })
    const { refresh_token } = tokens
    const by = async (name: 'redirect' | 'ciba' | 'organisation') => {
      const form = { grant_type: 'refresh_token', refresh_token: refresh_token!, ...(await driver.assertion(name)) }
      return (await driver.post('/token', form, { dpop: await (await dpopKey(broker)).proof() })).body.error
    }
    expect(await by('redirect'), 'another key').toBe('invalid_grant')
    expect(await by('ciba'), 'a sibling').toBe('invalid_grant')
    expect(await by('organisation')).toBe('unauthorized_client')
    broker.clock.set('2026-11-20T23:59:00+01:00')
    driver.pass({ seconds: 0 })
    const last = await refresh({ flow, tokens })
    expect(last.expires_in, 'INV-10').toBe(60)
    driver.pass({ minutes: 1 })
    await expect(refresh({ flow, tokens })).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test('withdrawn, or the supplier suspended: invalid_grant', async () => {
    const grant = await granted()
    await broker.owner`update suppliers set suspended_at = now() where supplier_id = ${world.supplierId}`
    await expect(refresh(grant)).rejects.toMatchObject({ error: 'invalid_grant' })
    await broker.owner`update suppliers set suspended_at = null`
    await refresh(grant)
    await withdrawConsent(broker.deps, world.people.nadia.actor, await consentOf())
    await expect(refresh(grant)).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test('of CIBA too, with its scope', async () => {
    const config = await driver.connect('ciba')
    const { code } = await makeLinkCode(broker.deps, world.people.nadia.actor, {
      subjectId: world.people.fatima.id,
      supplierId: world.supplierId,
    })
    const waiting = await client.initiateBackchannelAuthentication(config, {
      scope: 'openid',
      login_hint: code,
      authorization_details: JSON.stringify([supplier.entry()]),
    })
    await asking(broker, world).answer(world.people.nadia, await consentOf(), 'yes')
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
    const tokens = await client.pollBackchannelAuthenticationGrant(config, { ...waiting, interval: 0.01 }, undefined, { DPoP })
    const again = await client.refreshTokenGrant(config, tokens.refresh_token!, { scope: 'openid' }, { DPoP })
    expect(again).toMatchObject({ grant_id: tokens.grant_id, scope: 'openid' })
    const told = await (await manager('redirect'))('GET', grantIdOf(tokens))
    expect(told.body, 'Grant Management §6.3').toMatchObject({ scopes: [{ scope: 'openid' }] })
  })

  const unheld = { 'where a refresh does not hold its token': withoutRowLock('refresh_tokens') }
  race('while it is revoked: none lives after the answer, nor of fifty at once (RFC 7009 §2.1, INV-01)', unheld, async () => {
    const early = await granted()
    const refreshing = await whileRefreshing(early, () => client.tokenRevocation(supplier.config, early.tokens.refresh_token!))
    expect(await endOf(broker, tokenIdOf(refreshing))).toMatchObject({ bit: true })
    const grant = await granted()
    const attempts = Array.from({ length: 50 }, () => refresh(grant).catch(() => undefined))
    const revoking = client.tokenRevocation(supplier.config, grant.tokens.refresh_token!)
    const [tokens] = await Promise.all([Promise.all(attempts), revoking])
    for (const one of [grant.tokens, ...tokens]) if (one) expect(await endOf(broker, tokenIdOf(one))).toMatchObject({ bit: true })
    await expect(refresh(grant)).rejects.toMatchObject({ error: 'invalid_grant' })
    expect(await asking(broker, world).state(await consentOf()), 'the consent stays what it is').toBe('given')
    await expectNothingBroken(broker)
  })
})

describe('Grant management (Grant Management for OAuth 2.0)', () => {
  test('metadata names it, and a stranger is told where to get a token (RFC 9728 §5.1)', async () => {
    const metadata = supplier.config.serverMetadata()
    expect(metadata).toMatchObject({
      grant_management_endpoint: `${broker.deps.issuer}/grants`,
      grant_management_actions_supported: ['query', 'revoke', 'create', 'replace'],
      grant_management_action_required: false,
    })
    const answer = await driver.fetch(`${broker.deps.issuer}/grants/x`)
    const named = /resource_metadata="([^"]+)"/.exec(answer.headers.get('www-authenticate')!)![1]!
    expect(await (await driver.fetch(named)).json()).toMatchObject({
      resource: `${broker.deps.issuer}/grants`,
      scopes_supported: ['grant_management_query', 'grant_management_revoke'],
    })
  })

  test('GET says what was granted, in the supplier’s own names; a sibling client may ask (§6.3, §8.1)', async () => {
    const { tokens } = await granted({ grant_management_action: 'create' }, { without: 'practice-time' })
    for (const name of ['redirect', 'ciba', 'organisation'] as const) {
      const { status, body } = await (await manager(name))('GET', grantIdOf(tokens))
      expect(status).toBe(200)
      expect(body).toEqual({
        scopes: [],
        claims: [],
        authorization_details: tokens.authorization_details,
        created_at: broker.clock.now().toISOString(),
        last_updated_at: broker.clock.now().toISOString(),
        expires_at: '2026-12-24T23:00:00.000Z',
      })
    }
  })

  test('another supplier, an unknown id, and an id that is none get 404, all alike (§6.5)', async () => {
    const { tokens } = await granted()
    await otherSupplier()
    const other = await manager('ciba')
    for (const id of [grantIdOf(tokens), crypto.randomUUID(), 'x']) {
      for (const method of ['GET', 'DELETE'] as const) {
        const { status, body } = await other(method, id)
        expect({ status, code: body?.code }).toEqual({ status: 404, code: 'grant_not_found' })
      }
    }
    expect((await (await manager('redirect'))('GET', grantIdOf(tokens))).status).toBe(200)
  })

  test('each needs its own scope, and tokens of the REST API are of another resource (§6.1)', async () => {
    const { tokens } = await granted()
    const query = await manager('redirect', 'grant_management_query')
    const refused = await query('DELETE', grantIdOf(tokens))
    expect(refused.status).toBe(403)
    expect(refused.challenge).toContain('scope="grant_management_revoke"')
    expect((await (await manager('organisation', 'changes'))('GET', grantIdOf(tokens))).status).toBe(401)
    await expect(manager('redirect', 'changes grant_management_query')).rejects.toMatchObject({ error: 'invalid_scope' })
    await expect(manager('holder')).rejects.toMatchObject({ error: 'invalid_scope' })
  })

  test('DELETE gives it up: consent, tokens and refresh tokens are over, and what was got is to be destroyed (§6.4)', async () => {
    const grant = await granted()
    const more = await refresh(grant)
    const consentId = await consentOf()
    const sibling = await manager('organisation')
    expect(await sibling('DELETE', grantIdOf(grant.tokens))).toEqual({ status: 204, body: undefined })
    for (const tokens of [grant.tokens, more])
      expect(await endOf(broker, tokenIdOf(tokens))).toEqual({ because: 'consent_lapsed', bit: true })
    await expect(refresh(grant)).rejects.toMatchObject({ error: 'invalid_grant' })
    expect(await asking(broker, world).state(consentId)).toBe('lapsed')
    expect(await broker.owner`select count(*)::int from duties where consent_id = ${consentId}`).toEqual([{ count: 1 }])
    for (const method of ['GET', 'DELETE'] as const) expect((await sibling(method, grantIdOf(grant.tokens))).status).toBe(404)
    await expectNothingBroken(broker)
  })

  const holdsNothing = {
    'where a refresh holds nothing': [withoutRowLock('refresh_tokens'), { function: 'hold_standing', without: / for share/g }],
  }
  race('while it is given up: no refresh lives after the answer, nor one of fifty at once (INV-01)', holdsNothing, async () => {
    const remove = await manager('redirect')
    const early = await granted()
    const refreshing = await whileRefreshing(early, () => remove('DELETE', grantIdOf(early.tokens)))
    expect(await endOf(broker, tokenIdOf(refreshing))).toMatchObject({ bit: true })
    const grant = await granted()
    const attempts = Array.from({ length: 50 }, () => refresh(grant).catch(() => undefined))
    const [tokens, { status }] = await Promise.all([Promise.all(attempts), remove('DELETE', grantIdOf(grant.tokens))])
    expect(status).toBe(204)
    for (const one of tokens) if (one) expect(await endOf(broker, tokenIdOf(one))).toMatchObject({ bit: true })
  })

  test('replace: the grant keeps its id, the old tokens are over, and nothing need be destroyed that is given again (§5.2)', async () => {
    const old = await granted()
    const before = await consentOf()
    const longer = [supplier.entry({ period: { until: '2027-01-15' } })]
    const anew = await granted({ grant_management_action: 'replace', grant_id: grantIdOf(old.tokens) }, {}, longer)
    expect(anew.tokens.grant_id).toBe(old.tokens.grant_id)
    expect(await endOf(broker, tokenIdOf(old.tokens))).toMatchObject({ bit: true })
    await expect(refresh(old)).rejects.toMatchObject({ error: 'invalid_grant' })
    expect((await refresh(anew)).grant_id).toBe(old.tokens.grant_id)
    expect(await asking(broker, world).state(before)).toBe('lapsed')
    expect(await broker.owner`select count(*)::int from duties`).toEqual([{ count: 0 }])
    const { body } = await (await manager('redirect'))('GET', grantIdOf(old.tokens))
    expect(body!.expires_at).toBe('2027-01-15T23:00:00.000Z')
    await expectNothingBroken(broker)
  })

  const notEvenItsGrant = {
    'where a refresh holds nothing, nor what it points at': [
      ...holdsNothing['where a refresh holds nothing'],
      { schema: 'alter table token_supports drop constraint token_supports_board_id_grant_id_fkey' },
    ],
  }
  race(
    'fifty refreshes while it is replaced: nobody waits for somebody who waits, and none lives after the answer (INV-01)',
    notEvenItsGrant,
    async () => {
      const replacing = async (old: Awaited<ReturnType<typeof granted>>, datatype: string) => {
        const replace = { grant_management_action: 'replace', grant_id: grantIdOf(old.tokens) }
        const flow = await supplier.begin(replace, [supplier.entry({ datatypes: [datatype] })])
        const page = await supplier.open(nadia, await supplier.pushed(flow))
        return { flow, press: () => supplier.press(nadia, page, { answer: 'yes' }) }
      }
      const early = await granted()
      const { flow, press } = await replacing(early, 'practice-time')
      let came: URL | undefined
      const refreshing = await whileRefreshing(early, async () => {
        came = await press()
      })
      expect(await endOf(broker, tokenIdOf(refreshing))).toMatchObject({ bit: true })
      const old = { flow, tokens: await supplier.collect(flow, came!) }
      const anew = await replacing(old, 'arithmetic-results')
      const refreshed = Array.from({ length: 50 }, () => refresh(old).catch((error: { error?: string }) => error))
      await anew.press()
      const answers = await Promise.all(refreshed)
      for (const answer of answers) {
        if ('access_token' in answer) expect(await endOf(broker, tokenIdOf(answer as Tokens))).toMatchObject({ bit: true })
        else expect(answer.error).toBe('invalid_grant')
      }
    },
  )

  test('replaced by less, the rest is to be destroyed; a no leaves it as it was', async () => {
    const old = await granted()
    const replace = { grant_management_action: 'replace', grant_id: grantIdOf(old.tokens) }
    const flow = await supplier.begin(replace, [supplier.entry({ datatypes: ['practice-time'] })])
    const came = await supplier.press(nadia, await supplier.open(nadia, await supplier.pushed(flow)), { answer: 'no' })
    expect(came.searchParams.get('error')).toBe('access_denied')
    expect((await refresh(old)).grant_id).toBe(old.tokens.grant_id)
    const again = await supplier.begin(replace, [supplier.entry({ datatypes: ['practice-time'] })])
    await supplier.press(nadia, await supplier.open(nadia, await supplier.pushed(again)), { answer: 'yes' })
    expect(await broker.owner`select count(*)::int from duties`).toEqual([{ count: 1 }])
    await expect(refresh(old)).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test('what cannot be replaced: another supplier’s grant, one that is over, one that is none (§5.5)', async () => {
    const { tokens } = await granted()
    const push = async (grantId?: string) => (await supplier.push({ grant_management_action: 'replace', grant_id: grantId })).body.error
    expect(await push()).toBe('invalid_request')
    expect(await push('x')).toBe('invalid_grant_id')
    expect(await push(crypto.randomUUID())).toBe('invalid_grant_id')
    expect(await push(grantIdOf(tokens))).toBeUndefined()
    await withdrawConsent(broker.deps, world.people.nadia.actor, await consentOf())
    expect(await push(grantIdOf(tokens))).toBe('invalid_grant_id')
  })
})

describe('Replacing a grant of somebody who is elsewhere (CIBA; Grant Management §5.2)', () => {
  const ask = async (form: Record<string, string>, details = [supplier.entry()]) =>
    await driver.post('/bc-authorize', {
      scope: 'openid',
      authorization_details: JSON.stringify(details),
      ...form,
      ...(await driver.assertion('ciba')),
    })
  const linkCode = async (of = world.people.nadia, subjectId = world.people.fatima.id) =>
    (await makeLinkCode(broker.deps, of.actor, { subjectId, supplierId: world.supplierId })).code
  const poll = async (authReqId: unknown, key?: Awaited<ReturnType<typeof dpopKey>>) => {
    const { proof } = key ?? (await dpopKey(broker))
    const form = { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: String(authReqId), ...(await driver.assertion('ciba')) }
    return await driver.post('/token', form, { dpop: await proof() })
  }
  /** Nadia says yes to what she is asked and has not answered. */
  const sayYes = async () => {
    const [row] = await broker.owner`select consent_id from consents where ended_at is null and revision = 0`
    await asking(broker, world).answer(world.people.nadia, row!.consent_id as ConsentId, 'yes')
  }
  const replacing = (grantId: unknown) => ({ grant_management_action: 'replace', grant_id: String(grantId) })
  const consentsAsked = async () => (await broker.owner`select from consents`).length

  test('create, or nothing, gives a grant of its own', async () => {
    const ids: unknown[] = []
    for (const [form, datatype] of [
      [{ grant_management_action: 'create' }, 'arithmetic-results'],
      [{}, 'practice-time'],
    ] as const) {
      const { body } = await ask({ login_hint: await linkCode(), ...form }, [supplier.entry({ datatypes: [datatype] })])
      await sayYes()
      ids.push((await poll(body.auth_req_id)).body.grant_id)
    }
    expect(new Set(ids).size).toBe(2)
  })

  const collectedAgain = {
    'where what was collected is collected again': without(/(?<=update "ciba_requests"[\s\S]*) and "used_at" is null/),
  }
  race(
    'replace: the grant keeps its id, what was given before is over, and fifty polls at once replace it once',
    collectedAgain,
    async () => {
      const old = await granted()
      const before = await consentOf()
      const { body } = await ask({ login_hint: await linkCode(), ...replacing(old.tokens.grant_id) }, [
        supplier.entry({ datatypes: ['practice-time'] }),
      ])
      expect((await poll(body.auth_req_id)).body.error).toBe('authorization_pending')
      expect((await refresh(old)).grant_id, 'until the yes is collected').toBe(old.tokens.grant_id)
      await sayYes()
      await broker.owner`update ciba_requests set interval_seconds = 0`
      const all = await Promise.all(Array.from({ length: 50 }, () => poll(body.auth_req_id)))
      const collected = all.filter(({ status }) => status === 200)
      expect(collected.map(({ body }) => [body.grant_id, detailsOf(body).datatypes])).toEqual([[old.tokens.grant_id, ['practice-time']]])
      expect([...new Set(all.filter(({ status }) => status !== 200).map(({ body }) => body.error))]).toEqual(['invalid_grant'])
      expect(await endOf(broker, tokenIdOf(old.tokens))).toMatchObject({ bit: true })
      await expect(refresh(old)).rejects.toMatchObject({ error: 'invalid_grant' })
      expect(await asking(broker, world).state(before)).toBe('lapsed')
      expect(await broker.owner`select count(*)::int from duties`, 'the rest is to be destroyed').toEqual([{ count: 1 }])
      await expectNothingBroken(broker)
    },
  )

  test('who is asked reads that a yes comes in the place of what they gave before, and that is kept with their answer (K26)', async () => {
    const IN_ITS_PLACE = 'Zegt u ja, dan komt dit in de plaats van wat u eerder goedvond voor Reken Plus B.V.'
    const asked = async (form: Record<string, string>, datatype: string) => {
      await ask({ login_hint: await linkCode(), ...form }, [supplier.entry({ datatypes: [datatype] })])
      const [row] = await broker.owner`select consent_id from consents where ended_at is null and revision = 0`
      const { words } = await nadia.get(`/questions/${row!.consent_id}`)
      await sayYes()
      const [kept] = await broker.owner`select body from shown_texts join answers using (shown_hash) where consent_id = ${row!.consent_id}`
      return { words, kept: JSON.parse(kept!.body) as Json }
    }
    const old = await granted()
    const plain = await asked({}, 'practice-time')
    expect(plain.words).not.toContain(IN_ITS_PLACE)
    expect(plain.kept).not.toHaveProperty('replacesEarlier')
    const instead = await asked(replacing(old.tokens.grant_id), 'arithmetic-results')
    expect(instead.words).toContain(IN_ITS_PLACE)
    expect(instead.kept).toMatchObject({ replacesEarlier: true })
  })

  test('about somebody else nobody is asked, and the supplier waits like everybody: whom a code is about it does not hear', async () => {
    const { tokens } = await granted()
    const before = await consentsAsked()
    const { status, body } = await ask(
      { login_hint: await linkCode(world.people.sara, world.people.sara.id), ...replacing(tokens.grant_id) },
      [supplier.entry({ datatypes: ['practice-time'] })],
    )
    expect([status, await consentsAsked()]).toEqual([200, before])
    expect((await poll(body.auth_req_id)).body.error).toBe('authorization_pending')
  })

  test('what ended the grant meanwhile ended what was to take its place: access_denied', async () => {
    const old = await granted()
    const before = await consentOf()
    const { body } = await ask({ login_hint: await linkCode(), ...replacing(old.tokens.grant_id) }, [
      supplier.entry({ datatypes: ['practice-time'] }),
    ])
    await sayYes()
    await withdrawConsent(broker.deps, world.people.nadia.actor, before)
    expect((await poll(body.auth_req_id)).body.error).toBe('access_denied')
  })

  test('a grant_id that is none of theirs, an action we do not have, one without the other (§5.5)', async () => {
    const { tokens } = await granted()
    const told = async (form: Record<string, string>) => (await ask({ login_hint: await linkCode(), ...form })).body.error
    expect(await told(replacing(crypto.randomUUID()))).toBe('invalid_grant_id')
    expect(await told({ ...replacing(tokens.grant_id), grant_management_action: 'merge' })).toBe('invalid_request')
    expect(await told({ grant_management_action: 'replace' })).toBe('invalid_request')
    expect(await told({ grant_id: tokens.grant_id as string })).toBe('invalid_request')
    await otherSupplier()
    await broker.owner`update services set supplier_id = (select supplier_id from suppliers where legal_name = 'Anders B.V.')`
    expect(await told(replacing(tokens.grant_id))).toBe('invalid_grant_id')
  })
})

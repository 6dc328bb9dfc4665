import { getListFromStatusListJWT } from '@owf/token-status-list'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { inTransaction } from '../../src/database.ts'
import { Gather } from '../../src/gather.ts'
import { newId } from '../../src/ids.ts'
import { type OneUse, useUp } from '../../src/oauth/use-once.ts'
import { endTokens } from '../../src/tokens/end-tokens.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { type Driver, dpopKey, drive } from '../support/driver.ts'
import { pseudonymOf } from '../support/pseudonym.ts'
import { instead, raceFrom, raceWith, type Sabotage, takenAgain, without } from '../support/race.ts'
import { sabotagedCopy } from '../support/sabotaged-copy.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let driver: Driver
let given: Awaited<ReturnType<typeof consented>>
let fatima: string
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  driver = await drive(broker, world)
  given = await consented(broker, world, { datatypes: ['arithmetic-results', 'practice-time'] })
  fatima = await pseudonymOf(broker, world, given.subjectId)
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(async () => {
  vi.useRealTimers()
  await broker.close()
})

const entry = (other: Record<string, unknown> = {}) => ({
  type: 'pupil-data',
  locations: [world.resource],
  actions: ['read'],
  datatypes: ['arithmetic-results'],
  purpose: '5.1.a',
  identifier: fatima,
  ...other,
})

const redeem = async (details: unknown, more: Record<string, string> = {}, name: 'organisation' | 'ciba' | 'holder' = 'organisation') => {
  const key = await dpopKey(broker)
  const form = { grant_type: 'client_credentials', authorization_details: JSON.stringify(details), ...more }
  return { ...(await driver.post('/token', { ...form, ...(await driver.assertion(name)) }, { dpop: await key.proof() })), key }
}

const introspect = async (token: string, name: 'organisation' | 'holder' = 'holder') =>
  (await driver.post('/introspect', { token, ...(await driver.assertion(name)) })).body

/** Whoever asks about a token beside another is told of that one. */
const answerOfTheFirst: Sabotage = {
  code: () => {
    const sound = Gather.prototype.do // oxlint-disable-line typescript/unbound-method -- put back as it was
    const asked = new Map<string, Promise<unknown>>()
    Gather.prototype.do = function (this: Gather<unknown, unknown>, item: object, lane, group) {
      if (!('tokenId' in item)) return sound.call(this, item, lane, group)
      const first = asked.get(group) ?? sound.call(this, item, lane, group)
      asked.set(group, first)
      return first
    }
    return () => {
      Gather.prototype.do = sound
    }
  },
}

/** Each request comes with a pool of its own: what is kept, is kept for nobody else. */
const apart: Sabotage = {
  code: () => {
    const sound = broker.deps
    Object.defineProperty(broker, 'deps', { configurable: true, get: () => ({ ...sound, db: sound.db.withoutPlugins() }) })
    return () => Object.defineProperty(broker, 'deps', { value: sound })
  },
}

/** Whatever a list holds, it is the one that was signed. */
const asSigned: Sabotage = {
  code: () => {
    const { compare } = Buffer // oxlint-disable-line typescript/unbound-method -- put back as it was
    Buffer.compare = () => 0
    return () => {
      Buffer.compare = compare
    }
  },
}

/** Where several are waited for, the first that fails fails them all. */
const together: Sabotage = {
  code: () => {
    const { allSettled } = Promise // oxlint-disable-line typescript/unbound-method -- put back as it was
    Promise.allSettled = (async (all: Promise<unknown>[]) =>
      (await Promise.all(all)).map((value) => ({ status: 'fulfilled', value }))) as typeof allSettled
    return () => {
      Promise.allSettled = allSettled
    }
  },
}

const tokenRows = async () => (await broker.owner`select count(*)::int as n from tokens`)[0]!.n as number

describe('A supplier redeems what the school released, just in time', () => {
  test('with openid-client, and a resource server on oauth4webapi takes the token', async () => {
    const config = await driver.connect('organisation')
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
    const tokens = await client.clientCredentialsGrant(config, { authorization_details: JSON.stringify([entry()]) }, { DPoP })
    expect(tokens).toMatchObject({ token_type: 'dpop', expires_in: 600, authorization_details: [entry()] })
    expect(tokens).not.toHaveProperty('refresh_token')

    let sent: Request | undefined
    const fetch = async (url: string, options: RequestInit) => {
      sent = new Request(url, options)
      return new Response()
    }
    const protectedFetch = { DPoP, [client.customFetch]: fetch as client.CustomFetch }
    Object.assign(config, { [client.customFetch]: fetch })
    await client.fetchProtectedResource(
      config,
      tokens.access_token,
      new URL('https://api.rekenrijk.example/results'),
      'GET',
      null,
      undefined,
      protectedFetch,
    )
    const as = (await (
      await driver.fetch('https://broker.test/.well-known/oauth-authorization-server')
    ).json()) as oauth.AuthorizationServer
    const claims = await oauth.validateJwtAccessToken(as, sent!, world.resource, {
      requireDPoP: true,
      [oauth.customFetch]: (url) => driver.fetch(url),
    })
    expect(claims.sub).toMatch(/^ph_/)
  })

  test('P48 and nothing about a pupil who is below the minimum age of the service, whatever was answered', async () => {
    const fromAge = (age: number | null) => broker.owner`update services set minimum_age = ${age} where service_id = ${world.serviceId}`
    await fromAge(12)
    expect((await redeem([entry()])).body).toMatchObject({ error: 'invalid_authorization_details' })
    await fromAge(9)
    expect((await redeem([entry()])).body).toMatchObject({ token_type: 'DPoP' })
    await fromAge(null)
  })

  test('C20 and the token says what RFC 9068 wants, the holder’s own pseudonym and nobody’s name', async () => {
    const { body, key } = await redeem([entry()])
    const token = body.access_token as string
    expect(decodeProtectedHeader(token)).toMatchObject({ typ: 'at+jwt', alg: 'EdDSA' })
    const claims = decodeJwt(token)
    expect(Object.keys(claims).sort()).toEqual(
      ['aud', 'authorization_details', 'azp', 'client_id', 'cnf', 'exp', 'grant_id', 'iat', 'iss', 'jti', 'status', 'sub', 'txn'].sort(),
    )
    expect(claims).toMatchObject({ aud: world.resource, client_id: world.clients.organisation, azp: world.clients.organisation })
    expect(claims.exp! - claims.iat!).toBe(600)
    expect(claims.authorization_details).toEqual([entry({ identifier: claims.sub })])
    expect(claims.sub).not.toBe(fatima)
    expect(claims.grant_id).toBe(body.grant_id)
    expect(Object.keys(claims.cnf as object)).toEqual(['jkt'])
    const told = JSON.stringify([claims, body.authorization_details])
    const people = Object.values(world.people).flatMap(({ id, email, account }) => [id, email, account])
    for (const secret of ['Fatima', 'Amrani', 'ketenid', world.boardId, ...people]) expect(told).not.toContain(secret)
    expect(told).not.toContain(JSON.stringify(key.jwk.x))
  })

  test('the ledger tells it, with everything the token leans on', async () => {
    const { body } = await redeem([entry()])
    const { jti } = decodeJwt(body.access_token as string)
    const [row] = await broker.owner`select event, actor, body::jsonb as facts from ledger where ref = ${jti!}`
    expect(row).toMatchObject({ event: 'token_issued', actor: `client:${world.clients.organisation}` })
    expect(row!.facts.supports).toEqual([
      {
        grantId: body.grant_id,
        consentId: given.consentId,
        subjectId: given.subjectId,
        releaseId: given.releaseId,
        agreementId: world.agreementId,
        holderAgreementId: world.holderAgreementId,
        tenureId: world.tenures.fatima,
      },
    ])
  })

  test('the same grant has the same id and pseudonyms every time, and every token its own place in the list', async () => {
    const [one, two] = [await redeem([entry()]), await redeem([entry({ datatypes: ['practice-time'] })])]
    const [a, b] = [one, two].map(({ body }) => decodeJwt(body.access_token as string))
    expect([a!.sub, a!.grant_id]).toEqual([b!.sub, b!.grant_id])
    expect(a!.status).not.toEqual(b!.status)
    expect(a!.txn).not.toBe(b!.txn)
  })

  test('never past a bound: a grant with four minutes left gives a token of four minutes (INV-10)', async () => {
    const short = await consented(broker, world, { purpose: '5.1.b', endsAt: new Date(broker.clock.now().getTime() + 240_500) })
    expect(short.endsAt).toBeDefined()
    const { body } = await redeem([entry({ purpose: '5.1.b' })])
    expect(body.expires_in).toBe(240)
  })

  test('a period within the window is granted as asked, one outside it is not', async () => {
    const period = { from: '2026-11-16', until: '2026-11-30' }
    const { body } = await redeem([entry({ period })])
    expect(body.authorization_details).toEqual([entry({ period })])
    expect((await redeem([entry({ period: { from: '2026-11-16', until: '2027-06-30' } })])).status).toBe(400)
  })
})

describe('What is not granted gets one answer, and nothing happens', () => {
  const uniform = { error: 'invalid_authorization_details', error_description: 'there is no grant for all of this' }
  const wishes: Record<string, () => unknown> = {
    'an unknown subject': () => entry({ identifier: 'ps_nobody' }),
    'the holder’s pseudonym': async () => entry({ identifier: decodeJwt((await redeem([entry()])).body.access_token as string).sub }),
    'an unknown holder': () => entry({ locations: ['https://elsewhere.example/'] }),
    'another purpose (K23, M05, P08)': () => entry({ purpose: '5.1.d' }),
    'data that were not given (INV-09)': () => entry({ datatypes: ['arithmetic-results', 'medical'] }),
    'one of several unknown': () => entry({ identifier: undefined, identifiers: [fatima, 'ps_nobody'] }),
    'never answered': async () => {
      await consented(broker, world, { purpose: '5.1.c', answers: {} })
      return entry({ purpose: '5.1.c' })
    },
    'a conflict between two parents': async () => {
      await consented(broker, world, { purpose: '5.1.e', answers: { nadia: 'yes', karim: 'no' } })
      return entry({ purpose: '5.1.e' })
    },
    'given but not released (K09)': async () => {
      await consented(broker, world, { purpose: '5.1.f', released: false })
      return entry({ purpose: '5.1.f' })
    },
    'given directly, asked by way of the school (K03)': async () => {
      await consented(broker, world, { purpose: '5.1.g', approach: 'subject' })
      return entry({ purpose: '5.1.g' })
    },
    'over within the second': async () => {
      await consented(broker, world, { purpose: '5.1.h', endsAt: new Date(broker.clock.now().getTime() + 900) })
      return entry({ purpose: '5.1.h' })
    },
    'no guide assigned (K19)': async () => {
      await consented(broker, world, { purpose: '5.1.i', needsAssignment: true })
      return entry({ purpose: '5.1.i' })
    },
  }
  test.each(Object.entries(wishes))('%s', async (_name, wish) => {
    const details = [await wish()]
    const before = await tokenRows()
    const { status, body } = await redeem(details)
    expect({ status, body }).toEqual({ status: 400, body: uniform })
    expect(await tokenRows()).toBe(before)
  })

  test('the refused attempt is in the ledger, once a minute', async () => {
    await redeem([entry({ purpose: '5.2.a' })])
    await redeem([entry({ purpose: '5.2.a' })])
    const rows =
      await broker.owner`select body::jsonb as facts from ledger where event = 'attempt_refused' and actor = ${`client:${world.clients.organisation}`} and board_id = ${world.boardId}`
    expect(rows).toHaveLength(1)
    expect(rows[0]!.facts.code).toBe('grant_not_found')
  })

  test.each<[string, Record<string, unknown>]>([
    ['a subject', { identifier: 'ps_nobody' }],
    ['a holder', { locations: ['https://nowhere.example/'] }],
  ])("and in the operator's, where there is no board: of %s nobody knows", async (_, over) => {
    await broker.owner`delete from rates where bucket like 'refused:operator:%'`
    const told = async () => {
      const rows = await broker.owner<{ code: string }[]>`
        select body::jsonb ->> 'code' as code from ledger
        where event = 'attempt_refused' and board_id is null and actor = ${`client:${world.clients.organisation}`} order by seq`
      return rows.map(({ code }) => code)
    }
    const before = await told()
    expect((await redeem([entry(over)])).body).toEqual(uniform)
    expect(await told()).toEqual([...before, 'grant_not_found'])
  })
})

describe('authorization_details are strict (RFC 9396 §5)', () => {
  const wrong: Record<string, () => unknown> = {
    'no list': () => entry(),
    'an empty list': () => [],
    'two entries': () => [entry(), entry()],
    'another type': () => [entry({ type: 'pupil_data' })],
    'an unknown field': () => [entry({ privileges: ['all'] })],
    'two holders': () => [entry({ locations: [world.resource, world.resource] })],
    'another action': () => [entry({ actions: ['write'] })],
    'no data': () => [entry({ datatypes: [] })],
    'data twice': () => [entry({ datatypes: ['arithmetic-results', 'arithmetic-results'] })],
    'no subject': () => [entry({ identifier: undefined })],
    'one and several': () => [entry({ identifiers: [fatima] })],
    'a subject twice': () => [entry({ identifier: undefined, identifiers: [fatima, fatima] })],
    'more than fifty': () => [entry({ identifier: undefined, identifiers: Array.from({ length: 51 }, (_, n) => `ps_${n}`) })],
    'a number for a subject': () => [entry({ identifier: 7 })],
    'half a period': () => [entry({ period: { from: '2026-11-16' } })],
    'no day': () => [entry({ period: { from: '2026-11-16', until: '2026-02-30' } })],
  }
  test.each(Object.entries(wrong))('%s', async (_name, make) => {
    const { status, body } = await redeem(make())
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_authorization_details' })
    expect(body.error_description).not.toContain(fatima)
  })

  test.each([
    ['not JSON', '[{'],
    ['a key twice', '[{"type":"pupil-data","type":"pupil-data"}]'],
    ['too deep', '['.repeat(200) + ']'.repeat(200)],
  ])('%s', async (_name, text) => {
    const key = await dpopKey(broker)
    const form = { grant_type: 'client_credentials', authorization_details: text, ...(await driver.assertion('organisation')) }
    const { status, body } = await driver.post('/token', form, { dpop: await key.proof() })
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_authorization_details' })
  })

  test('one resource per token (RFC 8707), a scope or details, and each client its own way', async () => {
    expect((await redeem([entry()], { resource: 'https://elsewhere.example/' })).body.error).toBe('invalid_target')
    expect((await redeem([entry()], { resource: world.resource })).status).toBe(200)
    expect((await redeem([entry()], { scope: 'access_requests' })).body.error).toBe('invalid_request')
    expect((await redeem([entry()], {}, 'ciba')).body.error).toBe('unauthorized_client')
    expect((await redeem([entry()], {}, 'holder')).body.error).toBe('unauthorized_client')
  })
})

describe('A batch is one token for several subjects', () => {
  test('about the client, with sorted pseudonyms and one place in the list', async () => {
    const { body } = await redeem([entry({ identifier: undefined, identifiers: [fatima] })])
    const claims = decodeJwt(body.access_token as string)
    expect(claims.sub).toBe(world.clients.organisation)
    expect(claims).not.toHaveProperty('grant_id')
    expect(body).not.toHaveProperty('grant_id')
    const [details] = claims.authorization_details as { identifiers: string[] }[]
    expect(details!.identifiers).toEqual([expect.stringMatching(/^ph_/)])
    expect(body.authorization_details).toEqual([entry({ identifier: undefined, identifiers: [fatima] })])
  })
})

describe('The holder asks about a token (RFC 7662)', () => {
  test('and learns what it says while it stands; everybody else learns that it is not active, and nothing more', async () => {
    const token = (await redeem([entry()])).body.access_token as string
    const claims = decodeJwt(token)
    expect(await introspect(token)).toEqual({ active: true, token_type: 'DPoP', ...claims })
    expect(await introspect(token, 'organisation')).toEqual({ active: false })
    const config = await driver.connect('holder')
    expect(await client.tokenIntrospection(config, token)).toMatchObject({ active: true, sub: claims.sub })
  })

  test.each([
    ['a changed token', (token: string) => `${token.slice(0, -3)}AAA`],
    ['rubbish', () => 'rubbish'],
    ['an assertion', async () => (await driver.assertion('holder')).client_assertion],
    [
      'a token for the REST API',
      async () => {
        const key = await dpopKey(broker)
        const form = { grant_type: 'client_credentials', scope: 'uses', ...(await driver.assertion('holder')) }
        return (await driver.post('/token', form, { dpop: await key.proof() })).body.access_token as string
      },
    ],
  ])('%s is not active', async (_name, make) => {
    const token = (await redeem([entry()])).body.access_token as string
    expect(await introspect(await make(token))).toEqual({ active: false })
  })

  test('an ended token is not active at once, and its bit is set; another’s is not (INV-01)', async () => {
    const [one, other] = [(await redeem([entry()])).body, (await redeem([entry({ datatypes: ['practice-time'] })])).body]
    const idOf = (body: Record<string, unknown>) => decodeJwt(body.access_token as string)
    await broker.owner`update tokens set ended_at = ${broker.clock.now()}, ended_because = 'test' where token_id = ${idOf(one).jti!}`
    await broker.owner`update status_entries set set_at = ${broker.clock.now()} where token_id = ${idOf(one).jti!}`
    expect(await introspect(one.access_token as string)).toEqual({ active: false })
    expect(await introspect(other.access_token as string)).toMatchObject({ active: true })
    const { idx, uri } = (idOf(one).status as { status_list: { idx: number; uri: string } }).status_list
    const answer = await driver.fetch(uri, { headers: { accept: 'application/statuslist+jwt' } })
    expect(answer.headers.get('content-type')).toBe('application/statuslist+jwt')
    expect(answer.headers.get('cache-control')).toBe('private, max-age=60')
    const jwt = await answer.text()
    expect(decodeProtectedHeader(jwt)).toMatchObject({ typ: 'statuslist+jwt' })
    const claims = decodeJwt(jwt)
    expect(claims).toMatchObject({ sub: uri, ttl: 60, exp: claims.iat! + 300 })
    const list = getListFromStatusListJWT(jwt)
    expect(list.getStatus(idx)).toBe(1)
    expect(list.getStatus((idOf(other).status as { status_list: { idx: number } }).status_list.idx)).toBe(0)
  })

  test('a consent that ended makes it inactive even if nobody had ended the token: standing is looked at again', async () => {
    const other = await consented(broker, world, { purpose: '5.2.b' })
    const token = (await redeem([entry({ purpose: '5.2.b' })])).body.access_token as string
    expect(await introspect(token)).toMatchObject({ active: true })
    const at = broker.clock.now()
    await broker.owner`update consents set ended_at = ${at}, ended_as = 'withdrawn', ended_by = 'test' where consent_id = ${other.consentId}`
    expect(await introspect(token)).toEqual({ active: false })
  })

  const oneForAll = {
    'where an ended token is not left out': without(/ and t\.ended_at is null(?= and t\.expires_at)/),
    'where whoever waits gets the answer of the first': answerOfTheFirst,
  }
  race('asked about together, each token stands or falls by itself', oneForAll, async () => {
    const other = await consented(broker, world, { purpose: '5.2.c' })
    const all = [entry(), entry({ purpose: '5.2.c' }), entry({ datatypes: ['practice-time'] }), entry()]
    const tokens: string[] = []
    for (const one of all) tokens.push((await redeem([one])).body.access_token as string)
    const at = broker.clock.now()
    await broker.owner`update consents set ended_at = ${at}, ended_as = 'withdrawn', ended_by = 'test' where consent_id = ${other.consentId}`
    await broker.owner`update tokens set ended_at = ${at}, ended_because = 'test' where token_id = ${decodeJwt(tokens[2]!).jti!}`
    const many = Array.from({ length: 40 }, (_, n) => n % tokens.length)
    const answers = await Promise.all(many.map(async (n) => (await introspect(tokens[n]!)).active))
    expect(answers).toEqual(many.map((n) => n === 0 || n === 3))
  })

  test('time is looked at too', async () => {
    const token = (await redeem([entry()])).body.access_token as string
    driver.pass({ minutes: 10 })
    expect(await introspect(token)).toEqual({ active: false })
  })
})

describe('GET /status/{list}', () => {
  test('JWT only, no history, and no list that is not there', async () => {
    const { status } = decodeJwt((await redeem([entry()])).body.access_token as string)
    const { uri } = (status as { status_list: { uri: string } }).status_list
    expect((await driver.fetch(uri, { headers: { accept: 'application/statuslist+cwt' } })).status).toBe(406)
    expect((await driver.fetch(`${uri}?time=1700000000`)).status).toBe(501)
    expect((await driver.fetch(`https://broker.test/status/${newId(broker.clock.now())}`)).status).toBe(404)
    expect((await driver.fetch('https://broker.test/status/x')).status).toBe(404)
    expect((await driver.fetch(uri)).status).toBe(200)
  })

  race(
    'fifty at once have it read and signed together; a list that is not there is one look by key',
    { 'where nothing is kept': apart },
    async () => {
      const { status } = decodeJwt((await redeem([entry()])).body.access_token as string)
      const { uri } = (status as { status_list: { uri: string } }).status_list
      broker.clock.pass({ seconds: 1 })
      const statements: string[] = []
      broker.rewrite = (statement) => {
        statements.push(statement)
        return statement
      }
      const lists = await Promise.all(Array.from({ length: 50 }, async () => await (await driver.fetch(uri)).text()))
      expect(new Set(lists).size).toBe(1)
      const read = statements.filter((statement) => statement.includes('from "status_entries"'))
      // For the first, and again for those who came while it was being read.
      expect(read.length).toBeLessThan(10)
      statements.length = 0
      await driver.fetch(`https://broker.test/status/${newId(broker.clock.now())}`)
      expect(statements).toHaveLength(1)
      broker.rewrite = undefined
    },
  )

  race(
    'what ended is in every list that is asked for after it, and a list is good for a minute (INV-01)',
    { 'where what was signed in this second is given out again': asSigned },
    async () => {
      const token = decodeJwt((await redeem([entry()])).body.access_token as string)
      const { uri, idx } = (token.status as { status_list: { uri: string; idx: number } }).status_list
      const seen = async () => {
        const jwt = await (await driver.fetch(uri)).text()
        return { ended: getListFromStatusListJWT(jwt).getStatus(idx), ttl: decodeJwt(jwt).ttl }
      }
      expect(await seen()).toEqual({ ended: 0, ttl: 60 })
      await broker.owner`update status_entries set set_at = ${broker.clock.now()} where token_id = ${token.jti!}`
      // The clock stands still: in the very same second.
      expect(await seen()).toEqual({ ended: 1, ttl: 60 })
    },
  )

  const givenAgain = {
    'where a place that is taken is given again': [
      { schema: 'alter table status_entries drop constraint status_entries_pkey' },
      instead(/unnest\((.*?)\) as drawn/, 'unnest(($1)[1:0] || 1) as drawn'),
      without(/and \(select e\.index from status_entries e where e\.list_id = l\.list_id and e\.index = drawn\.index\) is null/),
    ],
  }
  race('a list that is full in places finds a free one; one that is half full is left alone (INV-14)', givenAgain, async () => {
    const places = await Promise.all(Array.from({ length: 40 }, () => redeem([entry()])))
    const used = places.map(
      ({ body }) => (decodeJwt(body.access_token as string).status as { status_list: { idx: number; uri: string } }).status_list,
    )
    expect(new Set(used.map(({ idx, uri }) => `${uri} ${idx}`)).size).toBe(40)
    await broker.owner`update status_lists set taken = size / 2`
    const next = decodeJwt((await redeem([entry()])).body.access_token as string).status as { status_list: { uri: string } }
    expect(used.map(({ uri }) => uri)).not.toContain(next.status_list.uri)
  })
})

describe('Redemptions at the same moment share a transaction', () => {
  race(
    'each stands or falls by itself: what is refused takes nothing from the others',
    { 'where one refusal refuses all': together },
    async () => {
      const other = await consented(broker, world, { purpose: '5.2.c', datatypes: ['arithmetic-results'] })
      const stranger = 'ps_doesnotexistdoesnotexi'
      // Alike in all that redemptions share: refused among those that are granted.
      const tooLong = entry({ period: { from: '2026-11-16', until: '2027-06-30' } })
      const wishes = [entry(), entry({ identifier: stranger }), entry({ purpose: '5.2.c' }), entry({ purpose: '5.2.f' }), entry(), tooLong]
      const before = await tokenRows()
      const transactions = async () => (await broker.owner`select count(distinct xmin::text)::int as n from tokens`)[0]!.n as number
      const made = await transactions()
      const answers = await Promise.all([...wishes, ...wishes, ...wishes].map((wish) => redeem([wish])))
      expect(answers.map(({ status }) => status)).toEqual([...Array(3)].flatMap(() => [200, 400, 200, 400, 200, 400]))
      expect(await tokenRows()).toBe(before + 9)
      expect((await transactions()) - made).toBeLessThan(9)
      const tokens = answers.filter(({ status }) => status === 200).map(({ body }) => decodeJwt(body.access_token as string))
      expect(new Set(tokens.map(({ jti }) => jti)).size).toBe(9)
      const bound = tokens.map(({ cnf }) => (cnf as { jkt: string }).jkt)
      expect(new Set(bound).size).toBe(9)
      expect(other.consentId).toBeDefined()
    },
  )

  const goodAgain = { 'where a used jti is taken again': takenAgain('replay', 'expires_at') }
  race('an assertion or a proof shown many times at the same moment is good once (INV-11)', goodAgain, async () => {
    const key = await dpopKey(broker)
    const form = { grant_type: 'client_credentials', authorization_details: JSON.stringify([entry()]) }
    const assertion = await driver.assertion('organisation')
    const same = async () => await driver.post('/token', { ...form, ...assertion }, { dpop: await key.proof() })
    const statuses = (await Promise.all(Array.from({ length: 20 }, same))).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    const proof = await key.proof()
    const again = async () => await driver.post('/token', { ...form, ...(await driver.assertion('organisation')) }, { dpop: proof })
    const answers = await Promise.all(Array.from({ length: 20 }, again))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(new Set(answers.map(({ body }) => body.error))).toEqual(new Set([undefined, 'invalid_dpop_proof']))
  })
})

const shownTwice = {
  'where the second finds what the first took': async () => {
    const copy = await sabotagedCopy('oauth/use-once.ts', /!unused\.delete\(/, '!unused.has(')
    return ((await import(`${copy}/oauth/use-once.ts`)) as { useUp: typeof useUp }).useUp
  },
}
raceWith(
  'the same shown twice in one statement is good for the first alone (INV-11)',
  () => useUp,
  shownTwice,
  async (useUp) => {
    const owner = crypto.randomUUID()
    const use = (jti: string): OneUse => ({ kind: 'dpop', owner, jti, expiresAt: broker.clock.now() })
    const [alone, first, second] = await Promise.all(
      ['alone', 'same', 'same'].map((jti) => useUp(broker.db, [use(jti)], { flushed: false })),
    )
    expect([alone, first]).toEqual([[], []])
    expect(second).toHaveLength(1)
  },
)

describe('Ending', () => {
  test('ends exactly what leans on the fact', async () => {
    const { body } = await redeem([entry()])
    const { jti } = decodeJwt(body.access_token as string)
    const ended = await inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, (tx) =>
      endTokens(tx, world.boardId, broker.clock.now(), { consentIds: [given.consentId] }, 'consent_withdrawn'),
    )
    expect(ended).toContain(jti)
    expect(await introspect(body.access_token as string)).toEqual({ active: false })
  })
})

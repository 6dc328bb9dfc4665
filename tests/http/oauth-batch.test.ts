import { randomUUID } from 'node:crypto'
import { decodeJwt, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { ClientId } from '../../src/ids.ts'
import { mustFitOne, partsThatFit } from '../../src/oauth/token-size.ts'
import { type GrantsWorld, grantsWorld } from '../bench/grants-world.ts'
import { benchKey } from '../bench/token-load.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { dpopKey } from '../support/driver.ts'

let broker: TestBroker
let world: GrantsWorld
let key: Awaited<ReturnType<typeof benchKey>>
beforeAll(async () => {
  broker = await freshBroker({ at: new Date().toISOString() })
  key = await benchKey('c1')
  world = await grantsWorld(broker.owner, {
    boards: 2,
    pupils: 51,
    supplierKey: key.publicJwk,
    holderKey: (await benchKey('h1')).publicJwk,
  })
})
afterAll(() => broker.close())

async function redeem(identifiers: string[], datatypes = ['arithmetic-results']) {
  const { issuer } = broker.deps
  const now = Math.floor(broker.clock.now().getTime() / 1000)
  const assertion = await new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'c1' })
    .setIssuer(world.clientId)
    .setSubject(world.clientId)
    .setAudience(issuer)
    .setExpirationTime(now + 60)
    .sign(key.privateKey)
  const entry = {
    type: 'pupil-data',
    locations: [world.resource],
    actions: ['read'],
    datatypes,
    purpose: '5.1.a',
    identifiers,
  }
  const form = {
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    authorization_details: JSON.stringify([entry]),
  }
  const dpop = await (await dpopKey(broker)).proof({ iat: now })
  const answer = await createApp(() => broker.deps).request(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
    headers: { dpop },
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

const fifty = () => world.subjects[0]!.slice(0, 50)
const tokens = async () => (await broker.owner`select count(*)::int as n from tokens`)[0]!.n as number

test('fifty pupils in one token below 8 kB, in every format: no grant of its own, the client as subject, names that link to nothing', async () => {
  const { publicKey } = await generateKeyPair('ECDH-ES', { crv: 'X25519', extractable: true })
  const jwk = { ...(await crypto.subtle.exportKey('jwk', publicKey)), kid: 'enc-1' }
  const sizes: number[] = []
  for (const format of ['jwt', 'jwe', 'opaque'] as const) {
    await broker.owner`update holders set token_format = ${format}, ended_by = ${format === 'opaque' ? 'introspection' : 'status-list'}, encryption_jwk = ${format === 'jwe' ? broker.owner.json(jwk as never) : null}`
    const { status, body } = await redeem(fifty())
    expect([status, body.grant_id]).toEqual([200, undefined])
    sizes.push((body.access_token as string).length)
    if (format !== 'jwt') continue
    const { sub, authorization_details: details } = decodeJwt<{ authorization_details: { identifiers: string[] }[] }>(
      body.access_token as string,
    )
    expect(sub).toBe(world.clientId)
    const [{ identifiers }] = details as [{ identifiers: string[] }]
    expect(new Set(identifiers).size).toBe(50)
    expect(identifiers).toEqual(identifiers.toSorted())
    expect(identifiers.filter((identifier) => fifty().includes(identifier))).toEqual([])
  }
  expect(Math.max(...sizes)).toBeLessThan(8192)
})

test('all of them stand, or there is nothing: not for one of another board, and not when one of the fifty said no', async () => {
  const before = await tokens()
  const other = world.subjects[1]![0]!
  expect((await redeem([...fifty().slice(0, 49), other])).body.error).toBe('invalid_authorization_details')
  await broker.owner`update consents set ended_at = now(), ended_as = 'withdrawn', ended_by = 'test' where subject_id = (
    select subject_id from pseudonyms where pseudonym = ${fifty()[7]!})`
  expect((await redeem(fifty())).body.error).toBe('invalid_authorization_details')
  expect(await tokens()).toBe(before)
  expect((await redeem([...fifty().slice(0, 7), ...fifty().slice(8)])).status).toBe(200)
})

/** Names of data sets that make a token so many bytes wider: each adds itself, its quotes and a comma. */
function wider(bytes: number): string[] {
  const names = Array.from({ length: Math.floor((bytes - 4) / 64) }, (_, nr) => `${nr}`.padStart(61, 'x'))
  return [...names, 'y'.repeat(bytes - 64 * names.length - 3)]
}

test('a token above 8 kB is refused before anything is made of it, to the character, and the refusal says what to ask less of', async () => {
  const pupils = world.subjects[1]!.slice(0, 50)
  const { publicKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true })
  const jwk = { ...(await crypto.subtle.exportKey('jwk', publicKey)), kid: 'enc-1' }
  const inFormat = async (format: 'jwt' | 'jwe' | 'opaque') => {
    await broker.owner`update holders set token_format = ${format}, ended_by = ${format === 'opaque' ? 'introspection' : 'status-list'}, encryption_jwk = ${format === 'jwe' ? broker.owner.json(jwk as never) : null}`
    return (await redeem(pupils)).body.access_token as string
  }
  const rows = async () =>
    (
      await broker.owner`select (select count(*) from tokens) + (select count(*) from ledger) + (select count(*) from status_entries) as n`
    )[0]!.n
  const plain = await inFormat('jwt')
  const [header, claims] = plain.split('.') as [string, string]
  const { idx } = decodeJwt<{ status: { status_list: { idx: number } } }>(plain).status.status_list
  // The place in a status list is counted as the longest there is.
  const bytes = Buffer.from(claims, 'base64url').length + 6 - `${idx}`.length
  for (const format of ['jwe', 'opaque'] as const) {
    const wrapped = await inFormat(format)
    const around = wrapped.length - wrapped.split('.')[3]!.length
    const length = (more: number) => {
      const signed = header.length + 1 + Math.ceil(((bytes + more) * 4) / 3) + 1 + 86
      return around + Math.ceil((signed * 4) / 3)
    }
    let more = 0
    while (length(more + 1) <= 8192) more += 1
    const before = await rows()
    const tooLarge = await redeem(pupils, ['arithmetic-results', ...wider(more + 1)])
    expect(tooLarge.status).toBe(400)
    expect(tooLarge.body).toEqual({
      error: 'invalid_authorization_details',
      error_description: `a token for this is ${length(more + 1)} characters and no header holds more than 8192: ask for fewer identifiers or datatypes at a time`,
    })
    expect(await rows(), 'nothing is made, and nothing said of it').toBe(before)
    // What fits goes on to whether there is a grant for it.
    const fits = await redeem(pupils, ['arithmetic-results', ...wider(more)])
    expect(fits.body).toEqual({ error: 'invalid_authorization_details', error_description: 'there is no grant for all of this' })
    // Who looks at everything about one pupil gets it in as many tokens as it takes.
    const all = wider(20_000)
    const clientId = 'reken-plus' as ClientId
    const wish = { resource: world.resource, purpose: '5.1.a', datatypes: all }
    const parts = await partsThatFit(broker.deps, clientId, wish)
    expect(parts.flat()).toEqual(all)
    expect(parts.length).toBeGreaterThan(2)
    for (const datatypes of parts) await mustFitOne(broker.deps, clientId)(broker.db, { ...wish, datatypes })
  }
})

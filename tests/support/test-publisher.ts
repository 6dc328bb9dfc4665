import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { calculateJwkThumbprint, createRemoteJWKSet, decodeJwt, decodeProtectedHeader, EmbeddedJWK, type JWK, jwtVerify } from 'jose'
import { freePort } from '../../src/embedded-postgres.ts'
import type { Config } from '../../src/holder/conformance/config.ts'
import { type AccessVariables, metadataHandler, requireAccess } from '../../src/holder/hono.ts'
import { AccessError, createVerifier, entryFor, type VerifierOptions } from '../../src/holder/verifier.ts'
import { type KeyPair, keyPair } from '../fakes/broker.ts'

const DATATYPE = 'arithmetic-results'
const RESOURCE = 'https://api.rekenrijk.example/'

/** What the publisher has of two pupils in its test environment. */
const RESULTS: Record<string, { day: string; sum: string }[]> = {
  'eck-of-fatima': [{ day: '2026-11-12', sum: 'seven times eight' }],
  'eck-of-ali': [{ day: '2026-11-12', sum: 'twelve by four' }],
}

export type HowTokensCome = Pick<VerifierOptions, 'tokens' | 'ended'>

/** The settings of a conformance run against a publisher on this machine, and its keys. */
export async function conformanceSettings({ tokens = 'jwt', ended = 'status-list' }: HowTokensCome = {}) {
  const own = await keyPair()
  const encryption = await encryptionPair()
  const [port, issuerPort] = [await freePort(), await freePort()]
  const issuer = `http://127.0.0.1:${issuerPort}`
  const config: Config = {
    resource: RESOURCE,
    address: `http://127.0.0.1:${port}`,
    request: { method: 'GET', path: '/results' },
    datatype: DATATYPE,
    otherDatatype: 'reading-results',
    pupils: [
      { identifier: 'eck-of-fatima', mark: 'seven times eight' },
      { identifier: 'eck-of-ali', mark: 'twelve by four' },
    ],
    issuer,
    listen: { host: '127.0.0.1', port: issuerPort },
    clientId: 'rekenrijk',
    clientJwk: own.publicJwk,
    tokens,
    encryptionJwk: encryption.publicJwk,
    ended: tokens === 'opaque' ? 'introspection' : ended,
    statusTtlSeconds: 1,
    boundSeconds: 10,
  }
  return { config, own, encryption }
}

async function encryptionPair(): Promise<{ publicJwk: JWK; privateJwk: JWK }> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits'])
  const [publicJwk, privateJwk] = await Promise.all([pair.publicKey, pair.privateKey].map((key) => crypto.subtle.exportKey('jwk', key)))
  const only = ({ kty, crv, x, y }: JsonWebKey) => ({ kty, crv, x, y, kid: 'enc' }) as JWK
  return { publicJwk: only(publicJwk!), privateJwk: { ...only(privateJwk!), d: privateJwk!.d! } }
}

/** A publisher that uses the kit, as its README tells it to. */
export async function publisherWithKit(
  config: Config,
  { own, encryption }: { own: KeyPair; encryption: { privateJwk: JWK } },
  { changed = {}, checksWhatFor = true }: { changed?: Partial<VerifierOptions>; checksWhatFor?: boolean } = {},
): Promise<() => Promise<void>> {
  const { issuer, resource, clientId, tokens, ended } = config
  const verifier = createVerifier({
    issuer,
    resource,
    clientId,
    privateJwk: own.privateJwk,
    tokens,
    ended,
    ...(tokens === 'jwe' && { decryptionJwks: [encryption.privateJwk] }),
    ...changed,
  })
  const app = new Hono<{ Variables: AccessVariables }>()
  app.get(new URL(verifier.metadataUrl).pathname, metadataHandler(verifier))
  app.onError((error, c) => (error instanceof AccessError ? error.response(verifier.metadataUrl) : c.json({}, 500)))
  app.get('/results', requireAccess(verifier), async (c) => {
    const { access, delivered } = c.var
    const answer = []
    for (const subject of access.subjects) {
      const entry = entryFor(access, subject, DATATYPE)
      if (!entry && checksWhatFor) throw new AccessError('insufficient_scope', 'the token does not allow arithmetic results')
      const all = RESULTS[(await verifier.identifierOf(subject)) ?? ''] ?? []
      answer.push(...all.filter(({ day }) => !entry?.period || (day >= entry.period.from && day <= entry.period.until)))
    }
    delivered({ datatypes: [DATATYPE], records: answer.length })
    return c.json(answer)
  })
  const stop = await listen(app, config)
  return async () => {
    await verifier.settled()
    await stop()
  }
}

/**
 * A publisher that wrote its own verification on a Friday afternoon, with a JWT library: signatures, times and binding are
 * right. Three things were forgotten: for whom the token is, that a proof works once, and that a token can be ended.
 */
export async function publisherByHand(config: Config, own: KeyPair): Promise<() => Promise<void>> {
  const { issuer, resource, clientId } = config
  const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`), { cooldownDuration: 0 })
  const kit = createVerifier({ issuer, resource, clientId, privateJwk: own.privateJwk })
  const app = new Hono()
  app.get(new URL(kit.metadataUrl).pathname, metadataHandler(kit))
  app.get('/results', async (c) => {
    const [scheme, token] = (c.req.header('authorization') ?? '').split(' ')
    const proof = c.req.header('dpop') ?? ''
    const no = () => c.json({}, 401, { 'www-authenticate': `DPoP algs="ES256 EdDSA", resource_metadata="${kit.metadataUrl}"` })
    if (scheme !== 'DPoP' || !token) return no()
    try {
      const { payload } = await jwtVerify(token, keys, {
        typ: 'at+jwt',
        algorithms: ['EdDSA', 'ES256'],
        issuer,
        requiredClaims: ['exp', 'iat'],
      })
      const { payload: proved } = await jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt', algorithms: ['EdDSA', 'ES256'], maxTokenAge: 60 })
      const ath = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(token))).toString('base64url')
      const thumbprint = await calculateJwkThumbprint(decodeProtectedHeader(proof).jwk as JWK)
      const {
        exp,
        iat,
        cnf,
        sub,
        client_id,
        authorization_details: details,
      } = payload as { exp: number; iat: number } & Record<string, unknown>
      if (exp - iat > 600 || iat > Date.now() / 1000 + 10 || (cnf as { jkt?: string } | undefined)?.jkt !== thumbprint) return no()
      if (proved.ath !== ath || !proved.jti || proved.htm !== 'GET' || proved.htu !== `${new URL(resource).origin}/results`) return no()
      const read = readEntries(details, resource)
      if (read.length === 0) return c.json({}, 403)
      const subjects = read.flatMap((entry) => entry.identifiers ?? [entry.identifier!])
      if (sub !== client_id && subjects.some((subject) => subject !== sub)) return no()
      const answer = []
      for (const subject of subjects) {
        const all = RESULTS[(await kit.identifierOf(subject)) ?? ''] ?? []
        answer.push(...all.filter(({ day }) => read.every(({ period }) => !period || (day >= period.from && day <= period.until))))
      }
      void kit.delivered({ tokenId: decodeJwt(token).jti! } as Parameters<typeof kit.delivered>[0], { datatypes: [DATATYPE], records: 1 })
      return c.json(answer, 200, { 'cache-control': 'no-store' })
    } catch {
      return no()
    }
  })
  const stop = await listen(app, config)
  return async () => {
    await kit.settled()
    await stop()
  }
}

interface Entry {
  identifier?: string
  identifiers?: string[]
  period?: { from: string; until: string }
}

function readEntries(details: unknown, resource: string): Entry[] {
  const known = ['type', 'locations', 'actions', 'datatypes', 'purpose', 'identifier', 'identifiers', 'period']
  const entries = (Array.isArray(details) ? details : []) as (Entry & {
    type: string
    locations: string[]
    actions: string[]
    datatypes: string[]
  })[]
  return entries.filter(
    (entry) =>
      entry.type === 'pupil-data' &&
      entry.locations.includes(resource) &&
      entry.actions.includes('read') &&
      entry.datatypes.includes(DATATYPE) &&
      Object.keys(entry).every((member) => known.includes(member)),
  )
}

async function listen(
  app: { fetch: (request: Request) => Response | Promise<Response> },
  { address }: Config,
): Promise<() => Promise<void>> {
  const server = serve({ fetch: app.fetch, port: Number(new URL(address).port), hostname: '127.0.0.1' })
  await new Promise((listening) => server.once('listening', () => listening(undefined)))
  return async () => {
    ;(server as { closeAllConnections?: () => void }).closeAllConnections?.()
    await new Promise((closed) => server.close(closed))
  }
}

import { tokenHash } from '../token-hash.ts'
import type { Config } from './config.ts'
import { type Claims, type SigningKey, seconds, signed, signingKey } from './signing.ts'
import type { Spoilt } from './status-lists.ts'
import { pseudonymOf, type TestIssuer } from './test-issuer.ts'

/** A token or proof made otherwise than it should be. */
export interface Made {
  claims?: Claims
  header?: Claims
  key?: SigningKey
  /** Makes the JWT itself in another way than by a signature. */
  sign?: (claims: Claims, header: Claims, key: SigningKey) => string | Promise<string>
}

/** What a holder answered. */
export interface Seen {
  status: number
  headers: Headers
  body: string
}

/** The numbers of the test pupils. */
export type PupilNumber = 0 | 1

const TIMEOUT_MS = 10_000

/** A supplier that behaves and misbehaves as a case wants, with what it needs of the issuer. */
export async function benchFor(config: Config, issuer: TestIssuer) {
  const supplier = await signingKey('ES256', 'supplier')

  /** One entry of `authorization_details` about a pupil. */
  const entry = (pupil: PupilNumber, other: Claims = {}): Claims => ({
    type: 'pupil-data',
    locations: [config.resource],
    actions: ['read'],
    datatypes: [config.datatype],
    purpose: '5.1.a',
    identifier: pseudonymOf(pupil),
    ...other,
  })

  /** The place of a token in a status list; a new one each time. */
  const statusIn = (list: 'sound' | Spoilt, idx = issuer.newIndex()) => ({ status_list: { idx, uri: issuer.lists.uriOf(list) } })

  /** The claims of a good token about the first pupil; `other` replaces members, undefined leaves one out. */
  function claims(other: Claims = {}): Claims {
    const now = seconds()
    return {
      iss: config.issuer,
      aud: config.resource,
      sub: pseudonymOf(0),
      client_id: 'conformance-supplier',
      azp: 'conformance-supplier',
      jti: crypto.randomUUID(),
      iat: now,
      exp: now + 300,
      grant_id: crypto.randomUUID(),
      txn: crypto.randomUUID(),
      cnf: { jkt: supplier.jkt },
      status: statusIn('sound'),
      authorization_details: [entry(0)],
      ...other,
    }
  }

  /** A token that the broker issues: what is in it may be narrow or wrong, but it is the broker's word. */
  async function issued({ claims: other = {}, header = {}, key = issuer.keys.access }: Made = {}): Promise<string> {
    const all = claims(other)
    return await issuer.inFormat(await signed(all, { typ: 'at+jwt', kid: key.kid, ...header }, key), all, { issued: true })
  }

  /** A token that the broker did not issue, or not as an access token. */
  async function forged({ claims: other = {}, header = {}, key = issuer.keys.access, sign = signed }: Made): Promise<string> {
    const all = claims(other)
    return await issuer.inFormat(await sign(all, { typ: 'at+jwt', kid: key.kid, ...header }, key), all, { issued: false })
  }

  /** The public address of the configured request about one pupil. */
  function target(pupil: PupilNumber = 0): URL {
    const path = config.request.path
      .replaceAll('{subject}', encodeURIComponent(pseudonymOf(pupil)))
      .replaceAll('{identifier}', encodeURIComponent(config.pupils[pupil].identifier))
    return new URL(path, new URL(config.resource).origin)
  }

  /** A proof for the configured request with this token. */
  async function proof(token: string, { claims: other = {}, header = {}, key = supplier, sign = signed }: Made = {}, url = target()) {
    const bound = { htm: config.request.method, htu: url.origin + url.pathname, ath: await tokenHash(token) }
    const all = { ...bound, jti: crypto.randomUUID(), iat: seconds(), ...other }
    return await sign(all, { typ: 'dpop+jwt', jwk: key.publicJwk, ...header }, key)
  }

  /** Sends the configured request with exactly these headers. */
  async function send(headers: Record<string, string> | [string, string][], url = target()): Promise<Seen> {
    const response = await fetch(new URL(url.pathname + url.search, config.address), {
      method: config.request.method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return { status: response.status, headers: response.headers, body: await response.text() }
  }

  /** Sends a request as an honest supplier does, with the proof made otherwise where a case says so. */
  async function ask(token: string, made: Made = {}, pupil: PupilNumber = 0): Promise<Seen> {
    const url = target(pupil)
    return await send({ authorization: `DPoP ${token}`, dpop: await proof(token, made, url) }, url)
  }

  return {
    config,
    issuer,
    supplier,
    thief: await signingKey('ES256', 'thief'),
    entry,
    statusIn,
    claims,
    issued,
    forged,
    target,
    proof,
    send,
    ask,
  }
}

export type Bench = Awaited<ReturnType<typeof benchFor>>

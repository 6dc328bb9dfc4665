import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import { type Fetch, readAtMost } from './bounded-fetch.ts'
import type { Issuer } from './issuer.ts'
import { tokenHash } from './token-hash.ts'

/** The broker's answer to a call that it did not accept; `status` 0 when there was none. */
export class BrokerCallFailed extends Error {
  override name = 'BrokerCallFailed'
  readonly status: number
  readonly code: string | undefined

  constructor(call: string, status: number, code?: string, options?: ErrorOptions) {
    super(`${call} was answered ${status || 'not at all'}${code ? ` ${code}` : ''}`, options)
    this.status = status
    this.code = code
  }
}

const MAX_ANSWER_BYTES = 1_048_576
/** A token is not used in its last seconds: the call must arrive while it lives. */
const MARGIN_MS = 20_000

/**
 * The holder as a client of the broker's own REST API: `client_credentials` with `private_key_jwt` (RFC 7523) and a DPoP
 * key that is made here and never leaves (RFC 9449). One token per scope, kept until shortly before its end.
 */
export function brokerClient(
  issuer: Issuer,
  options: { issuer: string; clientId: string; privateJwk: JWK; fetch: Fetch; now: () => number; timeoutMs: number },
) {
  const { clientId, privateJwk, fetch, now, timeoutMs } = options
  const api = `${options.issuer}/v1`
  const alg = privateJwk.alg ?? (privateJwk.kty === 'EC' ? 'ES256' : 'EdDSA')
  const tokens = new Map<string, { token: string; usableUntil: number }>()
  let dpop: Promise<{ key: CryptoKey; jwk: JWK }> | undefined

  const seconds = () => Math.floor(now() / 1000)

  async function assertion(): Promise<string> {
    return new SignJWT({ jti: crypto.randomUUID() })
      .setProtectedHeader({ alg, typ: 'client-authentication+jwt', ...(privateJwk.kid && { kid: privateJwk.kid }) })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(options.issuer)
      .setIssuedAt(seconds())
      .setExpirationTime(seconds() + 60)
      .sign(await importJWK(privateJwk, alg))
  }

  async function proof(method: string, url: string, token?: string): Promise<string> {
    dpop ??= generateKeyPair('ES256').then(async ({ publicKey, privateKey }) => ({ key: privateKey, jwk: await exportJWK(publicKey) }))
    const { key, jwk } = await dpop
    const { origin, pathname } = new URL(url)
    return new SignJWT({ htm: method, htu: origin + pathname, jti: crypto.randomUUID(), ...(token && { ath: await tokenHash(token) }) })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
      .setIssuedAt(seconds())
      .sign(key)
  }

  /** The text of a good answer. */
  async function fetchText(url: string, init: RequestInit & { headers: Record<string, string> }): Promise<string> {
    const call = `${init.method} ${new URL(url).pathname}`
    let response: Response
    let text: string
    try {
      response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
      text = response.body ? new TextDecoder().decode(await readAtMost(response.body, MAX_ANSWER_BYTES)) : ''
    } catch (cause) {
      throw new BrokerCallFailed(call, 0, undefined, { cause })
    }
    if (response.status < 200 || response.status >= 300) {
      const body = parsed(text)
      throw new BrokerCallFailed(call, response.status, typeof body.code === 'string' ? body.code : (body.error as string | undefined))
    }
    return text
  }

  const send = async (url: string, init: RequestInit & { headers: Record<string, string> }) => parsed(await fetchText(url, init))

  /**
   * Posts a form to an OAuth endpoint of the broker, as this client (`private_key_jwt`).
   *
   * @throws BrokerCallFailed
   */
  async function form(url: string, fields: Record<string, string>, accept: string, headers: Record<string, string> = {}): Promise<string> {
    return await fetchText(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept, ...headers },
      body: new URLSearchParams({
        ...fields,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await assertion(),
      }),
    })
  }

  async function fetchToken(scope: string) {
    const { tokenEndpoint } = await issuer.metadata()
    const askedAt = now()
    const fields = { grant_type: 'client_credentials', scope, resource: api }
    const answer = await form(tokenEndpoint, fields, 'application/json', { dpop: await proof('POST', tokenEndpoint) })
    const { access_token, expires_in } = parsed(answer)
    if (typeof access_token !== 'string') throw new BrokerCallFailed('POST /token', 200, 'no access_token')
    return { token: access_token, usableUntil: askedAt + (Number(expires_in) || 60) * 1000 - MARGIN_MS }
  }

  async function tokenFor(scope: string): Promise<string> {
    const have = tokens.get(scope)
    if (have && now() < have.usableUntil) return have.token
    const fetched = await fetchToken(scope)
    tokens.set(scope, fetched)
    return fetched.token
  }

  /**
   * Calls the REST API with a token of `scope`. A token the broker no longer takes is replaced once.
   *
   * @throws BrokerCallFailed
   */
  async function call(scope: string, method: 'GET' | 'POST', path: string, body?: unknown, headers: Record<string, string> = {}) {
    const url = `${options.issuer}${path}`
    for (let attempt = 1; ; attempt++) {
      const token = await tokenFor(scope)
      try {
        return await send(url, {
          method,
          headers: {
            accept: 'application/json',
            ...(body !== undefined && { 'content-type': 'application/json' }),
            ...headers,
            authorization: `DPoP ${token}`,
            dpop: await proof(method, url, token),
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        })
      } catch (error) {
        if (!(error instanceof BrokerCallFailed) || error.status !== 401 || attempt > 1) throw error
        tokens.delete(scope)
      }
    }
  }
  return { call, form }
}

/** What is no JSON object is told apart nowhere: the status says enough. */
function parsed(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

export type BrokerClient = ReturnType<typeof brokerClient>

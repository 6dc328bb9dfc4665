import type { JWK } from 'jose'
import * as oauth from 'openid-client'

/** One entry of `authorization_details`, as a supplier writes it. */
export interface Wanted {
  type: 'pupil-data'
  locations: [string]
  actions: ['read']
  datatypes: string[]
  purpose: string
  identifier?: string
  identifiers?: string[]
  period?: { from: string; until: string }
  [more: string]: unknown
}

export interface Tokens {
  accessToken: string
  details: unknown
  grantId: unknown
}

/** What the broker or a holder said no with. */
export class Refused extends Error {
  override name = 'Refused'
  readonly status: number
  readonly code: string
  readonly detail: string | undefined

  constructor(status: number, code: string, detail?: string) {
    super(`${status} ${code}${detail ? `: ${detail}` : ''}`)
    this.status = status
    this.code = code
    this.detail = detail
  }
}

/**
 * One of a supplier's clients at the broker, on `openid-client` and nothing of the broker's own code: it finds the broker by
 * discovery, proves itself with `private_key_jwt` and binds its tokens to a key of its own with DPoP.
 */
export async function oauthClient({ issuer, clientId, privateJwk }: { issuer: string; clientId: string; privateJwk: JWK }) {
  const isEc = privateJwk.kty === 'EC'
  const key = await crypto.subtle.importKey(
    'jwk',
    { ...privateJwk, alg: undefined, key_ops: undefined } as JsonWebKey,
    isEc ? { name: 'ECDSA', namedCurve: 'P-256' } : { name: 'Ed25519' },
    false,
    ['sign'],
  )
  const authentication = oauth.PrivateKeyJwt(privateJwk.kid ? { key, kid: privateJwk.kid } : key)
  const insecure = new URL(issuer).protocol === 'http:' ? { execute: [oauth.allowInsecureRequests] } : {}
  const config = await oauth.discovery(new URL(issuer), clientId, undefined, authentication, { algorithm: 'oauth2', ...insecure })
  const DPoP = oauth.getDPoPHandle(config, await oauth.randomDPoPKeyPair('ES256'))
  let rest: { token: string; until: number } | undefined

  /** An access token for these data, now: asked for at the moment it is needed (RFC 9396 §6). */
  async function redeem(wanted: Wanted): Promise<Tokens> {
    const answer = await told(
      oauth.clientCredentialsGrant(config, { resource: wanted.locations[0], authorization_details: JSON.stringify([wanted]) }, { DPoP }),
    )
    return { accessToken: answer.access_token, details: answer.authorization_details, grantId: answer.grant_id }
  }

  /** Asks a person directly (CIBA); the answer comes when they give it. */
  async function askDirectly({ loginHint, wanted, bindingMessage }: { loginHint: string; wanted: Wanted; bindingMessage: string }) {
    const asked = await told(
      oauth.initiateBackchannelAuthentication(config, {
        scope: 'openid',
        login_hint: loginHint,
        authorization_details: JSON.stringify([wanted]),
        binding_message: bindingMessage,
      }),
    )
    return {
      expiresIn: asked.expires_in,
      /** Polls until there is an answer. */
      answer: async (signal?: AbortSignal): Promise<Tokens> => {
        const answer = await told(oauth.pollBackchannelAuthenticationGrant(config, asked, undefined, { DPoP, ...(signal && { signal }) }))
        return { accessToken: answer.access_token, details: answer.authorization_details, grantId: answer.grant_id }
      },
      /** Polls once: undefined while nobody answered. */
      answerSoFar: async (): Promise<Tokens | undefined> => {
        try {
          const parameters = { auth_req_id: asked.auth_req_id }
          const answer = await told(oauth.genericGrantRequest(config, 'urn:openid:params:grant-type:ciba', parameters, { DPoP }))
          return { accessToken: answer.access_token, details: answer.authorization_details, grantId: answer.grant_id }
        } catch (error) {
          if (error instanceof Refused && ['authorization_pending', 'slow_down'].includes(error.code)) return undefined
          throw error
        }
      },
    }
  }

  /** Calls a data holder with a token; the proof is made for this one request. */
  async function fetchData(token: string, url: string): Promise<unknown> {
    return await body(told(oauth.fetchProtectedResource(config, token, new URL(url), 'GET', undefined, undefined, { DPoP })))
  }

  /** Calls the broker's REST API. */
  async function call(scope: string, method: 'GET' | 'POST' | 'DELETE', path: string, json?: unknown): Promise<Record<string, unknown>> {
    if (!rest || Date.now() > rest.until) {
      const answer = await told(oauth.clientCredentialsGrant(config, { scope, resource: `${issuer}/v1` }, { DPoP }))
      rest = { token: answer.access_token, until: Date.now() + ((answer.expires_in ?? 60) - 10) * 1000 }
    }
    const headers = new Headers({ accept: 'application/json', ...(json !== undefined && { 'content-type': 'application/json' }) })
    const sent = json === undefined ? undefined : JSON.stringify(json)
    const url = new URL(issuer + path)
    return (await body(told(oauth.fetchProtectedResource(config, rest.token, url, method, sent, headers, { DPoP })))) as Record<
      string,
      unknown
    >
  }

  return { redeem, askDirectly, fetchData, call }
}

export type OauthClient = Awaited<ReturnType<typeof oauthClient>>

async function body(answering: Promise<Response>): Promise<unknown> {
  const response = await answering
  const text = await response.text()
  const json: unknown = text === '' ? {} : JSON.parse(text)
  if (response.ok) return json
  const { code, detail } = json as { code?: string; detail?: string }
  throw new Refused(response.status, code ?? 'unknown', detail)
}

/** openid-client has an error of its own for each kind of no; here they are one. */
async function told<T>(asking: Promise<T>): Promise<T> {
  try {
    return await asking
  } catch (error) {
    if (error instanceof oauth.WWWAuthenticateChallengeError) {
      const challenge = error.cause.find(({ parameters }) => parameters.error)?.parameters
      throw new Refused(error.status, challenge?.error ?? 'unauthorized', challenge?.error_description)
    }
    if (error instanceof oauth.ResponseBodyError) throw new Refused(error.status, error.error, error.error_description)
    throw error
  }
}

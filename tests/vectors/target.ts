import { createHash } from 'node:crypto'
import { decodeJwt } from 'jose'
import type { KeyKind } from '../../src/oauth/keys.ts'
import type { WorldClient } from '../support/driver.ts'

export type Json = Record<string, unknown>
export interface Answer {
  status: number
  body: Json
  headers: Headers
}

export interface ProofKey {
  proof: (claims?: Json, header?: Json) => Promise<string>
  jkt: string
}

/** `ath` of a token (RFC 9449 §4.2). */
export const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')

/** An answer as it is compared: JSON as it is, of a JWT its claims, and nothing of a page. */
export async function answerOf(response: Response): Promise<Answer> {
  const [type, text] = [response.headers.get('content-type') ?? '', await response.text()]
  const body = type.endsWith('+jwt') ? decodeJwt<Json>(text) : type.includes('json') ? (JSON.parse(text) as Json) : {}
  return { status: response.status, body, headers: response.headers }
}

/** What a code was made for, so that it can be tried wrongly. */
export interface MadeCode {
  code: string
  verifier: string
  key: ProofKey
}

/** How a token is shown: with a right proof in the right place, but for this. */
export interface Presented {
  claims?: Json
  scheme?: string
  headers?: Record<string, undefined>
  inQuery?: boolean
}

export type Endpoint = 'token' | 'par' | 'bc-authorize' | 'introspect' | 'revoke'

/** An authorization server that vectors can be sent to: ours, or another one with the same clients and features. */
export interface Target {
  issuer: string
  resource: string
  redirectUri: string
  clientId: (name: WorldClient) => string
  /** One right entry of `authorization_details`: `present` at PAR and CIBA, else at the token endpoint. */
  entry: (other?: Json, present?: boolean) => Json
  url: (endpoint: Endpoint) => string
  post: (
    endpoint: Endpoint,
    form: Record<string, string | undefined> | [string, string][],
    headers?: Record<string, string>,
  ) => Promise<Answer>
  assertion: (name: WorldClient, claims?: Json, header?: Json, key?: CryptoKey) => Promise<Record<string, string>>
  key: (alg?: 'ES256' | 'EdDSA') => Promise<ProofKey>
  keyOf: (name: WorldClient) => CryptoKey
  /** As `assertion`, of another client that asks directly, and of a holder that no token is for. */
  otherClient: () => Promise<Record<string, string>>
  otherHolder: () => Promise<Record<string, string>>
  now: () => number
  /** For the server, and for everybody that it deals with. */
  pass: (time: { seconds?: number; minutes?: number }) => void
  /** A hint that the server takes for CIBA. */
  hint: () => Promise<string>
  /** A question that reached somebody, and what they say to it. */
  asked: () => Promise<{ authReqId: string; say: (answer: 'yes' | 'no') => Promise<unknown> }>
  /** @param verifier of which the challenge was pushed */
  code: (verifier?: string) => Promise<MadeCode>
  /** Somebody at the page of a pushed request answers it, and is sent on. */
  decided: (how: 'yes' | 'no' | 'back', state?: string) => Promise<{ requestUri: string; answer: Answer }>
  /** A live access token for the resource. */
  accessToken: () => Promise<string>
  /** Shows a token, with a right proof of the key that `accessJwt` binds to, at the server's own REST API. */
  present: (jwt: string, but?: Presented) => Promise<Answer>
  /** An access token for that API as the server signs it, right unless told otherwise; `kind` is whose key signs. */
  accessJwt: (claims?: Json, header?: { typ?: string; kind?: KeyKind }) => Promise<string>
  /** What anybody may fetch. Of a JWT the body is its claims. */
  get: (path: string, headers?: Record<string, string>) => Promise<Answer>
}

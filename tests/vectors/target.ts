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

/** What a code was made for, so that it can be tried wrongly. */
export interface MadeCode {
  code: string
  verifier: string
  key: ProofKey
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
  now: () => number
  /** A hint that the server takes for CIBA. */
  hint: () => Promise<string>
  code: () => Promise<MadeCode>
  /** A live access token for the resource. */
  accessToken: () => Promise<string>
  /** Shows a token, with a right proof of the key that `accessJwt` binds to, at the server's own REST API. */
  present: (jwt: string) => Promise<Answer>
  /** An access token for that API as the server signs it, right unless told otherwise; `kind` is whose key signs. */
  accessJwt: (claims?: Json, header?: { typ?: string; kind?: KeyKind }) => Promise<string>
  /** What anybody may fetch. */
  get: (path: string, headers?: Record<string, string>) => Promise<Answer>
}

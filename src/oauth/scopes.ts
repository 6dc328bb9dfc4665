import type { Way } from './client-authentication.ts'

/** Scopes of our own REST API, the protected resource `{issuer}/v1`. */
export const REST_SCOPES = ['access_requests', 'changes', 'subjects', 'uses'] as const
export type RestScope = (typeof REST_SCOPES)[number]

export const isRestScope = (scope: string): scope is RestScope => REST_SCOPES.some((known) => known === scope)

/** What a client may ask for, by its way of working. */
export const SCOPES_OF: Record<Way, readonly RestScope[]> = {
  organisation: ['access_requests', 'changes'],
  ciba: ['changes'],
  redirect: ['changes'],
  holder: ['changes', 'subjects', 'uses'],
}

/** The resource identifier (RFC 8707) of the REST API. */
export const restResource = (issuer: string) => `${issuer}/v1`

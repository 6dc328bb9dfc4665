import type { Way } from './client-authentication.ts'

/** Scopes of our own REST API, the protected resource `{issuer}/v1`. */
export const REST_SCOPES = ['access_requests', 'changes', 'duties', 'roster_imports', 'subjects', 'uses'] as const
export type RestScope = (typeof REST_SCOPES)[number]

/** Scopes of grant management (Grant Management for OAuth 2.0 §6.1), the protected resource `{issuer}/grants`. */
export const GRANT_SCOPES = ['grant_management_query', 'grant_management_revoke'] as const
export type GrantScope = (typeof GRANT_SCOPES)[number]

export type OwnScope = RestScope | GrantScope

/** What a client may ask for, by its way of working. */
export const SCOPES_OF: Record<Way, readonly OwnScope[]> = {
  organisation: ['access_requests', 'changes', 'duties', ...GRANT_SCOPES],
  ciba: ['changes', 'duties', ...GRANT_SCOPES],
  redirect: ['changes', 'duties', ...GRANT_SCOPES],
  holder: ['changes', 'roster_imports', 'subjects', 'uses'],
}

/** The resource identifier (RFC 8707) of the REST API. */
export const restResource = (issuer: string) => `${issuer}/v1`

/** That of grant management. */
export const grantsResource = (issuer: string) => `${issuer}/grants`

/** The resource a scope of ours is for. */
export const resourceOf = (issuer: string, scope: OwnScope) =>
  GRANT_SCOPES.some((known) => known === scope) ? grantsResource(issuer) : restResource(issuer)

import type { OAuthAttempt } from '../ledger/refused.ts'

/** The error codes our OAuth endpoints answer with, by the standard that names them, and their status. */
export const oauthErrorStatuses = {
  // RFC 6749 §5.2
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  invalid_scope: 400,
  // RFC 6749 §4.1.2.1
  temporarily_unavailable: 429,
  unsupported_response_type: 400,
  // Grant Management for OAuth 2.0 §5.5
  invalid_grant_id: 400,
  // RFC 9101 §7
  invalid_request_object: 400,
  // RFC 8707 §2
  invalid_target: 400,
  // RFC 9396 §5
  invalid_authorization_details: 400,
  // RFC 9449 §5, §8
  invalid_dpop_proof: 400,
  use_dpop_nonce: 400,
  // RFC 7591 §3.2.2
  invalid_redirect_uri: 400,
  invalid_client_metadata: 400,
  // RFC 6750 §3.1
  invalid_token: 401,
  // CIBA §11, §13
  authorization_pending: 400,
  slow_down: 400,
  expired_token: 400,
  access_denied: 400,
  invalid_binding_message: 400,
} as const

export type OAuthErrorCode = keyof typeof oauthErrorStatuses

/**
 * A no on an OAuth endpoint (RFC 6749 §5.2). The description helps the developer of an honest client: it says what is
 * wrong with the form of the request and nothing about people, requests or grants, in the characters of §5.2.
 */
export class OAuthError extends Error {
  override name = 'OAuthError'
  readonly error: OAuthErrorCode
  readonly status: number
  readonly description: string
  readonly headers: Record<string, string>
  /** What the ledger is to tell: a client that we know tried what it may not do, and nothing tells so yet. */
  readonly attempt: OAuthAttempt | undefined

  constructor(
    error: OAuthErrorCode,
    description: string,
    {
      status = oauthErrorStatuses[error] as number,
      headers = {} as Record<string, string>,
      attempted = error === 'unauthorized_client' || error === 'temporarily_unavailable',
    } = {},
  ) {
    super(`${error}: ${description}`)
    this.error = error
    this.status = status
    this.description = description.replaceAll('"', "'").replace(/[^\x20-\x5b\x5d-\x7e]/g, '?')
    this.headers = headers
    this.attempt = attempted ? (error as OAuthAttempt) : undefined
  }
}

export function oauthErrorResponse({ error, description, status, headers }: OAuthError): Response {
  return new Response(JSON.stringify({ error, error_description: description }), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  })
}

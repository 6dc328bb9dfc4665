/**
 * Why a request gets no data. The codes of 401 and 400 are those of RFC 6750 §3.1 and RFC 9449 §7.1.
 *
 * `token_missing` is the polite 401 to a request without any token; `broker_unavailable` is a 503: what cannot be checked
 * is refused, and may be tried again.
 */
export type AccessErrorCode =
  | 'token_missing'
  | 'invalid_request'
  | 'invalid_token'
  | 'invalid_dpop_proof'
  | 'insufficient_scope'
  | 'broker_unavailable'

const statuses: Record<AccessErrorCode, number> = {
  token_missing: 401,
  invalid_request: 400,
  invalid_token: 401,
  invalid_dpop_proof: 401,
  insufficient_scope: 403,
  broker_unavailable: 503,
}

export const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256']

/** A holder's no. The message helps an honest client's engineer and says nothing about people. */
export class AccessError extends Error {
  override name = 'AccessError'
  readonly code: AccessErrorCode
  readonly status: number

  constructor(code: AccessErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.status = statuses[code]
  }

  /** The `WWW-Authenticate` challenge (RFC 9449 §7.1), pointing at the holder's metadata (RFC 9728 §5.1). */
  challenge(metadataUrl: string): string {
    const parameters = [`algs=${quoted(ALGORITHMS.join(' '))}`, `resource_metadata=${quoted(metadataUrl)}`]
    if (this.code !== 'token_missing') parameters.unshift(`error=${quoted(this.code)}`, `error_description=${quoted(this.message)}`)
    return `DPoP ${parameters.join(', ')}`
  }

  /** The whole answer: a problem (RFC 9457), never cached, with the challenge where one belongs. */
  response(metadataUrl: string): Response {
    const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
    if (this.status !== 503) headers.set('www-authenticate', this.challenge(metadataUrl))
    else headers.set('retry-after', '2')
    const problem = { type: 'about:blank', title: titles[this.code], status: this.status, detail: this.message, code: this.code }
    return new Response(JSON.stringify(problem), { status: this.status, headers })
  }
}

const titles: Record<AccessErrorCode, string> = {
  token_missing: 'An access token is needed',
  invalid_request: 'The request is not well formed',
  invalid_token: 'The access token is not valid here',
  invalid_dpop_proof: 'The DPoP proof is not valid',
  insufficient_scope: 'The access token does not allow this',
  broker_unavailable: 'The access token cannot be checked right now',
}

/** RFC 6750 §3 allows neither quotes nor backslashes nor anything outside printable ASCII in these values. */
const quoted = (value: string) => `"${value.replace(/[^\x20-\x21\x23-\x5B\x5D-\x7E]/g, '?')}"`

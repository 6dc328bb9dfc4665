import type { Context } from 'hono'
import { formBody } from '../http.ts'
import { Refusal } from '../refusal.ts'
import { OAuthError } from './oauth-error.ts'

/**
 * The parameters of a request to an OAuth endpoint. None may come twice; one without a value counts as absent (RFC 6749 §3.2).
 *
 * @throws OAuthError `invalid_request`
 */
export async function oauthForm(c: Context): Promise<Map<string, string>> {
  try {
    const fields = await formBody(c)
    return new Map([...fields].filter(([, value]) => value !== ''))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (error.code === 'body_too_large') throw new OAuthError('invalid_request', 'the body is too large', { status: 413 })
    if (error.code === 'media_type_not_supported') {
      throw new OAuthError('invalid_request', 'the body is application/x-www-form-urlencoded', { status: 415 })
    }
    throw new OAuthError('invalid_request', 'a parameter comes twice, or the body is not UTF-8')
  }
}

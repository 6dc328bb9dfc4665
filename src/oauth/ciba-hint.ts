import type { JWTPayload } from 'jose'
import type { Deps } from '../deps.ts'
import type { ClientId } from '../ids.ts'
import type { DirectHint } from '../requests/direct-hint.ts'
import { ID_TOKEN_KIND, verifyOwnJwt } from './keys.ts'
import { OAuthError } from './oauth-error.ts'

const HINTS = ['login_hint', 'login_hint_token', 'id_token_hint']
/** A family that had nothing to do with a supplier for so long gives it a new code. */
const GOOD_DAYS = 400

/**
 * The one hint that says who is asked (CIBA Core §7.1): a link code, or an ID token that this client got from us before.
 * Whether it comes to anybody is not looked at here, and not told.
 *
 * @throws OAuthError `invalid_request`
 */
export async function hintIn(deps: Deps, clientId: ClientId, form: Map<string, string>, at: Date): Promise<DirectHint> {
  const [hint, ...more] = HINTS.filter((name) => form.has(name))
  if (!hint || more.length > 0) throw new OAuthError('invalid_request', 'exactly one hint says who is asked')
  const value = form.get(hint)!
  if (hint === 'login_hint_token') throw new OAuthError('invalid_request', 'the hint is a link code as login_hint, or an id_token_hint')
  if (hint === 'id_token_hint') return { pseudonym: await subjectOf(deps, clientId, value, at) }
  if (value.length > 200) throw new OAuthError('invalid_request', 'login_hint is not a link code')
  return { linkCode: value }
}

/** An ID token may be past its time as a hint (OpenID Connect Core §3.1.2.1), but not past everything. */
async function subjectOf(deps: Deps, clientId: ClientId, token: string, at: Date): Promise<string> {
  const since = new Date(at.getTime() - GOOD_DAYS * 86_400_000)
  const claims = token.length > 4096 ? undefined : await ownIdToken(deps, token, since)
  if (claims?.aud !== clientId || typeof claims.sub !== 'string')
    throw new OAuthError('invalid_request', 'id_token_hint is not an ID token that this client got from us, or too old')
  return claims.sub
}

async function ownIdToken(deps: Deps, token: string, since: Date): Promise<JWTPayload | undefined> {
  for (const kind of Object.values(ID_TOKEN_KIND)) {
    const claims = await verifyOwnJwt(deps, kind, 'JWT', token, since)
    if (claims) return claims
  }
  return undefined
}

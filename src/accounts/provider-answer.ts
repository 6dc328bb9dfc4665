import { createHash } from 'node:crypto'
import { authorizationCodeGrant, type Configuration, fetchUserInfo } from 'openid-client'
import { plainText } from '../catalog/plain-text.ts'
import type { IdentityProvider } from '../identity-providers.ts'
import { looksLikeBsn } from '../people/oneroster/elfproef.ts'
import { Refusal } from '../refusal.ts'

/** From leaving to coming back. */
export const VISIT_SECONDS = 900
/** How far the clocks of two machines may be apart. */
const SKEW_MS = 60_000

/** Whom a provider says somebody is. */
export interface Identity {
  subject: string
  /** When they proved it there. */
  signedInAt: Date
  /** What they know themselves by there, to show back to them; it proves nothing here. */
  label: string
}

export interface Expected {
  redirectUri: string
  state: string
  nonce: string
  verifier: string
  /** Seconds since they proved it there. */
  maxAge: number
  /** They have to have signed in there since. */
  notBefore: Date | undefined
}

/**
 * Redeems the code of an answer and says who it is about.
 *
 * @throws Refusal `provider_answer_invalid` for a level of assurance that was not asked for, a sign-in that is not fresh, and a
 *   subject that can be a BSN: that number has no place here
 * @throws Error of openid-client for all else that is wrong with it
 */
export async function identityIn(client: Configuration, { acr }: IdentityProvider, url: URL, expected: Expected): Promise<Identity> {
  const tokens = await authorizationCodeGrant(client, new URL(`${expected.redirectUri}${url.search}`), {
    pkceCodeVerifier: expected.verifier,
    expectedState: expected.state,
    expectedNonce: expected.nonce,
    maxAge: expected.maxAge,
  })
  const claims = tokens.claims()
  if (!claims?.auth_time) throw new Refusal('provider_answer_invalid')
  if (acr.length > 0 && !(typeof claims.acr === 'string' && acr.includes(claims.acr))) throw new Refusal('provider_answer_invalid')
  const signedInAt = new Date(claims.auth_time * 1000)
  if (expected.notBefore && signedInAt.getTime() < expected.notBefore.getTime() - SKEW_MS) throw new Refusal('provider_answer_invalid')
  if (looksLikeBsn(claims.sub)) throw new Refusal('provider_answer_invalid')
  const asked = client.serverMetadata().userinfo_endpoint !== undefined
  const told = asked ? await fetchUserInfo(client, tokens.access_token, claims.sub) : claims
  return { subject: claims.sub, signedInAt, label: labelIn(told) }
}

function labelIn(told: Record<string, unknown>): string {
  const label = [told.email, told.name, told.preferred_username].find((one) => typeof one === 'string' && one !== '')
  return plainText(254).catch('').parse(label)
}

export function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

import { base64url } from 'jose'

const encoder = new TextEncoder()

/** What a DPoP proof says about the access token it accompanies: `ath` (RFC 9449 §4.2). */
export async function tokenHash(token: string): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(token))))
}

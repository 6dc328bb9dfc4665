import { base64url, type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

export type Claims = Record<string, unknown>

/** A key as the broker or a supplier has one. */
export interface SigningKey {
  alg: 'EdDSA' | 'ES256'
  kid: string
  privateKey: CryptoKey
  privateJwk: JWK
  publicJwk: JWK
  jkt: string
}

/** Makes a key pair for one run. */
export async function signingKey(alg: SigningKey['alg'], kid: string): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const publicJwk = await exportJWK(publicKey)
  return { alg, kid, privateKey, privateJwk: await exportJWK(privateKey), publicJwk, jkt: await calculateJwkThumbprint(publicJwk) }
}

/** Signs any claims under any header, also such as no honest issuer would; members that are undefined are left out. */
export const signed = (claims: Claims, header: Claims, key: SigningKey) =>
  new SignJWT(claims).setProtectedHeader({ alg: key.alg, ...header }).sign(key.privateKey)

/** A JWT with no signature at all (`alg` none). */
export const unsigned = (claims: Claims, header: Claims) => `${encoded({ ...header, alg: 'none' })}.${encoded(claims)}.`

/** A JWT whose "secret" is the public key that anybody can read (the confusion of RFC 8725 §2.1). */
export const signedWithPublicKey = (claims: Claims, header: Claims, { publicJwk }: SigningKey) =>
  new SignJWT(claims).setProtectedHeader({ ...header, alg: 'HS256' }).sign(new TextEncoder().encode(JSON.stringify(publicJwk)))

const encoded = (part: Claims) => base64url.encode(JSON.stringify(part))

export const seconds = () => Math.floor(Date.now() / 1000)

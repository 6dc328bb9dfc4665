import { createHash } from 'node:crypto'
import { importJWK, type JWK } from 'jose'

/**
 * What signatures we take, as a constant (FAPI 2.0 §5.4.1 without PS256). `Ed25519` is the name RFC 9864 gives to what
 * `EdDSA` means for our keys; clients send either.
 */
export const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

export const isAlgorithm = (alg: unknown): alg is Algorithm => ALGORITHMS.some((known) => known === alg)

/** Whether two names are of one algorithm. */
export const isSameAlgorithm = (one: Algorithm, other: Algorithm): boolean => (one === 'ES256') === (other === 'ES256')

/** Whether a JWK is a public key that this algorithm uses. Nothing else in it, `alg` included, decides. */
export function fits(jwk: JWK, alg: Algorithm): boolean {
  if ('d' in jwk || 'k' in jwk) return false
  return alg === 'ES256' ? jwk.kty === 'EC' && jwk.crv === 'P-256' : jwk.kty === 'OKP' && jwk.crv === 'Ed25519'
}

export interface PublicKey {
  key: CryptoKey
  /** RFC 7638, SHA-256. */
  thumbprint: string
}

/** Keys that were imported lately: clients come back with the same. Only what a JWK says itself, so nothing to go stale. */
const imported = new Map<string, Promise<PublicKey>>()
const MOST_IMPORTED = 2_000

/**
 * The public key of a JWK, for one algorithm.
 *
 * @throws Error when it is no such key
 */
export async function publicKey({ kty, crv, x, y }: JWK, alg: Algorithm): Promise<PublicKey> {
  // The members in the order of RFC 7638 §3.2.
  const members = alg === 'ES256' ? { crv, kty, x, y } : { crv, kty, x }
  const text = JSON.stringify(members)
  const name = `${alg} ${text}`
  let key = imported.get(name)
  if (!key) {
    if (imported.size >= MOST_IMPORTED) imported.delete(imported.keys().next().value!)
    key = importJWK(members as JWK, alg).then((known) => ({
      key: known as CryptoKey,
      thumbprint: createHash('sha256').update(text).digest('base64url'),
    }))
    imported.set(name, key)
    key.catch(() => imported.delete(name))
  }
  return await key
}

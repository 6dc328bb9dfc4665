import { importJWK, type JWK } from 'jose'

/**
 * What signatures we take, as a constant (FAPI 2.0 §5.4.1 without PS256). `Ed25519` is the name RFC 9864 gives to what
 * `EdDSA` means for our keys; clients send either.
 */
export const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

export const isAlgorithm = (alg: unknown): alg is Algorithm => ALGORITHMS.some((known) => known === alg)

/** Whether a JWK is a public key that this algorithm uses. Nothing else in it, `alg` included, decides. */
export function fits(jwk: JWK, alg: Algorithm): boolean {
  if ('d' in jwk || 'k' in jwk) return false
  return alg === 'ES256' ? jwk.kty === 'EC' && jwk.crv === 'P-256' : jwk.kty === 'OKP' && jwk.crv === 'Ed25519'
}

/**
 * The public key of a JWK, for one algorithm.
 *
 * @throws Error when it is no such key
 */
export async function publicKey({ kty, crv, x, y }: JWK, alg: Algorithm): Promise<CryptoKey> {
  return (await importJWK({ kty, crv, x, ...(y === undefined ? {} : { y }) } as JWK, alg)) as CryptoKey
}

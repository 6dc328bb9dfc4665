import { importJWK, type JWK } from 'jose'
import { Refusal } from '../refusal.ts'

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** The two algorithms clients sign with, by the key that each takes. */
function algorithmOf({ kty, crv }: JWK): 'EdDSA' | 'ES256' | undefined {
  if (kty === 'OKP' && crv === 'Ed25519') return 'EdDSA'
  if (kty === 'EC' && crv === 'P-256') return 'ES256'
  return undefined
}

/**
 * A client's signing keys: public, Ed25519 or P-256, each with a `kid` of its own; `alg` is filled in.
 *
 * @throws Refusal `client_key_invalid` also for a private key, which is then to be thrown away
 */
export async function readSigningKeys(keys: readonly JWK[]): Promise<{ keys: JWK[] }> {
  const kids = keys.map(({ kid }) => kid)
  if (keys.length === 0 || keys.length > 10 || new Set(kids).size < kids.length) throw new Refusal('client_key_invalid')
  const read: JWK[] = []
  for (const key of keys) {
    const alg = algorithmOf(key)
    const sound =
      alg && (key.alg === undefined || key.alg === alg || (alg === 'EdDSA' && key.alg === 'Ed25519')) && (key.use ?? 'sig') === 'sig'
    if (!sound || !key.kid || !(await isPublic(key, alg))) throw new Refusal('client_key_invalid')
    const { kty, crv, x, y, kid } = key
    read.push({ kty, crv, x, ...(y === undefined ? {} : { y }), kid, alg, use: 'sig' } as JWK)
  }
  return { keys: read }
}

/**
 * A holder's key to encrypt tokens to (JWE): public, P-256 or X25519.
 *
 * @throws Refusal `client_key_invalid`
 */
export async function readEncryptionKey(key: JWK): Promise<JWK> {
  const fits = (key.kty === 'EC' && key.crv === 'P-256') || (key.kty === 'OKP' && key.crv === 'X25519')
  if (!fits || (key.use ?? 'enc') !== 'enc' || !(await isPublic(key, 'ECDH-ES'))) throw new Refusal('client_key_invalid')
  const { kty, crv, x, y, kid } = key
  return { kty, crv, x, ...(y === undefined ? {} : { y }), ...(kid === undefined ? {} : { kid }), alg: 'ECDH-ES', use: 'enc' } as JWK
}

/** Whether a key holds what only its owner may have. */
export const hasPrivateMember = (key: JWK): boolean => PRIVATE_MEMBERS.some((member) => Object.hasOwn(key, member))

async function isPublic(key: JWK, alg: string): Promise<boolean> {
  if (hasPrivateMember(key)) return false
  try {
    await importJWK({ ...key, alg }, alg)
    return true
  } catch {
    return false
  }
}

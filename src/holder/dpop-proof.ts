import { calculateJwkThumbprint, importJWK, type JWK, jwtVerify } from 'jose'
import { AccessError, ALGORITHMS } from './access-error.ts'

/** FAPI 2.0 §5.3.2.1: clocks may differ; a proof may be this old, and this far ahead. */
export const PROOF_MAX_AGE_SECONDS = 60

const MAX_PROOF_LENGTH = 4_096
const MAX_JTI_LENGTH = 256
const MAX_KNOWN_KEYS = 1_000

export interface Proof {
  /** Thumbprint of the key that signed it (RFC 7638). */
  jkt: string
  /** The hash of the access token it was made for. */
  ath: string
  jti: string
  issuedAt: number
}

interface ProofKey {
  key: CryptoKey
  jkt: string
}

/**
 * Verifies DPoP proofs (RFC 9449 §4.3) against a request. Does NOT check that key and hash are those of the
 * access token, nor that the proof is used for the first time: the caller does.
 */
export function proofVerifier({ now, toleranceSeconds }: { now: () => number; toleranceSeconds: number }) {
  const known = new Map<string, ProofKey>()

  /** A client signs many proofs with one key: importing it and taking its thumbprint is done once. */
  async function keyOf(header: { alg?: string; jwk?: JWK }): Promise<ProofKey> {
    const { kty, crv, x, y } = publicPart(header)
    const name = `${header.alg} ${crv} ${x} ${y}`
    const have = known.get(name)
    if (have) return have
    const jwk = kty === 'EC' ? { kty, crv, x, y } : { kty, crv, x }
    const [key, jkt] = await Promise.all([importJWK(jwk, header.alg) as Promise<CryptoKey>, calculateJwkThumbprint(jwk)])
    if (known.size >= MAX_KNOWN_KEYS) known.delete(known.keys().next().value!)
    known.set(name, { key, jkt })
    return { key, jkt }
  }

  return async function verifyProof(proof: string, expected: { method: string; url: string }): Promise<Proof> {
    if (proof.length > MAX_PROOF_LENGTH) throw wrong('it is too long')
    let signer: ProofKey | undefined
    const { payload } = await jwtVerify(
      proof,
      async (header) => {
        signer = await keyOf(header as { alg?: string; jwk?: JWK })
        return signer.key
      },
      { typ: 'dpop+jwt', algorithms: ALGORITHMS, currentDate: new Date(now()) },
    ).catch((cause: unknown) => {
      throw cause instanceof AccessError ? cause : wrong('it is not a signed DPoP proof', cause)
    })
    const { jti, htm, htu, iat, ath } = payload
    if (typeof jti !== 'string' || jti.length === 0 || jti.length > MAX_JTI_LENGTH) throw wrong('it has no jti, or too long a one')
    if (htm !== expected.method) throw wrong('htm is not the method of this request')
    if (typeof htu !== 'string' || !sameTarget(htu, expected.url)) throw wrong('htu is not the address of this request')
    if (typeof iat !== 'number' || !Number.isFinite(iat)) throw wrong('it has no iat')
    const ageSeconds = now() / 1000 - iat
    if (ageSeconds > PROOF_MAX_AGE_SECONDS || ageSeconds < -toleranceSeconds) throw wrong('iat is too long ago or in the future')
    if (typeof ath !== 'string') throw wrong('it has no ath')
    return { jkt: signer!.jkt, ath, jti, issuedAt: iat }
  }
}

/** @throws AccessError unless it is one of the two kinds of key we take, and no more of it than anybody may know */
function publicPart({ alg, jwk }: { alg?: string; jwk?: JWK }): JWK {
  if (typeof jwk !== 'object' || jwk === null) throw wrong('its header has no jwk')
  const { kty, crv, x, y } = jwk
  const isP256 = alg === 'ES256' && kty === 'EC' && crv === 'P-256' && typeof y === 'string'
  const isEd25519 = alg !== 'ES256' && kty === 'OKP' && crv === 'Ed25519' && y === undefined
  if ((!isP256 && !isEd25519) || typeof x !== 'string') throw wrong('its jwk is not a P-256 or Ed25519 key')
  if ('d' in jwk || 'k' in jwk) throw wrong('its jwk is a private key')
  return { kty, crv, x, y }
}

/** RFC 9449 §4.3 item 9: without query and fragment, after normalising as any URL. */
function sameTarget(htu: string, url: string): boolean {
  if (htu === url) return true
  if (!URL.canParse(htu)) return false
  const { origin, pathname } = new URL(htu)
  return origin + pathname === url
}

const wrong = (why: string, cause?: unknown) => new AccessError('invalid_dpop_proof', `DPoP proof: ${why}`, { cause })

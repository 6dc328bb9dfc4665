import { createHash } from 'node:crypto'
import { compactVerify, type JWK } from 'jose'
import { fits, isAlgorithm, publicKey } from './algorithms.ts'
import { readJws } from './jws.ts'
import { LONGEST_JTI, type OneUse } from './use-once.ts'

/** A proof is taken this long after it was made, and this little before (clocks differ; FAPI 2.0 §5.3.2.1 (13)). */
const OLDEST_SECONDS = 300
const FUTURE_SECONDS = 10

export interface DpopProof {
  /** Thumbprint of the key that made it (RFC 7638): what a token is bound to. */
  jkt: string
  use: OneUse
}

/** What is wrong with a proof, for `invalid_dpop_proof`. */
export class DpopError extends Error {
  override name = 'DpopError'
}

/**
 * Checks a DPoP proof (RFC 9449 §4.3) except for replay: the caller uses up `use`.
 *
 * @param url where the request went, from our own public origin, never from its Host header; query and fragment do not count
 * @param accessToken the token it comes with, at a protected resource
 * @throws DpopError
 */
export async function verifyDpop(
  proof: string | undefined,
  { method, url, accessToken, at }: { method: string; url: string; accessToken?: string; at: Date },
): Promise<DpopProof> {
  if (!proof) throw new DpopError('a DPoP proof is needed')
  if (proof.length > 4096) throw new DpopError('the DPoP proof is too large')
  try {
    const { header, claims } = readJws(proof)
    const { typ, alg, jwk } = header
    if (typ !== 'dpop+jwt') throw new DpopError('typ is not dpop+jwt')
    if (!isAlgorithm(alg)) throw new DpopError('alg is not one of EdDSA, Ed25519, ES256')
    if (!jwk || !fits(jwk as JWK, alg)) throw new DpopError('jwk is not a public key for alg')
    const { key, thumbprint: jkt } = await publicKey(jwk as JWK, alg)
    await compactVerify(proof, key, { algorithms: [alg] })
    const { jti, htm, htu, iat, ath } = claims
    if (typeof jti !== 'string' || jti === '' || jti.length > LONGEST_JTI) throw new DpopError('jti is missing or too long')
    if (htm !== method) throw new DpopError('htm is not the method of this request')
    if (typeof htu !== 'string' || target(htu) !== target(url)) throw new DpopError('htu is not the address of this request')
    const now = at.getTime() / 1000
    if (typeof iat !== 'number' || iat < now - OLDEST_SECONDS || iat > now + FUTURE_SECONDS) throw new DpopError('iat is not now')
    if (accessToken !== undefined && ath !== createHash('sha256').update(accessToken).digest('base64url')) {
      throw new DpopError('ath is not the hash of the access token')
    }
    return { jkt, use: { kind: 'dpop', owner: jkt, jti, expiresAt: new Date((iat + OLDEST_SECONDS) * 1000) } }
  } catch (error) {
    if (error instanceof DpopError) throw error
    throw new DpopError('the DPoP proof is not a JWT signed by its own key')
  }
}

/** Scheme, host and path, normalised (RFC 9449 §4.3 (9)). */
function target(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

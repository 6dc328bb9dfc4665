import { createHash } from 'node:crypto'
import { compactVerify, type JWK } from 'jose'
import { fits, isAlgorithm, publicKey } from './algorithms.ts'
import { freshNonce, nonceGoodUntil } from './dpop-nonce.ts'
import { readJws } from './jws.ts'
import { OAuthError } from './oauth-error.ts'
import { LONGEST_JTI, type OneUse } from './use-once.ts'

/** A proof is taken this long after it was made, and this little before (clocks differ; FAPI 2.0 §5.3.2.1 (13)). */
const OLDEST_SECONDS = 300
const FUTURE_SECONDS = 10

export interface DpopProof {
  /** Thumbprint of the key that made it (RFC 7638): what a token is bound to. */
  jkt: string
  use: OneUse
}

/** What is wrong with a proof: `invalid_dpop_proof`, or `use_dpop_nonce` where another with our nonce would do. */
export class DpopError extends Error {
  override name = 'DpopError'
  readonly nonce: string | undefined

  constructor(message: string, nonce?: string) {
    super(message)
    this.nonce = nonce
  }

  get code(): 'invalid_dpop_proof' | 'use_dpop_nonce' {
    return this.nonce === undefined ? 'invalid_dpop_proof' : 'use_dpop_nonce'
  }

  /** The header that gives the nonce (RFC 9449 §8). */
  get headers(): Record<string, string> {
    return this.nonce === undefined ? {} : { 'dpop-nonce': this.nonce }
  }
}

/** A refused proof as an OAuth endpoint tells it; every other error as it is. */
export function dpopRefused(error: unknown): unknown {
  if (!(error instanceof DpopError)) return error
  return new OAuthError(error.code, error.message, { headers: error.headers })
}

/**
 * Checks a DPoP proof (RFC 9449 §4.3) except for replay: the caller uses up `use`. When it was made its `iat` says; or our
 * nonce in it, which is for those whose clock is wrong (§4.3 (11)). Nobody else is asked for one.
 *
 * @param url where the request went, from our own public origin, never from its Host header; query and fragment do not count
 * @param accessToken the token it comes with, at a protected resource
 * @throws DpopError
 */
export async function verifyDpop(
  proof: string | undefined,
  { method, url, accessToken, at, secret }: { method: string; url: string; accessToken?: string; at: Date; secret: string },
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
    const { jti, htm, htu, ath } = claims
    if (typeof jti !== 'string' || jti === '' || jti.length > LONGEST_JTI) throw new DpopError('jti is missing or too long')
    if (htm !== method) throw new DpopError('htm is not the method of this request')
    if (typeof htu !== 'string' || target(htu) !== target(url)) throw new DpopError('htu is not the address of this request')
    const expiresAt = takenUntil(claims, at, secret)
    if (accessToken !== undefined && ath !== createHash('sha256').update(accessToken).digest('base64url')) {
      throw new DpopError('ath is not the hash of the access token')
    }
    return { jkt, use: { kind: 'dpop', owner: jkt, jti, expiresAt } }
  } catch (error) {
    if (error instanceof DpopError) throw error
    throw new DpopError('the DPoP proof is not a JWT signed by its own key')
  }
}

/**
 * Until when a proof is taken that was made now.
 *
 * @throws DpopError
 */
function takenUntil({ iat, nonce }: { iat?: unknown; nonce?: unknown }, at: Date, secret: string): Date {
  if (typeof iat !== 'number') throw new DpopError('iat is missing')
  if (nonce !== undefined) {
    if (typeof nonce !== 'string') throw new DpopError('nonce is not a text')
    const until = nonceGoodUntil(secret, nonce, at)
    if (!until) throw new DpopError('nonce is not one of ours, or too old', freshNonce(secret, at))
    return until
  }
  const now = at.getTime() / 1000
  if (!(iat >= now - OLDEST_SECONDS && iat <= now + FUTURE_SECONDS)) throw new DpopError('iat is not now', freshNonce(secret, at))
  return new Date((iat + OLDEST_SECONDS) * 1000)
}

/** Scheme, host and path, normalised (RFC 9449 §4.3 (9)). */
function target(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

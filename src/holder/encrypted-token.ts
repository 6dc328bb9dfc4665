import { compactDecrypt, decodeProtectedHeader, errors, importJWK, type JWK } from 'jose'
import { AccessError } from './access-error.ts'

/** A signed token out of its wrapping, and the `jti` that stood on the outside. */
export interface OpenedToken {
  jwt: string
  jti: string
}

/**
 * Opens tokens that the broker encrypted to this holder (RFC 7516, ECDH-ES with A256GCM), with any of its private keys: while a
 * new one is taken into use, the old one is there too. Does NOT verify the signature inside: nobody but the broker can have
 * made that, and anybody can encrypt to a public key.
 */
export function tokenOpener(decryptionJwks: readonly JWK[]): (token: string) => Promise<OpenedToken> {
  if (decryptionJwks.length === 0) throw new TypeError('tokens: "jwe" needs decryptionJwks')
  const keys = decryptionJwks.map((jwk) => ({ kid: jwk.kid, key: importJWK(jwk, 'ECDH-ES') }))
  for (const { key } of keys) key.catch(() => {})

  return async (token) => {
    const { kid, cty, jti } = headerOf(token)
    if (cty !== 'JWT' || typeof jti !== 'string') throw wrong('it is not a token encrypted by the broker')
    for (const own of keys.filter((key) => kid === undefined || key.kid === undefined || key.kid === kid)) {
      try {
        const { plaintext } = await compactDecrypt(token, await own.key, {
          keyManagementAlgorithms: ['ECDH-ES'],
          contentEncryptionAlgorithms: ['A256GCM'],
        })
        return { jwt: new TextDecoder().decode(plaintext), jti }
      } catch (error) {
        if (!(error instanceof errors.JOSEError)) throw error
      }
    }
    throw wrong('it is not encrypted to a key of this holder')
  }
}

function headerOf(token: string): { kid?: string; cty?: string; jti?: unknown } {
  if (token.split('.').length !== 5) throw wrong('it is not encrypted, and this holder takes only tokens that are')
  try {
    return decodeProtectedHeader(token)
  } catch (cause) {
    throw wrong('it is not an access token of the broker', cause)
  }
}

const wrong = (why: string, cause?: unknown) => new AccessError('invalid_token', `access token: ${why}`, { cause })

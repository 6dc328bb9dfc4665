import { CompactEncrypt, decodeProtectedHeader, importJWK, type JWK } from 'jose'
import type { Db, Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { Found } from '../grants/locate.ts'
import type { TokenId } from '../ids.ts'
import { seal, unseal } from '../sealing.ts'

/** What an opaque token is sealed for: it opens for nothing else. */
const SEALED_FOR = 'access-token'

/** How a holder takes its tokens. */
export type TokenFormat = { format: 'jwt' } | { format: 'opaque' } | { format: 'jwe'; encryptionJwk: JWK }

/** @throws Error when there is no such holder: a token was just issued for it */
export async function formatFor(db: Db | Tx, resource: string): Promise<TokenFormat> {
  const row = await db
    .selectFrom('holders')
    .select(['token_format', 'encryption_jwk'])
    .where('resource', '=', resource) // holders_resource_key
    .executeTakeFirstOrThrow()
  return formatOf({ tokenFormat: row.token_format, encryptionJwk: row.encryption_jwk })
}

export function formatOf({ tokenFormat, encryptionJwk }: Pick<Found, 'tokenFormat' | 'encryptionJwk'>): TokenFormat {
  // holders_jwe_needs_key
  return tokenFormat === 'jwe' ? { format: 'jwe', encryptionJwk: encryptionJwk! } : { format: tokenFormat }
}

/**
 * A signed access token as its holder takes it. `jwt`: as it is, and the supplier can read it. `jwe`: nested in a JWE for the
 * holder (RFC 7519 §5.2), which nobody else opens; its `jti` stands in the header too (§5.3), so that the supplier can give the
 * token back. `opaque`: sealed for ourselves, so that it says nothing to anybody; the holder introspects it.
 */
export async function inFormat(deps: Deps, as: TokenFormat, jwt: string, tokenId: TokenId): Promise<string> {
  if (as.format === 'jwt') return jwt
  if (as.format === 'opaque') return await seal(deps.secret, SEALED_FOR, jwt)
  const { encryptionJwk } = as
  const { kid } = encryptionJwk
  return await new CompactEncrypt(new TextEncoder().encode(jwt))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', cty: 'JWT', ...(kid !== undefined && { kid }), jti: tokenId })
    .encrypt(await importJWK(encryptionJwk, 'ECDH-ES'))
}

/** The signed token in what a client or holder shows us: itself, or what we sealed. Whether it is one, its signature tells. */
export async function signedTokenIn(deps: Deps, token: string): Promise<string> {
  if (token.split('.').length !== 5) return token
  try {
    if (decodeProtectedHeader(token).alg !== 'dir') return token
    return await unseal(deps.secret, SEALED_FOR, token)
  } catch {
    return token
  }
}

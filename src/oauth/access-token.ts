import type { Deps } from '../deps.ts'
import type { Issued } from '../grants/mint.ts'
import type { Redeemer } from '../grants/wish.ts'
import { type KeyRow, signJwt } from './keys.ts'
import { formatFor, inFormat, type TokenFormat } from './token-format.ts'

/** Where the status list of a token is, as the token and the list itself name it. */
export const statusUri = (issuer: string, listId: string) => `${issuer}/status/${listId}`

/** What the caller has read along with something else: the key that signs, and the form in which the holder takes its tokens. */
interface Known {
  key: KeyRow | null
  format?: TokenFormat | undefined
}

/**
 * Signs a token that was issued and committed (RFC 9068), and answers as RFC 9396 §7 wants: the details as granted, the
 * supplier's pseudonyms to the supplier, the holder's in the token, in the form the holder takes it. No name, address, ECK iD or decider in either.
 */
export async function accessTokenAnswer(
  deps: Deps,
  issued: Issued,
  redeemer: Redeemer,
  { key, format }: Known,
): Promise<Record<string, unknown>> {
  const { tokenId, resource, grantId, issuedAt, forSupplier } = issued
  const claims = claimsOf(deps.issuer, issued, redeemer)
  const jwt = await signJwt(deps, 'access_token', 'at+jwt', claims, issuedAt, key)
  return {
    access_token: await inFormat(deps, format ?? (await formatFor(deps.db, resource)), jwt, tokenId),
    token_type: 'DPoP',
    expires_in: claims.exp - claims.iat,
    authorization_details: [forSupplier],
    ...(grantId && { grant_id: grantId }),
  }
}

/** What the token says, to whoever can read it. */
export function claimsOf(
  issuer: string,
  { tokenId, resource, sub, grantId, issuedAt, expiresAt, statusListId, statusIndex, forHolder }: Omit<Issued, 'forSupplier'>,
  { clientId, jkt, txn }: Pick<Redeemer, 'clientId' | 'jkt' | 'txn'>,
) {
  return {
    iss: issuer,
    aud: resource,
    sub,
    client_id: clientId,
    azp: clientId,
    iat: Math.floor(issuedAt.getTime() / 1000),
    exp: expiresAt.getTime() / 1000,
    jti: tokenId,
    txn,
    ...(grantId && { grant_id: grantId }),
    cnf: { jkt },
    status: { status_list: { idx: statusIndex, uri: statusUri(issuer, statusListId) } },
    authorization_details: [forHolder],
  }
}

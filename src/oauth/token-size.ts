import { base64url } from 'jose'
import type { Db, Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { Issued } from '../grants/mint.ts'
import type { Wish } from '../grants/wish.ts'
import type { ClientId, GrantId, StatusListId, TokenId } from '../ids.ts'
import { LIST_SIZE } from '../tokens/status-lists.ts'
import { claimsOf } from './access-token.ts'
import { OAuthError } from './oauth-error.ts'
import { formatFor, inFormat, type TokenFormat } from './token-format.ts'

/** A token travels in a header, and a usual server takes one of 8 kB. */
const LARGEST_TOKEN = 8192

/** Wrapped, it and its holder's `kid` grow by less than half: below this they stay below that. */
const FITS_WRAPPED = LARGEST_TOKEN / 2

/** As wide as the real ones: names of subjects, ids, thumbprints, and an Ed25519 or P-256 signature. */
const PSEUDONYM = `ph_${'x'.repeat(24)}`
const ID = '00000000-0000-7000-8000-000000000000'
const THUMBPRINT = 'x'.repeat(43)
const HEADER = JSON.stringify({ typ: 'at+jwt', alg: 'EdDSA', kid: THUMBPRINT })
const SIGNATURE = 'x'.repeat(86)

/** What makes a token wide: what it is for, and about how many. */
type Width = Pick<Wish, 'resource' | 'datatypes' | 'purpose' | 'batch' | 'period'> & { subjects: number }

/**
 * Refuses what would make a token too large for a header, before anything is looked at that is about people: it goes by the
 * width of what is asked alone, in the form in which the holder takes its tokens.
 *
 * @throws OAuthError `invalid_authorization_details`
 */
export async function mustFit(deps: Deps, clientId: ClientId, width: Width, as: TokenFormat): Promise<void> {
  const length = await longest(deps, clientId, width, as)
  if (length <= LARGEST_TOKEN) return
  const less = width.batch ? 'fewer identifiers or datatypes' : 'fewer datatypes'
  const description = `a token for this is ${length} characters and no header holds more than ${LARGEST_TOKEN}: ask for ${less} at a time`
  throw new OAuthError('invalid_authorization_details', description)
}

/** As `mustFit`, for tokens of this client about one subject, by the form in which their holder takes them now. */
export const mustFitOne =
  (deps: Deps, clientId: ClientId) =>
  async (db: Db | Tx, { resource, purpose, datatypes }: Pick<Wish, 'resource' | 'purpose' | 'datatypes'>): Promise<void> =>
    await mustFit(deps, clientId, { resource, purpose, datatypes, batch: false, subjects: 1 }, await formatFor(db, resource))

/**
 * Data sets in parts of which each fits in a token about one subject, where somebody needs several tokens to see them all; the fewest
 * parts that halving gives.
 *
 * @throws OAuthError `invalid_authorization_details` when a token for one of them is too large
 */
export async function partsThatFit(
  deps: Deps,
  clientId: ClientId,
  { resource, purpose, datatypes }: Pick<Wish, 'resource' | 'purpose' | 'datatypes'>,
): Promise<string[][]> {
  const as = await formatFor(deps.db, resource)
  const parts = async (some: string[]): Promise<string[][]> => {
    const width = { resource, purpose, datatypes: some, batch: false, subjects: 1 }
    if (some.length === 1) await mustFit(deps, clientId, width, as)
    else if ((await longest(deps, clientId, width, as)) > LARGEST_TOKEN) {
      const half = Math.ceil(some.length / 2)
      return [...(await parts(some.slice(0, half))), ...(await parts(some.slice(half)))]
    }
    return [some]
  }
  return await parts(datatypes)
}

/** How long a token for this can be; where it is far below the bound, about so. */
async function longest(deps: Deps, clientId: ClientId, width: Width, as: TokenFormat): Promise<number> {
  const jwt = widest(deps.issuer, clientId, width)
  const kid = as.format === 'jwe' ? JSON.stringify(as.encryptionJwk.kid ?? '') : ''
  const small = as.format !== 'jwt' && jwt.length + 2 * kid.length < FITS_WRAPPED
  return (small ? jwt : await inFormat(deps, as, jwt, ID as TokenId)).length
}

/** A token as wide as the one for this, that says nothing. */
function widest(issuer: string, clientId: ClientId, { resource, datatypes, purpose, batch, period, subjects }: Width): string {
  const issued: Omit<Issued, 'forSupplier'> = {
    tokenId: ID as TokenId,
    resource,
    sub: batch ? clientId : PSEUDONYM,
    grantId: batch ? undefined : (ID as GrantId),
    issuedAt: new Date(1e12),
    expiresAt: new Date(1e12),
    statusListId: ID as StatusListId,
    statusIndex: LIST_SIZE - 1,
    forHolder: {
      type: 'pupil-data',
      locations: [resource],
      actions: ['read'],
      datatypes,
      purpose,
      ...(batch ? { identifiers: Array<string>(subjects).fill(PSEUDONYM) } : { identifier: PSEUDONYM }),
      ...(period && { period: { from: period.from, until: period.until } }),
    },
  }
  const redeemer = { clientId, jkt: THUMBPRINT, txn: ID }
  return [HEADER, JSON.stringify(claimsOf(issuer, issued, redeemer))]
    .map((part) => base64url.encode(part))
    .concat(SIGNATURE)
    .join('.')
}

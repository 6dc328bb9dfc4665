import { errors, type JWTPayload, jwtVerify } from 'jose'
import type { PupilData } from './access.ts'
import { AccessError, ALGORITHMS } from './access-error.ts'
import type { OpenedToken } from './encrypted-token.ts'
import type { Issuer } from './issuer.ts'
import { tokenHash } from './token-hash.ts'

/** An access token of the broker lives ten minutes at most; one that says otherwise is not one. */
const MAX_LIFETIME_SECONDS = 600
/** Twice what the broker makes. */
export const MAX_TOKEN_LENGTH = 16_384
/** A signature once found good is not checked again within this time, at most: a supplier fetches page after page. */
const REMEMBERED_MS = 60_000
const MAX_REMEMBERED = 2_000

export interface TokenClaims extends ReadClaims {
  /** What a DPoP proof for this token says in `ath`. */
  ath: string
  /** The token as the broker signed it, out of its encryption where it had any. */
  jwt: string
}

/** What the claims of a token say, wherever they came from. */
export interface ReadClaims {
  tokenId: string
  clientId: string
  jkt: string
  status: { uri: string; index: number }
  subjects: string[]
  details: PupilData[]
  grantId?: string
  txn?: string
  issuedAt: number
  expiresAt: number
}

/**
 * Verifies access tokens of one broker for one resource (RFC 9068 §4): signature, `typ`, `iss`, `aud`, times, binding,
 * and that what it allows is written in the only form this kit understands. Does NOT look at the status list or at DPoP.
 */
export function tokenVerifier(
  issuer: Issuer,
  {
    name,
    resource,
    now,
    toleranceSeconds,
    open,
  }: {
    name: string
    resource: string
    now: () => number
    toleranceSeconds: number
    /** Takes an encrypted token out of its encryption; without it tokens come as they were signed. */
    open?: ((token: string) => Promise<OpenedToken>) | undefined
  },
) {
  const remembered = new Map<string, { claims: TokenClaims; until: number }>()

  return async function verifyToken(token: string): Promise<TokenClaims> {
    const at = now()
    const seen = remembered.get(token)
    if (seen && at < seen.until) return seen.claims
    const hashed = tokenHash(token)
    const { jwt, jti } = open ? await open(token) : { jwt: token, jti: undefined }
    const { payload } = await jwtVerify(jwt, issuer.keyFor, {
      typ: 'at+jwt',
      algorithms: ALGORITHMS,
      issuer: name,
      audience: resource,
      requiredClaims: ['exp', 'iat'],
      clockTolerance: 0,
      currentDate: new Date(at),
    }).catch((cause: unknown) => {
      throw cause instanceof errors.JOSEError ? wrong(explained(cause), cause) : cause
    })
    const claims = { ...readClaims(payload, resource), ath: await hashed, jwt }
    if (claims.issuedAt > at / 1000 + toleranceSeconds) throw wrong('iat is in the future')
    // Revocation finds it by the outer one: it must be the same.
    if (jti !== undefined && jti !== claims.tokenId) throw wrong('its jti is another on the outside than inside')
    if (remembered.size >= MAX_REMEMBERED) remembered.delete(remembered.keys().next().value!)
    remembered.set(token, { claims, until: Math.min(at + REMEMBERED_MS, claims.expiresAt * 1000) })
    return claims
  }
}

/**
 * Reads what a token says, strictly: what is not understood is refused. The caller knows that the broker said it.
 *
 * @throws AccessError `invalid_token`
 */
export function readClaims(payload: JWTPayload, resource: string): ReadClaims {
  const { aud, exp, iat, jti, sub, client_id, grant_id, txn, cnf, status, authorization_details } = payload
  if (aud !== resource) throw wrong('aud is not this resource alone')
  if (typeof exp !== 'number' || typeof iat !== 'number' || exp - iat > MAX_LIFETIME_SECONDS) throw wrong('it lives too long')
  if (!isText(jti) || !isText(sub) || !isText(client_id)) throw wrong('jti, sub or client_id is not a text')
  if (!isObject(cnf) || Object.keys(cnf).length !== 1 || !isText(cnf.jkt)) throw wrong('it is not bound by cnf.jkt alone')
  const entry = isObject(status) && isObject(status.status_list) ? status.status_list : {}
  if (!isText(entry.uri) || typeof entry.idx !== 'number' || !Number.isSafeInteger(entry.idx) || entry.idx < 0) {
    throw wrong('it has no place in a status list')
  }
  const details = detailsFor(authorization_details, resource)
  return {
    tokenId: jti,
    clientId: client_id,
    jkt: cnf.jkt,
    status: { uri: entry.uri, index: entry.idx },
    subjects: subjectsOf(sub, client_id, details),
    details,
    ...(isText(grant_id) && { grantId: grant_id }),
    ...(isText(txn) && { txn }),
    issuedAt: iat,
    expiresAt: exp,
  }
}

/**
 * The entries that are about this holder. Those of another type or place are not ours to read; one that is ours but has
 * anything in it this kit does not know is refused whole, for what is not understood may be what limits it.
 */
function detailsFor(all: unknown, resource: string): PupilData[] {
  if (!Array.isArray(all)) throw wrong('its authorization_details are not for this resource, or not understood')
  const ours = all.filter((entry) => isObject(entry) && entry.type === 'pupil-data' && Array.isArray(entry.locations))
  const here = ours.filter((entry) => (entry as PupilData).locations.includes(resource))
  if (here.length === 0 || !here.every(isPupilData)) throw wrong('its authorization_details are not for this resource, or not understood')
  return here
}

const MEMBERS = ['type', 'locations', 'actions', 'datatypes', 'purpose', 'identifier', 'identifiers', 'period']
const MAX_SUBJECTS = 50

function isPupilData(entry: unknown): entry is PupilData {
  if (!isObject(entry) || !Object.keys(entry).every((member) => MEMBERS.includes(member))) return false
  const { locations, actions, datatypes, purpose, identifier, identifiers, period } = entry
  return (
    isTexts(locations) &&
    locations.length === 1 &&
    isTexts(actions) &&
    actions.length === 1 &&
    actions[0] === 'read' &&
    isTexts(datatypes) &&
    isText(purpose) &&
    (identifier === undefined || (isText(identifier) && identifiers === undefined)) &&
    (identifiers === undefined || (isTexts(identifiers) && identifiers.length <= MAX_SUBJECTS)) &&
    (period === undefined || (isObject(period) && Object.keys(period).length === 2 && isText(period.from) && isText(period.until)))
  )
}

/** One subject: `sub` is its pseudonym. A batch: `sub` is the client, and the entries name the pseudonyms. */
function subjectsOf(sub: string, clientId: string, details: PupilData[]): string[] {
  const named = [...new Set(details.flatMap((entry) => entry.identifiers ?? entry.identifier ?? []))]
  if (sub !== clientId) {
    if (named.some((subject) => subject !== sub)) throw wrong('it is about somebody else than its sub')
    return [sub]
  }
  if (!details.every((entry) => entry.identifiers)) throw wrong('it names no subject')
  return named
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 0
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.length > 0 && value.every(isText)
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function explained(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'it has expired'
  if (error instanceof errors.JWTClaimValidationFailed) return `${error.claim} is not as it should be`
  if (error instanceof errors.JWKSNoMatchingKey) return 'it is not signed with a key of the broker'
  return 'it is not an access token of the broker'
}

const wrong = (why: string, cause?: unknown) => new AccessError('invalid_token', `access token: ${why}`, { cause })

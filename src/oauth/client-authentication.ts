import { compactVerify, type JWK, type JWTPayload } from 'jose'
import type { Db } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { ClientId, HolderId, SupplierId } from '../ids.ts'
import { type Algorithm, fits, isAlgorithm, isSameAlgorithm, publicKey } from './algorithms.ts'
import { type ClientKeys, clientKeys, refetchedKeys } from './client-keys.ts'
import { readJws } from './jws.ts'
import { OAuthError } from './oauth-error.ts'
import { LONGEST_JTI, type OneUse } from './use-once.ts'

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** An assertion lives no longer than this, so that its jti need not be kept for ever; and was made at most so little in the future. */
const LONGEST_SECONDS = 600
const FUTURE_SECONDS = 10

/** What can be wrong with an assertion before anybody looks whose key signed it, as the answer says it. */
export const ASSERTION_FAULTS = {
  missing: 'a client assertion is needed (private_key_jwt)',
  not_jwt: 'the client assertion is not a JWT',
  alg: 'alg is not one of EdDSA, Ed25519, ES256',
  typ: 'typ is that of another kind of JWT',
  iss_sub: 'iss and sub are both the client_id',
  other_client: 'client_id is another than the assertion names',
  aud: 'aud is our issuer, as a string',
  jti: 'jti is missing or too long',
  exp: 'exp is missing or past',
  exp_far: `exp is more than ${LONGEST_SECONDS} seconds away`,
  future: 'iat or nbf is in the future',
} as const
export type AssertionFault = keyof typeof ASSERTION_FAULTS

/** An assertion that is wrong whoever signed it. */
export class WrongAssertion extends OAuthError {
  readonly fault: AssertionFault

  constructor(fault: AssertionFault) {
    super('invalid_client', ASSERTION_FAULTS[fault])
    this.fault = fault
  }
}

export type Way = 'organisation' | 'ciba' | 'redirect' | 'holder'

export type AuthenticatedClient = { clientId: ClientId; allowed: Allowed; idTokenAlg: 'EdDSA' | 'ES256' } & (
  | { way: 'organisation' | 'ciba' | 'redirect'; supplierId: SupplierId; holderId: null }
  | { way: 'holder'; supplierId: null; holderId: HolderId }
)

/** An assertion that is right in everything but its signature and its use. */
export interface ReadAssertion {
  assertion: string
  clientId: ClientId
  alg: Algorithm
  kid: string | undefined
  jti: string
  expiresAt: Date
}

/** What must be known of a client to authenticate it. */
export interface ClientRow extends ClientKeys {
  supplier_id: SupplierId | null
  holder_id: HolderId | null
  way: Way
  detail_types: string[]
  holder_resources: string[] | null
  datatypes: string[] | null
  assertion_alg: Algorithm | null
  id_token_alg: 'EdDSA' | 'ES256'
}

/** What a client may ask for at all, whatever is granted: types of authorization_details, holders and data sets, null for any. */
export interface Allowed {
  detailTypes: readonly string[]
  holders: readonly string[] | null
  datatypes: readonly string[] | null
}

/**
 * Reads a client's `private_key_jwt` as FAPI 2.0 §5.3.2.1 wants it: `aud` is our issuer, as a string and alone.
 *
 * @throws WrongAssertion; OAuthError `invalid_client` for another way to authenticate
 */
export function readAssertion(issuer: string, form: Map<string, string>, at: Date, authorization?: string): ReadAssertion {
  if (authorization !== undefined || form.has('client_secret')) throw byJwtOnly(issuer, authorization)
  const assertion = form.get('client_assertion')
  if (form.get('client_assertion_type') !== ASSERTION_TYPE || !assertion) throw new WrongAssertion('missing')
  const { header, claims } = decode(assertion)
  const { alg, kid, typ } = header
  if (!isAlgorithm(alg)) throw new WrongAssertion('alg')
  if (typ !== undefined && !/^(application\/)?(jwt|client-authentication\+jwt)$/i.test(typ)) throw new WrongAssertion('typ')
  const { iss, sub, aud, exp, jti } = claims
  if (typeof iss !== 'string' || sub !== iss) throw new WrongAssertion('iss_sub')
  if (form.has('client_id') && form.get('client_id') !== iss) throw new WrongAssertion('other_client')
  if (aud !== issuer) throw new WrongAssertion('aud')
  if (typeof jti !== 'string' || jti === '' || jti.length > LONGEST_JTI) throw new WrongAssertion('jti')
  mustBeOfNow(claims, at)
  return { assertion, clientId: iss as ClientId, alg, kid, jti, expiresAt: new Date(exp! * 1000) }
}

/** A client that is not disabled. A suspended supplier's still is one; what it may do, each command says. */
export async function clientRow(db: Db, clientId: ClientId): Promise<ClientRow | undefined> {
  return await db
    .selectFrom('clients')
    .select([
      'client_id',
      'supplier_id',
      'holder_id',
      'way',
      'jwks',
      'jwks_uri',
      'jwks_fetched_at',
      'detail_types',
      'holder_resources',
      'datatypes',
      'assertion_alg',
      'id_token_alg',
    ])
    .where('client_id', '=', clientId) // clients_pkey
    .where('disabled_at', 'is', null)
    .executeTakeFirst()
}

/**
 * The client that signed an assertion. Does NOT check replay: the caller uses up `use`.
 *
 * @throws OAuthError `invalid_client` with the same words for an unknown client, a disabled one and a wrong signature
 */
export async function clientThatSigned(
  deps: Deps,
  { assertion, alg, kid, jti, expiresAt }: ReadAssertion,
  row: ClientRow | undefined,
  at: Date,
): Promise<{ client: AuthenticatedClient; use: OneUse }> {
  const itsOwn = row && (row.assertion_alg === null || isSameAlgorithm(row.assertion_alg, alg))
  const signed = itsOwn ? await isSignedBy(deps, row, assertion, { alg, kid }, at) : await isSignedByNobody(assertion, alg)
  if (!row || !signed) throw new OAuthError('invalid_client', 'there is no such client with this key')
  return {
    client: {
      clientId: row.client_id,
      way: row.way,
      supplierId: row.supplier_id,
      holderId: row.holder_id,
      idTokenAlg: row.id_token_alg,
      allowed: { detailTypes: row.detail_types, holders: row.holder_resources, datatypes: row.datatypes },
    } as AuthenticatedClient,
    use: { kind: 'assertion', owner: row.client_id, jti, expiresAt },
  }
}

function decode(assertion: string) {
  try {
    if (assertion.length > 4096) throw new Error('too large')
    return readJws(assertion)
  } catch {
    throw new WrongAssertion('not_jwt')
  }
}

function mustBeOfNow({ exp, iat, nbf }: JWTPayload, at: Date) {
  const now = at.getTime() / 1000
  if (typeof exp !== 'number' || exp <= now) throw new WrongAssertion('exp')
  if (exp > now + LONGEST_SECONDS) throw new WrongAssertion('exp_far')
  for (const time of [iat, nbf]) {
    if (time !== undefined && (typeof time !== 'number' || time > now + FUTURE_SECONDS)) throw new WrongAssertion('future')
  }
}

/** Whether a client signed it: by a key we know; or, when it names one we do not, by one that the client's own address has by now. */
export async function isSignedBy(deps: Deps, client: ClientKeys, jws: string, { alg, kid }: Signature, at: Date): Promise<boolean> {
  const fitting = (keys: JWK[]) => keys.filter((jwk) => fits(jwk, alg) && (kid === undefined || jwk.kid === undefined || jwk.kid === kid))
  const known = fitting(await clientKeys(deps, client, at))
  if (await isSignedByOneOf(jws, known, alg)) return true
  if (kid !== undefined && known.length > 0) return false
  const now = await refetchedKeys(deps, client, at)
  return now !== undefined && (await isSignedByOneOf(jws, fitting(now), alg))
}

interface Signature {
  alg: Algorithm
  kid: string | undefined
}

async function isSignedByOneOf(jws: string, keys: JWK[], alg: Algorithm): Promise<boolean> {
  for (const jwk of keys) {
    try {
      const { key } = await publicKey(jwk, alg)
      await compactVerify(jws, key, { algorithms: [alg] })
      return true
    } catch {}
  }
  return false
}

/** The examples of RFC 8037 §A.2 and RFC 7517 §A.1. */
const NOBODYS: JWK[] = [
  { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
  { kty: 'EC', crv: 'P-256', x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4', y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM' },
]

/** Takes as long as a signature of a client that there is: how soon the no comes does not tell which it was. */
async function isSignedByNobody(assertion: string, alg: Algorithm): Promise<false> {
  await isSignedByOneOf(
    assertion,
    NOBODYS.filter((jwk) => fits(jwk, alg)),
    alg,
  )
  return false
}

/** Whoever came with an Authorization header hears it in the scheme it used (RFC 6749 §5.2). */
function byJwtOnly(issuer: string, authorization: string | undefined): OAuthError {
  const scheme = /^[A-Za-z][A-Za-z0-9-]{0,30}(?= |$)/.exec(authorization ?? '')?.[0]
  const headers: Record<string, string> = scheme === undefined ? {} : { 'www-authenticate': `${scheme} realm="${issuer}"` }
  return new OAuthError('invalid_client', 'clients authenticate by private_key_jwt only', { headers })
}

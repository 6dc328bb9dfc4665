import type { JWTPayload } from 'jose'
import type { Deps } from '../deps.ts'
import type { ClientId } from '../ids.ts'
import { isAlgorithm } from './algorithms.ts'
import { clientRow, isSignedBy } from './client-authentication.ts'
import { readJws } from './jws.ts'
import { OAuthError } from './oauth-error.ts'
import { LONGEST_JTI, useUp } from './use-once.ts'

const LONGEST = 16_384
/** FAPI 2.0 Message Signing §5.3.1 (3), (4): good since an hour ago at most, and for an hour at most. */
const LONGEST_SECONDS = 3600
const FUTURE_SECONDS = 10

/** What may stand beside a request object: who the client is, and nothing of the request itself (RFC 9126 §3). */
const BESIDE = new Set(['request', 'client_id', 'client_assertion', 'client_assertion_type'])
const OF_THE_JWT = new Set(['iss', 'aud', 'exp', 'nbf', 'iat', 'jti'])

/**
 * The parameters of a signed request object (RFC 9101), as if they had come in the form. The supplier cannot deny
 * what it asked: the caller keeps the JWS. Nobody but the authenticated client can push it, and an hour at most; one that
 * has a `jti` is evidence of one ask, and is used up. No standard wants one there.
 *
 * @throws OAuthError `invalid_request_object`, `invalid_request`
 */
export async function requestObject(
  deps: Deps,
  form: Map<string, string>,
  { clientId, at }: { clientId: ClientId; at: Date },
): Promise<Map<string, string>> {
  const outside = [...form.keys()].filter((name) => !BESIDE.has(name))
  if (outside.length > 0) throw new OAuthError('invalid_request', 'with a request object every parameter stands in it')
  const claims = await verified(deps, form.get('request')!, clientId, at)
  if (claims.iss !== clientId || claims.client_id !== clientId) throw wrong('iss and client_id are both the client_id')
  if (claims.aud !== deps.issuer) throw wrong('aud is our issuer, as a string')
  if ('request' in claims || 'request_uri' in claims) throw wrong('a request object has no request or request_uri in it')
  mustBeOfNow(claims, at)
  await mustBeNew(deps, clientId, claims)
  return new Map(
    Object.entries(claims)
      .filter(([name, value]) => !OF_THE_JWT.has(name) && value !== '')
      .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  )
}

async function verified(deps: Deps, jws: string, clientId: ClientId, at: Date): Promise<JWTPayload> {
  if (jws.length > LONGEST) throw wrong('is too large')
  const { header, claims } = decode(jws)
  const { alg, kid, typ } = header
  if (typ !== undefined && !/^(application\/)?oauth-authz-req\+jwt$/i.test(typ)) throw wrong('typ is oauth-authz-req+jwt')
  if (!isAlgorithm(alg)) throw wrong('alg is not one of EdDSA, Ed25519, ES256')
  const client = await clientRow(deps.db, clientId)
  if (!client || !(await isSignedBy(deps, client, jws, { alg, kid }, at))) throw wrong('is not signed with a key of this client')
  return claims
}

function decode(jws: string) {
  try {
    return readJws(jws)
  } catch {
    throw wrong('is not a signed JWT')
  }
}

function mustBeOfNow({ exp, nbf, iat }: JWTPayload, at: Date): void {
  const now = at.getTime() / 1000
  if (typeof exp !== 'number' || exp <= now || exp > now + LONGEST_SECONDS) throw wrong('exp is missing, past or more than an hour away')
  if (typeof nbf !== 'number' || nbf > now + FUTURE_SECONDS || nbf < now - LONGEST_SECONDS)
    throw wrong('nbf is missing, in the future or more than an hour ago')
  if (exp > nbf + LONGEST_SECONDS) throw wrong('exp is more than an hour after nbf')
  if (iat !== undefined && (typeof iat !== 'number' || iat > now + FUTURE_SECONDS)) throw wrong('iat is in the future')
}

/** @throws OAuthError `invalid_request_object` for one that came before (RFC 7519 §4.1.7) */
async function mustBeNew({ db }: Deps, clientId: ClientId, { jti, exp }: JWTPayload): Promise<void> {
  if (jti === undefined) return
  if (typeof jti !== 'string' || jti === '' || jti.length > LONGEST_JTI) throw wrong('jti is empty or too long')
  const used = await useUp(db, [{ kind: 'request_object', owner: clientId, jti, expiresAt: new Date(exp! * 1000) }])
  if (used.length > 0) throw wrong('was pushed before')
}

const wrong = (description: string) => new OAuthError('invalid_request_object', `the request object: ${description}`)

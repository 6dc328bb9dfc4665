import { errors, type JWTPayload, jwtVerify } from 'jose'
import { AccessError, ALGORITHMS } from './access-error.ts'
import type { BrokerClient } from './broker-client.ts'
import type { Issuer } from './issuer.ts'

/** What the broker said of a token: what it is good for, and the very words, signed. */
export interface Introspected {
  claims: JWTPayload
  /** The broker's signed answer (RFC 9701): whoever keeps it can show later what was said and when. */
  evidence: string
}

/**
 * Asks the broker about tokens (RFC 7662) and takes only answers that it signed, for this holder, just now (RFC 9701 §5).
 * Nothing is kept: each request is asked about, so that a withdrawal counts from the next one on.
 */
export function introspector(
  issuer: Issuer,
  client: BrokerClient,
  { name, clientId, now, toleranceSeconds }: { name: string; clientId: string; now: () => number; toleranceSeconds: number },
) {
  /** @throws AccessError `invalid_token` when it is not active, `broker_unavailable` when that cannot be known */
  return async function introspect(token: string): Promise<Introspected> {
    const { introspectionEndpoint } = await issuer.metadata()
    if (!introspectionEndpoint) throw unusable('the broker names no introspection endpoint')
    const askedAt = now()
    const evidence = await client
      .form(introspectionEndpoint, { token, token_type_hint: 'access_token' }, 'application/token-introspection+jwt')
      .catch((cause: unknown) => {
        throw unusable('the broker does not answer about tokens', cause)
      })
    const { payload } = await jwtVerify(evidence, issuer.keyFor, {
      typ: 'token-introspection+jwt',
      algorithms: ALGORITHMS,
      issuer: name,
      audience: clientId,
      requiredClaims: ['iat'],
      currentDate: new Date(now()),
    }).catch((cause: unknown) => {
      throw cause instanceof errors.JOSEError ? unusable('the broker’s answer is not signed as it should be', cause) : cause
    })
    // An answer of earlier may have become untrue since.
    if (Math.abs(payload.iat! * 1000 - askedAt) > (toleranceSeconds + 5) * 1000) throw unusable('the broker’s answer is not of now')
    const claims = payload.token_introspection as (JWTPayload & { active?: unknown }) | undefined
    if (typeof claims !== 'object' || claims === null || typeof claims.active !== 'boolean')
      throw unusable('the broker’s answer says nothing')
    if (!claims.active) throw new AccessError('invalid_token', 'access token: it was ended, has expired or is not for this resource')
    return { claims, evidence }
  }
}

const unusable = (why: string, cause?: unknown) => new AccessError('broker_unavailable', why, { cause })

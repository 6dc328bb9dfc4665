import { createLocalJWKSet, errors, type JWK, type JWTVerifyGetKey } from 'jose'
import { AccessError } from './access-error.ts'
import { ageIn, type Fetch, fetchBytes } from './bounded-fetch.ts'
import { freshByKey } from './fresh.ts'

export interface IssuerMetadata {
  issuer: string
  jwksUri: string
  tokenEndpoint: string
  introspectionEndpoint?: string
}

export interface Issuer {
  metadata: () => Promise<IssuerMetadata>
  /** Finds the broker's key by `kid`; an unknown one makes it look again, at most once in `UNKNOWN_KID_PAUSE_MS`. */
  keyFor: JWTVerifyGetKey
}

const METADATA_MS = 3_600_000
/** A key that the broker took away in an emergency is gone here as fast as an end in the status list. */
const JWKS_MS = 60_000
const UNKNOWN_KID_PAUSE_MS = 5_000
const MAX_BYTES = 262_144

/** The broker as its own documents tell (RFC 8414 §3, RFC 7517): fetched when needed, kept for a while. */
export function issuerAt(issuer: string, { fetch, now, timeoutMs }: { fetch: Fetch; now: () => number; timeoutMs: number }): Issuer {
  const json = async (url: string) => {
    const { headers, bytes } = await fetchBytes(fetch, url, { accept: 'application/json', maxBytes: MAX_BYTES, timeoutMs })
    try {
      return { body: JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>, ageMs: ageIn(headers) * 1000 }
    } catch (cause) {
      throw new AccessError('broker_unavailable', `the broker's answer for ${new URL(url).pathname} is not JSON`, { cause })
    }
  }

  const discovered = freshByKey(
    async (url) => {
      const { issuer: named, jwks_uri, token_endpoint, introspection_endpoint } = (await json(url)).body
      // A document that names another issuer is somebody else's, whoever served it (RFC 8414 §3.3).
      if (named !== issuer || typeof jwks_uri !== 'string' || typeof token_endpoint !== 'string') {
        throw new AccessError('broker_unavailable', 'the broker’s metadata are not those of the configured issuer')
      }
      const introspection = typeof introspection_endpoint === 'string' && { introspectionEndpoint: introspection_endpoint }
      return { value: { issuer, jwksUri: jwks_uri, tokenEndpoint: token_endpoint, ...introspection }, usableUntil: now() + METADATA_MS }
    },
    { now, max: 1 },
  )
  const metadata = () => discovered(wellKnown(issuer))

  const keySet = freshByKey(
    async () => {
      const { jwksUri } = await metadata()
      const askedAt = now()
      const { body, ageMs } = await json(jwksUri)
      const { keys } = body
      if (!Array.isArray(keys)) throw new AccessError('broker_unavailable', 'the broker’s key set is not a key set')
      return { value: { find: createLocalJWKSet({ keys: keys as JWK[] }), fetchedAt: now() }, usableUntil: askedAt + JWKS_MS - ageMs }
    },
    { now, max: 1 },
  )

  return {
    metadata,
    keyFor: async (header, token) => {
      if (typeof header.kid !== 'string') throw new errors.JWKSNoMatchingKey('the token names no kid')
      const set = await keySet('')
      try {
        return await set.find(header, token)
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey) || now() < set.fetchedAt + UNKNOWN_KID_PAUSE_MS) throw error
        return (await keySet('', set)).find(header, token)
      }
    },
  }
}

const wellKnown = (issuer: string) => {
  const { origin, pathname } = new URL(issuer)
  return `${origin}/.well-known/oauth-authorization-server${pathname === '/' ? '' : pathname}`
}

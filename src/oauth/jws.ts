import type { JWTPayload, ProtectedHeaderParameters } from 'jose'
import { base64url } from 'jose'
import { parseStrictJson } from '../strict-json.ts'

export interface ReadJws {
  header: ProtectedHeaderParameters & { alg?: string; kid?: string; typ?: string }
  claims: JWTPayload
}

/**
 * What somebody's compact JWS says, before anything of it is believed: two JSON objects, as strictly read as a body, so that
 * nothing in them can be read in two ways or upset the database. Does NOT check the signature.
 *
 * @throws Error when it is no such thing
 */
export function readJws(compact: string): ReadJws {
  const [header, claims, signature, ...more] = compact.split('.')
  if (!header || !claims || signature === undefined || more.length > 0) throw new Error('is not a compact JWS')
  const read = { header: objectIn(header), claims: objectIn(claims) } as ReadJws
  mustHaveTexts(read.header)
  return read
}

/**
 * The header of a compact JWS or JWE, read as strictly.
 *
 * @throws Error when it has none
 */
export function readHeader(compact: string): ReadJws['header'] {
  const header = objectIn(compact.split('.', 1)[0]!) as ReadJws['header']
  mustHaveTexts(header)
  return header
}

function mustHaveTexts({ alg, kid, typ, ...others }: ReadJws['header']): void {
  // Its payload would not be what we read (RFC 7797 §7: never in a JWT).
  if ('b64' in others) throw new Error('says how its payload is encoded')
  for (const text of [alg, kid, typ]) if (text !== undefined && typeof text !== 'string') throw new Error('has a header that is no text')
}

function objectIn(part: string): Record<string, unknown> {
  const value = parseStrictJson(new TextDecoder('utf-8', { fatal: true }).decode(base64url.decode(part)))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('is not a JSON object')
  return value as Record<string, unknown>
}

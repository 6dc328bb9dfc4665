import type { Deps } from '../deps.ts'
import type { ClientId } from '../ids.ts'
import { type KeyRow, signJwt } from '../oauth/keys.ts'
import { typeUri } from './event-types.ts'
import type { Said } from './take-in.ts'

/**
 * A signed security event token (RFC 8417): about whom by the receiver's own pseudonym (RFC 9493), and no personal data. Its
 * `jti` is the event's id, the same however often it comes.
 */
export async function securityEvent(deps: Deps, audience: ClientId, said: Said, at: Date, key: KeyRow | null): Promise<string> {
  const { eventId, type, event, approach, subject, sequence, ref, facts, at: happenedAt } = said
  const claims = {
    iss: deps.issuer,
    aud: audience,
    iat: Math.floor(at.getTime() / 1000),
    jti: eventId,
    toe: Math.floor(Date.parse(happenedAt) / 1000),
    ...(subject !== null && { sub_id: { format: 'opaque', id: subject } }),
    events: { [typeUri(deps.issuer, type)]: { event, approach, ref, ...(sequence !== null && { sequence }), facts } },
  }
  return await signJwt(deps, 'event', 'secevent+jwt', claims, at, key)
}

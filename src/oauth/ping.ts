import { sha256 } from '../canonical.ts'
import { isDecided } from '../consents/consent.ts'
import { consentById, lockConsent } from '../consents/store.ts'
import type { Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, ClientId, ConsentId } from '../ids.ts'
import { deliverWaiting } from '../notifications/deliver.ts'
import { awaitDecision, signalDecided } from '../notifications/signals.ts'
import { seal, unseal } from '../sealing.ts'
import { OAuthError } from './oauth-error.ts'

const SEALED_FOR = 'ciba-ping'

/** What a client is told, where it registered for it: sealed until then, for it opens the client's own door. */
interface Ping {
  clientId: ClientId
  authReqId: string
  token: string
}

/**
 * The bearer token with which we come to the client (CIBA Core §7.1). Shorter than this it cannot hold the 128 bits the
 * client has to put in it.
 *
 * @throws OAuthError `invalid_request`
 */
export function notificationTokenIn(form: Map<string, string>): string {
  const token = form.get('client_notification_token')
  if (token === undefined) throw new OAuthError('invalid_request', 'client_notification_token is missing: this client is told (ping)')
  if (!/^[A-Za-z0-9._~+/-]{22,1024}=*$/.test(token) || token.length > 1024)
    throw new OAuthError('invalid_request', 'client_notification_token is 22 to 1024 characters of a bearer token (RFC 6750 §2.1)')
  return token
}

/** Sees to it that the client is told as soon as there is an answer, also one that came while it was asking. */
export async function pingWhenDecided(
  tx: Tx,
  { secret }: Deps,
  at: Date,
  { boardId, consentId }: { boardId: BoardId; consentId: ConsentId },
  ping: Ping,
  expiresAt: Date,
): Promise<void> {
  const payload = await seal(secret, SEALED_FOR, JSON.stringify(ping))
  // Whoever decides holds this row: either they were before us, and we see what they decided, or they will see that we wait.
  await lockConsent(tx, boardId, consentId)
  await awaitDecision(tx, at, { consentId, payload, expiresAt })
  const consent = await consentById(tx, boardId, consentId)
  if (consent && isDecided(consent, at)) await signalDecided(tx, at, [consentId])
}

/**
 * Tells the clients that wait to be told (CIBA Core §10.2): that there is an answer, and not which. A client that does not say
 * 200 or 204 is told again, later and later; a redirect is not followed. It can always poll.
 *
 * @returns how many were told
 */
export async function deliverPings(deps: Deps): Promise<number> {
  return await deliverWaiting(deps, 'ping', async ({ payload }) => {
    const { clientId, authReqId, token } = JSON.parse(await unseal(deps.secret, SEALED_FOR, payload)) as Ping
    const address = await addressFor(deps, clientId, authReqId)
    if (!address) return
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const { status } = await deps.outsideFetch(address, { method: 'POST', headers, body: JSON.stringify({ auth_req_id: authReqId }) })
    if (status !== 204 && status !== 200) throw new Error(`the client answered ${status}`)
  })
}

/** Where the client is told, as long as it has something to fetch. */
async function addressFor({ db, now }: Deps, clientId: ClientId, authReqId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('ciba_requests as r')
    .innerJoin('clients as c', 'c.client_id', 'r.client_id')
    .select('c.notification_uri')
    .where('r.auth_req_id_hash', '=', sha256(authReqId)) // ciba_requests_pkey
    .where('r.client_id', '=', clientId)
    .where('r.used_at', 'is', null)
    .where('r.expires_at', '>', now())
    .where('c.disabled_at', 'is', null)
    .executeTakeFirst()
  return row?.notification_uri ?? undefined
}

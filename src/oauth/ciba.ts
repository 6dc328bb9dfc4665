import { type Selectable, sql } from 'kysely'
import { sha256 } from '../canonical.ts'
import { holderById } from '../catalog/store.ts'
import { isDecided, stateOf } from '../consents/consent.ts'
import { keptSince } from '../consents/kept-since.ts'
import { consentById } from '../consents/store.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { Issued } from '../grants/mint.ts'
import { redeemDirectly } from '../grants/redeem-directly.ts'
import { NotGranted, type Redeemer } from '../grants/wish.ts'
import { type BoardId, type ConsentId, type HolderId, newId } from '../ids.ts'
import { accessTokenAnswer } from './access-token.ts'
import { stillAllowed } from './authorization-details.ts'
import type { AuthenticatedClient } from './client-authentication.ts'
import { ID_TOKEN_KIND, signJwt } from './keys.ts'
import { notGranted } from './not-granted.ts'
import { OAuthError } from './oauth-error.ts'
import { makeRefreshToken } from './refresh-token.ts'
import { replaceWhenCollected } from './replace-grant.ts'
import type { CibaRequestTable } from './tables.ts'
import type { TokenRequest } from './token-request.ts'
import { mustFitOne } from './token-size.ts'

const ID_TOKEN_SECONDS = 300

type CibaRequest = Selectable<CibaRequestTable>

/**
 * The CIBA grant (CIBA Core §10.1): pending until there is an answer, then one access token and a refresh token, once. What was given is what the
 * token says, perhaps less than was asked.
 *
 * @throws OAuthError `authorization_pending`, `slow_down`, `expired_token`, `access_denied`, `invalid_grant`; as `mustBeAllowed`
 */
export async function cibaToken(deps: Deps, request: TokenRequest): Promise<Record<string, unknown>> {
  const { form, client, jkt, txn, at, key } = request
  if (client.way !== 'ciba') throw new OAuthError('unauthorized_client', 'this client does not ask people directly')
  const authReqId = form.get('auth_req_id')
  if (authReqId === undefined) throw new OAuthError('invalid_request', 'auth_req_id is missing')
  const hash = sha256(authReqId)
  const { asked, tooSoon } = await poll(deps, client.clientId, hash, at)
  if (!asked || asked.used_at)
    throw new OAuthError('invalid_grant', 'auth_req_id is not one of this client, or was used', { attempted: true })
  if (asked.expires_at <= at) throw new OAuthError('expired_token', 'nobody answered in time')
  if (tooSoon) throw new OAuthError('slow_down', `poll every ${asked.interval_seconds} seconds`)
  const direct = await answered(deps, asked, at)
  const redeemer: Redeemer = { clientId: client.clientId, supplierId: client.supplierId, jkt, txn }
  const atMost = stillAllowed(client, direct.resource, direct.datatypes)
  await replaceWhenCollected(deps, at, redeemer, asked, direct)
  const mustFit = mustFitOne(deps, client.clientId)
  try {
    let refreshToken = ''
    const issued = await redeemDirectly(deps, redeemer, { ...direct, atMost, mustFit }, async (tx) => {
      await useUp(tx, hash, at)
      refreshToken = await makeRefreshToken(tx, at, redeemer, { ...direct, scope: asked.scope })
    })
    return {
      ...(await accessTokenAnswer(deps, issued, redeemer, { key })),
      id_token: await idToken(deps, client, issued),
      scope: asked.scope,
      refresh_token: refreshToken,
    }
  } catch (error) {
    if (!(error instanceof NotGranted)) throw error
    await notGranted(deps, redeemer, error)
    throw new OAuthError('access_denied', 'there is no grant')
  }
}

/** Counts the poll, by itself, and says whether it came too soon; then the interval grows (CIBA §11). */
async function poll(deps: Deps, clientId: string, hash: Buffer, at: Date): Promise<{ asked: CibaRequest | undefined; tooSoon: boolean }> {
  const { rows } = await sql<CibaRequest & { too_soon: boolean }>`
    with before as (
      select auth_req_id_hash, coalesce(last_polled_at + make_interval(secs => interval_seconds) > ${at}, false) as too_soon
      from ciba_requests where auth_req_id_hash = ${hash} and client_id = ${clientId} for update -- ciba_requests_pkey
    )
    update ciba_requests r set last_polled_at = ${at},
      interval_seconds = case when before.too_soon then least(r.interval_seconds + 5, 300) else r.interval_seconds end
    from before where r.auth_req_id_hash = before.auth_req_id_hash
    returning r.*, before.too_soon`.execute(deps.db)
  return { asked: rows[0], tooSoon: rows[0]?.too_soon ?? false }
}

/**
 * Whoever holds a hint that is good for nothing waits like everybody else, and no shorter: the same statements are sent for what
 * came to nobody, about a board and a consent that are not there.
 *
 * @throws OAuthError `authorization_pending` while there may still come a yes, `access_denied` once there is a no or an end
 */
async function answered(deps: Deps, asked: CibaRequest, at: Date) {
  const boardId = asked.board_id ?? newId<BoardId>(at)
  const consentId = asked.consent_id ?? newId<ConsentId>(at)
  const { consent, resource } = await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, async (tx) => {
    const consent = await consentById(tx, boardId, consentId)
    const holder = await holderById(tx, consent?.item.holderId ?? newId<HolderId>(at))
    return { consent, resource: holder?.resource }
  })
  if (!asked.consent_id) throw pending(asked, at)
  if (!consent?.item.holderId || !resource) throw new OAuthError('access_denied', 'there is no grant')
  const given = stateOf(consent, at)
  // What ran out with nobody having decided waits on, like a hint that is good for nothing: it would tell that there is somebody.
  const ranOut = given.state === 'expired' && !isDecided(consent, new Date(given.at.getTime() - 1))
  if (ranOut || !isDecided(consent, at)) throw pending(asked, at)
  if (given.state !== 'given') throw new OAuthError('access_denied', 'the answer is no')
  const handedOut = { revision: asked.consent_revision, at: asked.made_at, awaiting: true }
  const datatypes = keptSince(consent, handedOut, at).filter((datatype) => given.datatypes.includes(datatype))
  if (datatypes.length === 0) throw new OAuthError('access_denied', 'there is no grant')
  const { revision } = consent
  const { holderId } = consent.item
  return { boardId, consentId, revision, holderId, resource, handedOut, datatypes, until: given.until }
}

/** In the transaction that issues: one of many at once gets through, the others find it used. */
async function useUp(tx: Tx, hash: Buffer, at: Date): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('ciba_requests')
    .set({ used_at: at })
    .where('auth_req_id_hash', '=', hash) // ciba_requests_pkey
    .where('used_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new OAuthError('invalid_grant', 'auth_req_id was used', { attempted: true })
}

/**
 * An ID token, because CIBA is OpenID: about the pupil or member of staff by the supplier's own pseudonym, whoever decided. It
 * says nothing else.
 */
async function idToken(deps: Deps, { clientId, idTokenAlg }: AuthenticatedClient, { forSupplier, issuedAt }: Issued): Promise<string> {
  const iat = Math.floor(issuedAt.getTime() / 1000)
  const claims = { iss: deps.issuer, sub: forSupplier.identifier!, aud: clientId, iat, exp: iat + ID_TOKEN_SECONDS }
  return await signJwt(deps, ID_TOKEN_KIND[idTokenAlg], 'JWT', claims, issuedAt)
}

/** Who waits for days need not poll every few seconds: clients that read `Retry-After` come less often the longer it takes. */
const PATIENT_AFTER_SECONDS = 600
const MOST_PATIENCE_SECONDS = 300

function pending({ made_at }: CibaRequest, at: Date): OAuthError {
  const waited = Math.floor((at.getTime() - made_at.getTime()) / 1000)
  const wait = Math.min(Math.floor(waited / 60), MOST_PATIENCE_SECONDS)
  const headers: Record<string, string> = waited >= PATIENT_AFTER_SECONDS ? { 'retry-after': String(wait) } : {}
  return new OAuthError('authorization_pending', 'nobody has answered yet', { headers })
}

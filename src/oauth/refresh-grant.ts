import type { Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { redeemDirectly } from '../grants/redeem-directly.ts'
import { NotGranted, type Redeemer } from '../grants/wish.ts'
import { accessTokenAnswer } from './access-token.ts'
import { mustBeAllowed, type RefreshingEntry, refreshingEntry } from './authorization-details.ts'
import { notGranted } from './not-granted.ts'
import { OAuthError } from './oauth-error.ts'
import { holdRefreshToken, type RefreshToken, refreshTokenOf } from './refresh-token.ts'
import type { TokenRequest } from './token-request.ts'
import { mustFitOne } from './token-size.ts'

/**
 * The refresh grant (RFC 6749 §6): another access token on a consent that was given directly, as long as it stands, for
 * what was granted or less. Bound to the client and to the DPoP key. The token itself stays the same one.
 *
 * @throws OAuthError `invalid_grant` when nothing stands any more, whatever the reason
 * @throws OAuthError `invalid_authorization_details`, `invalid_scope` for more than was granted, or than the client may have now; `invalid_target`
 */
export async function refreshGrant(deps: Deps, request: TokenRequest): Promise<Record<string, unknown>> {
  const { form, client, jkt, txn, at, key } = request
  if (client.way !== 'redirect' && client.way !== 'ciba') throw new OAuthError('unauthorized_client', 'this client gets no refresh tokens')
  const token = form.get('refresh_token')
  if (token === undefined) throw new OAuthError('invalid_request', 'refresh_token is missing')
  const refresh = await refreshTokenOf(deps.db, client.clientId, token, at)
  if (refresh?.jkt !== jkt) throw wrongToken()
  mustHaveScope(refresh, form.get('scope'))
  const details = form.get('authorization_details')
  const wish = details === undefined ? undefined : refreshingEntry(details)
  const redeemer: Redeemer = { clientId: client.clientId, supplierId: client.supplierId, jkt, txn }
  const grant = {
    boardId: refresh.board_id,
    consentId: refresh.consent_id,
    holderId: refresh.holder_id,
    handedOut: { revision: refresh.consent_revision, at: refresh.made_at },
    atMost: refresh.datatypes.filter((datatype) => client.allowed.datatypes?.includes(datatype) ?? true),
    ...(wish && { wished: wish.datatypes }),
  }
  const mustFit = mustFitOne(deps, client.clientId)
  try {
    const issued = await redeemDirectly(deps, redeemer, { ...grant, mustFit }, async (tx) => {
      if (!(await holdRefreshToken(tx, refresh))) throw wrongToken()
      const { resource } = await mustBeOfGrant(tx, refresh, { wish, resource: form.get('resource') })
      mustBeAllowed(client, resource, wish?.datatypes ?? [])
    })
    return { ...(await accessTokenAnswer(deps, issued, redeemer, { key })), ...(refresh.scope && { scope: refresh.scope }) }
  } catch (error) {
    if (!(error instanceof NotGranted)) throw error
    await notGranted(deps, redeemer, error)
    throw error.why === 'not_in_grant' ? wider(false) : wrongToken(false)
  }
}

function mustHaveScope({ scope }: RefreshToken, asked: string | undefined): void {
  const granted = (scope ?? '').split(' ')
  if ((asked ?? '').split(' ').some((one) => one !== '' && !granted.includes(one)))
    throw new OAuthError('invalid_scope', 'a scope was not granted', { attempted: true })
}

/** Another holder, purpose or person than was granted is more than was granted. */
async function mustBeOfGrant(
  tx: Tx,
  { board_id, consent_id, supplier_id }: RefreshToken,
  { wish, resource }: { wish: RefreshingEntry | undefined; resource: string | undefined },
): Promise<{ resource: string }> {
  const granted = await tx
    .selectFrom('consents as c')
    .innerJoin('items as i', (join) => join.onRef('i.board_id', '=', 'c.board_id').onRef('i.item_id', '=', 'c.item_id'))
    .innerJoin('holders as h', 'h.holder_id', 'i.holder_id')
    .leftJoin('pseudonyms as p', (join) =>
      join.onRef('p.board_id', '=', 'c.board_id').onRef('p.subject_id', '=', 'c.subject_id').on('p.audience_id', '=', supplier_id),
    ) // pseudonyms_pkey
    .select(['h.resource', 'i.purpose', 'p.pseudonym'])
    .where('c.board_id', '=', board_id)
    .where('c.consent_id', '=', consent_id) // consents_pkey
    .executeTakeFirstOrThrow()
  if ((resource ?? granted.resource) !== granted.resource)
    throw new OAuthError('invalid_target', 'resource is another than was granted', { attempted: true })
  if (!wish) return granted
  const same = wish.locations[0] === granted.resource && wish.purpose === granted.purpose
  if (!same || (wish.identifier ?? granted.pseudonym) !== granted.pseudonym) throw wider()
  return granted
}

const wrongToken = (attempted = true) =>
  new OAuthError('invalid_grant', 'the refresh token is not good for this client and key, or no longer', { attempted })
const wider = (attempted = true) => new OAuthError('invalid_authorization_details', 'this is more than was granted', { attempted })

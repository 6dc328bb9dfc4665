import { createHash } from 'node:crypto'
import type { Selectable } from 'kysely'
import { sha256 } from '../canonical.ts'
import type { Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { redeemDirectly } from '../grants/redeem-directly.ts'
import { NotGranted, type Redeemer } from '../grants/wish.ts'
import { accessTokenAnswer } from './access-token.ts'
import { stillAllowed } from './authorization-details.ts'
import { notGranted } from './not-granted.ts'
import { OAuthError } from './oauth-error.ts'
import { makeRefreshToken } from './refresh-token.ts'
import { endWhatCodeGave } from './revoke-refresh-token.ts'
import type { AuthorizationCodeTable } from './tables.ts'
import type { TokenRequest } from './token-request.ts'
import { mustFitOne } from './token-size.ts'

type AuthorizationCode = Selectable<AuthorizationCodeTable>

/**
 * The authorization code grant (RFC 6749 §4.1.3): one access token and one refresh token, once. A code is bound to its
 * client, its redirect URI, its PKCE challenge and its DPoP key; what is wrong with any of them is told with the same words
 * as a code that is not there. One that comes again ends what it gave. Standing is looked at again: between the yes and now somebody may have stopped it.
 *
 * @throws OAuthError `invalid_grant`, `invalid_request`, `invalid_target`, `unauthorized_client`; as `mustBeAllowed`
 */
export async function codeToken(deps: Deps, request: TokenRequest): Promise<Record<string, unknown>> {
  const { form, client, jkt, txn, at, key } = request
  if (client.way !== 'redirect') throw new OAuthError('unauthorized_client', 'this client does not send people here')
  const [code, verifier] = [form.get('code'), form.get('code_verifier')]
  if (code === undefined) throw new OAuthError('invalid_request', 'code is missing')
  if (verifier === undefined) throw new OAuthError('invalid_request', 'code_verifier is missing (PKCE)')
  if (form.has('authorization_details') || form.has('scope'))
    throw new OAuthError('invalid_request', 'a code gives what was granted; ask less with the refresh token')
  const codeHash = sha256(code)
  const made = await deps.db
    .selectFrom('authorization_codes')
    .selectAll()
    .where('code_hash', '=', codeHash) // authorization_codes_pkey
    .where('client_id', '=', client.clientId)
    .executeTakeFirst()
  if (made?.used_at) await endWhatCodeGave(deps, client.clientId, made)
  const over = !made || made.used_at || made.expires_at <= at || made.until_at <= at
  if (over || !isBoundTo(made, { jkt, verifier, redirectUri: form.get('redirect_uri') })) throw wrongCode()
  if ((form.get('resource') ?? made.resource) !== made.resource)
    throw new OAuthError('invalid_target', 'resource is another than was granted', { attempted: true })
  const redeemer: Redeemer = { clientId: client.clientId, supplierId: client.supplierId, jkt, txn }
  const { consent_revision: revision } = made
  const atMost = stillAllowed(client, made.resource, made.datatypes)
  const of = { boardId: made.board_id, consentId: made.consent_id, holderId: made.holder_id }
  const grant = { ...of, handedOut: { revision, at: made.made_at }, atMost }
  const refreshable = { ...of, revision, datatypes: made.datatypes, until: made.until_at, scope: null, codeHash }
  let refreshToken = ''
  const mustFit = mustFitOne(deps, client.clientId)
  try {
    const issued = await redeemDirectly(deps, redeemer, { ...grant, mustFit }, async (tx) => {
      await useUp(tx, codeHash, at)
      refreshToken = await makeRefreshToken(tx, at, redeemer, refreshable)
    })
    return { ...(await accessTokenAnswer(deps, issued, redeemer, { key })), refresh_token: refreshToken }
  } catch (error) {
    // Somebody was at it at the very same moment.
    if (error instanceof CodeUsed) await endWhatCodeGave(deps, client.clientId, made)
    if (!(error instanceof NotGranted)) throw error
    await notGranted(deps, redeemer, error)
    throw wrongCode(false)
  }
}

function isBoundTo(made: AuthorizationCode, given: { jkt: string; verifier: string; redirectUri: string | undefined }): boolean {
  const challenge = createHash('sha256').update(given.verifier).digest('base64url')
  const sameUri = given.redirectUri === undefined || given.redirectUri === made.redirect_uri
  return /^[A-Za-z0-9._~-]{43,128}$/.test(given.verifier) && challenge === made.code_challenge && given.jkt === made.jkt && sameUri
}

/** In the transaction that issues: one of many at once gets through, the others find it used (INV-11). */
async function useUp(tx: Tx, codeHash: Buffer, at: Date): Promise<void> {
  const used = await tx
    .updateTable('authorization_codes')
    .set({ used_at: at })
    .where('code_hash', '=', codeHash) // authorization_codes_pkey
    .where('used_at', 'is', null)
    .returning('code_hash')
    .executeTakeFirst()
  if (!used) throw new CodeUsed()
}

const WRONG_CODE = 'the code is not good for this client, key, verifier and redirect_uri, or no longer'
const wrongCode = (attempted = true) => new OAuthError('invalid_grant', WRONG_CODE, { attempted })

class CodeUsed extends OAuthError {
  constructor() {
    super('invalid_grant', WRONG_CODE, { attempted: true })
  }
}

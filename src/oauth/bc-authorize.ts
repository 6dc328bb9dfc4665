import type { Context } from 'hono'
import { sha256 } from '../canonical.ts'
import { clientById, holderByResource } from '../catalog/store.ts'
import { revisionOf } from '../consents/store.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { Env } from '../http.ts'
import { newSecret } from '../ids.ts'
import { recordRefused } from '../ledger/refused.ts'
import { endOf, startOf } from '../moments.ts'
import { withinRate } from '../rates.ts'
import { Refusal, type RefusalCode, refusals } from '../refusal.ts'
import { askDirectly, type DirectlyAsked } from '../requests/ask-directly.ts'
import type { DirectHint } from '../requests/direct-hint.ts'
import { authenticated } from './authenticate.ts'
import { askingEntry, mustBeAllowed } from './authorization-details.ts'
import { hintIn } from './ciba-hint.ts'
import type { AuthenticatedClient } from './client-authentication.ts'
import { grantAction, type Replaced } from './grant-action.ts'
import { OAuthError } from './oauth-error.ts'
import { notificationTokenIn, pingWhenDecided } from './ping.ts'

const USUAL_EXPIRY_SECONDS = 7 * 86_400
/** And far below 2,147,483 s, where timers of client libraries run over. */
const LONGEST_EXPIRY_SECONDS = 14 * 86_400
const POLL_SECONDS = 5

/** A supplier asks a class of parents at once; who tries codes gets no further than this. */
const PER_CLIENT = { most: 300, seconds: 900 }

type SupplierClient = Extract<AuthenticatedClient, { holderId: null }>

/**
 * `POST /bc-authorize` (CIBA Core §7): a supplier asks somebody directly who gave it a link code, or about whom it got an ID token before. What is
 * wrong with the request is told; whatever hangs on whom the hint is about is answered as if the question had gone out.
 */
export async function answerBackchannel(c: Context<Env>): Promise<Response> {
  const { deps } = c.var
  const { form, client, at } = await authenticated(c)
  if (client.way !== 'ciba') throw new OAuthError('unauthorized_client', 'this client does not ask people directly')
  // Before anything is looked at, so that it says nothing of the code.
  if (!(await withinRate(deps.db, at, `bc-authorize:${client.clientId}`, PER_CLIENT))) {
    const headers = { 'retry-after': String(PER_CLIENT.seconds) }
    throw new OAuthError('temporarily_unavailable', 'this client asks too much; try again later', { headers })
  }
  mustBeSound(form)
  const hint = await hintIn(deps, client.clientId, form, at)
  const pinged = (await clientById(deps.db, client.clientId))?.notificationUri != null
  const token = pinged ? notificationTokenIn(form) : undefined
  const expiresIn = expiryOf(form.get('requested_expiry'))
  const expiresAt = new Date(at.getTime() + expiresIn * 1000)
  const { asked, replaces } = await ask(deps, client, form, hint, at)
  const authReqId = newSecret()
  await inTransaction(deps.db, { actor: 'client', boards: asked ? [asked.boardId] : [] }, async (tx) => {
    await tx
      .insertInto('ciba_requests')
      .values({
        auth_req_id_hash: sha256(authReqId),
        client_id: client.clientId,
        supplier_id: client.supplierId,
        board_id: asked?.boardId ?? null,
        request_id: asked?.requestId ?? null,
        consent_id: asked?.consentId ?? null,
        consent_revision: asked ? await revisionOf(tx, asked.boardId, asked.consentId) : 0,
        scope: 'openid',
        binding_message: form.get('binding_message') ?? null,
        replaces: replaces?.grantId ?? null,
        replaces_revision: replaces?.revision ?? null,
        interval_seconds: POLL_SECONDS,
        made_at: at,
        expires_at: expiresAt,
      })
      .execute()
    if (asked && token) await pingWhenDecided(tx, deps, at, asked, { clientId: client.clientId, authReqId, token }, expiresAt)
  })
  return c.json({ auth_req_id: authReqId, expires_in: expiresIn, interval: POLL_SECONDS }, 200, { 'cache-control': 'no-store' })
}

/** @throws OAuthError `invalid_request`, `invalid_scope`, `invalid_binding_message` */
function mustBeSound(form: Map<string, string>): void {
  if (!(form.get('scope') ?? '').split(' ').includes('openid')) throw new OAuthError('invalid_scope', 'scope contains openid')
  if (form.has('request') || form.has('request_uri')) throw new OAuthError('invalid_request', 'request objects are not taken here')
  if (!BINDING_MESSAGE.test(form.get('binding_message') ?? '')) {
    throw new OAuthError('invalid_binding_message', 'binding_message is at most 40 letters, digits, spaces and - . , : #')
  }
}

/** Short and plain, so that it can be compared by eye and carries no other message. */
const BINDING_MESSAGE = /^[A-Za-z0-9 .,:#-]{0,40}$/

function expiryOf(requested: string | undefined): number {
  if (requested === undefined) return USUAL_EXPIRY_SECONDS
  if (!/^[1-9]\d{0,9}$/.test(requested)) throw new OAuthError('invalid_request', 'requested_expiry is a positive number of seconds')
  return Math.min(Number(requested), LONGEST_EXPIRY_SECONDS)
}

async function ask(
  deps: Deps,
  client: SupplierClient,
  form: Map<string, string>,
  hint: DirectHint,
  at: Date,
): Promise<{ asked: DirectlyAsked | undefined; replaces: Replaced | null }> {
  const { locations, datatypes, purpose, service, part, occasion, reason, period } = askingEntry(form.get('authorization_details'))
  const [resource] = locations
  mustBeAllowed(client, resource, datatypes)
  if ((form.get('resource') ?? resource) !== resource) throw new OAuthError('invalid_target', 'resource is another than locations names')
  const holder = await holderByResource(deps.db, resource)
  const replaces = holder ? await grantAction(deps, client.supplierId, form, holder.holderId, at) : null
  try {
    const asked = await askDirectly(deps, client, {
      hint,
      onlyAbout: replaces?.subjectId,
      serviceId: service,
      partId: part,
      resource,
      datatypes,
      purpose,
      startsAt: period?.from === undefined ? undefined : startOf(period.from),
      endsAt: period?.until === undefined ? undefined : endOf(period.until),
      occasion,
      reason,
    })
    return { asked, replaces }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    await recordRefused(deps, { boardId: null, approach: 'operator', actor: `client:${client.clientId}`, code: error.code })
    throw told(error.code)
  }
}

/** What is wrong with the ask itself, each in its own words. */
export function told(code: RefusalCode): OAuthError {
  if (code === 'supplier_not_found') return new OAuthError('access_denied', 'this supplier may not ask now', { status: 403 })
  return new OAuthError('invalid_authorization_details', `${code}: ${refusals[code].title}`)
}

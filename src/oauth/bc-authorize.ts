import type { Context } from 'hono'
import { sha256 } from '../canonical.ts'
import { clientById } from '../catalog/store.ts'
import { inTransaction } from '../database.ts'
import type { Env } from '../http.ts'
import { newSecret } from '../ids.ts'
import { withinRate } from '../rates.ts'
import { causeOf } from '../requests/direct-hint.ts'
import { storedAsk } from '../requests/stored-ask.ts'
import { askedDetails } from './asked-details.ts'
import { authenticated } from './authenticate.ts'
import { hintIn } from './ciba-hint.ts'
import { grantAction } from './grant-action.ts'
import { OAuthError } from './oauth-error.ts'
import { notificationTokenIn } from './ping.ts'
import { askQuestions, enqueueQuestion } from './question.ts'

const USUAL_EXPIRY_SECONDS = 7 * 86_400
/** And far below 2,147,483 s, where timers of client libraries run over. */
const LONGEST_EXPIRY_SECONDS = 14 * 86_400
const POLL_SECONDS = 5

/** A supplier asks a class of parents at once; who tries codes gets no further than this. */
const PER_CLIENT = { most: 300, seconds: 900 }

/**
 * `POST /bc-authorize` (CIBA Core §7): a supplier asks somebody directly who gave it a link code, or about whom it got an ID token before. What is
 * wrong with the request is told; whatever hangs on whom the hint is about is answered as if the question had gone out. So that the time it takes
 * tells nothing either, that is looked up only when the answer has gone (`askQuestions`): the same statements go before it for every hint.
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
  const notificationToken = pinged ? notificationTokenIn(form) : undefined
  const expiresIn = expiryOf(form.get('requested_expiry'))
  const read = await askedDetails(deps, client, form, at, { subject: 'whoever is hinted at', cause: causeOf(hint) })
  const replaces = await grantAction(deps, client.supplierId, form, read.use.holderId, at)
  const authReqId = newSecret()
  await inTransaction(deps.db, { actor: 'client', boards: [] }, async (tx) => {
    await tx
      .insertInto('ciba_requests')
      .values({
        auth_req_id_hash: sha256(authReqId),
        client_id: client.clientId,
        supplier_id: client.supplierId,
        scope: 'openid',
        binding_message: form.get('binding_message') ?? null,
        replaces: replaces?.grantId ?? null,
        replaces_revision: replaces?.revision ?? null,
        interval_seconds: POLL_SECONDS,
        made_at: at,
        expires_at: new Date(at.getTime() + expiresIn * 1000),
      })
      .execute()
    const { clientId, supplierId } = client
    const asks = { clientId, supplierId, authReqId, ask: storedAsk(read), hint, onlyAbout: replaces?.subjectId }
    await enqueueQuestion(tx, deps, at, { ...asks, notificationToken })
  })
  deps.afterwards(() => askQuestions(deps))
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

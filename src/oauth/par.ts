import type { Context } from 'hono'
import { clientById } from '../catalog/store.ts'
import type { Deps } from '../deps.ts'
import type { Env } from '../http.ts'
import { type ClientId, type ItemId, newId, newSecret, type RequestId } from '../ids.ts'
import { withinRate } from '../rates.ts'
import { storedAsk } from '../requests/stored-ask.ts'
import { askedDetails } from './asked-details.ts'
import { authenticated } from './authenticate.ts'
import { DpopError, dpopRefused, verifyDpop } from './dpop.ts'
import { grantAction } from './grant-action.ts'
import { OAuthError } from './oauth-error.ts'
import { OPEN_WITHIN_SECONDS, push } from './pushed-request.ts'
import { requestObject } from './request-object.ts'
import { signInWanted } from './sign-in-wanted.ts'
import { useUp } from './use-once.ts'

/** More people than come to one supplier's site at once; who pushes without end gets no further (RFC 9126 §2.3). */
const PER_CLIENT = { most: 600, seconds: 60 }

/**
 * `POST /par` (RFC 9126): a supplier at whose site somebody is pushes what it wants to ask. Whom it is about, that person
 * chooses here. Everything that can be wrong with it is told now, to the supplier, and not to the person later.
 */
export async function answerPar(c: Context<Env>): Promise<Response> {
  const { deps } = c.var
  const { form, client, at } = await authenticated(c)
  if (client.way !== 'redirect') throw new OAuthError('unauthorized_client', 'this client does not send people here')
  if (!(await withinRate(deps.db, at, `par:${client.clientId}`, PER_CLIENT))) {
    const headers = { 'retry-after': String(PER_CLIENT.seconds) }
    throw new OAuthError('temporarily_unavailable', 'this client pushes too much; try again later', { headers })
  }
  const proven = await provenKey(c, at)
  if (form.has('request_uri')) throw new OAuthError('invalid_request', 'a request_uri cannot be pushed')
  const signed = form.get('request')
  const request = signed === undefined ? form : await requestObject(deps, form, { clientId: client.clientId, at })
  mustBeCodeFlow(request)
  const redirectUri = await registeredUri(deps, client.clientId, request.get('redirect_uri'))
  const read = await askedDetails(deps, client, request, at, { subject: 'whoever is chosen', cause: 'began_there' })
  const replaces = await grantAction(deps, client.supplierId, request, read.use.holderId, at)
  const requestUri = await push(deps.db, newSecret(), {
    client_id: client.clientId,
    supplier_id: client.supplierId,
    redirect_uri: redirectUri,
    state: stateIn(request),
    code_challenge: challengeIn(request),
    jkt: boundTo(request, proven),
    ask: storedAsk(read),
    replaces: replaces?.grantId ?? null,
    replaces_revision: replaces?.revision ?? null,
    request_object: signed ?? null,
    ...signInWanted(request, at),
    request_id: newId<RequestId>(at),
    item_id: newId<ItemId>(at),
    made_at: at,
    expires_at: new Date(at.getTime() + OPEN_WITHIN_SECONDS * 1000),
  })
  return c.json({ request_uri: requestUri, expires_in: OPEN_WITHIN_SECONDS }, 201, { 'cache-control': 'no-store' })
}

/** Any other method (RFC 9126 §2.3). */
export function refuseMethod(c: Context<Env>): Response {
  return c.body(null, 405, { allow: 'POST' })
}

function mustBeCodeFlow(request: Map<string, string>): void {
  const type = request.get('response_type')
  if (type === undefined) throw new OAuthError('invalid_request', 'response_type is missing')
  if (type !== 'code') throw new OAuthError('unsupported_response_type', 'response_type is code')
  if ((request.get('response_mode') ?? 'query') !== 'query') throw new OAuthError('invalid_request', 'response_mode is query')
  if (request.has('scope')) throw new OAuthError('invalid_scope', 'what is asked stands in authorization_details')
}

/** Byte for byte one that was registered (RFC 9700 §2.1), and never left out (FAPI 2.0 §5.3.2.2 (6)). */
async function registeredUri({ db }: Deps, clientId: ClientId, uri: string | undefined): Promise<string> {
  const client = await clientById(db, clientId)
  if (uri === undefined || !client?.redirectUris.includes(uri))
    throw new OAuthError('invalid_request', 'redirect_uri is not a registered one')
  return uri
}

function stateIn(request: Map<string, string>): string | null {
  const state = request.get('state')
  if (state !== undefined && !/^[\x20-\x7e]{1,1000}$/.test(state)) throw new OAuthError('invalid_request', 'state is too long or not ASCII')
  return state ?? null
}

/** PKCE (RFC 7636), S256 only. */
function challengeIn(request: Map<string, string>): string {
  const challenge = request.get('code_challenge')
  if (challenge === undefined) throw new OAuthError('invalid_request', 'code_challenge is missing (PKCE)')
  if (request.get('code_challenge_method') !== 'S256') throw new OAuthError('invalid_request', 'code_challenge_method is S256')
  if (!/^[A-Za-z0-9_-]{43}$/.test(challenge)) throw new OAuthError('invalid_request', 'code_challenge is not an S256 challenge')
  return challenge
}

/** The key that made the DPoP proof of this request, where there is one. The proof is used up. */
async function provenKey(c: Context<Env>, at: Date): Promise<string | undefined> {
  const { deps } = c.var
  const header = c.req.header('dpop')
  if (header === undefined) return undefined
  try {
    const { jkt, use } = await verifyDpop(header, { method: 'POST', url: `${deps.issuer}/par`, at, secret: deps.secret })
    if ((await useUp(deps.db, [use])).length > 0) throw new DpopError('the DPoP proof was used before')
    return jkt
  } catch (error) {
    throw dpopRefused(error)
  }
}

/** The key the code will be bound to (RFC 9449 §10). */
function boundTo(request: Map<string, string>, proven: string | undefined): string {
  const named = request.get('dpop_jkt')
  if (named !== undefined && !/^[A-Za-z0-9_-]{43}$/.test(named)) throw new OAuthError('invalid_request', 'dpop_jkt is not a thumbprint')
  if (named !== undefined && proven !== undefined && named !== proven)
    throw new OAuthError('invalid_dpop_proof', 'dpop_jkt is another key than made the proof')
  const jkt = named ?? proven
  if (jkt === undefined) throw new OAuthError('invalid_request', 'a DPoP proof or dpop_jkt says to which key the code is bound')
  return jkt
}

import { expect } from 'vitest'
import type { Answer, Json, MadeCode, Target } from './target.ts'

export type Outcome = [status: number, error?: string]

/** What a section says of an answer beside its status and its error. */
export interface Says {
  /** All of it, unless it is said by a matcher that leaves the rest open. */
  body?: unknown
  /** Each by name; null for one that is not there. */
  headers?: Record<string, RegExp | null>
  /** Every parameter with which the browser is sent on. */
  location?: Json
}

/** One wrong request: what it is, which words of a standard refuse it, and what comes back. */
export interface Vector {
  proves: string
  what: string
  send: (target: Target) => Promise<Answer>
  ours: Outcome
  says?: (target: Target) => Says
  /** What oidc-provider answers: the same, in all that the section says; something else and why; or nothing, for it has no such thing. */
  peer: 'same' | { answers: Outcome; because: string } | { left: string }
}

export type Peer = Vector['peer']
export type Fields = Record<string, string | undefined>

export const differs = (answers: Outcome, because: string): Peer => ({ answers, because })

export const PAGE = { accept: 'text/html' }
export const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
export const CIBA = 'urn:openid:params:grant-type:ciba'

/** RFC 7662 §2.2: to whoever may not know, and of whatever is over, this and nothing more. */
export const INACTIVE = { active: false }
/** RFC 6749 §5.1, RFC 9449 §5, RFC 9396 §7. */
export const TOKEN: Says = {
  body: expect.objectContaining({
    access_token: expect.any(String),
    token_type: 'DPoP',
    expires_in: expect.any(Number),
  }),
  headers: { 'cache-control': /no-store/ },
}
/** Where to is not known, or not to be trusted: it is shown, and nobody is sent on. */
export const SHOWN: Says = { headers: { location: null, 'content-type': /^text\/html/ } }

export const b64 = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

export const redeem = async (t: Target, form: Fields = {}, { proof, assertion }: { proof?: string | undefined; assertion?: Json } = {}) =>
  await t.post(
    'token',
    {
      grant_type: 'client_credentials',
      resource: t.resource,
      authorization_details: JSON.stringify([t.entry()]),
      ...((assertion as Fields) ?? (await t.assertion('organisation'))),
      ...form,
    },
    { dpop: proof ?? (await (await t.key()).proof()) },
  )

/** What a client asks for of somebody who is there, in a pushed form and in a request object alike. */
export const asked = async (t: Target) => ({
  response_type: 'code',
  redirect_uri: t.redirectUri,
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
  dpop_jkt: (await t.key()).jkt,
  resource: t.resource,
})

export const push = async (t: Target, form: Fields = {}, headers: Record<string, string> = {}) =>
  await t.post(
    'par',
    {
      ...(await asked(t)),
      authorization_details: JSON.stringify([t.entry({}, true)]),
      ...(await t.assertion('redirect')),
      client_id: t.clientId('redirect'),
      ...form,
    },
    headers,
  )

/** What was pushed comes to the front door, by this client and in this time. */
export const open = async (t: Target, form: Fields = {}, { client = t.clientId('redirect'), after = 0 } = {}) => {
  const { body } = await push(t, form)
  if (after > 0) t.pass({ seconds: after })
  return await t.get(`/authorize?${new URLSearchParams({ client_id: client, request_uri: String(body.request_uri) })}`, PAGE)
}

export const ask = async (t: Target, form: Fields = {}) =>
  await t.post('bc-authorize', {
    scope: 'openid',
    login_hint: await t.hint(),
    binding_message: 'RP-4821',
    resource: t.resource,
    authorization_details: JSON.stringify([t.entry({}, true)]),
    ...(await t.assertion('ciba')),
    ...form,
  })

/** Comes for the answer to what was asked directly. */
export const poll = async (t: Target, authReqId: unknown, form: Fields = {}) =>
  await t.post(
    'token',
    { grant_type: CIBA, auth_req_id: authReqId as string, ...(await t.assertion('ciba')), ...form },
    { dpop: await (await t.key()).proof() },
  )

/** Brings a code that was made in the right way, but for something. */
export const exchange = async (
  t: Target,
  change: (made: MadeCode) => Fields,
  { otherKey = false, made }: { otherKey?: boolean; made?: MadeCode } = {},
) => {
  const code = made ?? (await t.code())
  const key = otherKey ? await t.key() : code.key
  return await t.post(
    'token',
    {
      grant_type: 'authorization_code',
      code: code.code,
      code_verifier: code.verifier,
      redirect_uri: t.redirectUri,
      ...(await t.assertion('redirect')),
      ...change(code),
    },
    { dpop: await key.proof() },
  )
}

/** Brings a refresh token that was got in the right way, but for something. */
export const refresh = async (t: Target, change: (t: Target) => Fields, { otherKey = false } = {}) => {
  const made = await t.code()
  const { body } = await exchange(t, () => ({}), { made })
  if (typeof body.refresh_token !== 'string') throw new Error(`no refresh token: ${JSON.stringify(body)}`)
  const key = otherKey ? await t.key() : made.key
  return await t.post(
    'token',
    { grant_type: 'refresh_token', refresh_token: body.refresh_token, ...(await t.assertion('redirect')), ...change(t) },
    { dpop: await key.proof() },
  )
}

export const introspect = async (t: Target, token: string, by?: Json, headers: Record<string, string> = {}) =>
  await t.post('introspect', { token, ...((by as Fields) ?? (await t.assertion('holder'))) }, headers)

export const revoke = async (t: Target, token: string, by: Json) => await t.post('revoke', { token, ...(by as Fields) })

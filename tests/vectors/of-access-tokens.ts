import { hashOf, type Json, type Presented, type Target } from './target.ts'
import { b64, type Outcome, type Vector } from './vector.ts'

const NO_SUCH = { left: 'it has no protected resource that takes a JWT' }

/** Every no at a protected resource says how to do it right: the scheme, the algorithms, and where to get a token. */
const challenge = (t: Target, error?: string, more = '') =>
  new RegExp(
    `^DPoP ${error === undefined ? '' : `error="${error}", `}${more}algs="EdDSA Ed25519 ES256", resource_metadata="${t.issuer}/.well-known/oauth-protected-resource/v1"$`,
  )

/** A token at a protected resource of the server itself, right but for something. */
const presented = (
  what: string,
  proves: string,
  jwt: (t: Target) => Promise<string>,
  ours: Outcome = [401, 'invalid_token'],
  how: (t: Target) => Promise<Presented> | Presented = () => ({}),
): Vector => ({
  proves,
  what: `access token: ${what}`,
  send: async (t) => await t.present(await jwt(t), await how(t)),
  ours,
  says: (t) => ({ headers: { 'www-authenticate': ours[0] === 200 ? null : challenge(t, ours[1]) } }),
  peer: NO_SUCH,
})
const claimed = (what: string, proves: string, claims: (t: Target) => Json) => presented(what, proves, (t) => t.accessJwt(claims(t)))
/** A right token with a proof that is wrong in something. */
const proven = (
  what: string,
  proves: string,
  how: (t: Target) => Promise<Presented> | Presented,
  ours: Outcome = [401, 'invalid_dpop_proof'],
) => presented(what, proves, (t) => t.accessJwt(), ours, how)

/** What the server's own protected resources take (RFC 9068, RFC 9449 §7), and how they refuse (RFC 6750, RFC 9728). */
export const ACCESS_TOKENS: readonly Vector[] = [
  presented('right', 'RFC 9068 §4', (t) => t.accessJwt(), [200]),
  presented('another typ', 'RFC 9068 §4', (t) => t.accessJwt({}, { typ: 'JWT' })),
  claimed('another issuer', 'RFC 9068 §4', () => ({ iss: 'https://elsewhere.example' })),
  claimed('for another resource', 'RFC 9068 §4, RFC 8707 §2', (t) => ({ aud: t.resource })),
  claimed('for this resource and another', 'RFC 9068 §4', (t) => ({ aud: [`${t.issuer}/v1`, t.resource] })),
  claimed('expired', 'RFC 9068 §4', (t) => ({ iat: t.now() - 700, exp: t.now() - 100 })),
  claimed('that never expires', 'RFC 9068 §2.2', () => ({ exp: undefined })),
  claimed('of a client nobody knows', 'RFC 9068 §2.2', () => ({ client_id: 'nobody' })),
  presented('unsigned', 'RFC 9068 §4', async (t) => `${b64({ alg: 'none', typ: 'at+jwt' })}.${(await t.accessJwt()).split('.')[1]}.`),
  presented(
    'with another’s signature',
    'RFC 9068 §4',
    async (t) => `${(await t.accessJwt()).replace(/[^.]+$/, '')}${(await t.accessJwt()).split('.')[2]}`,
  ),
  presented('an ID token', 'RFC 8725 §3.11', (t) => t.accessJwt({}, { typ: 'JWT', kind: 'id_token' })),
  presented('a status list', 'RFC 8725 §3.11', (t) => t.accessJwt({}, { typ: 'statuslist+jwt', kind: 'status_list' })),
  presented('a signed introspection', 'RFC 8725 §3.11', (t) => t.accessJwt({}, { typ: 'token-introspection+jwt', kind: 'introspection' })),
  presented('a signed event', 'RFC 8725 §3.11', (t) => t.accessJwt({}, { typ: 'secevent+jwt', kind: 'event' })),
  presented('signed with the key of ID tokens', 'RFC 8725 §3.12', (t) => t.accessJwt({}, { typ: 'at+jwt', kind: 'id_token' })),
  presented('a client assertion', 'RFC 8725 §3.11', async (t) => (await t.assertion('organisation')).client_assertion!),
  presented('a DPoP proof', 'RFC 8725 §3.11', async (t) => await (await t.key()).proof()),
  {
    ...presented('for something else than is wanted here', 'RFC 6750 §3.1', (t) => t.accessJwt({ scope: 'duties' }), [
      403,
      'insufficient_scope',
    ]),
    says: (t) => ({ headers: { 'www-authenticate': challenge(t, 'insufficient_scope', 'scope="changes", ') } }),
  },
  {
    proves: 'RFC 7009 §2',
    what: 'access token: that was given back',
    send: async (t) => {
      const jwt = await t.accessJwt()
      const { status } = await t.post('revoke', { token: jwt, ...(await t.assertion('organisation')) })
      if (status !== 200) throw new Error(`given back: ${status}`)
      return await t.present(jwt)
    },
    ours: [401, 'invalid_token'],
    says: (t) => ({ headers: { 'www-authenticate': challenge(t, 'invalid_token') } }),
    peer: NO_SUCH,
  },
  presented(
    'none',
    'RFC 6750 §3.1, RFC 9728 §5.1',
    async () => '',
    [401],
    () => ({ headers: { authorization: undefined } }),
  ),
  presented(
    'in the address',
    'FAPI 2.0 §5.3.4 (2)',
    (t) => t.accessJwt(),
    [401],
    () => ({ headers: { authorization: undefined }, inQuery: true }),
  ),
  presented(
    'as if whoever has it may use it',
    'RFC 9449 §7.2',
    (t) => t.accessJwt(),
    [401, 'invalid_token'],
    () => ({ scheme: 'Bearer' }),
  ),
  presented('bound to no key', 'RFC 9449 §7.1', (t) => t.accessJwt({ cnf: undefined }), [401, 'invalid_dpop_proof']),
  presented('bound to another key', 'RFC 9449 §4.3 (12), §7.1', async (t) => await t.accessJwt({ cnf: { jkt: (await t.key()).jkt } }), [
    401,
    'invalid_dpop_proof',
  ]),
  proven('without a proof', 'RFC 9449 §7.1', () => ({ headers: { dpop: undefined } })),
  proven('with a proof without ath', 'RFC 9449 §4.3 (12), §7', () => ({ claims: { ath: undefined } })),
  proven('with the ath of another token', 'RFC 9449 §4.3 (12), §7', async (t) => ({ claims: { ath: hashOf(await t.accessJwt()) } })),
  proven('with a proof for another method', 'RFC 9449 §4.3 (8)', () => ({ claims: { htm: 'POST' } })),
  proven('with a proof for another address', 'RFC 9449 §4.3 (9)', (t) => ({ claims: { htu: `${t.issuer}/v1/subjects` } })),
  proven('with a proof of an hour ago', 'RFC 9449 §4.3 (11), §9', (t) => ({ claims: { iat: t.now() - 3600 } }), [401, 'use_dpop_nonce']),
  {
    ...proven('with a proof that was used before', 'RFC 9449 §11.1', () => ({})),
    send: async (t) => {
      const [jwt, jti] = [await t.accessJwt(), crypto.randomUUID()]
      await t.present(jwt, { claims: { jti } })
      return await t.present(jwt, { claims: { jti } })
    },
  },
]

import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import type { Json, Target } from './target.ts'
import { b64, differs, type Outcome, type Peer, redeem, TOKEN, type Vector } from './vector.ts'

/** With an assertion that is wrong in something. */
const assertion = (
  what: string,
  proves: string,
  make: (t: Target) => Promise<Json> | Json,
  peer: Peer = 'same',
  ours: Outcome = [401, 'invalid_client'],
): Vector => ({
  proves,
  what: `client assertion: ${what}`,
  send: async (t) => await redeem(t, {}, { assertion: await make(t) }),
  ours,
  peer,
})

const symmetric = async (t: Target) => {
  const { client_assertion: right } = await t.assertion('organisation')
  const [, payload] = right!.split('.')
  return {
    ...(await t.assertion('organisation')),
    client_assertion: `${b64({ alg: 'HS256', kid: 'k1' })}.${payload}.${b64('x'.repeat(32))}`,
  }
}

/** What `alg: none` and other unsigned things look like. */
const unsigned = async (t: Target, alg: string) => {
  const right = await t.assertion('organisation')
  const [, payload] = right.client_assertion!.split('.')
  return { ...right, client_assertion: `${b64({ alg })}.${payload}.` }
}

/** Who a client is, and what it says at the token endpoint. */
export const CLIENTS: readonly Vector[] = [
  { proves: 'RFC 6749 §4.4, §5.1', what: 'right: a redemption', send: (t) => redeem(t), ours: [200], says: () => TOKEN, peer: 'same' },

  assertion('none at all', 'FAPI 2.0 §5.3.2.1 (6)', (t) => ({ client_id: t.clientId('organisation') })),
  assertion('a shared secret instead', 'FAPI 2.0 §5.3.2.1 (6)', (t) => ({
    client_id: t.clientId('organisation'),
    client_secret: 'secret',
  })),
  assertion('aud is the token endpoint', 'FAPI 2.0 §5.3.2.1 (8)', (t) => t.assertion('organisation', { aud: t.url('token') })),
  assertion('aud is a list', 'FAPI 2.0 §5.3.2.1 (8)', (t) => t.assertion('organisation', { aud: [t.issuer] })),
  assertion('aud is somebody else', 'RFC 7523 §3 (3)', (t) => t.assertion('organisation', { aud: 'https://elsewhere.example' })),
  assertion('past', 'RFC 7523 §3 (4)', (t) => t.assertion('organisation', { exp: t.now() - 120, iat: t.now() - 180 })),
  assertion('not yet', 'FAPI 2.0 §5.3.2.1 (13)', (t) => t.assertion('organisation', { nbf: t.now() + 120, exp: t.now() + 180 })),
  assertion(
    'right: by a clock that is nine seconds ahead',
    'FAPI 2.0 §5.3.2.1 (13)',
    (t) => t.assertion('organisation', { iat: t.now() + 9, nbf: t.now() + 9 }),
    'same',
    [200],
  ),
  assertion('without exp', 'RFC 7523 §3 (4)', (t) => t.assertion('organisation', { exp: undefined })),
  assertion('without jti', 'OpenID Connect Core §9', (t) => t.assertion('organisation', { jti: undefined })),
  assertion('sub is another than iss', 'RFC 7523 §3 (2)', (t) => t.assertion('organisation', { sub: t.clientId('ciba') })),
  assertion('signed with another client’s key', 'RFC 7523 §3 (9)', (t) => t.assertion('organisation', {}, {}, t.keyOf('ciba'))),
  assertion('alg none', 'RFC 8725 §3.2', (t) => unsigned(t, 'none')),
  assertion('alg in odd capitals', 'RFC 8725 §3.1', (t) => unsigned(t, 'nOnE')),
  assertion('HS256 with what is public', 'RFC 8725 §2.1', symmetric),
  assertion('a critical header nobody knows', 'RFC 7515 §4.1.11', (t) => t.assertion('organisation', {}, { crit: ['urn:x'], 'urn:x': 1 })),
  assertion(
    'typ of an access token',
    'RFC 8725 §3.11',
    (t) => t.assertion('organisation', {}, { typ: 'at+jwt' }),
    differs([200], 'it does not look at the typ of an assertion'),
  ),
  assertion(
    'that says its payload is not encoded',
    'RFC 7797 §7',
    async (t) => {
      const right = await t.assertion('organisation')
      const start = `${b64({ alg: 'EdDSA', kid: 'k1', b64: false, crit: ['b64'] })}.${right.client_assertion!.split('.')[1]}`
      const signature = Buffer.from(await crypto.subtle.sign('Ed25519', t.keyOf('organisation'), Buffer.from(start)))
      return { ...right, client_assertion: `${start}.${signature.toString('base64url')}` }
    },
    differs([200], 'it reads the payload as if that had not been said'),
  ),
  assertion('an unknown client', 'RFC 6749 §5.2', (t) => t.assertion('organisation', { iss: 'nobody', sub: 'nobody' })),
  {
    proves: 'RFC 7523 §3 (7)',
    what: 'client assertion: used before',
    send: async (t) => {
      const once = await t.assertion('organisation')
      await redeem(t, {}, { assertion: once })
      return await redeem(t, {}, { assertion: once })
    },
    ours: [401, 'invalid_client'],
    peer: 'same',
  },

  {
    proves: 'RFC 6749 §3.2',
    what: 'token request: a parameter twice',
    send: async (t) => {
      const form = Object.entries({ grant_type: 'client_credentials', scope: 'x', ...(await t.assertion('organisation')) })
      return await t.post('token', [...form, ['scope', 'y']] as [string, string][], { dpop: await (await t.key()).proof() })
    },
    ours: [400, 'invalid_request'],
    peer: 'same',
  },
  {
    proves: 'FAPI 2.0 §5.3.2.1 (2), RFC 6749 §5.2',
    what: 'token request: a password',
    send: (t) => redeem(t, { grant_type: 'password', username: 'nadia', password: 'geheim' }),
    ours: [400, 'unsupported_grant_type'],
    peer: 'same',
  },
  {
    proves: 'RFC 6749 §5.2',
    what: 'token request: no grant type',
    send: (t) => redeem(t, { grant_type: undefined }),
    ours: [400, 'invalid_request'],
    peer: 'same',
  },
  {
    proves: 'RFC 6749 §5.2',
    what: 'token request: a grant type this client is not registered for',
    send: (t) => redeem(t, { grant_type: 'authorization_code', code: 'x', code_verifier: 'x'.repeat(43) }),
    ours: [400, 'unauthorized_client'],
    peer: differs([400, 'invalid_request'], 'it has no unauthorized_client here, though §5.2 does'),
  },
  {
    proves: 'RFC 8707 §2',
    what: 'resource: another than the details name',
    send: (t) => redeem(t, { resource: 'https://elsewhere.example/' }),
    ours: [400, 'invalid_target'],
    peer: 'same',
  },
  {
    proves: 'RFC 8707 §2',
    what: 'resource: no absolute URI',
    send: (t) => redeem(t, { resource: '/results' }),
    ours: [400, 'invalid_target'],
    peer: 'same',
  },
  {
    proves: 'RFC 8707 §2',
    what: 'resource: with a fragment',
    send: (t) => redeem(t, { resource: `${t.resource}#x` }),
    ours: [400, 'invalid_target'],
    peer: 'same',
  },
  {
    proves: 'RFC 8707 §2.2',
    what: 'resource: right, and the token is for that one alone',
    send: async (t) => {
      const { status, body, headers } = await redeem(t, { resource: t.resource })
      return { status, headers, body: decodeJwt(String(body.access_token)) }
    },
    ours: [200],
    says: (t) => ({ body: expect.objectContaining({ aud: t.resource }) }),
    peer: 'same',
  },
]

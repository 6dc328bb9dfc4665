import { type JWTPayload, SignJWT } from 'jose'
import { expect } from 'vitest'
import type { Json, Target } from './target.ts'
import { asked, CHALLENGE, differs, type Fields, type Outcome, type Peer, push, redeem, type Vector } from './vector.ts'

const details = (what: string, proves: string, of: (t: Target) => unknown, peer: Peer = 'same'): Vector => ({
  proves,
  what: `authorization_details: ${what}`,
  send: async (t) => {
    const value = of(t)
    return await redeem(t, { authorization_details: typeof value === 'string' ? value : JSON.stringify(value) })
  },
  ours: [400, 'invalid_authorization_details'],
  peer,
})
const pushed = (what: string, proves: string, form: (t: Target) => Fields, ours: Outcome, peer: Peer = 'same'): Vector => ({
  proves,
  what: `PAR: ${what}`,
  send: async (t) => await push(t, form(t)),
  ours,
  peer,
})

const signed = async (t: Target, claims: Json, header: Json = {}) => {
  const payload = {
    iss: t.clientId('redirect'),
    aud: t.issuer,
    client_id: t.clientId('redirect'),
    nbf: t.now(),
    exp: t.now() + 60,
    jti: crypto.randomUUID(),
    ...(await asked(t)),
    authorization_details: [t.entry({}, true)],
    ...claims,
  } as JWTPayload
  return await new SignJWT(payload)
    .setProtectedHeader({ alg: 'EdDSA', kid: 'k1', typ: 'oauth-authz-req+jwt', ...header })
    .sign(t.keyOf('redirect'))
}
const request = (
  what: string,
  proves: string,
  claims: (t: Target) => Json,
  header: Json = {},
  peer: Peer = 'same',
  ours: Outcome = [400, 'invalid_request_object'],
): Vector => ({
  proves,
  what: `request object: ${what}`,
  send: async (t) =>
    await t.post('par', {
      request: await signed(t, claims(t), header),
      ...(await t.assertion('redirect')),
      client_id: t.clientId('redirect'),
    }),
  ours,
  peer,
})

const PUSHED = {
  body: {
    request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:[A-Za-z0-9_-]{22,}$/),
    // FAPI 2.0 §5.3.2.2 (12)
    expires_in: expect.toSatisfy((seconds: number) => seconds > 0 && seconds < 600),
  },
  headers: { 'cache-control': /no-store/ },
}

/** What is asked for: authorization_details (RFC 9396), pushed (RFC 9126), with PKCE (RFC 7636), signed (RFC 9101). */
export const REQUESTS: readonly Vector[] = [
  details('not JSON', 'RFC 9396 §5', () => '[{'),
  details('not a list', 'RFC 9396 §2', (t) => t.entry()),
  details('without a type', 'RFC 9396 §2', (t) => [t.entry({ type: undefined })]),
  details('another type', 'RFC 9396 §5', (t) => [t.entry({ type: 'payment' })]),
  details('an unknown field', 'RFC 9396 §5', (t) => [t.entry({ urgency: 'high' })]),
  details('a field of the wrong kind', 'RFC 9396 §5', (t) => [t.entry({ datatypes: 'arithmetic-results' })]),
  details('without a field that must be there', 'RFC 9396 §5', (t) => [t.entry({ purpose: undefined })]),
  details('another action', 'RFC 9396 §5', (t) => [t.entry({ actions: ['write'] })]),
  details(
    'a field twice',
    'RFC 8259 §4',
    (t) => JSON.stringify([t.entry()]).replace('"purpose"', '"purpose":"5.1.b","purpose"'),
    differs([200], 'JSON.parse takes the last of two'),
  ),
  details(
    '__proto__',
    'RFC 8259 §4',
    (t) => JSON.stringify([t.entry()]).replace('{', '{"__proto__":{},'),
    differs([200], 'it is strict about what its own validator names'),
  ),
  details('very deep', 'RFC 8259 §9', () => `${'['.repeat(5000)}${']'.repeat(5000)}`),
  details('nothing', 'RFC 9396 §2', () => '[]', differs([200], 'to it an empty list is none')),
  {
    proves: 'RFC 9396 §7',
    what: 'authorization_details: right, and what was granted is told',
    send: (t) => redeem(t),
    ours: [200],
    says: (t) => ({ body: expect.objectContaining({ authorization_details: [expect.objectContaining(t.entry())] }) }),
    peer: 'same',
  },

  { proves: 'RFC 9126 §2.2', what: 'PAR: right', send: (t) => push(t), ours: [201], says: () => PUSHED, peer: 'same' },
  {
    proves: 'FAPI 2.0 §5.3.2.2 (4)',
    what: 'PAR: nobody asks',
    send: async (t) => await push(t, { client_assertion: undefined, client_assertion_type: undefined }),
    ours: [401, 'invalid_client'],
    peer: 'same',
  },
  pushed(
    'a request_uri',
    'RFC 9126 §2.1',
    () => ({ request_uri: 'urn:ietf:params:oauth:request_uri:x' }),
    [400, 'invalid_request'],
    differs([400, 'request_uri_not_supported'], 'of OpenID Connect Core §3.1.2.6'),
  ),
  pushed('no redirect_uri', 'FAPI 2.0 §5.3.2.2 (6)', () => ({ redirect_uri: undefined }), [400, 'invalid_request']),
  pushed('a redirect_uri that is not registered', 'RFC 9700 §2.1', () => ({ redirect_uri: 'https://evil.example/' }), [
    400,
    'invalid_request',
  ]),
  pushed('a redirect_uri with something behind it', 'RFC 9700 §2.1', (t) => ({ redirect_uri: `${t.redirectUri}?x=1` }), [
    400,
    'invalid_request',
  ]),
  pushed(
    'another response_type',
    'FAPI 2.0 §5.3.2.2 (1)',
    () => ({ response_type: 'id_token' }),
    [400, 'unsupported_response_type'],
    differs([400, 'invalid_request'], 'to it the client is not registered for it'),
  ),
  pushed('no response_type', 'RFC 6749 §3.1.1', () => ({ response_type: undefined }), [400, 'invalid_request']),
  pushed(
    'another client_id',
    'RFC 9126 §2',
    (t) => ({ client_id: t.clientId('ciba') }),
    [401, 'invalid_client'],
    differs([400, 'invalid_request'], 'RFC 9126 §2.3 allows either'),
  ),
  pushed(
    'more than anybody has to ask',
    'RFC 9126 §2.3',
    () => ({ state: 'x'.repeat(200_000) }),
    [413, 'invalid_request'],
    differs([400, 'invalid_request'], 'it calls that a body that it could not read'),
  ),
  pushed('an unknown resource', 'RFC 8707 §2', () => ({ resource: 'https://elsewhere.example/' }), [400, 'invalid_target']),
  pushed(
    'details with an unknown field',
    'RFC 9396 §5',
    (t) => ({ authorization_details: JSON.stringify([t.entry({ urgency: 'high' }, true)]) }),
    [400, 'invalid_authorization_details'],
  ),
  pushed('no challenge', 'RFC 7636 §4.4.1', () => ({ code_challenge: undefined, code_challenge_method: undefined }), [
    400,
    'invalid_request',
  ]),
  pushed('plain', 'FAPI 2.0 §5.3.2.2 (5), RFC 7636 §4.3', () => ({ code_challenge_method: 'plain' }), [400, 'invalid_request']),
  pushed('no method, which is plain', 'RFC 7636 §4.3', () => ({ code_challenge_method: undefined }), [400, 'invalid_request']),
  pushed('a challenge that cannot be one', 'RFC 7636 §4.2', () => ({ code_challenge: 'short' }), [400, 'invalid_request']),
  pushed(
    'bound to no key',
    'FAPI 2.0 §5.3.2.1 (12), RFC 9449 §10',
    () => ({ dpop_jkt: undefined }),
    [400, 'invalid_request'],
    differs([201], 'it binds at the token endpoint'),
  ),
  pushed('right: names a key, and brings no proof of it yet', 'RFC 9449 §10', () => ({ dpop_jkt: CHALLENGE }), [201]),
  {
    proves: 'RFC 9449 §10.1',
    what: 'PAR: dpop_jkt is not the key of the proof',
    send: async (t) => await push(t, { dpop_jkt: CHALLENGE }, { dpop: await (await t.key()).proof({ htu: t.url('par') }) }),
    ours: [400, 'invalid_dpop_proof'],
    peer: differs([400, 'invalid_request'], 'it names the parameter and not the proof'),
  },
  {
    proves: 'RFC 9126 §2.3, RFC 9110 §15.5.6',
    what: 'PAR: read instead of pushed',
    send: async (t) => await t.get('/par'),
    ours: [405],
    says: () => ({ headers: { allow: /^POST$/ } }),
    peer: differs([404], 'to it a path that takes no GET is none'),
  },

  {
    ...request('right', 'RFC 9101 §4', () => ({}), {}, 'same', [201]),
    says: () => PUSHED,
  },
  request('another client’s name in it', 'RFC 9101 §5', (t) => ({ client_id: t.clientId('ciba') })),
  request('another issuer', 'RFC 9101 §4', () => ({ iss: 'somebody' })),
  request('for somebody else', 'FAPI MS §5.3.1 (2)', () => ({ aud: 'https://elsewhere.example' })),
  request('past', 'RFC 7519 §4.1.4', (t) => ({ exp: t.now() - 60, nbf: t.now() - 120 })),
  request('without nbf', 'FAPI MS §5.3.1 (3)', () => ({ nbf: undefined })),
  request('longer than an hour', 'FAPI MS §5.3.1 (4)', (t) => ({ exp: t.now() + 7200 })),
  request('an hour and a half from nbf to exp', 'FAPI MS §5.3.1 (4)', (t) => ({ nbf: t.now() - 2400, exp: t.now() + 3000 })),
  request('without jti: none is wanted', 'RFC 9101 §4', () => ({ jti: undefined }), {}, 'same', [201]),
  request('with an empty jti', 'RFC 7519 §4.1.7', () => ({ jti: '' }), {}, differs([201], 'it does not read the jti of a request object')),
  {
    proves: 'RFC 7519 §4.1.7, FAPI MS §5.3.1',
    what: 'request object: a second time, by its client and with a new assertion',
    send: async (t) => {
      const request = await signed(t, {})
      const push = async () => await t.post('par', { request, ...(await t.assertion('redirect')), client_id: t.clientId('redirect') })
      await push()
      return await push()
    },
    ours: [400, 'invalid_request_object'],
    peer: differs([201], 'it does not read the jti of a request object'),
  },
  request(
    'of another kind',
    'RFC 9101 §10.8, RFC 8725 §3.11',
    () => ({}),
    { typ: 'at+jwt' },
    differs([201], 'it does not look at the typ of a request object'),
  ),
  request('with a request_uri in it', 'RFC 9101 §4', () => ({ request_uri: 'urn:x' })),
  {
    proves: 'RFC 9101 §6.2',
    what: 'request object: signed with another client’s key',
    send: async (t) => {
      const [head, payload] = (await signed(t, {})).split('.')
      const signature = await crypto.subtle.sign('Ed25519', t.keyOf('ciba'), Buffer.from(`${head}.${payload}`))
      const request = `${head}.${payload}.${Buffer.from(signature).toString('base64url')}`
      return await t.post('par', { request, ...(await t.assertion('redirect')), client_id: t.clientId('redirect') })
    },
    ours: [400, 'invalid_request_object'],
    peer: 'same',
  },
  {
    proves: 'RFC 9126 §3',
    what: 'request object: a parameter beside it',
    send: async (t) =>
      await t.post('par', {
        request: await signed(t, {}),
        state: 'beside',
        ...(await t.assertion('redirect')),
        client_id: t.clientId('redirect'),
      }),
    ours: [400, 'invalid_request'],
    peer: differs([201], 'what stands beside is ignored, which RFC 9126 §3 leaves open too'),
  },
]

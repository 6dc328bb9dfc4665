import { createHash } from 'node:crypto'
import { type JWTPayload, SignJWT } from 'jose'
import type { Answer, Json, Target } from './target.ts'

type Outcome = [status: number, error?: string]

/** One wrong request: what it is, which words of a standard refuse it, and what comes back. */
export interface Vector {
  proves: string
  what: string
  send: (target: Target) => Promise<Answer>
  ours: Outcome
  /** What oidc-provider answers: the same, something else and why, or nothing, for it has no such thing. */
  peer: 'same' | { answers: Outcome; because: string } | { left: string }
}

const PAGE = { accept: 'text/html' }

type Fields = Record<string, string | undefined>

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
const b64 = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

const redeem = async (t: Target, form: Fields = {}, { proof, assertion }: { proof?: string | undefined; assertion?: Json } = {}) =>
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

const push = async (t: Target, form: Fields = {}, headers: Record<string, string> = {}) =>
  await t.post(
    'par',
    {
      response_type: 'code',
      redirect_uri: t.redirectUri,
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
      dpop_jkt: (await t.key()).jkt,
      resource: t.resource,
      authorization_details: JSON.stringify([t.entry({}, true)]),
      ...(await t.assertion('redirect')),
      client_id: t.clientId('redirect'),
      ...form,
    },
    headers,
  )

const ask = async (t: Target, form: Fields = {}) =>
  await t.post('bc-authorize', {
    scope: 'openid',
    login_hint: await t.hint(),
    binding_message: 'RP-4821',
    resource: t.resource,
    authorization_details: JSON.stringify([t.entry({}, true)]),
    ...(await t.assertion('ciba')),
    ...form,
  })

const exchange = async (t: Target, change: (made: Awaited<ReturnType<Target['code']>>) => Fields, { otherKey = false } = {}) => {
  const made = await t.code()
  const key = otherKey ? await t.key() : made.key
  return await t.post(
    'token',
    {
      grant_type: 'authorization_code',
      code: made.code,
      code_verifier: made.verifier,
      redirect_uri: t.redirectUri,
      ...(await t.assertion('redirect')),
      ...change(made),
    },
    { dpop: await key.proof() },
  )
}

/** With an assertion that is wrong in something. */
const assertion = (
  what: string,
  proves: string,
  make: (t: Target) => Promise<Json> | Json,
  peer: Vector['peer'] = 'same',
  ours: Outcome = [401, 'invalid_client'],
): Vector => ({
  proves,
  what: `client assertion: ${what}`,
  send: async (t) => await redeem(t, {}, { assertion: await make(t) }),
  ours,
  peer,
})
/** With a DPoP proof that is wrong in something. */
const dpop = (
  what: string,
  proves: string,
  claims: (t: Target) => Promise<Json> | Json,
  header: Json = {},
  peer: Vector['peer'] = 'same',
  ours: Outcome = [400, 'invalid_dpop_proof'],
): Vector => ({
  proves,
  what: `DPoP proof: ${what}`,
  send: async (t) => await redeem(t, {}, { proof: await (await t.key()).proof(await claims(t), header) }),
  ours,
  peer,
})
/** A proof whose time is not that of the server: it asks for one with its nonce. */
const untimely = (what: string, proves: string, claims: (t: Target) => Promise<Json> | Json): Vector =>
  dpop(what, proves, claims, {}, 'same', [400, 'use_dpop_nonce'])
/** The nonce that a server gives to whoever comes with a wrong clock. */
const nonceOf = async (t: Target): Promise<string> => {
  const { headers } = await redeem(t, {}, { proof: await (await t.key()).proof({ iat: t.now() - 3600 }) })
  return headers.get('dpop-nonce') ?? 'none was given'
}
const details = (what: string, proves: string, of: (t: Target) => unknown, peer: Vector['peer'] = 'same'): Vector => ({
  proves,
  what: `authorization_details: ${what}`,
  send: async (t) => {
    const value = of(t)
    return await redeem(t, { authorization_details: typeof value === 'string' ? value : JSON.stringify(value) })
  },
  ours: [400, 'invalid_authorization_details'],
  peer,
})
const pushed = (what: string, proves: string, form: (t: Target) => Fields, ours: Outcome, peer: Vector['peer'] = 'same'): Vector => ({
  proves,
  what: `PAR: ${what}`,
  send: async (t) => await push(t, form(t)),
  ours,
  peer,
})
const asked = (what: string, proves: string, form: (t: Target) => Fields, ours: Outcome, peer: Vector['peer'] = 'same'): Vector => ({
  proves,
  what: `CIBA: ${what}`,
  send: async (t) => await ask(t, form(t)),
  ours,
  peer,
})
const coded = (
  what: string,
  proves: string,
  change: (made: Awaited<ReturnType<Target['code']>>) => Fields,
  ours: Outcome,
  peer: Vector['peer'] = 'same',
): Vector => ({
  proves,
  what: `code: ${what}`,
  send: async (t) => await exchange(t, change),
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
    response_type: 'code',
    redirect_uri: t.redirectUri,
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    dpop_jkt: (await t.key()).jkt,
    resource: t.resource,
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
  peer: Vector['peer'] = 'same',
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

const looser = (answers: Outcome, because: string) => ({ answers, because })

const fetched = (
  what: string,
  proves: string,
  path: (t: Target) => Promise<string> | string,
  ours: Outcome,
  headers: Record<string, string> = {},
  peer: Vector['peer'] = 'same',
): Vector => ({
  proves,
  what,
  send: async (t) => await t.get(await path(t), headers),
  ours,
  peer,
})
const NO_LISTS = { left: 'it has no status lists' }
/** A token at a protected resource of the server itself, right but for something. */
const presented = (what: string, proves: string, jwt: (t: Target) => Promise<string>, ours: Outcome = [401, 'invalid_token']): Vector => ({
  proves,
  what: `access token: ${what}`,
  send: async (t) => await t.present(await jwt(t)),
  ours,
  peer: { left: 'it has no protected resource that takes a JWT' },
})
const statusPath = async (t: Target) => {
  const [, payload] = (await t.accessToken()).split('.')
  const { status } = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as { status: { status_list: { uri: string } } }
  return new URL(status.status_list.uri).pathname
}
const aRequest = async (t: Target) => encodeURIComponent(String((await push(t)).body.request_uri))

export const VECTORS: readonly Vector[] = [
  // The right ones, without which the rest would prove nothing
  { proves: 'RFC 6749 §4.4', what: 'right: a redemption', send: (t) => redeem(t), ours: [200], peer: 'same' },
  { proves: 'RFC 9126 §2', what: 'right: a pushed request', send: (t) => push(t), ours: [201], peer: 'same' },
  {
    proves: 'RFC 9101',
    what: 'right: a request object',
    send: async (t) =>
      await t.post('par', { request: await signed(t, {}), ...(await t.assertion('redirect')), client_id: t.clientId('redirect') }),
    ours: [201],
    peer: 'same',
  },
  { proves: 'CIBA §7', what: 'right: asking directly', send: (t) => ask(t), ours: [200], peer: 'same' },
  { proves: 'RFC 6749 §4.1.3', what: 'right: a code', send: (t) => exchange(t, () => ({})), ours: [200], peer: 'same' },
  {
    proves: 'RFC 7662 §2',
    what: 'right: introspection',
    send: async (t) => await t.post('introspect', { token: await t.accessToken(), ...(await t.assertion('holder')) }),
    ours: [200],
    peer: looser([400, 'unsupported_token_type'], 'it introspects no JWT at all'),
  },

  // Client authentication
  assertion('none at all', 'FAPI 2.0 §5.3.2.1 (2)', (t) => ({ client_id: t.clientId('organisation') })),
  assertion('a shared secret instead', 'FAPI 2.0 §5.3.2.1 (5)', (t) => ({
    client_id: t.clientId('organisation'),
    client_secret: 'secret',
  })),
  assertion('aud is the token endpoint', 'FAPI 2.0 §5.3.2.1 (8)', (t) => t.assertion('organisation', { aud: t.url('token') })),
  assertion('aud is a list', 'FAPI 2.0 §5.3.2.1 (8)', (t) => t.assertion('organisation', { aud: [t.issuer] })),
  assertion('aud is somebody else', 'RFC 7523 §3 (3)', (t) => t.assertion('organisation', { aud: 'https://elsewhere.example' })),
  assertion('past', 'RFC 7523 §3 (4)', (t) => t.assertion('organisation', { exp: t.now() - 120, iat: t.now() - 180 })),
  assertion('not yet', 'FAPI 2.0 §5.3.2.1 (14)', (t) => t.assertion('organisation', { nbf: t.now() + 120, exp: t.now() + 180 })),
  assertion('without exp', 'RFC 7523 §3 (4)', (t) => t.assertion('organisation', { exp: undefined })),
  assertion('without jti', 'RFC 7523 §3 (7)', (t) => t.assertion('organisation', { jti: undefined })),
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
    looser([200], 'it does not look at the typ of an assertion'),
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
    looser([200], 'it reads the payload as if that had not been said'),
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

  // The token endpoint
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
    proves: 'RFC 6749 §5.2',
    what: 'token request: a grant type nobody has',
    send: (t) => redeem(t, { grant_type: 'password' }),
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
    peer: looser([400, 'invalid_request'], 'it has no unauthorized_client here, though §5.2 does'),
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

  // DPoP
  {
    proves: 'RFC 9449 §5',
    what: 'DPoP proof: none',
    send: async (t) =>
      await t.post('token', {
        grant_type: 'client_credentials',
        authorization_details: JSON.stringify([t.entry()]),
        resource: t.resource,
        ...(await t.assertion('organisation')),
      }),
    ours: [400, 'invalid_dpop_proof'],
    peer: looser([400, 'invalid_grant'], 'it looks for the proof after the grant'),
  },
  dpop('another typ', 'RFC 9449 §4.3 (4)', () => ({}), { typ: 'JWT' }),
  dpop('another method', 'RFC 9449 §4.3 (8)', () => ({ htm: 'GET' })),
  dpop('a method in small letters', 'RFC 9449 §4.3 (8)', () => ({ htm: 'post' })),
  dpop('another address', 'RFC 9449 §4.3 (9)', (t) => ({ htu: t.url('introspect') })),
  dpop('another host', 'RFC 9449 §4.3 (9)', () => ({ htu: 'https://elsewhere.example/token' })),
  dpop('a path below', 'RFC 9449 §4.3 (9)', (t) => ({ htu: `${t.url('token')}/` })),
  untimely('made an hour ago', 'RFC 9449 §4.3 (11), §8', (t) => ({ iat: t.now() - 3600 })),
  untimely('made in an hour', 'RFC 9449 §4.3 (11), §8', (t) => ({ iat: t.now() + 3600 })),
  untimely('a nonce nobody gave', 'RFC 9449 §4.3 (10), §9', () => ({ nonce: 'made-up' })),
  dpop(
    'right: by a wrong clock, with the nonce of the server',
    'RFC 9449 §4.3 (11), §8',
    async (t) => ({ iat: t.now() - 3600, nonce: await nonceOf(t) }),
    {},
    'same',
    [200],
  ),
  dpop('a nonce that is no text', 'RFC 9449 §4.2', () => ({ nonce: 7 }), {}, 'same'),
  {
    proves: 'RFC 9449 §8, §11.1',
    what: 'DPoP proof: with a nonce, used before',
    send: async (t) => {
      const proof = await (await t.key()).proof({ nonce: await nonceOf(t) })
      await redeem(t, {}, { proof })
      return await redeem(t, {}, { proof })
    },
    ours: [400, 'invalid_dpop_proof'],
    peer: looser([400, 'invalid_grant'], 'the code of before RFC 9449 had one of its own'),
  },
  dpop('without jti', 'RFC 9449 §4.3 (3)', () => ({ jti: undefined })),
  dpop('without iat', 'RFC 9449 §4.3 (3)', () => ({ iat: undefined })),
  dpop('a critical header nobody knows', 'RFC 7515 §4.1.11', () => ({}), { crit: ['urn:x'], 'urn:x': 1 }),
  {
    proves: 'RFC 9449 §4.3 (7)',
    what: 'DPoP proof: signed by another key than it names',
    send: async (t) => {
      const [head] = (await (await t.key()).proof()).split('.')
      const [, payload, signature] = (await (await t.key()).proof()).split('.')
      return await redeem(t, {}, { proof: `${head}.${payload}.${signature}` })
    },
    ours: [400, 'invalid_dpop_proof'],
    peer: 'same',
  },
  {
    proves: 'RFC 9449 §11.1',
    what: 'DPoP proof: used before',
    send: async (t) => {
      const proof = await (await t.key()).proof()
      await redeem(t, {}, { proof })
      return await redeem(t, {}, { proof })
    },
    ours: [400, 'invalid_dpop_proof'],
    peer: looser([400, 'invalid_grant'], 'the code of before RFC 9449 had one of its own'),
  },
  {
    proves: 'RFC 8725 §3.11',
    what: 'DPoP proof: a client assertion',
    send: async (t) => await redeem(t, {}, { proof: (await t.assertion('organisation')).client_assertion }),
    ours: [400, 'invalid_dpop_proof'],
    peer: 'same',
  },
  {
    proves: 'RFC 9449 §4.3 (1)',
    what: 'DPoP proof: two',
    send: async (t) => await redeem(t, {}, { proof: `${await (await t.key()).proof()}, ${await (await t.key()).proof()}` }),
    ours: [400, 'invalid_dpop_proof'],
    peer: 'same',
  },

  // RAR
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
    looser([200], 'JSON.parse takes the last of two'),
  ),
  details(
    '__proto__',
    'RFC 8259 §4',
    (t) => JSON.stringify([t.entry()]).replace('{', '{"__proto__":{},'),
    looser([200], 'it is strict about what its own validator names'),
  ),
  details('very deep', 'bounded input', () => `${'['.repeat(5000)}${']'.repeat(5000)}`),
  details('nothing', 'RFC 9396 §2', () => '[]', looser([200], 'to it an empty list is none')),

  // PAR
  pushed(
    'a request_uri',
    'RFC 9126 §2.1',
    () => ({ request_uri: 'urn:ietf:params:oauth:request_uri:x' }),
    [400, 'invalid_request'],
    looser([400, 'request_uri_not_supported'], 'of OpenID Connect Core §3.1.2.6'),
  ),
  pushed('no redirect_uri', 'FAPI 2.0 §5.3.2.2 (7)', () => ({ redirect_uri: undefined }), [400, 'invalid_request'], 'same'),
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
    looser([400, 'invalid_request'], 'to it the client is not registered for it'),
  ),
  pushed('no response_type', 'RFC 6749 §3.1.1', () => ({ response_type: undefined }), [400, 'invalid_request']),
  pushed(
    'another client_id',
    'RFC 9126 §2',
    (t) => ({ client_id: t.clientId('ciba') }),
    [401, 'invalid_client'],
    looser([400, 'invalid_request'], 'RFC 9126 §2.3 allows either'),
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
  pushed('plain', 'RFC 7636 §4.3', () => ({ code_challenge_method: 'plain' }), [400, 'invalid_request']),
  pushed('no method, which is plain', 'RFC 7636 §4.3', () => ({ code_challenge_method: undefined }), [400, 'invalid_request']),
  pushed('a challenge that cannot be one', 'RFC 7636 §4.2', () => ({ code_challenge: 'short' }), [400, 'invalid_request']),
  pushed(
    'bound to no key',
    'FAPI 2.0 §5.3.2.1 (5), RFC 9449 §10',
    () => ({ dpop_jkt: undefined }),
    [400, 'invalid_request'],
    looser([201], 'it binds at the token endpoint'),
  ),
  pushed('another key than made its proof', 'RFC 9449 §10.1', () => ({ dpop_jkt: CHALLENGE }), [201], 'same'),
  {
    proves: 'RFC 9449 §10.1',
    what: 'PAR: dpop_jkt is not the key of the proof',
    send: async (t) => await push(t, { dpop_jkt: CHALLENGE }, { dpop: await (await t.key()).proof({ htu: t.url('par') }) }),
    ours: [400, 'invalid_dpop_proof'],
    peer: looser([400, 'invalid_request'], 'it names the parameter and not the proof'),
  },
  request('another client’s name in it', 'RFC 9101 §4', (t) => ({ client_id: t.clientId('ciba') }), {}, 'same'),
  request('another issuer', 'RFC 9101 §4', () => ({ iss: 'somebody' })),
  request('for somebody else', 'RFC 9101 §4', () => ({ aud: 'https://elsewhere.example' })),
  request('past', 'RFC 9101 §10.2', (t) => ({ exp: t.now() - 60, nbf: t.now() - 120 })),
  request('without nbf', 'FAPI MS §5.3.1 (4)', () => ({ nbf: undefined })),
  request('longer than an hour', 'FAPI MS §5.3.1 (5)', (t) => ({ exp: t.now() + 7200 })),
  request(
    'of another kind',
    'RFC 8725 §3.11',
    () => ({}),
    { typ: 'at+jwt' },
    looser([201], 'it does not look at the typ of a request object'),
  ),
  request('with a request_uri in it', 'RFC 9101 §4', () => ({ request_uri: 'urn:x' })),
  {
    proves: 'RFC 9101 §6.1',
    what: 'request object: a parameter beside it',
    send: async (t) =>
      await t.post('par', {
        request: await signed(t, {}),
        state: 'beside',
        ...(await t.assertion('redirect')),
        client_id: t.clientId('redirect'),
      }),
    ours: [400, 'invalid_request'],
    peer: looser([201], 'what stands beside is ignored, which RFC 9126 §3 leaves open too'),
  },

  // CIBA
  asked(
    'no openid',
    'CIBA §7.1',
    () => ({ scope: 'profile' }),
    [400, 'invalid_scope'],
    looser([400, 'invalid_request'], '§13 has both; it calls the scope missing'),
  ),
  asked('no hint', 'CIBA §7.1', () => ({ login_hint: undefined }), [400, 'invalid_request']),
  asked('two hints', 'CIBA §7.1', () => ({ login_hint_token: 'x' }), [400, 'invalid_request']),
  asked('an ID token as a hint that is none', 'CIBA §7.1', () => ({ login_hint: undefined, id_token_hint: 'x.y.z' }), [
    400,
    'invalid_request',
  ]),
  asked('no time at all', 'CIBA §7.1', () => ({ requested_expiry: '0' }), [400, 'invalid_request']),
  asked(
    'details with an unknown field',
    'RFC 9396 §3',
    (t) => ({ authorization_details: JSON.stringify([t.entry({ urgency: 'high' }, true)]) }),
    [400, 'invalid_authorization_details'],
  ),
  asked('an unknown resource', 'RFC 8707 §2', () => ({ resource: 'https://elsewhere.example/' }), [400, 'invalid_target']),
  {
    proves: 'CIBA §13',
    what: 'CIBA: a client of another way',
    send: async (t) => await ask(t, { ...(await t.assertion('organisation')) }),
    ours: [400, 'unauthorized_client'],
    peer: looser([400, 'invalid_request'], '§13 has unauthorized_client; it does not use it'),
  },
  {
    proves: 'CIBA §11',
    what: 'CIBA: an auth_req_id nobody has',
    send: async (t) =>
      await t.post(
        'token',
        { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: 'nothing', ...(await t.assertion('ciba')) },
        { dpop: await (await t.key()).proof() },
      ),
    ours: [400, 'invalid_grant'],
    peer: 'same',
  },
  {
    proves: 'CIBA §11',
    what: 'CIBA: no auth_req_id',
    send: async (t) =>
      await t.post(
        'token',
        { grant_type: 'urn:openid:params:grant-type:ciba', ...(await t.assertion('ciba')) },
        { dpop: await (await t.key()).proof() },
      ),
    ours: [400, 'invalid_request'],
    peer: 'same',
  },

  // The code
  coded('another verifier', 'RFC 7636 §4.6', () => ({ code_verifier: 'x'.repeat(43) }), [400, 'invalid_grant']),
  coded(
    'no verifier',
    'RFC 7636 §4.5',
    () => ({ code_verifier: undefined }),
    [400, 'invalid_request'],
    looser([400, 'invalid_grant'], '§4.6 says so too'),
  ),
  coded(
    'the challenge for a verifier',
    'RFC 7636 §4.6',
    ({ verifier }) => ({ code_verifier: createHash('sha256').update(verifier).digest('base64url') }),
    [400, 'invalid_grant'],
  ),
  coded('another redirect_uri', 'RFC 6749 §4.1.3', () => ({ redirect_uri: 'https://rekenplus.example/' }), [400, 'invalid_grant']),
  coded('a code nobody made', 'RFC 6749 §5.2', () => ({ code: 'nothing' }), [400, 'invalid_grant']),
  coded('another resource', 'RFC 8707 §2.2', () => ({ resource: 'https://elsewhere.example/' }), [400, 'invalid_target']),
  {
    proves: 'RFC 9449 §10',
    what: 'code: another key than it was bound to',
    send: (t) => exchange(t, () => ({}), { otherKey: true }),
    ours: [400, 'invalid_grant'],
    peer: 'same',
  },
  {
    proves: 'RFC 6749 §4.1.2',
    what: 'code: used before',
    send: async (t) => {
      const { code, verifier, key } = await t.code()
      const form = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: t.redirectUri }
      const first = await t.post('token', { ...form, ...(await t.assertion('redirect')) }, { dpop: await key.proof() })
      if (first.status !== 200) throw new Error(`the first time: ${JSON.stringify(first.body)}`)
      return await t.post('token', { ...form, ...(await t.assertion('redirect')) }, { dpop: await key.proof() })
    },
    ours: [400, 'invalid_grant'],
    peer: 'same',
  },
  {
    proves: 'RFC 6749 §6',
    what: 'refresh token: nobody’s',
    send: async (t) =>
      await t.post(
        'token',
        { grant_type: 'refresh_token', refresh_token: 'nothing', ...(await t.assertion('redirect')) },
        { dpop: await (await t.key()).proof() },
      ),
    ours: [400, 'invalid_grant'],
    peer: 'same',
  },

  // Introspection and revocation
  {
    proves: 'RFC 7662 §2.1',
    what: 'introspection: no token',
    send: async (t) => await t.post('introspect', await t.assertion('holder')),
    ours: [400, 'invalid_request'],
    peer: 'same',
  },
  {
    proves: 'RFC 7662 §2.1',
    what: 'introspection: nobody asks',
    send: async (t) => await t.post('introspect', { token: 'x' }),
    ours: [401, 'invalid_client'],
    peer: looser([400, 'invalid_request'], 'to it that is no client authentication mechanism at all'),
  },
  {
    proves: 'RFC 7009 §2.1',
    what: 'revocation: no token',
    send: async (t) => await t.post('revoke', await t.assertion('organisation')),
    ours: [400, 'invalid_request'],
    peer: 'same',
  },
  {
    proves: 'RFC 7009 §2.1',
    what: 'revocation: nobody asks',
    send: async (t) => await t.post('revoke', { token: 'x' }),
    ours: [401, 'invalid_client'],
    peer: looser([400, 'invalid_request'], 'to it that is no client authentication mechanism at all'),
  },
  {
    proves: 'RFC 7009 §2.2',
    what: 'revocation: a token nobody made is no error',
    send: async (t) => await t.post('revoke', { token: 'nothing', ...(await t.assertion('organisation')) }),
    ours: [200],
    peer: 'same',
  },
  {
    proves: 'RFC 7009 §2.1',
    what: 'revocation: somebody else’s token is no error, and lives on',
    send: async (t) => await t.post('revoke', { token: await t.accessToken(), ...(await t.assertion('ciba')) }),
    ours: [200],
    peer: looser([400, 'unsupported_token_type'], 'it revokes no JWT at all'),
  },

  // The front door: what is wrong there is shown and never sent on, for where to is not known
  fetched('authorize: no request_uri', 'FAPI 2.0 §5.3.2.2 (3)', (t) => `/authorize?client_id=${t.clientId('redirect')}`, [400], PAGE),
  fetched(
    'authorize: the parameters themselves',
    'RFC 9126 §4',
    (t) => `/authorize?client_id=${t.clientId('redirect')}&response_type=code&redirect_uri=${t.redirectUri}`,
    [400],
    PAGE,
    looser([303], 'it sends the error on to the redirect_uri, for that one is registered'),
  ),
  fetched(
    'authorize: another client’s request_uri',
    'RFC 9126 §4',
    async (t) => `/authorize?client_id=${t.clientId('ciba')}&request_uri=${await aRequest(t)}`,
    [400],
    PAGE,
  ),
  fetched(
    'authorize: a parameter twice',
    'RFC 6749 §3.1',
    async (t) => `/authorize?client_id=${t.clientId('redirect')}&client_id=x&request_uri=${await aRequest(t)}`,
    [400],
    PAGE,
  ),
  fetched(
    'authorize: a request_uri at the supplier',
    'RFC 9101 §10.4',
    (t) => `/authorize?client_id=${t.clientId('redirect')}&request_uri=https://rekenplus.example/r`,
    [400],
    PAGE,
  ),
  fetched('authorize: a NUL', 'bounded input', (t) => `/authorize?client_id=${t.clientId('redirect')}&request_uri=%00`, [400], PAGE),

  {
    proves: 'RFC 9207 §2',
    what: 'authorize: the answer of an error names the issuer too',
    send: async (t) => {
      const pushed = await push(t, { prompt: 'none', state: 'st4te' })
      const { status, headers } = await t.get(
        `/authorize?${new URLSearchParams({ client_id: t.clientId('redirect'), request_uri: String(pushed.body.request_uri) })}`,
        PAGE,
      )
      const answer = new URL(headers.get('location') ?? 'none:').searchParams
      const whole = answer.get('iss') === t.issuer && answer.get('state') === 'st4te' && !answer.has('code')
      return { status, headers, body: { error: whole ? answer.get('error') : 'without iss or state' } }
    },
    ours: [303, 'login_required'],
    peer: 'same',
  },

  // What the server's own protected resources take
  presented('right', 'RFC 9068 §4', (t) => t.accessJwt(), [200]),
  presented('another typ', 'RFC 9068 §4', (t) => t.accessJwt({}, { typ: 'JWT' })),
  presented('another issuer', 'RFC 9068 §4', (t) => t.accessJwt({ iss: 'https://elsewhere.example' })),
  presented('for another resource', 'RFC 9068 §4', (t) => t.accessJwt({ aud: t.resource })),
  presented('for this resource and another', 'RFC 9068 §4', (t) => t.accessJwt({ aud: [`${t.issuer}/v1`, t.resource] })),
  presented('expired', 'RFC 9068 §4', (t) => t.accessJwt({ iat: t.now() - 700, exp: t.now() - 100 })),
  presented('that never expires', 'RFC 9068 §2.2', (t) => t.accessJwt({ exp: undefined })),
  presented('of a client nobody knows', 'RFC 9068 §2.2', (t) => t.accessJwt({ client_id: 'nobody' })),
  presented('bound to no key', 'RFC 9449 §7.1', (t) => t.accessJwt({ cnf: undefined }), [401, 'invalid_dpop_proof']),
  presented('bound to another key', 'RFC 9449 §7.1', async (t) => await t.accessJwt({ cnf: { jkt: (await t.key()).jkt } }), [
    401,
    'invalid_dpop_proof',
  ]),
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

  // Status lists
  fetched('status list: as CWT', 'Token Status List §8.1', statusPath, [406], { accept: 'application/statuslist+cwt' }, NO_LISTS),
  fetched(
    'status list: of another time',
    'Token Status List §8.4',
    async (t) => `${await statusPath(t)}?time=1700000000`,
    [501],
    {},
    NO_LISTS,
  ),
  fetched(
    'status list: one that is not there',
    'Token Status List §8.1',
    () => '/status/01939d2e-0000-7000-8000-000000000000',
    [404],
    {},
    NO_LISTS,
  ),
  fetched('status list: no id', 'Token Status List §8.1', () => '/status/..%2f..%2fetc', [404], {}, NO_LISTS),
  fetched('PAR: read instead of pushed', 'RFC 9126 §2.3', () => '/par', [405], {}, looser([404], 'to it a path that takes no GET is none')),
]

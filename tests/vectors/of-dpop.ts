import { SignJWT } from 'jose'
import type { Json, Target } from './target.ts'
import { b64, differs, type Outcome, type Peer, redeem, type Says, TOKEN, type Vector } from './vector.ts'

type Row = { header?: Json; peer?: Peer; ours?: Outcome; says?: Says }

/** With a DPoP proof that is wrong in something. */
const dpop = (
  what: string,
  proves: string,
  claims: (t: Target) => Promise<Json> | Json,
  { header = {}, peer = 'same', ours = [400, 'invalid_dpop_proof'], says = NO_NONCE }: Row = {},
): Vector => ({
  proves,
  what: `DPoP proof: ${what}`,
  send: async (t) => await redeem(t, {}, { proof: await (await t.key()).proof(await claims(t), header) }),
  ours,
  says: () => says,
  peer,
})
/** As `dpop`, made by hand. */
const handmade = (what: string, proves: string, proof: (t: Target) => Promise<string>, peer: Peer = 'same'): Vector => ({
  proves,
  what: `DPoP proof: ${what}`,
  send: async (t) => await redeem(t, {}, { proof: await proof(t) }),
  ours: [400, 'invalid_dpop_proof'],
  says: () => NO_NONCE,
  peer,
})
/** Who is only asked for a nonce tries again with it: whoever is wrong in another way is not to. */
const NO_NONCE: Says = { headers: { 'dpop-nonce': null } }
/** RFC 9449 §8.1: of the characters of a nonce, and never kept by anybody. */
const NONCE: Says = { headers: { 'dpop-nonce': /^[\x21\x23-\x5b\x5d-\x7e]{16,}$/, 'cache-control': /no-store/ } }

/** A proof whose time is not that of the server: it asks for one with its nonce. */
const untimely = (what: string, proves: string, claims: (t: Target) => Promise<Json> | Json): Vector =>
  dpop(what, proves, claims, { ours: [400, 'use_dpop_nonce'], says: NONCE })
/** The nonce that a server gives to whoever comes with a wrong clock. */
const nonceOf = async (t: Target): Promise<string> => {
  const { headers } = await redeem(t, {}, { proof: await (await t.key()).proof({ iat: t.now() - 3600 }) })
  return headers.get('dpop-nonce') ?? 'none was given'
}
const parts = async (t: Target) => (await (await t.key()).proof()).split('.') as [string, string, string]
const headerOf = async (t: Target) => JSON.parse(Buffer.from((await parts(t))[0], 'base64url').toString()) as Json

/** Proofs of possession at the token endpoint (RFC 9449). */
export const DPOP: readonly Vector[] = [
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
    peer: differs([400, 'invalid_grant'], 'it looks for the proof after the grant'),
  },
  handmade('two', 'RFC 9449 §4.3 (1)', async (t) => `${await (await t.key()).proof()}, ${await (await t.key()).proof()}`),
  handmade('no JWT', 'RFC 9449 §4.3 (2)', async () => 'proof'),
  dpop('without jti', 'RFC 9449 §4.3 (3)', () => ({ jti: undefined })),
  dpop('without iat', 'RFC 9449 §4.3 (3)', () => ({ iat: undefined })),
  dpop('without its key', 'RFC 9449 §4.3 (3)', () => ({}), { header: { jwk: undefined } }),
  dpop('another typ', 'RFC 9449 §4.3 (4)', () => ({}), { header: { typ: 'JWT' } }),
  handmade('signed by nobody', 'RFC 9449 §4.3 (5)', async (t) => {
    const [, payload] = await parts(t)
    return `${b64({ ...(await headerOf(t)), alg: 'none' })}.${payload}.`
  }),
  handmade('signed with a secret that it tells', 'RFC 9449 §4.3 (5)', async (t) => {
    const secret = Buffer.alloc(32, 7)
    const jwk = { kty: 'oct', k: secret.toString('base64url') }
    const claims = { htm: 'POST', htu: t.url('token'), iat: t.now(), jti: crypto.randomUUID() }
    return await new SignJWT(claims).setProtectedHeader({ typ: 'dpop+jwt', alg: 'HS256', jwk }).sign(secret)
  }),
  handmade('signed by another key than it names', 'RFC 9449 §4.3 (6)', async (t) => {
    const [[head], [, payload, signature]] = [await parts(t), await parts(t)]
    return `${head}.${payload}.${signature}`
  }),
  handmade('with its private key in it', 'RFC 9449 §4.3 (7)', async (t) => {
    const { publicKey, privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
    const { d } = await crypto.subtle.exportKey('jwk', privateKey)
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey)
    const claims = { htm: 'POST', htu: t.url('token'), iat: t.now(), jti: crypto.randomUUID() }
    const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y, d } as never }
    return await new SignJWT(claims).setProtectedHeader(header).sign(privateKey)
  }),
  dpop('another method', 'RFC 9449 §4.3 (8)', () => ({ htm: 'GET' })),
  dpop('a method in small letters', 'RFC 9449 §4.3 (8)', () => ({ htm: 'post' })),
  dpop('another address', 'RFC 9449 §4.3 (9)', (t) => ({ htu: t.url('introspect') })),
  dpop('another host', 'RFC 9449 §4.3 (9)', () => ({ htu: 'https://elsewhere.example/token' })),
  dpop('a path below', 'RFC 9449 §4.3 (9)', (t) => ({ htu: `${t.url('token')}/` })),
  dpop('right: the address with a query, which does not count', 'RFC 9449 §4.3 (9)', (t) => ({ htu: `${t.url('token')}?x=1#y` }), {
    ours: [200],
    says: TOKEN,
  }),
  untimely('made an hour ago', 'RFC 9449 §4.3 (11), §8', (t) => ({ iat: t.now() - 3600 })),
  untimely('made in an hour', 'RFC 9449 §4.3 (11), §8', (t) => ({ iat: t.now() + 3600 })),
  untimely('a nonce nobody gave', 'RFC 9449 §4.3 (10), §9', () => ({ nonce: 'made-up' })),
  dpop(
    'right: by a wrong clock, with the nonce of the server',
    'RFC 9449 §4.3 (11), §8',
    async (t) => ({ iat: t.now() - 3600, nonce: await nonceOf(t) }),
    { ours: [200], says: TOKEN },
  ),
  dpop('a nonce that is no text', 'RFC 9449 §4.2', () => ({ nonce: 7 })),
  dpop('a critical header nobody knows', 'RFC 7515 §4.1.11', () => ({}), { header: { crit: ['urn:x'], 'urn:x': 1 } }),
  {
    proves: 'RFC 9449 §8, §11.1',
    what: 'DPoP proof: with a nonce, used before',
    send: async (t) => {
      const proof = await (await t.key()).proof({ nonce: await nonceOf(t) })
      await redeem(t, {}, { proof })
      return await redeem(t, {}, { proof })
    },
    ours: [400, 'invalid_dpop_proof'],
    peer: differs([400, 'invalid_grant'], 'the code of before RFC 9449 had one of its own'),
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
    peer: differs([400, 'invalid_grant'], 'the code of before RFC 9449 had one of its own'),
  },
  handmade('a client assertion', 'RFC 8725 §3.11', async (t) => (await t.assertion('organisation')).client_assertion!),
]

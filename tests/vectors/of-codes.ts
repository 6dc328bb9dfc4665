import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import type { MadeCode, Target } from './target.ts'
import { differs, exchange, type Fields, type Outcome, open, PAGE, type Peer, refresh, SHOWN, TOKEN, type Vector } from './vector.ts'

const coded = (
  what: string,
  proves: string,
  change: (made: MadeCode) => Fields,
  ours: Outcome = [400, 'invalid_grant'],
  peer: Peer = 'same',
): Vector => ({
  proves,
  what: `code: ${what}`,
  send: async (t) => await exchange(t, change),
  ours,
  peer,
})
const refreshed = (
  what: string,
  proves: string,
  change: (t: Target) => Fields,
  ours: Outcome = [400, 'invalid_grant'],
  peer: Peer = 'same',
): Vector => ({
  proves,
  what: `refresh token: ${what}`,
  send: async (t) => await refresh(t, change),
  ours,
  peer,
})
/** A verifier that fits its challenge, and yet is none. */
const verifier = (what: string, text: string): Vector => ({
  proves: 'RFC 7636 §4.1',
  what: `code: ${what}`,
  send: async (t) => await exchange(t, () => ({}), { made: await t.code(text) }),
  ours: [400, 'invalid_grant'],
  peer: differs([400, 'invalid_request'], '§4.6 has invalid_grant for what does not fit; what is no verifier, it calls another mistake'),
})

/** What somebody finds at the front door. */
const found = (what: string, proves: string, path: (t: Target) => string, peer: Peer = 'same'): Vector => ({
  proves,
  what: `authorize: ${what}`,
  send: async (t) => await t.get(path(t), PAGE),
  ours: [400],
  says: () => SHOWN,
  peer,
})
const opened = (what: string, proves: string, send: Vector['send'], peer: Peer = 'same'): Vector => ({
  proves,
  what: `authorize: ${what}`,
  send,
  ours: [400],
  says: () => SHOWN,
  peer,
})
/** Where the browser is sent after a decision: with `iss` always (RFC 9207 §2), and with nothing that was not asked for. */
const sentOn = (what: string, send: Vector['send'], answer: object, peer: Peer): Vector => ({
  proves: 'RFC 9207 §2, FAPI 2.0 §5.3.2.2 (7), (11)',
  what: `authorize: ${what}`,
  send,
  ours: [303],
  says: (t) => ({ location: { iss: t.issuer, state: 'st4te', ...answer } }),
  peer,
})
const WORDS = expect.any(String)
const ITS_PAGES = { left: 'its pages are written by whoever runs it' }

/** The front door, the code that comes of it, and the refresh token that comes of the code. */
export const CODES: readonly Vector[] = [
  found('no request_uri', 'FAPI 2.0 §5.3.2.2 (3)', (t) => `/authorize?client_id=${t.clientId('redirect')}`),
  found(
    'the parameters themselves',
    'FAPI 2.0 §5.3.2.2 (3), RFC 9126 §4',
    (t) => `/authorize?client_id=${t.clientId('redirect')}&response_type=code&redirect_uri=${t.redirectUri}`,
    differs([303], 'it sends the error on to the redirect_uri, for that one is registered'),
  ),
  found(
    'a request_uri at the supplier',
    'RFC 9101 §10.4',
    (t) => `/authorize?client_id=${t.clientId('redirect')}&request_uri=https://rekenplus.example/r`,
  ),
  found('a NUL', 'RFC 9101 §5.2', (t) => `/authorize?client_id=${t.clientId('redirect')}&request_uri=%00`),
  opened('another client’s request_uri', 'RFC 9126 §4', async (t) => await open(t, {}, { client: t.clientId('ciba') })),
  opened('a parameter twice', 'RFC 6749 §3.1', async (t) => await open(t, {}, { client: `${t.clientId('redirect')}&client_id=x` })),
  opened('a request_uri after its time', 'RFC 9126 §4', async (t) => await open(t, {}, { after: 91 })),
  opened(
    'a request_uri that was answered',
    'RFC 9126 §4, §7.3',
    async (t) => {
      const { requestUri } = await t.decided('yes')
      return await t.get(`/authorize?${new URLSearchParams({ client_id: t.clientId('redirect'), request_uri: requestUri })}`, PAGE)
    },
    ITS_PAGES,
  ),
  sentOn(
    'a yes',
    async (t) => (await t.decided('yes', 'st4te')).answer,
    { code: expect.stringMatching(/^[A-Za-z0-9_-]{22,}$/) },
    ITS_PAGES,
  ),
  sentOn('a no', async (t) => (await t.decided('no', 'st4te')).answer, { error: 'access_denied', error_description: WORDS }, ITS_PAGES),
  sentOn(
    'going back',
    async (t) => (await t.decided('back', 'st4te')).answer,
    { error: 'access_denied', error_description: WORDS },
    ITS_PAGES,
  ),
  sentOn(
    'prompt=none',
    async (t) => await open(t, { prompt: 'none', state: 'st4te' }),
    { error: 'login_required', error_description: WORDS },
    'same',
  ),

  {
    ...coded('right', 'RFC 6749 §4.1.4', () => ({}), [200]),
    says: () => ({ ...TOKEN, body: expect.objectContaining({ token_type: 'DPoP', access_token: expect.any(String) }) }),
  },
  coded('another verifier', 'RFC 7636 §4.6', () => ({ code_verifier: 'x'.repeat(43) })),
  coded(
    'no verifier',
    'RFC 7636 §4.5',
    () => ({ code_verifier: undefined }),
    [400, 'invalid_request'],
    differs([400, 'invalid_grant'], '§4.6 says so too'),
  ),
  coded('the challenge for a verifier', 'RFC 7636 §4.6', ({ verifier: text }) => ({
    code_verifier: createHash('sha256').update(text).digest('base64url'),
  })),
  verifier('a verifier that is too short', 'x'.repeat(42)),
  verifier('a verifier that is too long', 'x'.repeat(129)),
  verifier('a verifier of other characters', `${'x'.repeat(43)}é`),
  coded('another redirect_uri', 'RFC 6749 §4.1.3', () => ({ redirect_uri: 'https://rekenplus.example/' })),
  coded('a code nobody made', 'RFC 6749 §5.2', () => ({ code: 'nothing' })),
  coded('another resource', 'RFC 8707 §2.2', () => ({ resource: 'https://elsewhere.example/' }), [400, 'invalid_target']),
  {
    proves: 'RFC 9449 §10',
    what: 'code: another key than it was bound to',
    send: (t) => exchange(t, () => ({}), { otherKey: true }),
    ours: [400, 'invalid_grant'],
    peer: 'same',
  },
  {
    proves: 'FAPI 2.0 §5.3.2.1 (11)',
    what: 'code: a minute later',
    send: async (t) => {
      const made = await t.code()
      t.pass({ seconds: 61 })
      return await exchange(t, () => ({}), { made })
    },
    ours: [400, 'invalid_grant'],
    peer: 'same',
  },
  {
    proves: 'FAPI 2.0 §5.3.2.2 (9), RFC 6749 §4.1.2',
    what: 'code: used before',
    send: async (t) => {
      const made = await t.code()
      const first = await exchange(t, () => ({}), { made })
      if (first.status !== 200) throw new Error(`the first time: ${JSON.stringify(first.body)}`)
      return await exchange(t, () => ({}), { made })
    },
    ours: [400, 'invalid_grant'],
    peer: 'same',
  },

  { ...refreshed('right', 'RFC 6749 §6', () => ({}), [200]), says: () => TOKEN },
  refreshed('nobody’s', 'RFC 6749 §6', () => ({ refresh_token: 'nothing' })),
  refreshed('none', 'RFC 6749 §6', () => ({ refresh_token: undefined }), [400, 'invalid_request']),
  refreshed('for a scope that was not granted', 'RFC 6749 §6', () => ({ scope: 'everything' }), [400, 'invalid_scope']),
  refreshed('for another resource', 'RFC 8707 §2.2', () => ({ resource: 'https://elsewhere.example/' }), [400, 'invalid_target']),
  refreshed(
    'for more than was granted',
    'RFC 9396 §6.1',
    (t) => ({ authorization_details: JSON.stringify([t.entry({ datatypes: ['arithmetic-results', 'everything'] })]) }),
    [400, 'invalid_authorization_details'],
    differs([200], 'how far a grant goes is written by whoever runs it'),
  ),
  {
    proves: 'RFC 9449 §5',
    what: 'refresh token: by another key than it was bound to',
    send: (t) => refresh(t, () => ({}), { otherKey: true }),
    ours: [400, 'invalid_grant'],
    peer: differs([200], '§5 wants it of public clients only'),
  },
  {
    proves: 'RFC 6749 §10.4',
    what: 'refresh token: by another client',
    send: async (t) => {
      const other = await t.assertion('ciba')
      return await refresh(t, () => other)
    },
    ours: [400, 'invalid_grant'],
    peer: 'same',
  },
]

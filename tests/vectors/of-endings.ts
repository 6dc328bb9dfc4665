import { inflateSync } from 'node:zlib'
import { expect } from 'vitest'
import type { Answer, Json, Target } from './target.ts'
import { differs, exchange, INACTIVE, introspect, type Outcome, type Peer, revoke, type Vector } from './vector.ts'

const NO_JWT = differs([400, 'unsupported_token_type'], 'it introspects and revokes no JWT at all')

/** What the holder hears of a token. */
const ACTIVE = (t: Target) => ({
  body: expect.objectContaining({
    active: true,
    iss: t.issuer,
    aud: t.resource,
    client_id: t.clientId('organisation'),
    token_type: 'DPoP',
    exp: expect.any(Number),
    cnf: { jkt: expect.any(String) },
  }),
  headers: { 'cache-control': /no-store/ },
})
const looked = (
  what: string,
  proves: string,
  send: Vector['send'],
  says: Vector['says'] = () => ({ body: INACTIVE }),
  peer: Peer = NO_JWT,
): Vector => ({
  proves,
  what: `introspection: ${what}`,
  send,
  ours: [200],
  says,
  peer,
})
const SIGNED = { accept: 'application/token-introspection+jwt' }
/** RFC 9701 §5: for whom and when, what was said, and no `sub` or `exp` that would make it pass for something else. */
const signedFor = (t: Target, said: unknown) => ({
  body: { iss: t.issuer, aud: t.clientId('holder'), iat: expect.any(Number), token_introspection: said },
  headers: { 'content-type': /^application\/token-introspection\+jwt/ },
})

/** Gives a token back, and then looks what became of it. */
const ended = async (t: Target, token: string, by: Json, after: () => Promise<Answer>): Promise<Answer> => {
  const answer = await revoke(t, token, by)
  return answer.status === 200 ? await after() : answer
}
const refreshToken = async (t: Target) => {
  const made = await t.code()
  const { body } = await exchange(t, () => ({}), { made })
  const again = async () =>
    await t.post(
      'token',
      { grant_type: 'refresh_token', refresh_token: body.refresh_token as string, ...(await t.assertion('redirect')) },
      { dpop: await made.key.proof() },
    )
  return { token: body.refresh_token as string, access: body.access_token as string, again }
}

const NO_LISTS = { left: 'it has no status lists' }
const list = (what: string, proves: string, ours: Outcome, path: (t: Target) => Promise<string> | string, accept?: string): Vector => ({
  proves,
  what: `status list: ${what}`,
  send: async (t) => await t.get(await path(t), accept === undefined ? {} : { accept }),
  ours,
  peer: NO_LISTS,
})
const statusOf = (token: string) =>
  (JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { status: { status_list: { uri: string; idx: number } } })
    .status.status_list
const pathOf = (uri: string) => new URL(uri).pathname
const statusPath = async (t: Target) => pathOf(statusOf(await t.accessToken()).uri)

/** What a token is worth (RFC 7662, 9701), how it ends (RFC 7009), and the list that says so (Token Status List). */
export const ENDINGS: readonly Vector[] = [
  looked('right, to the holder it was made for', 'RFC 7662 §2.2', async (t) => await introspect(t, await t.accessToken()), ACTIVE),
  looked(
    'by the client that has it',
    'RFC 7662 §2.2, §4',
    async (t) => await introspect(t, await t.accessToken(), await t.assertion('organisation')),
  ),
  looked('by another holder', 'RFC 7662 §2.2, §4', async (t) => await introspect(t, await t.accessToken(), await t.otherHolder())),
  looked('a token nobody made', 'RFC 7662 §2.2', async (t) => await introspect(t, 'nothing'), undefined, 'same'),
  looked('a token with another’s signature', 'RFC 7662 §4', async (t) => {
    const [one, two] = [await t.accessToken(), await t.accessToken()]
    return await introspect(t, `${one.replace(/[^.]+$/, '')}${two.split('.')[2]}`)
  }),
  looked('a token that is over', 'RFC 7662 §2.2, §4', async (t) => {
    const token = await t.accessToken()
    t.pass({ minutes: 11 })
    return await introspect(t, token)
  }),
  looked(
    'a refresh token, which is no holder’s',
    'RFC 7662 §2.2',
    async (t) => await introspect(t, (await refreshToken(t)).token),
    undefined,
    differs([200], 'it tells any client of any refresh token unless it is told otherwise'),
  ),
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
    send: async (t) => await introspect(t, 'x', {}),
    ours: [401, 'invalid_client'],
    peer: differs([400, 'invalid_request'], 'to it that is no client authentication mechanism at all'),
  },
  looked(
    'signed',
    'RFC 9701 §5',
    async (t) => await introspect(t, await t.accessToken(), undefined, SIGNED),
    (t) => signedFor(t, ACTIVE(t).body),
  ),
  looked(
    'signed, of a token nobody made',
    'RFC 9701 §5',
    async (t) => await introspect(t, 'nothing', undefined, SIGNED),
    (t) => signedFor(t, INACTIVE),
    { left: 'it signs no introspection here' },
  ),

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
    send: async (t) => await revoke(t, 'x', {}),
    ours: [401, 'invalid_client'],
    peer: differs([400, 'invalid_request'], 'to it that is no client authentication mechanism at all'),
  },
  {
    proves: 'RFC 7009 §2.2',
    what: 'revocation: a token nobody made is no error',
    send: async (t) => await revoke(t, 'nothing', await t.assertion('organisation')),
    ours: [200],
    says: () => ({ body: {} }),
    peer: 'same',
  },
  {
    proves: 'RFC 7009 §2',
    what: 'revocation: an access token is over at once',
    send: async (t) => {
      const token = await t.accessToken()
      return await ended(t, token, await t.assertion('organisation'), async () => await introspect(t, token))
    },
    ours: [200],
    says: () => ({ body: INACTIVE }),
    peer: NO_JWT,
  },
  {
    proves: 'RFC 7009 §2.1',
    what: 'revocation: somebody else’s access token lives on',
    send: async (t) => {
      const token = await t.accessToken()
      return await ended(t, token, await t.assertion('ciba'), async () => await introspect(t, token))
    },
    ours: [200],
    says: ACTIVE,
    peer: NO_JWT,
  },
  {
    proves: 'RFC 7009 §2.1',
    what: 'revocation: a refresh token gives nothing any more',
    send: async (t) => {
      const { token, again } = await refreshToken(t)
      return await ended(t, token, await t.assertion('redirect'), again)
    },
    ours: [400, 'invalid_grant'],
    peer: 'same',
  },
  {
    proves: 'RFC 7009 §2.1',
    what: 'revocation: with a refresh token its access tokens are over',
    send: async (t) => {
      const { token, access } = await refreshToken(t)
      return await ended(t, token, await t.assertion('redirect'), async () => await introspect(t, access))
    },
    ours: [200],
    says: () => ({ body: INACTIVE }),
    peer: NO_JWT,
  },
  {
    proves: 'RFC 7009 §2.1',
    what: 'revocation: somebody else’s refresh token lives on',
    send: async (t) => {
      const { token, again } = await refreshToken(t)
      return await ended(t, token, await t.assertion('ciba'), again)
    },
    ours: [200],
    peer: differs([400, 'invalid_request'], 'it says whose the token is not, as §2.1 has it'),
  },

  {
    ...list('right', 'Token Status List §5.1, §8.1', [200], statusPath, 'application/statuslist+jwt'),
    says: (t) => ({
      body: {
        sub: expect.stringMatching(new RegExp(`^${t.issuer}/status/`)),
        iat: t.now(),
        exp: t.now() + 300,
        ttl: 60,
        status_list: { bits: 1, lst: expect.any(String), aggregation_uri: `${t.issuer}/status` },
      },
      headers: {
        'content-type': /^application\/statuslist\+jwt$/,
        'cache-control': /^private, max-age=60$/,
        'access-control-allow-origin': /^\*$/,
      },
    }),
  },
  list('as CWT', 'Token Status List §8.1', [406], statusPath, 'application/statuslist+cwt'),
  list('of another time', 'Token Status List §8.4', [501], async (t) => `${await statusPath(t)}?time=1700000000`),
  list('one that is not there', 'Token Status List §8.1', [404], () => '/status/01939d2e-0000-7000-8000-000000000000'),
  list('no id', 'Token Status List §8.1', [404], () => '/status/..%2f..%2fetc'),
  {
    proves: 'Token Status List §4, §7.1',
    what: 'status list: what is over is marked in it',
    send: async (t) => {
      const token = await t.accessToken()
      await revoke(t, token, await t.assertion('organisation'))
      t.pass({ seconds: 2 })
      const { uri, idx } = statusOf(token)
      const { status, headers, body } = await t.get(pathOf(uri))
      const packed = Buffer.from((body.status_list as { lst: string }).lst, 'base64url')
      const bytes = inflateSync(packed)
      const marked = (at: number) => (bytes[at >> 3]! >> (at & 7)) & 1
      return { status, headers, body: { marked: marked(idx), entries: bytes.length * 8 } }
    },
    ours: [200],
    says: () => ({ body: { marked: 1, entries: expect.toSatisfy((entries: number) => entries >= 2 ** 17) } }),
    peer: NO_LISTS,
  },
  {
    proves: 'Token Status List §9.3',
    what: 'status list: every one is in the aggregation',
    send: async (t) => {
      const { uri } = statusOf(await t.accessToken())
      const { status, headers, body } = await t.get('/status')
      return { status, headers, body: { named: (body.status_lists as string[]).includes(uri) } }
    },
    ours: [200],
    says: () => ({ body: { named: true }, headers: { 'content-type': /^application\/json/ } }),
    peer: NO_LISTS,
  },
]

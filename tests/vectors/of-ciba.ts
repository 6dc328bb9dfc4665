import { expect } from 'vitest'
import type { Target } from './target.ts'
import { ask, differs, type Fields, type Outcome, type Peer, poll, TOKEN, type Vector } from './vector.ts'

const asked = (
  what: string,
  proves: string,
  form: (t: Target) => Fields,
  ours: Outcome = [400, 'invalid_request'],
  peer: Peer = 'same',
): Vector => ({
  proves,
  what: `CIBA: ${what}`,
  send: async (t) => await ask(t, form(t)),
  ours,
  peer,
})

/** Comes for the answer to what was asked; `how` says what happened meanwhile. */
const polled = (
  what: string,
  proves: string,
  ours: Outcome,
  how: (t: Target, authReqId: unknown) => Promise<unknown>,
  { peer = 'same' as Peer, form = {} as Fields } = {},
): Vector => ({
  proves,
  what: `CIBA: ${what}`,
  send: async (t) => {
    const { body } = await ask(t, form)
    await how(t, body.auth_req_id)
    return await poll(t, body.auth_req_id)
  },
  ours,
  peer,
})

/** Comes for what somebody said. */
const answered = (
  what: string,
  proves: string,
  answer: 'yes' | 'no',
  ours: Outcome,
  again?: (t: Target, id: string) => Promise<unknown>,
): Vector => ({
  proves,
  what: `CIBA: ${what}`,
  send: async (t) => {
    const { authReqId, say } = await t.asked()
    await say(answer)
    await again?.(t, authReqId)
    return await poll(t, authReqId)
  },
  ours,
  peer: 'same',
})

const ASKED = {
  body: {
    auth_req_id: expect.stringMatching(/^[A-Za-z0-9._-]{22,}$/),
    expires_in: expect.toSatisfy((seconds: number) => Number.isSafeInteger(seconds) && seconds > 0 && seconds < 2_147_483),
    interval: 5,
  },
  headers: { 'cache-control': /no-store/ },
}
const UNKNOWN = 'a hint that nobody here has'

/** Asking somebody directly who is not there (CIBA Core). */
export const DIRECTLY: readonly Vector[] = [
  {
    proves: 'CIBA §7.3',
    what: 'CIBA: right',
    send: (t) => ask(t),
    ours: [200],
    says: () => ASKED,
    peer: { answers: [200], because: 'it leaves the interval to its default, which §7.3 allows' },
  },
  asked(
    'no openid',
    'CIBA §7.1',
    () => ({ scope: 'profile' }),
    [400, 'invalid_scope'],
    differs([400, 'invalid_request'], '§13 has both; it calls the scope missing'),
  ),
  asked('no hint', 'CIBA §7.1', () => ({ login_hint: undefined })),
  asked('two hints', 'CIBA §7.1', () => ({ login_hint_token: 'x' })),
  asked('an ID token as a hint that is none', 'CIBA §7.1', () => ({ login_hint: undefined, id_token_hint: 'x.y.z' })),
  {
    ...asked(
      'a hint that is good for nothing is answered like any other',
      'CIBA §13',
      () => ({ login_hint: UNKNOWN }),
      [200],
      differs([400, 'unknown_user_id'], '§13 has it; whoever asks would hear who is known here'),
    ),
    says: () => ASKED,
  },
  asked('no time at all', 'CIBA §7.1', () => ({ requested_expiry: '0' })),
  asked('a time that is none', 'CIBA §7.1', () => ({ requested_expiry: 'a week' })),
  {
    ...asked(
      'longer than anything is asked',
      'CIBA §7.1, §7.3',
      () => ({ requested_expiry: '99999999' }),
      [200],
      differs([200], 'it gives whatever is asked'),
    ),
    says: () => ({ ...ASKED, body: { ...ASKED.body, expires_in: 14 * 86_400 } }),
  },
  asked('a message of many lines', 'CIBA §13', () => ({ binding_message: 'Uw bank:\nbel nu' }), [400, 'invalid_binding_message']),
  asked('a message that is longer than a screen shows', 'CIBA §13', () => ({ binding_message: 'x'.repeat(100) }), [
    400,
    'invalid_binding_message',
  ]),
  asked(
    'details with an unknown field',
    'RFC 9396 §3',
    (t) => ({ authorization_details: JSON.stringify([t.entry({ urgency: 'high' }, true)]) }),
    [400, 'invalid_authorization_details'],
  ),
  asked('an unknown resource', 'RFC 8707 §2', () => ({ resource: 'https://elsewhere.example/' }), [400, 'invalid_target']),
  {
    proves: 'CIBA §13',
    what: 'CIBA: nobody asks',
    send: async (t) => await ask(t, { client_assertion: undefined, client_assertion_type: undefined }),
    ours: [401, 'invalid_client'],
    peer: differs([400, 'invalid_request'], 'to it that is no client authentication mechanism at all'),
  },
  {
    proves: 'CIBA §13',
    what: 'CIBA: a client of another way',
    send: async (t) => await ask(t, { ...(await t.assertion('organisation')) }),
    ours: [400, 'unauthorized_client'],
    peer: differs([400, 'invalid_request'], '§13 has unauthorized_client; it does not use it'),
  },

  {
    proves: 'CIBA §11',
    what: 'CIBA: an auth_req_id nobody has',
    send: async (t) => await poll(t, 'nothing'),
    ours: [400, 'invalid_grant'],
    peer: 'same',
  },
  {
    proves: 'CIBA §10.1',
    what: 'CIBA: no auth_req_id',
    send: async (t) => await poll(t, undefined),
    ours: [400, 'invalid_request'],
    peer: 'same',
  },
  polled('nobody has answered', 'CIBA §11', [400, 'authorization_pending'], async () => {}),
  polled('who comes again after the interval', 'CIBA §7.3, §11', [400, 'authorization_pending'], async (t, id) => {
    await poll(t, id)
    t.pass({ seconds: 6 })
  }),
  polled('who comes again at once', 'CIBA §11', [400, 'slow_down'], poll, {
    peer: differs([400, 'authorization_pending'], 'it never says slow_down'),
  }),
  polled(
    'who came too soon waits longer from then on',
    'CIBA §11',
    [400, 'slow_down'],
    async (t, id) => {
      await poll(t, id)
      await poll(t, id)
      t.pass({ seconds: 6 })
    },
    { peer: differs([400, 'authorization_pending'], 'it never says slow_down') },
  ),
  polled('nobody answered in time', 'CIBA §11', [400, 'expired_token'], async (t) => t.pass({ seconds: 61 }), {
    form: { requested_expiry: '60' },
  }),
  answered('a no', 'CIBA §11', 'no', [400, 'access_denied']),
  {
    ...answered('a yes', 'CIBA §10.1.1', 'yes', [200]),
    says: () => ({
      ...TOKEN,
      body: expect.objectContaining({ token_type: 'DPoP', access_token: expect.any(String), id_token: expect.any(String) }),
    }),
  },
  answered('a yes that was collected before', 'CIBA §10.1, §11', 'yes', [400, 'invalid_grant'], poll),
  {
    proves: 'CIBA §11',
    what: 'CIBA: another client’s auth_req_id',
    send: async (t) => {
      const { authReqId, say } = await t.asked()
      await say('yes')
      return await poll(t, authReqId, { ...(await t.otherClient()) })
    },
    ours: [400, 'invalid_grant'],
    peer: 'same',
  },
]

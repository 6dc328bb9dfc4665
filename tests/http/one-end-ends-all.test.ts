import { calculateJwkThumbprint } from 'jose'
import * as client from 'openid-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { LEFT_DAYS, lapseOfWhoLeft } from '../../src/consents/lapse-of-who-left.ts'
import { settleExpired } from '../../src/consents/settle-expired.ts'
import { undoAnswer } from '../../src/consents/undo-answer.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import type { ConsentId } from '../../src/ids.ts'
import { comeBack } from '../../src/people/come-back.ts'
import { endEnrolment } from '../../src/people/end-enrolment.ts'
import { makeLinkCode } from '../../src/requests/link-codes.ts'
import { asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type Driver, dpopKey, drive } from '../support/driver.ts'
import { expectLedgerWhole } from '../support/ledger.ts'
import { instead, race, type Sabotage } from '../support/race.ts'
import { type Redirecting, redirecting } from '../support/redirecting.ts'
import type { Seen, Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let driver: Driver
let supplier: Redirecting
let nadia: Visitor
beforeEach(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  driver = await drive(broker, world)
  supplier = await redirecting(broker, world, driver)
  nadia = await supplier.visitor('nadia')
})
afterEach(async () => {
  await expectLedgerWhole(broker, world.boardId)
  vi.useRealTimers()
  await broker.close()
})

/** Everything that can hang on one consent at one moment, each in a way of its own. It is given for so long. */
async function everything(seconds = 40) {
  const { nadia: mother, karim, fatima } = world.people
  const hint = async () => (await makeLinkCode(broker.deps, mother.actor, { subjectId: fatima.id, supplierId: world.supplierId })).code
  const ask = async () => {
    const details = JSON.stringify([supplier.entry()])
    const form = { scope: 'openid', login_hint: await hint(), authorization_details: details, ...(await driver.assertion('ciba')) }
    return (await driver.post('/bc-authorize', form)).body.auth_req_id as string
  }
  const [first, second] = [await ask(), await ask()]
  const consents = await broker.owner<{ consent_id: ConsentId }[]>`select distinct consent_id from ciba_requests`
  expect(consents, 'both ask the same').toHaveLength(1)
  const { consent_id: consentId } = consents[0]!
  // Two have to say yes, so that the question is still shown to who said so, and gives a code too.
  await broker.owner`update items set decision_rule = 'all'`
  await asking(broker, world).answer(mother, consentId, 'yes')
  await asking(broker, world).answer(karim, consentId, 'yes', { untilAt: new Date(broker.clock.now().getTime() + seconds * 1000) })

  const key = await dpopKey(broker)
  const token = async (form: Record<string, string>, name: 'ciba' | 'redirect' = 'ciba') =>
    await driver.post('/token', { ...form, ...(await driver.assertion(name)) }, { dpop: await key.proof() })
  const collect = async (authReqId: string) => await token({ grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: authReqId })
  const { body } = await collect(first)
  expect(body).toMatchObject({ grant_id: expect.any(String) })

  const verifier = client.randomPKCECodeVerifier()
  const challenge = { code_challenge: await client.calculatePKCECodeChallenge(verifier), dpop_jkt: await calculateJwkThumbprint(key.jwk) }
  const opened = async (form: Record<string, string>): Promise<Seen> => {
    const pushed = await supplier.push({ ...challenge, ...form })
    expect(pushed).toMatchObject({ status: 201 })
    const query = new URLSearchParams({ client_id: world.clients.redirect, request_uri: pushed.body.request_uri as string })
    return await nadia.get(`/authorize?${query}`)
  }
  const code = (await supplier.press(nadia, await opened({}), { answer: 'yes' })).searchParams.get('code')!
  const replacing = await opened({ grant_management_action: 'replace', grant_id: body.grant_id as string })

  const parts: Record<string, () => Promise<unknown>> = {
    consent: async () => await asking(broker, world).state(consentId),
    'access token': async () =>
      (await driver.post('/introspect', { token: body.access_token as string, ...(await driver.assertion('holder')) })).body.active,
    'status bit': async () => (await broker.owner`select from status_entries where set_at is null`).length > 0,
    'refresh token': async () => (await token({ grant_type: 'refresh_token', refresh_token: body.refresh_token as string })).status,
    code: async () => (await token({ grant_type: 'authorization_code', code, code_verifier: verifier }, 'redirect')).status,
    'CIBA request': async () => {
      const answer = await collect(second)
      return answer.body.error ?? answer.status
    },
    'pushed request': async () => {
      const action = replacing.path.split('?')[0]!
      const answer = await nadia.postOnly(action, { ...replacing.fields(action), reviewed: '1', answer: 'yes' })
      return answer.status
    },
  }
  return { consentId, grantId: body.grant_id as string, parts }
}

/** Every act that ends a consent that was given directly, or the standing of what was given. */
const ACTS: Record<
  string,
  { as: string; act: (given: { consentId: ConsentId; grantId: string }) => Promise<unknown>; over?: Partial<Parts> }
> = {
  'a parent withdraws': {
    as: 'withdrawn',
    act: ({ consentId }) => withdrawConsent(broker.deps, world.people.nadia.actor, consentId),
  },
  'a parent changes their yes to a no': {
    as: 'conflict',
    act: ({ consentId }) => asking(broker, world).answer(world.people.nadia, consentId, 'no'),
    over: { 'CIBA request': 'authorization_pending' },
  },
  'a parent takes their yes back': {
    as: 'unanswered',
    act: ({ consentId }) => undoAnswer(broker.deps, world.people.karim.actor, { consentId, since: broker.clock.now() }),
    over: { 'CIBA request': 'authorization_pending' },
  },
  'the supplier gives the grant up': {
    as: 'lapsed',
    act: async ({ grantId }) => {
      const key = await dpopKey(broker)
      const form = { grant_type: 'client_credentials', scope: 'grant_management_revoke', ...(await driver.assertion('ciba')) }
      const { body } = await driver.post('/token', form, { dpop: await key.proof() })
      const url = `${broker.deps.issuer}/grants/${grantId}`
      const ath = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(body.access_token as string))).toString('base64url')
      const headers = { authorization: `DPoP ${body.access_token as string}`, dpop: await key.proof({ htm: 'DELETE', htu: url, ath }) }
      const answer = await driver.app.request(url, { method: 'DELETE', headers })
      if (answer.status !== 204) throw new Error(`${answer.status}`)
    },
  },
  'the pupil leaves the school': {
    as: 'given',
    act: () => endEnrolment(broker.deps, world.people.mirjam.actor, world.tenures.fatima!),
    over: { 'pushed request': 404 },
  },
}
const PARTS = ['consent', 'access token', 'status bit', 'refresh token', 'code', 'CIBA request', 'pushed request'] as const
type Parts = Record<(typeof PARTS)[number], unknown>
const LIVES: Parts = {
  consent: 'given',
  'access token': true,
  'status bit': true,
  'refresh token': 200,
  code: 200,
  'CIBA request': 200,
  'pushed request': 303,
}
const OVER = {
  'access token': false,
  'status bit': false,
  'refresh token': 400,
  code: 400,
  'CIBA request': 'access_denied',
  'pushed request': 400,
}

/** Tries each in turn. What is tried last would change what the others come to. */
async function tried(parts: Record<string, () => Promise<unknown>>, names: readonly string[] = PARTS) {
  const found: Record<string, unknown> = {}
  for (const name of names) found[name] = await parts[name]!()
  return found
}

describe.each(Object.entries(ACTS))('When %s, one transaction ends', (_name, { as, act, over }) => {
  test('the consent, or its standing, and all that hangs on it', async () => {
    const given = await everything()
    await act(given)
    expect(await tried(given.parts)).toEqual({ consent: as, ...OVER, ...over })
  })

  test('or, when it fails at its very last statement, leaves all of it as it was', async () => {
    const given = await everything()
    await broker.owner.unsafe(`
      create function no() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
      create trigger no before insert on ledger for each row
        when (new.event in ('consent_withdrawn', 'consent_lapsed', 'answer_given', 'answer_undone', 'enrolment_ended')) execute function no()`)
    await expect(act(given)).rejects.toThrow()
    await broker.owner`drop trigger no on ledger`
    expect(await tried(given.parts)).toEqual(LIVES)
  })
})

test.each<[string, () => Promise<unknown>]>([
  ['before any job ran', async () => {}],
  ['after the job ran', () => settleExpired(broker.deps, world.boardId)],
])('A yes that runs out takes all of it along, %s (INV-10)', async (_when, job) => {
  const given = await everything()
  driver.pass({ seconds: 45 })
  await job()
  const { 'status bit': _, ...over } = OVER
  expect(await tried(given.parts, Object.keys({ consent: '', ...over }))).toEqual({ consent: 'expired', ...over })
})

test('What a job lets lapse, because a pupil left for good, stays over when the pupil comes back after all', async () => {
  const given = await everything(30 * 86_400)
  const tenureId = world.tenures.fatima!
  await endEnrolment(broker.deps, world.people.mirjam.actor, tenureId)
  driver.pass({ days: LEFT_DAYS + 1 })
  expect(await lapseOfWhoLeft(broker.deps, world.boardId)).toBe(1)
  await comeBack(broker.deps, world.people.mirjam.actor, { kind: 'enrolment', tenureId })
  // All else does not live for so long.
  const left = { consent: 'lapsed', 'access token': false, 'status bit': false, 'refresh token': 400 }
  expect(await tried(given.parts, Object.keys(left))).toEqual(left)
})

/** Takes for handed out just now what was handed out long before: the saboteurs. */
const justNow = (read: RegExp, column: string) => instead(read, `$&, 1000 as ${column}`)
const HANDED_OUT: Record<string, Sabotage | Sabotage[]> = {
  'refresh token': justNow(/select \*(?= from "refresh_tokens")/, 'consent_revision'),
  code: justNow(/select \*(?= from "authorization_codes")/, 'consent_revision'),
  'CIBA request': justNow(/returning r\.\*(?=, before)/, 'consent_revision'),
  'pushed request': [
    justNow(/select "p"\.\*/, 'replaces_revision'),
    justNow(/(?<=^update "par_requests".*)returning \*/, 'replaces_revision'),
  ],
}

const STAYS_OVER = { 'refresh token': 400, code: 400, 'CIBA request': 'access_denied', 'pushed request': 400 }

race('A yes that is given anew after a no brings nothing back that was handed out before (INV-12)', HANDED_OUT, async () => {
  const given = await everything()
  for (const answer of ['no', 'yes'] as const) await asking(broker, world).answer(world.people.nadia, given.consentId, answer)
  expect(await given.parts.consent!()).toBe('given')
  expect(await tried(given.parts, Object.keys(HANDED_OUT))).toEqual(STAYS_OVER)
})

const FORGOTTEN = { 'where what was taken back was never there': instead(/(?<='undoneIn', )an\.undone_revision/, 'null') }
race('So it is after a no that was taken back (INV-12)', FORGOTTEN, async () => {
  const given = await everything()
  await asking(broker, world).answer(world.people.nadia, given.consentId, 'no')
  await undoAnswer(broker.deps, world.people.nadia.actor, { consentId: given.consentId, since: broker.clock.now() })
  expect(await given.parts.consent!()).toBe('given')
  expect(await tried(given.parts, Object.keys(HANDED_OUT))).toEqual(STAYS_OVER)
})

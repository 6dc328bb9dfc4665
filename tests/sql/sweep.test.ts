import { afterAll, beforeAll, expect, test } from 'vitest'
import { sha256 } from '../../src/canonical.ts'
import { type InteractionId, type ItemId, newId, type RequestId, type SessionId, type SignInCodeId } from '../../src/ids.ts'
import { sweep } from '../../src/sweep.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { smallWorld } from '../support/world.ts'

let broker: TestBroker
beforeAll(async () => {
  broker = await freshBroker()
})
afterAll(() => broker.close())

test('sweeping removes what has expired, and nothing that still guards (INV-11)', async () => {
  const now = broker.clock.now()
  const at = (seconds: number) => new Date(now.getTime() + seconds * 1000)
  await broker.db
    .insertInto('replay')
    .values(
      Array.from({ length: 6000 }, (_, index) => ({ kind: 'dpop', owner: 'a', jti: `old-${index}`, expires_at: at(-1) })).concat([
        { kind: 'dpop', owner: 'a', jti: 'live', expires_at: at(60) },
      ]),
    )
    .execute()
  await broker.db
    .insertInto('rates')
    .values([
      { bucket: 'old', starts_at: at(-3 * 86_400), count: 1 },
      { bucket: 'of a day', starts_at: at(-86_400), count: 1 },
      { bucket: 'today', starts_at: at(-3600), count: 1 },
    ])
    .execute()
  const code = (made: number, used = false) => ({
    code_id: newId<SignInCodeId>(now),
    email: 'a@b.example',
    code_mac: Buffer.alloc(32),
    browser_hash: Buffer.alloc(32),
    made_at: at(made),
    expires_at: at(made + 600),
    used_at: used ? at(made + 60) : null,
  })
  await broker.db
    .insertInto('sign_in_codes')
    .values([code(-1201), code(-1201, true), code(-1199), code(-120, true), code(-60)])
    .execute()
  await sweep(broker.deps)
  const codes = await broker.owner`select made_at, used_at is not null as used from sign_in_codes order by made_at`
  expect(codes.map((row) => ({ ...row }))).toEqual([
    { made_at: at(-1199), used: false },
    { made_at: at(-120), used: true },
    { made_at: at(-60), used: false },
  ])
  expect((await broker.owner`select jti from replay`).map((row) => row.jti)).toEqual(['live'])
  expect((await broker.owner`select bucket from rates order by starts_at`).map((row) => row.bucket)).toEqual(['of a day', 'today'])
})

test('sessions, direct questions and invitations long past are forgotten, and no others', async () => {
  const now = broker.clock.now()
  const ago = (days: number) => new Date(now.getTime() - days * 86_400_000)
  const { people, boardId, supplierId, clients } = await smallWorld(broker)
  const hash = (name: string) => sha256(name)
  const session = (name: string, expires_at: Date) => ({
    token_hash: hash(name),
    session_id: newId<SessionId>(ago(9)),
    method: 'code' as const,
    device: '',
    account_id: people.nadia.account,
    begun_at: ago(9),
    made_at: ago(9),
    signed_in_at: ago(9),
    last_seen_at: ago(9),
    expires_at,
  })
  await broker.db
    .insertInto('sessions')
    .values([session('long over', ago(31)), session('over', ago(29)), session('open', ago(-0.5))])
    .execute()
  const ciba = (binding_message: string, expires_at: Date) => ({
    auth_req_id_hash: hash(binding_message),
    client_id: clients.ciba,
    supplier_id: supplierId,
    scope: 'openid',
    binding_message,
    interval_seconds: 5,
    made_at: ago(60),
    expires_at,
  })
  await broker.db
    .insertInto('ciba_requests')
    .values([ciba('long past', ago(31)), ciba('past', ago(29)), ciba('open', ago(-1))])
    .execute()
  const invitation = (email: string, expires_at: Date, used_at: Date | null) => ({
    code_hash: hash(email),
    board_id: boardId,
    person_id: people.nadia.id,
    email,
    made_at: ago(200),
    expires_at,
    used_at,
  })
  await broker.db
    .insertInto('invitations')
    .values([invitation('long past', ago(91), null), invitation('long used', ago(91), ago(100)), invitation('past', ago(89), null)])
    .execute()
  const pushed = (name: string, days: number, request_object: string | null, decided: boolean) => ({
    request_uri_hash: hash(name),
    client_id: clients.redirect,
    supplier_id: supplierId,
    redirect_uri: name,
    code_challenge: 'c'.repeat(43),
    jkt: 'j'.repeat(43),
    ask: {} as never,
    request_object,
    request_id: newId<RequestId>(now),
    item_id: newId<ItemId>(now),
    made_at: ago(days),
    expires_at: new Date(ago(days).getTime() + 90_000),
    decided_at: decided ? ago(days) : null,
  })
  await broker.db
    .insertInto('par_requests')
    .values([
      pushed('signed and decided', 400, 'jws', true),
      pushed('signed and looked at', 400, 'jws', false),
      pushed('signed and seen by nobody', 2, 'jws', false),
      pushed('not signed', 2, null, true),
      pushed('longer than proof is kept', 23 * 366, 'jws', true),
      pushed('of today', 0.5, null, false),
    ])
    .execute()
  await broker.db
    .insertInto('interactions')
    .values({
      interaction_id: newId<InteractionId>(now),
      request_uri_hash: hash('signed and looked at'),
      browser_hash: hash('browser'),
      opened_at: ago(400),
      expires_at: ago(399),
    })
    .execute()
  await sweep(broker.deps)
  const { owner } = broker
  const kept = await owner`select redirect_uri from par_requests order by made_at desc, redirect_uri`
  expect(kept.map(({ redirect_uri }) => redirect_uri as string)).toEqual(['of today', 'signed and decided', 'signed and looked at'])
  expect(await owner`select from sessions`).toHaveLength(2)
  expect((await owner`select binding_message from ciba_requests order by 1`).map((row) => row.binding_message)).toEqual(['open', 'past'])
  expect((await owner`select email from invitations`).map(({ email }) => email)).toEqual(['past'])
})

import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inviteClient } from '../../src/catalog/invite-client.ts'
import { inTransaction } from '../../src/database.ts'
import { type ConsentId, newSecret } from '../../src/ids.ts'
import { inviteAdministrator } from '../../src/members/invite-member.ts'
import { invite, printInvitation } from '../../src/people/invitations.ts'
import { makeLinkCode } from '../../src/requests/link-codes.ts'
import { openTablet, prepareAsk } from '../../src/requests/prepared-asks.ts'
import { asked } from '../support/asked.ts'
import { asking } from '../support/asking.ts'
import { Authenticator } from '../support/authenticator.ts'
import { consented } from '../support/consented.ts'
import { type Driver, dpopKey, driveThrough } from '../support/driver.ts'
import { startIdentityProvider, type TestIdentityProvider } from '../support/identity-provider.ts'
import { pseudonymOf } from '../support/pseudonym.ts'
import { redirecting } from '../support/redirecting.ts'
import { restClient } from '../support/rest.ts'
import { tutorOf } from '../support/tutor.ts'
import { type Processes, twoProcesses } from '../support/two-processes.ts'
import { Visitor } from '../support/visitor.ts'

let both: Processes
let driver: Driver
let portal: TestIdentityProvider
beforeAll(async () => {
  portal = await startIdentityProvider()
  const { id, name, issuer, clientId, clientSecret } = portal.config
  both = await twoProcesses({
    ALLOWED_LOOPBACK: portal.origin,
    OIDC_PROVIDERS: id,
    OIDC_PORTAAL_NAME: name,
    OIDC_PORTAAL_ISSUER: issuer,
    OIDC_PORTAAL_CLIENT_ID: clientId,
    OIDC_PORTAAL_CLIENT_SECRET: clientSecret,
  })
  driver = driveThrough(both.app, both.broker, both.world)
}, 120_000)
afterAll(async () => {
  await both?.close()
  await portal.close()
})

/** Something that is good for one time: made anew, used by whoever comes, and what spoils it in the database. */
interface OneTime {
  /** Makes one; gives what uses it and says whether it was taken, or else what counts how often it was. */
  make: () => Promise<(() => Promise<boolean>) | { use: () => Promise<unknown>; taken: () => Promise<number> }>
  /** What a database that forgets would look like. */
  sabotage: string
}

/** A row that is used is unused again a moment later. */
const forgets = (table: string, set: string, key: string) => `
  create or replace function forget_${table}() returns trigger language plpgsql security definer as $$
    begin update ${table} set ${set} where ${key} = new.${key}; return null; end $$;
  create trigger forget after update on ${table} for each row when (pg_trigger_depth() = 0) execute function forget_${table}();`
/** What was made or changed is undone a moment later. */
const undoes = (table: string, statement: string) => `
  create or replace function undo_${table}() returns trigger language plpgsql security definer as $$
    begin ${statement}; return null; end $$;
  create trigger forget after insert or update on ${table} for each row when (pg_trigger_depth() = 0) execute function undo_${table}();`
const loses = (table: string, where: string) => undoes(table, `delete from ${table} where ${where}`)
const replayed = loses('replay', 'jti = new.jti')

const token = async (form: Record<string, string>, proof?: string) => {
  const dpop = proof ?? (await (await dpopKey(both.broker)).proof())
  return (await driver.post('/token', form, { dpop })).status === 200
}
const scope = { grant_type: 'client_credentials', scope: 'changes' }
const entry = (other: object = {}) => ({
  type: 'pupil-data',
  locations: [both.world.resource],
  actions: ['read'],
  datatypes: ['arithmetic-results'],
  purpose: '5.1.a',
  ...other,
})
const linkCode = async () => {
  const { broker, world } = both
  return (await makeLinkCode(broker.deps, world.people.nadia.actor, { subjectId: world.people.fatima.id, supplierId: world.supplierId }))
    .code
}
const askDirectly = async (code: string, assertion?: Record<string, string>) =>
  await driver.post('/bc-authorize', {
    scope: 'openid',
    login_hint: code,
    authorization_details: JSON.stringify([entry({ period: { until: new Date(Date.now() + 3_600_000).toISOString() } })]),
    ...(assertion ?? (await driver.assertion('ciba'))),
  })
const forgetAsks = () =>
  both.broker.owner`update consents set ended_at = now(), ended_as = 'lapsed', ended_by = 'job' where ended_at is null`

/** Karim at his browser, who is nobody's parent yet. */
async function karimAlone() {
  const { broker, app, world } = both
  const { id, email } = world.people.karim
  await broker.owner`delete from account_persons where person_id = ${id}`
  await broker.owner`update invitations set used_at = now() where used_at is null`
  const karim = new Visitor(app as never, { origin: broker.deps.issuer })
  const page = await karim.post('/sign-in', { email, next: '/' })
  const answer = await karim.postOnly('/sign-in/code', { ...page.fields('/sign-in/code'), code: await both.codeFor(email) })
  expect(answer.status).toBe(303)
  return karim
}

/** Somebody at a supplier's site, with the page of the question before them. */
async function atTheQuestion() {
  await forgetAsks()
  const site = await redirecting(both.broker, both.world, driver)
  const key = await dpopKey(both.broker)
  const verifier = client.randomPKCECodeVerifier()
  const { body } = await site.push({
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    dpop_jkt: await calculateJwkThumbprint(key.jwk),
  })
  const query = new URLSearchParams({ client_id: both.world.clients.redirect, request_uri: body.request_uri as string })
  const nadia = await both.nadia()
  return { site, key, verifier, nadia, page: await nadia.get(`/authorize?${query}`) }
}

const THINGS: Record<string, OneTime> = {
  'a client assertion (RFC 7523 §3)': {
    make: async () => {
      const assertion = await driver.assertion('organisation')
      return async () => await token({ ...scope, ...assertion })
    },
    sabotage: replayed,
  },
  'a client assertion of a redemption': {
    make: async () => {
      const { broker, world } = both
      const { subjectId } = await consented(broker, world)
      const details = JSON.stringify([entry({ identifier: await pseudonymOf(broker, world, subjectId) })])
      const form = { grant_type: 'client_credentials', authorization_details: details, ...(await driver.assertion('organisation')) }
      return async () => await token(form)
    },
    sabotage: replayed,
  },
  'a DPoP proof at the token endpoint (RFC 9449 §11.1)': {
    make: async () => {
      const proof = await (await dpopKey(both.broker)).proof()
      return async () => await token({ ...scope, ...(await driver.assertion('organisation')) }, proof)
    },
    sabotage: replayed,
  },
  'a DPoP proof at the REST API': {
    make: async () => {
      const key = await dpopKey(both.broker)
      const { body } = await driver.post('/token', { ...scope, ...(await driver.assertion('organisation')) }, { dpop: await key.proof() })
      const access = body.access_token as string
      const ath = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(access))).toString('base64url')
      const url = `${both.broker.deps.issuer}/v1/changes`
      const headers = { authorization: `DPoP ${access}`, dpop: await key.proof({ htm: 'GET', htu: url, ath }) }
      return async () => (await driver.fetch(url, { headers })).status === 200
    },
    sabotage: replayed,
  },
  'a DPoP proof of a pushed request (RFC 9449 §10.1)': {
    make: async () => {
      const site = await redirecting(both.broker, both.world, driver)
      const key = await dpopKey(both.broker)
      const proof = await key.proof({ htu: `${both.broker.deps.issuer}/par` })
      const dpop_jkt = await calculateJwkThumbprint(key.jwk)
      return async () => (await site.push({ dpop_jkt }, undefined, { headers: { dpop: proof } })).status === 201
    },
    sabotage: replayed,
  },
  'a DPoP proof at grant management': {
    make: async () => {
      const key = await dpopKey(both.broker)
      const form = { grant_type: 'client_credentials', scope: 'grant_management_query', ...(await driver.assertion('redirect')) }
      const access = (await driver.post('/token', form, { dpop: await key.proof() })).body.access_token as string
      const ath = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(access))).toString('base64url')
      const url = `${both.broker.deps.issuer}/grants/${crypto.randomUUID()}`
      const headers = { authorization: `DPoP ${access}`, dpop: await key.proof({ htm: 'GET', htu: url, ath }) }
      // Whose proof is taken hears that there is no such grant.
      return async () => (await driver.fetch(url, { headers })).status === 404
    },
    sabotage: replayed,
  },
  'a client assertion of a pushed request': {
    make: async () => {
      const site = await redirecting(both.broker, both.world, driver)
      const assertion = await driver.assertion('redirect')
      return async () => (await site.push(assertion)).status === 201
    },
    sabotage: replayed,
  },
  'a client assertion of a question': {
    make: async () => {
      const assertion = await driver.assertion('ciba')
      return async () => (await askDirectly(newSecret(), assertion)).status === 200
    },
    sabotage: replayed,
  },
  'a client assertion of a revocation': {
    make: async () => {
      const body = new URLSearchParams({ token: 'x', ...(await driver.assertion('organisation')) }).toString()
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      return async () => (await driver.fetch(`${both.broker.deps.issuer}/revoke`, { method: 'POST', body, headers })).status === 200
    },
    sabotage: replayed,
  },
  'a request object with a jti (RFC 9101)': {
    make: async () => {
      const site = await redirecting(both.broker, both.world, driver)
      const { parameters } = await site.begin({ dpop_jkt: await calculateJwkThumbprint((await dpopKey(both.broker)).jwk) })
      const key = { key: both.world.keys.redirect.privateKey, kid: 'k1' }
      const request = (await client.buildAuthorizationUrlWithJAR(site.config, parameters, key)).searchParams.get('request')!
      return async () => (await driver.post('/par', { request, ...(await driver.assertion('redirect')) })).status === 201
    },
    sabotage: replayed,
  },
  'a client assertion at introspection': {
    make: async () => {
      const form = { token: 'x', ...(await driver.assertion('holder')) }
      return async () => (await driver.post('/introspect', form)).status === 200
    },
    sabotage: replayed,
  },
  'a pushed request, in whatever browsers (RFC 9126 §4)': {
    make: async () => {
      const { site, nadia, page } = await atTheQuestion()
      const action = page.path.split('?')[0]!
      const fields = { ...page.fields(action), reviewed: '1', answer: 'yes' }
      // Every second one goes back without deciding, which ends it as well. A second press leads where the first led.
      let nr = 0
      const led = new Set<string>()
      const use = async () => {
        const answer = await (nr++ % 2 === 0 ? nadia.postOnly(action, fields) : nadia.postOnly(`${action}/back`))
        const { href, searchParams } = new URL(answer.headers.get('location') ?? '/', site.config.serverMetadata().issuer)
        if (searchParams.has('code') || searchParams.get('error') === 'access_denied') led.add(href)
      }
      return { use, taken: () => Promise.resolve(led.size) }
    },
    sabotage: forgets('par_requests', 'decided_at = null', 'request_uri_hash'),
  },
  'an authorization code (RFC 6749 §4.1.2)': {
    make: async () => {
      const { site, key, verifier, nadia, page } = await atTheQuestion()
      const came = await site.press(nadia, page, { answer: 'yes' })
      const form = { grant_type: 'authorization_code', code: came.searchParams.get('code')!, code_verifier: verifier }
      return async () => await token({ ...form, ...(await driver.assertion('redirect')) }, await key.proof())
    },
    sabotage: forgets('authorization_codes', 'used_at = null', 'code_hash'),
  },
  'an auth_req_id (CIBA §10.1)': {
    make: async () => {
      await forgetAsks()
      const { body } = await askDirectly(await linkCode())
      const [row] = await both.broker.owner`select consent_id from ciba_requests order by made_at desc limit 1`
      await asking(both.broker, both.world).answer(both.world.people.nadia, row!.consent_id as ConsentId, 'yes')
      await both.broker.owner`update ciba_requests set interval_seconds = 0`
      const form = { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: body.auth_req_id as string }
      return async () => await token({ ...form, ...(await driver.assertion('ciba')) })
    },
    sabotage: forgets('ciba_requests', 'used_at = null', 'auth_req_id_hash'),
  },
  'an initial access token (RFC 7591 §3)': {
    make: async () => {
      const { broker, world } = both
      const { initialAccessToken } = await inviteClient(broker.deps, { supplierId: world.supplierId, ways: ['organisation'] })
      const { publicKey } = await generateKeyPair('EdDSA', { extractable: true })
      const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'own' }] }
      const init = {
        method: 'POST',
        headers: { authorization: `Bearer ${initialAccessToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ client_name: 'Reken Plus', grant_types: ['client_credentials'], jwks }),
      }
      return async () => (await driver.fetch(`${broker.deps.issuer}/register`, init)).status === 201
    },
    sabotage: forgets('client_invitations', 'used_at = null, client_id = null', 'token_hash'),
  },
  'a sign-in code': {
    make: async () => {
      const karim = new Visitor(both.app as never, { origin: both.broker.deps.issuer })
      const page = await karim.post('/sign-in', { email: both.world.people.karim.email, next: '/' })
      const fields = { ...page.fields('/sign-in/code'), code: await both.codeFor(both.world.people.karim.email) }
      return async () => {
        const answer = await karim.postOnly('/sign-in/code', fields)
        return answer.headers.getSetCookie().some((cookie) => /session=[^;]+;/.test(cookie) && !cookie.includes('Max-Age=0'))
      }
    },
    sabotage: forgets('sign_in_codes', 'used_at = null, attempts = 0', 'code_id'),
  },
  'the form of an answer (INV-06)': {
    make: async () => {
      await forgetAsks()
      const consentId = await asked(both.broker, both.world)
      const nadia = await both.nadia()
      const page = await nadia.get(`/questions/${consentId}`)
      const fields = { ...page.fields(`/questions/${consentId}`), reviewed: '1', answer: 'yes' }
      return {
        use: async () => await nadia.postOnly(`/questions/${consentId}`, fields),
        taken: async () => (await both.broker.owner`select from answers where consent_id = ${consentId}`).length,
      }
    },
    sabotage: loses('used_forms', 'form_hash = new.form_hash'),
  },
  'a link code asks one question (D01)': {
    make: async () => {
      await forgetAsks()
      const code = await linkCode()
      const since = new Date()
      const taken = async () => (await both.broker.owner`select from consents where approach = 'subject' and asked_at >= ${since}`).length
      return { use: async () => await askDirectly(code), taken }
    },
    sabotage: undoes(
      'ciba_requests',
      `update consents set ended_at = now(), ended_as = 'lapsed', ended_by = 'job' where consent_id = new.consent_id`,
    ),
  },
  'the one question of a tablet (K12)': {
    make: async () => {
      const { broker, world, app } = both
      const { owner } = broker
      // Whoever typed codes before does not count here.
      await owner`delete from rates`
      const { actor } = await tutorOf(broker, world.supplierId, `${crypto.randomUUID()}@rekenplus.example`)
      const ask = {
        resource: world.resource,
        datatypes: ['practice-time'],
        purpose: '5.1.a',
        endsAt: new Date(Date.now() + 7 * 86_400_000),
      }
      const askId = await prepareAsk(broker.deps, actor, { reference: 'RP-1', ask: { serviceId: world.serviceId, ...ask } })
      const path = `/tablet/${await openTablet(broker.deps, actor, askId)}`
      const tablet = new Visitor(app as never, { origin: broker.deps.issuer })
      const { form } = (await tablet.get(path)).fields(path)
      // Whatever the code is worth: it goes on its way once. A second press leads where the first led.
      const asked = async () => (await owner`select from deliveries where kind = 'prepared_question'`).length
      const before = await asked()
      return { use: () => tablet.postOnly(path, { form: form!, code: newSecret() }), taken: async () => (await asked()) - before }
    },
    sabotage: forgets('prepared_asks', 'asked_at = null, asked_by = null', 'ask_id'),
  },
  'an Idempotency-Key (INV-15)': {
    make: async () => {
      const rest = await restClient(both.broker, driver, 'organisation', 'access_requests')
      const key = newSecret()
      const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
      const wish = {
        addressed_to: { scheme: 'BRIN', value: '99ZA' },
        service_id: both.world.serviceId,
        part_id: 'begeleiding',
        authorization_details: [entry()],
        window: { from: day(0), until: day(5) },
        occasion: 'Deze leerling loopt vast met rekenen.',
        reason: { nl: 'Zo ziet de begeleider wat moeilijk is.' },
        subjects: [{ reference: `leerling-${key.slice(0, 6)}`, hint: 'groep 6' }],
      }
      const sent = async () => await rest('POST', '/v1/access-requests', wish, { 'idempotency-key': key })
      const taken = async () => (await both.broker.owner`select from access_requests where approach = 'organisation'`).length - before
      const before = await both.broker.owner`select from access_requests where approach = 'organisation'`.then((rows) => rows.length)
      return { use: sent, taken }
    },
    sabotage:
      loses('idempotency_keys', 'owner = new.owner and key = new.key') +
      undoes('access_requests', 'update access_requests set withdrawn_at = received_at where request_id = new.request_id'),
  },
  'an answer of a passkey': {
    make: async () => {
      const { issuer } = both.broker.deps
      const nadia = await both.nadia()
      const passkey = new Authenticator(issuer)
      const options = async (visitor: Visitor, path: string) => (await (await visitor.postOnly(`${path}/start`)).json()) as never
      await nadia.post('/account/passkeys', { answer: passkey.create(await options(nadia, '/account/passkeys')) })
      const visitor = new Visitor(both.app as never, { origin: issuer })
      // One that does not count, as those that are on several devices: nothing but the challenge tells a second time.
      const answer = passkey.get(await options(visitor, '/sign-in/passkey'), { counter: 0 })
      const cookies = [...visitor.cookies]
      return async () => {
        // The browser as it was when it asked: who is signed in by now is kept out for that already.
        const again = new Visitor(both.app as never, { origin: issuer })
        for (const [cookie, value] of cookies) again.cookies.set(cookie, value)
        return (await again.postOnly('/sign-in/passkey', { answer, next: '/' })).status === 303
      }
    },
    sabotage: forgets('passkey_challenges', 'used_at = null', 'challenge_hash'),
  },
  'the challenge for adding a passkey': {
    make: async () => {
      const { broker } = both
      await broker.owner`delete from passkeys`
      const nadia = await both.nadia()
      const options = (await (await nadia.postOnly('/account/passkeys/start')).json()) as never
      // Each a passkey of its own, since one is added once: nothing but the challenge tells a second time.
      const answers = Array.from({ length: 51 }, () => new Authenticator(broker.deps.issuer).create(options))
      return async () => (await nadia.postOnly('/account/passkeys', { answer: answers.pop()! })).status === 303
    },
    sabotage: forgets('passkey_challenges', 'used_at = null', 'challenge_hash'),
  },
  'a visit to an identity provider, to bind it to an account': {
    make: async () => {
      await both.broker.owner`delete from provider_subjects where account_id = ${both.world.people.nadia.account}`
      portal.next.as = `nadia-${crypto.randomUUID()}`
      const nadia = await both.nadia()
      const left = await nadia.getOnly('/sign-in/with/portaal?next=%2Faccount')
      const back = await portal.visit(left.headers.get('location')!)
      const path = (await nadia.getOnly(back.pathname + back.search)).headers.get('location')!
      return async () => (await nadia.postOnly(new URL(path, back).pathname)).status === 303
    },
    sabotage: forgets('provider_visits', 'bound_at = null', 'visit_id') + loses('provider_subjects', 'subject_mac = new.subject_mac'),
  },
  'coming back from an identity provider (OpenID Connect Core §3.1.2.5)': {
    make: async () => {
      portal.next.as = 'karim-17'
      const visitor = new Visitor(both.app as never, { origin: both.broker.deps.issuer })
      const left = await visitor.getOnly('/sign-in/with/portaal?next=%2F')
      // Each with a code of its own, since the provider takes a code once too: nothing but the state tells a second time.
      const backs = await Promise.all(Array.from({ length: 51 }, () => portal.visit(left.headers.get('location')!)))
      return async () => {
        const back = backs.pop()!
        return (await visitor.getOnly(back.pathname + back.search)).status === 303
      }
    },
    sabotage:
      'alter table provider_visits drop constraint provider_visits_answered_when_used;' +
      forgets('provider_visits', 'used_at = null', 'visit_id'),
  },
  'an invitation by mail': {
    make: async () => {
      const { broker, world } = both
      const karim = await karimAlone()
      const { id: personId, boardId, email } = { boardId: world.boardId, ...world.people.karim }
      const at = new Date()
      const code = await inTransaction(broker.db, { actor: 'staff', boards: [boardId] }, (tx) =>
        invite(tx, at, { boardId, personId, email }),
      )
      // By his own account: a second press leads where the first led, and a code on paper makes another account.
      const claims = async () =>
        (
          await broker.owner`
            select from ledger where event = 'person_claimed' and ref = ${personId} and body::jsonb ->> 'accountId' = ${world.people.karim.account}`
        ).length
      const before = await claims()
      return { use: () => karim.postOnly('/invitation', { code }), taken: async () => (await claims()) - before }
    },
    sabotage: forgets('invitations', 'used_at = null', 'code_hash') + loses('account_persons', 'account_id = new.account_id'),
  },
  'an invitation to work for a supplier': {
    make: async () => {
      const karim = await karimAlone()
      const { email } = both.world.people.karim
      const { owner } = both.broker
      await owner`update members set ended_at = now() where ended_at is null and account_id in (select account_id from accounts where email = ${email})`
      const { code } = await inviteAdministrator(both.broker.deps, both.world.supplierId, { email, name: 'Karim' })
      const joined = async () => (await owner`select from ledger where event = 'member_joined'`).length
      const before = await joined()
      return { use: () => karim.postOnly('/supplier/join', { code }), taken: async () => (await joined()) - before }
    },
    sabotage: forgets('member_invitations', 'used_at = null', 'code_hash') + loses('members', 'member_id = new.member_id'),
  },
  'a code on paper': {
    make: async () => {
      const { broker, world } = both
      await broker.owner`delete from account_persons where person_id = ${world.people.karim.id}`
      // Whoever tried before does not count here.
      await broker.owner`delete from rates`
      await broker.owner`update invitations set used_at = now() where used_at is null`
      const signedIn = { ...world.people.mirjam.actor, signedInAt: new Date() }
      const code = await printInvitation(broker.deps, signedIn, world.people.karim.id)
      return async () => {
        const visitor = new Visitor(both.app as never, { origin: broker.deps.issuer })
        const answer = await visitor.postOnly('/sign-in/letter', { code })
        return answer.headers.getSetCookie().some((cookie) => /session=[^;]+;/.test(cookie))
      }
    },
    sabotage: forgets('invitations', 'used_at = null', 'code_hash') + loses('account_persons', 'account_id = new.account_id'),
  },
}

type Made = Awaited<ReturnType<OneTime['make']>>
/** Uses it so often at once. @returns how often it was taken up to now */
async function used(made: Made, times: number): Promise<number> {
  const use = typeof made === 'function' ? made : made.use
  const answers = await Promise.all(Array.from({ length: times }, use))
  return typeof made === 'function' ? answers.filter((answer) => answer === true).length : await made.taken()
}

describe('What is good for one time, fifty times at once on two processes (INV-11)', () => {
  test.each(Object.entries(THINGS))('%s: one gets through, and nobody after a restart', { timeout: 120_000 }, async (name, { make }) => {
    const made = await make()
    expect(await used(made, 50)).toBe(1)
    // What counts the whole still counts the one.
    both.afterRestart(async () => expect(await used(made, 1), name).toBe(typeof made === 'function' ? 0 : 1))
  })

  test('both processes are killed, others take their place, and every one of these is still used', { timeout: 120_000 }, async () => {
    expect(await both.restart()).toBe(Object.keys(THINGS).length)
  })
})

describe('The saboteur: a database that forgets lets more than one through, and this shows it', () => {
  test.each(Object.entries(THINGS))('%s', { timeout: 120_000 }, async (_name, { make, sabotage }) => {
    const { owner } = both.broker
    await owner.unsafe(sabotage)
    try {
      const made = await make()
      let taken = 0
      for (let nr = 0; nr < 5; nr++) taken = typeof made === 'function' ? taken + (await used(made, 1)) : await used(made, 1)
      expect(taken).toBeGreaterThan(1)
    } finally {
      const tables = await owner`select distinct event_object_table as name from information_schema.triggers where trigger_name = 'forget'`
      for (const { name } of tables) await owner.unsafe(`drop trigger forget on ${name as string}`)
    }
  })
})

import * as owf from '@owf/token-status-list'
import * as sdJwt from '@sd-jwt/jwt-status-list'
import { generateKeyPair as generateDpopKeys, generateProof } from 'dpop'
import { createRemoteJWKSet, decodeJwt, exportJWK, generateKeyPair, jwtVerify } from 'jose'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { sha256 } from '../../src/canonical.ts'
import { changeTokenFormat } from '../../src/catalog/change-token-format.ts'
import { inviteClient } from '../../src/catalog/invite-client.ts'
import { createVerifier, type VerifierOptions } from '../../src/holder/verifier.ts'
import type { ConsentId } from '../../src/ids.ts'
import { makeLinkCode } from '../../src/requests/link-codes.ts'
import { asking } from '../support/asking.ts'
import { consented } from '../support/consented.ts'
import { dpopKey, questionsAsked } from '../support/driver.ts'
import { expectLedgerWhole } from '../support/ledger.ts'
import { secondResourceServer } from '../support/openid4vc.ts'
import { type OverHttp, overHttp } from '../support/over-http.ts'
import { pseudonymOf } from '../support/pseudonym.ts'
import { redirecting } from '../support/redirecting.ts'
import { runtimes } from '../support/runtimes.ts'
import { sibling } from '../support/sibling.ts'

const TOLD = 'https://told.rekenplus.example/ciba'
const INSECURE = { [oauth.allowInsecureRequests]: true }

/** Standard libraries as they come from the registry, over the network: whoever writes a supplier or a holder has no need of us. */
describe.each(Object.keys(runtimes))('Unmodified clients and resource servers, on %s', (runtime) => {
  let stage: OverHttp
  let as: oauth.AuthorizationServer
  let fatima: string
  beforeAll(async () => {
    stage = await overHttp(runtimes[runtime]!)
    const { broker, world } = stage
    const found = await oauth.discoveryRequest(new URL(broker.deps.issuer), { ...INSECURE, algorithm: 'oauth2' })
    as = await oauth.processDiscoveryResponse(new URL(broker.deps.issuer), found)
    const given = await consented(broker, world, { datatypes: ['arithmetic-results', 'practice-time'] })
    fatima = await pseudonymOf(broker, world, given.subjectId)
  }, 120_000)
  afterEach(() => changeTokenFormat(stage.broker.deps, { holderId: stage.world.holderId, tokenFormat: 'jwt' }))
  afterAll(async () => {
    if (stage) await expectLedgerWhole(stage.broker, stage.world.boardId)
    await stage?.close()
  })

  const details = (other: Record<string, unknown> = {}) =>
    JSON.stringify([
      {
        type: 'pupil-data',
        locations: [stage.world.resource],
        actions: ['read'],
        datatypes: ['arithmetic-results'],
        purpose: '5.1.a',
        identifier: fatima,
        ...other,
      },
    ])
  const until = () => new Date(Date.now() + 3_600_000).toISOString()
  const asHolder = async () => {
    const { world } = stage
    return { as, client: { client_id: world.clients.holder }, auth: oauth.PrivateKeyJwt({ key: world.keys.holder.privateKey, kid: 'k1' }) }
  }

  /** A token by way of the school, and requests with it as openid-client sends them to the holder. */
  async function redeemed(authorization_details = details()) {
    const config = await stage.driver.connect('organisation')
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
    const tokens = await client.clientCredentialsGrant(config, { authorization_details, resource: stage.world.resource }, { DPoP })
    const atHolder = async (): Promise<Request> => {
      let sent: Request | undefined
      const holder = await stage.driver.connect('organisation')
      holder[client.customFetch] = async (url, options) => {
        sent = new Request(url, options as RequestInit)
        return new Response('[]')
      }
      const results = new URL('results', stage.world.resource)
      await client.fetchProtectedResource(holder, tokens.access_token, results, 'GET', null, undefined, { DPoP })
      return sent!
    }
    return { config, tokens, atHolder }
  }

  /** The holder with our kit. */
  const kit = (options: Partial<VerifierOptions> = {}) =>
    createVerifier({
      issuer: stage.broker.deps.issuer,
      resource: stage.world.resource,
      clientId: stage.world.clients.holder,
      privateJwk: { ...stage.world.keys.holder.privateJwk, kid: 'k1', alg: 'EdDSA' },
      ...options,
    })

  test('subject present: openid-client pushes (DPoP), the parent decides, it collects, refreshes for less, replaces the grant, and gives it up', async () => {
    const { broker, world, driver } = stage
    const supplier = await redirecting(broker, world, driver)
    const nadia = await supplier.visitor('nadia')
    const flow = await supplier.begin()
    const came = await supplier.press(nadia, await supplier.open(nadia, await supplier.pushed(flow)), { answer: 'yes' })
    const tokens = await supplier.collect(flow, came)
    expect(tokens.token_type).toBe('dpop')
    const { DPoP } = flow
    const less = [{ ...supplier.entry({ datatypes: ['practice-time'] }), period: undefined }]
    const again = await client.refreshTokenGrant(
      supplier.config,
      tokens.refresh_token!,
      { authorization_details: JSON.stringify(less) },
      { DPoP },
    )
    expect(again.authorization_details).toMatchObject([{ datatypes: ['practice-time'] }])

    const grantId = tokens.grant_id as string
    const replace = { grant_management_action: 'replace', grant_id: grantId }
    const instead = await supplier.begin(replace, [supplier.entry({ datatypes: ['practice-time'] })])
    const cameAgain = await supplier.press(nadia, await supplier.open(nadia, await supplier.pushed(instead)), { answer: 'yes' })
    const anew = await supplier.collect(instead, cameAgain)
    expect(anew).toMatchObject({ grant_id: grantId, authorization_details: [{ datatypes: ['practice-time'] }] })
    await expect(client.refreshTokenGrant(supplier.config, tokens.refresh_token!, {}, { DPoP })).rejects.toMatchObject({
      error: 'invalid_grant',
    })

    const grant = new URL(`${broker.deps.issuer}/grants/${grantId}`)
    const manage = async (scope: string, method: string) => {
      const { access_token } = await client.clientCredentialsGrant(supplier.config, { scope }, { DPoP })
      return await client.fetchProtectedResource(supplier.config, access_token, grant, method, null, undefined, { DPoP })
    }
    const status = await manage('grant_management_query', 'GET')
    expect(await status.json()).toMatchObject({ authorization_details: [{ datatypes: ['practice-time'] }] })
    expect((await manage('grant_management_revoke', 'DELETE')).status).toBe(204)
    const over = client.refreshTokenGrant(supplier.config, anew.refresh_token!, {}, { DPoP: instead.DPoP })
    await expect(over).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test('subject present: a signed request (JAR) of openid-client, a no, and access_denied with iss', async () => {
    const { broker, world, driver } = stage
    const supplier = await redirecting(broker, world, driver)
    const karim = await supplier.visitor('karim')
    const details = [supplier.entry({ datatypes: ['practice-time'] })]
    const flow = await supplier.begin({}, details)
    const signed = await client.buildAuthorizationUrlWithJAR(supplier.config, flow.parameters, {
      key: world.keys.redirect.privateKey,
      kid: 'k1',
    })
    const url = await client.buildAuthorizationUrlWithPAR(supplier.config, signed.searchParams, { DPoP: flow.DPoP })
    const came = await supplier.press(karim, await supplier.open(karim, url), { answer: 'no' })
    expect(came.searchParams.get('iss')).toBe(broker.deps.issuer)
    await expect(supplier.collect(flow, came)).rejects.toMatchObject({ error: 'access_denied' })
  })

  test('subject absent: openid-client polls, takes the ID token, and asks again by it; oauth4webapi is told (ping) and fetches', async () => {
    const { broker, world, driver, tick } = stage
    const hint = async () =>
      (await makeLinkCode(broker.deps, world.people.nadia.actor, { subjectId: world.people.fatima.id, supplierId: world.supplierId })).code
    const ask = (other: Record<string, unknown> = {}) => ({
      scope: 'openid',
      binding_message: 'RP-4821',
      requested_expiry: '600',
      authorization_details: details({ identifier: undefined, period: { until: until() }, ...other }),
    })
    const asks = async () => ({ ...ask(), login_hint: await hint() })
    const askedBy = async (authReqId: string): Promise<ConsentId> => {
      await questionsAsked(broker)
      return (await broker.owner`select consent_id from ciba_requests where auth_req_id_hash = ${sha256(authReqId)}`)[0]!.consent_id
    }

    const config = await driver.connect('ciba')
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('EdDSA'))
    const waiting = await client.initiateBackchannelAuthentication(config, await asks())
    const pending = client.genericGrantRequest(config, 'urn:openid:params:grant-type:ciba', { auth_req_id: waiting.auth_req_id }, { DPoP })
    await expect(pending).rejects.toMatchObject({ error: 'authorization_pending' })
    const first = await askedBy(waiting.auth_req_id)
    await asking(broker, world).answer(world.people.nadia, first, 'yes')
    const tokens = await client.pollBackchannelAuthenticationGrant(config, waiting, undefined, { DPoP })
    expect(tokens.claims()!.sub).toMatch(/^ps_/)

    const known = { ...ask({ purpose: '5.1.d' }), id_token_hint: tokens.id_token! }
    const waitingAgain = await client.initiateBackchannelAuthentication(config, known)
    const again = await askedBy(waitingAgain.auth_req_id)
    expect((await asking(broker, world).consent(again)).question.subject.personId).toBe(world.people.fatima.id)
    await asking(broker, world).answer(world.people.nadia, again, 'no')
    await expect(client.pollBackchannelAuthenticationGrant(config, waitingAgain, undefined, { DPoP })).rejects.toMatchObject({
      error: 'access_denied',
    })

    const config2 = await driver.connect('ciba')
    await client.tokenRevocation(config2, tokens.refresh_token!)

    await broker.owner`update clients set notification_uri = ${TOLD} where client_id = ${world.clients.ciba}`
    const told: { token: string | null; body: unknown }[] = []
    const outside = setupServer(
      http.post(TOLD, async ({ request }) => {
        told.push({ token: request.headers.get('authorization'), body: await request.json() })
        return new HttpResponse(null, { status: 204 })
      }),
    )
    outside.listen({ onUnhandledFrame: 'bypass' })
    try {
      const ciba = { client_id: world.clients.ciba }
      const auth = oauth.PrivateKeyJwt({ key: world.keys.ciba.privateKey, kid: 'k1' })
      const notification = 'J3m-0wQ8pZ_r7Yt2Lx9bVkAa'
      const parameters = {
        ...(await asks()),
        client_notification_token: notification,
        authorization_details: details({ identifier: undefined, period: { until: until() } }),
      }
      const answer = await oauth.backchannelAuthenticationRequest(as, ciba, auth, parameters, INSECURE)
      const { auth_req_id } = await oauth.processBackchannelAuthenticationResponse(as, ciba, answer)
      await asking(broker, world).answer(world.people.karim, await askedBy(auth_req_id), 'yes')
      await tick()
      expect(told).toEqual([{ token: `Bearer ${notification}`, body: { auth_req_id } }])
      const bound = oauth.DPoP({}, await oauth.generateKeyPair('ES256'))
      const fetched = await oauth.backchannelAuthenticationGrantRequest(as, ciba, auth, auth_req_id, { DPoP: bound, ...INSECURE })
      const { access_token } = await oauth.processBackchannelAuthenticationGrantResponse(as, ciba, fetched)
      expect(access_token.split('.')).toHaveLength(3)
    } finally {
      outside.close()
      await broker.owner`update clients set notification_uri = null`
    }
  })

  test('by way of the school, several pupils in one token: openid-client asks, oauth4webapi and the kit take it', async () => {
    const { broker, world } = stage
    const noor = await sibling(broker, world, 'noor')
    const given = await consented(broker, world, { about: noor })
    const identifiers = [fatima, await pseudonymOf(broker, world, given.subjectId)].toSorted()
    const batch = await redeemed(details({ identifier: undefined, identifiers }))
    expect(batch.tokens.authorization_details).toMatchObject([{ identifiers }])
    const claims = await oauth.validateJwtAccessToken(as, await batch.atHolder(), world.resource, { requireDPoP: true, ...INSECURE })
    expect(claims.sub).toBe(world.clients.organisation)
    const access = await kit().verifyAccess(await batch.atHolder())
    const [entry] = claims.authorization_details as unknown as [{ identifiers: string[] }]
    expect(access.subjects.toSorted()).toEqual(entry.identifiers.toSorted())
    expect(access.subjects).toHaveLength(2)
    expect(access.subjects.filter((subject) => identifiers.includes(subject))).toEqual([])
  })

  test('by way of the school: oauth4webapi and @openid4vc/oauth2 take the token; two status-list libraries read that it ended', async () => {
    const { broker, world, driver } = stage
    const { config, tokens, atHolder } = await redeemed()
    const claims = await oauth.validateJwtAccessToken(as, await atHolder(), world.resource, { requireDPoP: true, ...INSECURE })
    expect(claims.sub).toMatch(/^ph_/)
    const second = await secondResourceServer(broker, world, driver)
    const { tokenPayload } = await second(tokens.access_token, (await atHolder()).headers.get('dpop')!)
    expect(tokenPayload.sub).toBe(claims.sub)

    const libraries = { owf, sdJwt }
    const keys = createRemoteJWKSet(new URL(as.jwks_uri!))
    const statuses = async () => {
      const told: Record<string, number> = {}
      for (const [name, library] of Object.entries(libraries)) {
        const { idx, uri } = library.getStatusListFromJWT(tokens.access_token)
        const list = await (await driver.fetch(uri, { headers: { accept: 'application/statuslist+jwt' } })).text()
        await jwtVerify(list, keys, { typ: 'statuslist+jwt', subject: uri, requiredClaims: ['iat', 'exp', 'ttl'] })
        told[name] = library.getListFromStatusListJWT(list).getStatus(idx)
      }
      return told
    }
    const { status_list } = decodeJwt<{ status: { status_list: { uri: string } } }>(tokens.access_token).status
    const aggregation = await driver.fetch(as.status_list_aggregation_endpoint as string)
    expect(((await aggregation.json()) as { status_lists: string[] }).status_lists).toContain(status_list.uri)
    expect(await statuses()).toEqual({ owf: 0, sdJwt: 0 })
    await client.tokenRevocation(config, tokens.access_token)
    // A list is signed once a second at most.
    await expect.poll(statuses, { timeout: 5_000 }).toEqual({ owf: 1, sdJwt: 1 })
  })

  test('introspection: openid-client as JSON, oauth4webapi signed (RFC 9701), and revocation seen at once', async () => {
    const { world, driver } = stage
    const { config, tokens } = await redeemed()
    const holder = await driver.connect('holder')
    expect(await client.tokenIntrospection(holder, tokens.access_token)).toMatchObject({ active: true, aud: world.resource })
    const { auth } = await asHolder()
    const rs = { client_id: world.clients.holder, introspection_signed_response_alg: 'EdDSA' }
    const signed = async () => {
      const answer = await oauth.introspectionRequest(as, rs, auth, tokens.access_token, { requestJwtResponse: true, ...INSECURE })
      const copy = answer.clone()
      const read = await oauth.processIntrospectionResponse(as, rs, answer)
      expect(copy.headers.get('content-type')).toContain('application/token-introspection+jwt')
      return read
    }
    expect(await signed()).toMatchObject({ active: true })
    await client.tokenRevocation(config, tokens.access_token)
    expect(await signed()).toEqual({ active: false })
    expect(await client.tokenIntrospection(await driver.connect('organisation'), tokens.access_token)).toEqual({ active: false })
  })

  test('opaque and encrypted tokens: by introspection with @openid4vc/oauth2, and by the kit', async () => {
    const { broker, world, driver } = stage
    await changeTokenFormat(broker.deps, { holderId: world.holderId, tokenFormat: 'opaque' })
    const opaque = await redeemed()
    const second = await secondResourceServer(broker, world, driver)
    const { tokenPayload } = await second(opaque.tokens.access_token, (await opaque.atHolder()).headers.get('dpop')!)
    expect(tokenPayload.sub).toMatch(/^ph_/)
    const access = await kit({ tokens: 'opaque' }).verifyAccess(await opaque.atHolder())
    expect(access.subjects).toEqual([tokenPayload.sub])
    expect(access.evidence!.split('.')).toHaveLength(3)

    const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { crv: 'X25519', extractable: true })
    const encryptionJwk = { ...(await exportJWK(publicKey)), kid: 'enc-1' }
    await changeTokenFormat(broker.deps, { holderId: world.holderId, tokenFormat: 'jwe', encryptionJwk })
    const encrypted = await redeemed()
    expect(encrypted.tokens.access_token.split('.')).toHaveLength(5)
    const decryptionJwks = [{ ...(await exportJWK(privateKey)), kid: 'enc-1' }]
    const opened = await kit({ tokens: 'jwe', decryptionJwks }).verifyAccess(await encrypted.atHolder())
    expect(opened.subjects).toEqual(access.subjects)
    await client.tokenRevocation(encrypted.config, encrypted.tokens.access_token)
    const taken = async () =>
      await kit({ tokens: 'jwe', decryptionJwks })
        .verifyAccess(await encrypted.atHolder())
        .catch((error: { code: string }) => error.code)
    await expect.poll(taken, { timeout: 5_000 }).toBe('invalid_token')
  })

  test('proofs of possession by dpop, at the token endpoint and at the holder (RFC 9449)', async () => {
    const { broker, world, driver } = stage
    const { issuer } = broker.deps
    const keys = await generateDpopKeys('ES256')
    const form = { grant_type: 'client_credentials', authorization_details: details(), ...(await driver.assertion('organisation')) }
    const { status, body } = await driver.post('/token', form, { dpop: await generateProof(keys, `${issuer}/token`, 'POST') })
    expect([status, body.token_type]).toEqual([200, 'DPoP'])
    const token = body.access_token as string
    const results = `${world.resource}/results`
    const proof = await generateProof(keys, results, 'GET', undefined, token)
    const request = new Request(results, { headers: { authorization: `DPoP ${token}`, dpop: proof } })
    const holder = kit()
    expect((await holder.verifyAccess(request.clone())).subjects).toHaveLength(1)
    await expect(holder.verifyAccess(request)).rejects.toMatchObject({ code: 'invalid_dpop_proof' })
    const stolen = await generateProof(await generateDpopKeys('ES256'), results, 'GET', undefined, token)
    const thief = new Request(results, { headers: { authorization: `DPoP ${token}`, dpop: stolen } })
    await expect(holder.verifyAccess(thief)).rejects.toMatchObject({ code: expect.stringMatching(/^invalid_/) })
  })

  test('registration and the way from a refused request to a token (RFC 7591, 9728): openid-client and oauth4webapi', async () => {
    const { broker, world, driver } = stage
    const { initialAccessToken } = await inviteClient(broker.deps, { supplierId: world.supplierId, ways: ['organisation'] })
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'own' }] } as never
    const config = await client.dynamicClientRegistration(
      new URL(broker.deps.issuer),
      { client_name: 'Reken Plus', grant_types: ['client_credentials'], jwks },
      client.PrivateKeyJwt({ key: privateKey, kid: 'own' }),
      { initialAccessToken, algorithm: 'oauth2', execute: [client.allowInsecureRequests] },
    )
    const refused = await driver.fetch(`${broker.deps.issuer}/v1/changes`)
    expect(refused.status).toBe(401)
    const where = /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate')!)![1]!
    const resource = new URL(`${broker.deps.issuer}/v1`)
    const found = await oauth.resourceDiscoveryRequest(resource, INSECURE)
    expect(found.url === '' || found.url === where).toBe(true)
    const metadata = await oauth.processResourceDiscoveryResponse(resource, found)
    expect(metadata.authorization_servers).toEqual([broker.deps.issuer])
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
    const { access_token } = await client.clientCredentialsGrant(config, { scope: 'changes', resource: metadata.resource }, { DPoP })
    const changes = new URL(`${broker.deps.issuer}/v1/changes`)
    expect((await client.fetchProtectedResource(config, access_token, changes, 'GET', null, undefined, { DPoP })).status).toBe(200)
  })

  test('with another’s proof a resource server opens nothing', async () => {
    const { broker, world, driver } = stage
    const { tokens } = await redeemed()
    const second = await secondResourceServer(broker, world, driver)
    const stranger = await dpopKey(broker)
    const ath = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(tokens.access_token))).toString('base64url')
    const proof = await stranger.proof({ htm: 'GET', htu: new URL('results', world.resource).href, ath })
    await expect(second(tokens.access_token, proof)).rejects.toThrow()
  })
})

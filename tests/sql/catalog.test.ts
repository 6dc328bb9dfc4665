import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canonical, sha256 } from '../../src/canonical.ts'
import { publishLeaflet } from '../../src/catalog/publish-leaflet.ts'
import { disableClient, type NewClient, registerClient } from '../../src/catalog/register-client.ts'
import { type NewHolder, registerHolder } from '../../src/catalog/register-holder.ts'
import { registerService } from '../../src/catalog/register-service.ts'
import { registerSupplier } from '../../src/catalog/register-supplier.ts'
import {
  clientById,
  clientsOfSupplier,
  dataSetsOf,
  holderByResource,
  holders,
  latestLeaflet,
  servicesOf,
  supplierById,
  suppliers,
} from '../../src/catalog/store.ts'
import { reinstateHolder, reinstateSupplier, suspendHolder, suspendSupplier } from '../../src/catalog/suspend.ts'
import { type ClientId, type HolderId, newId, type SupplierId } from '../../src/ids.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { untilWaiting, whileHeld } from '../support/held.ts'
import { leafletContent } from '../support/leaflet-content.ts'
import { expectLedgerWhole, told } from '../support/ledger.ts'
import { endOf, liveToken } from '../support/live-token.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let publicJwk: JWK
let privateJwk: JWK
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  const pair = await generateKeyPair('ES256', { extractable: true })
  publicJwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1' }
  privateJwk = { ...(await exportJWK(pair.privateKey)), kid: 'k1' }
})
afterAll(async () => {
  await expectLedgerWhole(broker, world.boardId)
  await broker.close()
})

const refusalOf = (act: Promise<unknown>) =>
  act.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )

describe('The operator takes in suppliers, services and leaflets', () => {
  test('each with an entry in the operator’s chain; a leaflet is kept as the bytes that were hashed', async () => {
    const supplierId = await registerSupplier(broker.deps, {
      legalName: 'Leerlinglijn B.V.',
      kind: 'administration',
      domain: 'leerlinglijn.example',
    })
    const serviceId = await registerService(broker.deps, { supplierId, name: 'Leerlinglijn', kind: 'II' })
    const content = {
      ...leafletContent,
      purposes: { kind: 'II', purposes: ['5.2.a', '5.x.d'], plain: 'De school organiseert het onderwijs.' },
    }
    const { leafletId, version } = await publishLeaflet(broker.deps, { serviceId, content })
    expect(version).toBe(1)
    expect(await supplierById(broker.db, supplierId)).toMatchObject({ legalName: 'Leerlinglijn B.V.', country: 'NL', suspendedAt: null })
    expect((await suppliers(broker.db, [supplierId])).map((supplier) => supplier.supplierId)).toEqual([supplierId])
    expect(await servicesOf(broker.db, supplierId)).toEqual([{ serviceId, supplierId, name: 'Leerlinglijn', kind: 'II', minimumAge: null }])
    const leaflet = await latestLeaflet(broker.db, serviceId)
    expect(leaflet).toMatchObject({ leafletId, content })
    expect(Buffer.from(leaflet!.contentHash)).toEqual(sha256(canonical(content)))
    const entries = await told(broker, 'supplier_registered', 'service_registered', 'leaflet_published')
    expect(entries.map(({ chain, ref }) => [chain, ref])).toEqual([supplierId, serviceId, leafletId].map((ref) => ['operator', ref]))
  })

  test('C10, C11 a leaflet of the wrong kind, incomplete or advertising is not published, nor by another supplier', async () => {
    const publish = (content: unknown) => publishLeaflet(broker.deps, { serviceId: world.serviceId, content })
    expect(await refusalOf(publish({}))).toBe('leaflet_incomplete')
    expect(await refusalOf(publish({ ...leafletContent, purposes: { ...leafletContent.purposes, purposes: ['5.2.a'] } }))).toBe(
      'purpose_unknown',
    )
    expect(await refusalOf(publish({ ...leafletContent, purposes: { ...leafletContent.purposes, plain: 'Reclame maken' } }))).toBe(
      'purpose_forbidden',
    )
    const by = { clientId: world.clients.holder, supplierId: world.publisherId }
    expect(await refusalOf(publishLeaflet(broker.deps, { serviceId: world.serviceId, content: leafletContent }, by))).toBe(
      'service_not_found',
    )
    expect((await latestLeaflet(broker.db, world.serviceId))?.version).toBe(1)
    expect(await refusalOf(registerService(broker.deps, { supplierId: newId<SupplierId>(broker.clock.now()), name: 'x', kind: 'I' }))).toBe(
      'supplier_not_found',
    )
  })

  test('two versions at once: two numbers, or one is told to look again', async () => {
    const publish = () => publishLeaflet(broker.deps, { serviceId: world.serviceId, content: leafletContent })
    const settled = await Promise.allSettled([publish(), publish(), publish()])
    const versions = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value.version] : []))
    expect(versions.toSorted((a, b) => a - b)).toEqual(versions.map((_, nr) => nr + 2))
    for (const result of settled) if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'changed_meanwhile' })
  })
})

describe('The operator takes in clients: public keys for EdDSA or ES256 only, one way each', () => {
  const register = (more: Record<string, unknown> = {}) =>
    registerClient(broker.deps, {
      way: 'organisation',
      supplierId: world.supplierId,
      name: 'Reken Plus',
      keys: [publicJwk],
      ...more,
    } as NewClient)

  test('a supplier’s and a holder’s', async () => {
    const clientId = await register({ clientId: 'reken-plus-2' })
    expect(await clientById(broker.db, clientId)).toMatchObject({ way: 'organisation', supplierId: world.supplierId, disabledAt: null })
    expect((await clientById(broker.db, clientId))!.jwks.keys).toEqual([{ ...publicJwk, alg: 'ES256', use: 'sig' }])
    expect((await clientsOfSupplier(broker.db, world.supplierId)).map((client) => client.clientId)).toContain(clientId)
    const ofHolder = await registerClient(broker.deps, { way: 'holder', holderId: world.holderId, name: 'Rekenrijk', keys: [publicJwk] })
    expect(await clientById(broker.db, ofHolder)).toMatchObject({ way: 'holder', holderId: world.holderId })
    const nobodys = newId<HolderId>(broker.clock.now())
    expect(await refusalOf(registerClient(broker.deps, { way: 'holder', holderId: nobodys, name: 'x', keys: [publicJwk] }))).toBe(
      'holder_not_found',
    )
  })

  test('a private key, another curve, a symmetric key, no kid, a kid twice, broken points, none: refused', async () => {
    const rsa = await exportJWK((await generateKeyPair('RS256', { extractable: true })).publicKey)
    const keys: JWK[][] = [
      [],
      [privateJwk],
      [{ ...rsa, kid: 'k1' }],
      [{ kty: 'oct', k: 'c2VjcmV0', kid: 'k1' }],
      [{ ...publicJwk, kid: undefined } as unknown as JWK],
      [publicJwk, publicJwk],
      [{ ...publicJwk, x: 'AAAA' }],
      [{ ...publicJwk, alg: 'ES384' }],
      [{ ...publicJwk, use: 'enc' }],
    ]
    for (const set of keys) expect(await refusalOf(register({ keys: set })), JSON.stringify(set)).toBe('client_key_invalid')
  })

  test('redirect URIs: https, without fragment, for a client that redirects and no other', async () => {
    const way = 'redirect'
    expect(await refusalOf(register({ way, redirectUris: ['https://rekenplus.example/terug'] }))).toBe('done')
    expect(await refusalOf(register({ way, redirectUris: ['http://127.0.0.1:9000/terug'] }))).toBe('done')
    for (const uri of [
      'http://rekenplus.example/',
      'https://a.example/#x',
      'javascript:alert(1)',
      'https://u:p@a.example/',
      '/terug',
      '',
    ]) {
      expect(await refusalOf(register({ way, redirectUris: [uri] })), uri).toBe('redirect_uri_invalid')
    }
    expect(await refusalOf(register({ way, redirectUris: [] }))).toBe('redirect_uri_invalid')
    expect(await refusalOf(register({ redirectUris: ['https://rekenplus.example/terug'] }))).toBe('redirect_uri_invalid')
  })

  test('an id that is taken, malformed, or of nobody; out of use once', async () => {
    expect(await refusalOf(register({ clientId: world.clients.organisation }))).toBe('client_id_taken')
    expect(await refusalOf(register({ clientId: 'a b' }))).toBe('input_invalid')
    expect(await refusalOf(register({ supplierId: newId(broker.clock.now()) }))).toBe('supplier_not_found')
    const clientId = await register()
    await disableClient(broker.deps, { clientId })
    expect((await clientById(broker.db, clientId))!.disabledAt).toEqual(broker.clock.now())
    expect(await refusalOf(disableClient(broker.deps, { clientId }))).toBe('client_not_found')
    expect(await refusalOf(disableClient(broker.deps, { clientId: 'niemand' as ClientId }))).toBe('client_not_found')
  })
})

describe('The operator takes in holders with their data sets', () => {
  const dataSets: NewHolder['dataSets'] = [
    { datatype: 'support-plan', category: 'support-needs', nameNl: 'hulpplan', nameEn: 'support plan' },
  ]
  const register = (more: Partial<NewHolder> = {}) =>
    registerHolder(broker.deps, {
      supplierId: world.publisherId,
      name: 'Leerlinglijn',
      resource: `https://${newId(broker.clock.now())}.example/`,
      dataSets,
      ...more,
    })

  test('found by its resource, byte for byte; a resource is of one holder', async () => {
    const resource = 'https://api.leerlinglijn.example/v1/'
    const holderId = await register({ resource })
    expect(await holderByResource(broker.db, resource)).toMatchObject({ holderId, tokenFormat: 'jwt' })
    expect(await holderByResource(broker.db, resource.toUpperCase())).toBeUndefined()
    expect(await dataSetsOf(broker.db, holderId)).toEqual(dataSets)
    expect((await holders(broker.db, world.publisherId)).map((holder) => holder.holderId)).toContain(holderId)
    expect(await refusalOf(register({ resource }))).toBe('resource_taken')
  })

  test('not a resource, unknown category, no or doubled data sets, a JWE without a key: refused', async () => {
    for (const resource of ['http://plain.example/', 'https://a.example/?q', 'https://a.example/#f', 'urn:x', 'x']) {
      expect(await refusalOf(register({ resource })), resource).toBe('input_invalid')
    }
    expect(await refusalOf(register({ dataSets: [] }))).toBe('input_invalid')
    expect(await refusalOf(register({ dataSets: [...dataSets, ...dataSets] }))).toBe('input_invalid')
    expect(await refusalOf(register({ dataSets: [{ ...dataSets[0]!, category: 'shoe-size' as never }] }))).toBe('input_invalid')
    expect(await refusalOf(register({ tokenFormat: 'jwe' }))).toBe('input_invalid')
    const encryptionJwk = { ...publicJwk, alg: undefined } as unknown as JWK
    expect(await refusalOf(register({ tokenFormat: 'jwe', encryptionJwk }))).toBe('done')
    expect(await refusalOf(register({ tokenFormat: 'jwe', encryptionJwk: privateJwk }))).toBe('client_key_invalid')
  })
})

describe('Suspension ends every live token at once, over all boards (INV-01, INV-12)', () => {
  test('of a supplier; the school’s chain does not tell of the direct ones; back in, they stay ended', async () => {
    const own = await freshBroker()
    const small = await smallWorld(own)
    const tokens = [
      await liveToken(own, small, await consented(own, small)),
      await liveToken(own, small, await consented(own, small, { approach: 'subject' }), 'subject'),
    ] as const
    const { supplierId } = small
    await suspendSupplier(own.deps, { supplierId, because: 'onderzoek' })
    for (const tokenId of tokens) expect(await endOf(own, tokenId)).toEqual({ because: 'supplier_suspended', bit: true })
    expect(await told(own, 'tokens_ended')).toMatchObject([
      { chain: `${small.boardId}:organisation`, facts: { endedTokens: [tokens[0]] } },
      { chain: `${small.boardId}:subject`, facts: { endedTokens: [tokens[1]] } },
    ])
    expect(await told(own, 'supplier_suspended')).toMatchObject([{ chain: 'operator', ref: supplierId }])
    expect(await refusalOf(suspendSupplier(own.deps, { supplierId, because: 'nogmaals' }))).toBe('already_suspended')
    await reinstateSupplier(own.deps, { supplierId })
    expect((await supplierById(own.db, supplierId))!.suspendedAt).toBeNull()
    for (const tokenId of tokens) expect(await endOf(own, tokenId)).toEqual({ because: 'supplier_suspended', bit: true })
    expect(await refusalOf(reinstateSupplier(own.deps, { supplierId }))).toBe('not_suspended')
    await expectLedgerWhole(own, small.boardId)
    await own.close()
  })

  test('of a holder; at once twice, one of them; and of nobody', async () => {
    const own = await freshBroker()
    const small = await smallWorld(own)
    const tokenId = await liveToken(own, small, await consented(own, small))
    const { holderId } = small
    const act = () => suspendHolder(own.deps, { holderId, because: 'lek' })
    const settled = await whileHeld(own, (sql) => sql`select 1 from holders where holder_id = ${holderId} for update`, [act, act])
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await told(own, 'holder_suspended')).toHaveLength(1)
    expect(await endOf(own, tokenId)).toEqual({ because: 'holder_suspended', bit: true })
    await reinstateHolder(own.deps, { holderId })
    expect(await refusalOf(reinstateHolder(own.deps, { holderId: newId(own.clock.now()) }))).toBe('holder_not_found')
    expect(await refusalOf(suspendSupplier(own.deps, { supplierId: newId(own.clock.now()), because: 'x' }))).toBe('supplier_not_found')
    await own.close()
  })

  test('a token that a redemption is just making ends too', async () => {
    const own = await freshBroker()
    const small = await smallWorld(own)
    const given = await consented(own, small)
    // A redemption holds the supplier FOR SHARE until its token is written: only then may the suspension look for tokens.
    const redemption = await own.owner.reserve()
    await redemption`begin`
    await redemption`select 1 from suppliers where supplier_id = ${small.supplierId} for share`
    const suspending = suspendSupplier(own.deps, { supplierId: small.supplierId, because: 'onderzoek' })
    await untilWaiting(own, 1)
    const tokenId = await liveToken(own, small, given)
    await redemption`commit`
    redemption.release()
    await suspending
    expect(await endOf(own, tokenId)).toEqual({ because: 'supplier_suspended', bit: true })
    await own.close()
  })
})

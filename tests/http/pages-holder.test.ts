import { stripTypeScriptTypes } from 'node:module'
import { decodeJwt, exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { changeDataSet } from '../../src/catalog/data-sets.ts'
import { disableClient, registerClient } from '../../src/catalog/register-client.ts'
import { registerHolder } from '../../src/catalog/register-holder.ts'
import { readConfig } from '../../src/holder/conformance/config.ts'
import type { ClientId } from '../../src/ids.ts'
import { keyPair } from '../fakes/broker.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { drive } from '../support/driver.ts'
import { told } from '../support/ledger.ts'
import { redeemed } from '../support/redeemed.ts'
import { supplierPerson } from '../support/supplier-person.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
let kim: Awaited<ReturnType<typeof supplierPerson>>
let path: string

beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  app = createApp(() => broker.deps)
  kim = await supplierPerson(broker, app, { supplierId: world.publisherId, name: 'Kim', roles: ['engineer'] })
  path = `${kim.path}/holder`
})
afterAll(async () => {
  vi.useRealTimers()
  await broker.close()
})

const format = async () =>
  (await broker.owner`select token_format, encryption_jwk from holders where holder_id = ${world.holderId}`)[0] as {
    token_format: string
    encryption_jwk: object | null
  }

/** Kim fills in the form for another form of tokens. */
async function changed(fields: { format?: string; jwk?: string; ended?: string }) {
  const page = await kim.visitor.get(path)
  const action = `${path}/${world.holderId}/format`
  const asItIs = { format: (await format()).token_format, jwk: '', ended: 'status-list' }
  return await kim.visitor.post(action, { ...page.fields(action), ...asItIs, ...fields })
}

describe('A publisher’s engineer sees how it hands over', () => {
  test('C13: what it offers, how it takes tokens, and what each board lets it hand over', async () => {
    const page = await kim.visitor.get(path)
    expect(page.status).toBe(200)
    expect(page.words).toContain(world.resource)
    expect(page.words).toContain('rekenresultaten arithmetic-results')
    expect(page.words).toContain('ondertekend (jwt)')
    expect(page.words).toContain('Stichting De Waterlelie Onderwijs rekenresultaten, sinds')
    expect(page.words).toContain('Uw programma meldde nog niet dat het iets gaf.')
  })

  test('gets its tokens encrypted, by a public key and nothing else', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { crv: 'X25519', extractable: true })
    const secret = { ...(await exportJWK(privateKey)), kid: 'enc-1' }
    for (const jwk of ['', 'nonsense', JSON.stringify(secret)]) {
      const refused = await changed({ format: 'jwe', jwk })
      expect(refused.status).toBe(400)
      expect(refused.words).toContain('Versleuteld vraagt een openbare sleutel')
      expect(refused.html).not.toContain(secret.d)
    }
    expect((await changed({ format: 'opaque', jwk: JSON.stringify(secret) })).status).toBe(400)
    expect(await format()).toEqual({ token_format: 'jwt', encryption_jwk: null })
    const good = await changed({ format: 'jwe', jwk: JSON.stringify({ ...(await exportJWK(publicKey)), kid: 'enc-1' }) })
    expect(good.words).toContain('De nieuwe vorm geldt vanaf het volgende token.')
    expect(good.words).toContain('Sleutel om te versleutelen enc-1')
    expect((await format()).token_format).toBe('jwe')
    const [entry] = await broker.owner`select actor from ledger where event = 'token_format_changed'`
    expect(entry!.actor).toBe(`member:${kim.actor.memberId}`)
    expect((await changed({ ended: 'introspection' })).words, 'the key stays where none is typed').toContain('versleutelen enc-1')
    await changed({ format: 'jwt' })
    expect(await format()).toEqual({ token_format: 'jwt', encryption_jwk: null })
  })

  test('chooses to hear of an end from the list or by asking; what the kit takes along follows, and no list is chosen for opaque tokens', async () => {
    /** What the code that is shown gives the kit, run as it is written. */
    const shown = async (html: string): Promise<Record<string, unknown>> => {
      const written = /const verifier = createVerifier\(\{[\s\S]*?\n\}\)/.exec(html.replaceAll('&#39;', "'").replaceAll('&quot;', '"'))![0]
      vi.stubEnv('BROKER_KEY', '{"kid":"own-1"}')
      vi.stubEnv('DECRYPTION_KEY', '{"kid":"enc-1"}')
      const module = `const createVerifier = (given) => given\n${stripTypeScriptTypes(written)}\nexport default verifier`
      const { default: options } = (await import(`data:text/javascript,${encodeURIComponent(module)}`)) as {
        default: Record<string, unknown>
      }
      vi.unstubAllEnvs()
      return options
    }
    const settings = async () => readConfig(await (await kim.visitor.getOnly(`${path}/${world.holderId}/conformance.json`)).text())
    const { resource, clients } = world
    const ours = { issuer: broker.deps.issuer, resource, clientId: clients.holder, privateJwk: { kid: 'own-1' } }
    const first = await kim.visitor.get(path)
    expect(await shown(first.html)).toEqual({ ...ours, tokens: 'jwt', ended: 'status-list' })

    const asks = await changed({ ended: 'introspection' })
    expect(asks.words).toContain('Hoe hoort u dat een token stopt? door bij elk token na te vragen, meteen')
    expect(await shown(asks.html)).toEqual({ ...ours, tokens: 'jwt', ended: 'introspection' })
    expect(await settings()).toMatchObject({ tokens: 'jwt', ended: 'introspection' })

    const refused = await changed({ format: 'opaque' })
    expect([refused.status, refused.html]).toEqual([400, expect.stringContaining(`href="#ended-${world.holderId}"`)])
    expect(refused.words).toContain('Gesloten tokens staan in geen lijst. Kies dat uw programma navraagt')
    expect(refused.html, 'what was chosen is kept').toContain('<option value="opaque" selected="">')
    expect(await settings(), 'nothing was half-saved').toMatchObject({ tokens: 'jwt', ended: 'introspection' })

    const { publicKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true })
    const jwk = JSON.stringify({ ...(await exportJWK(publicKey)), kid: 'enc-1' })
    const encrypted = await changed({ format: 'jwe', jwk })
    expect(await shown(encrypted.html)).toEqual({ ...ours, tokens: 'jwe', decryptionJwks: [{ kid: 'enc-1' }], ended: 'status-list' })
    expect(await settings()).toMatchObject({ tokens: 'jwe', ended: 'status-list', encryptionJwk: { kid: 'enc-1' } })
    await changed({ format: 'jwt' })
    expect((await told(broker, 'token_format_changed')).at(-1)).toMatchObject({ facts: { tokenFormat: 'jwt', endedBy: 'status-list' } })
  })

  test('tries who is who, and reads what it reported, without a name or number of anybody', async () => {
    const action = `${path}/${world.holderId}/subjects`
    expect((await kim.visitor.post(action)).words).toContain('Er is nog niemand van wie wij u iets kunnen zeggen.')
    const driver = await drive(broker, world)
    const supplier = await redeemed(broker, world, driver)
    const { body } = await supplier.redeem()
    const tried = await kim.visitor.post(action)
    expect(tried.words).toContain('Van zoveel mensen kunnen wij u zeggen wie het is: 1.')
    expect(tried.html).not.toContain('ketenid.nl')
    expect(tried.html).not.toContain('Fatima')

    const uses = `${path}/${world.holderId}/uses`
    const { jti } = decodeJwt(body.access_token as string)
    const known = await kim.visitor.post(uses, { jti: jti! })
    expect(known.words).toContain(
      'Een melding over dit token nemen wij aan. Het is van 16 november 2026 om 10:00, voor arithmetic-results.',
    )
    expect(known.words).toContain('Uw programma meldde er al: 0.')
    for (const unknown of [crypto.randomUUID(), 'nonsense', '']) {
      expect((await kim.visitor.post(uses, { jti: unknown })).words).toContain('Een melding over dit nummer weigeren wij')
    }
    expect(await broker.owner`select 1 from uses`).toEqual([])
  })

  test('takes along settings for the conformance kit that the kit reads', async () => {
    const answer = await kim.visitor.getOnly(`${path}/${world.holderId}/conformance.json`)
    const config = readConfig(await answer.text())
    expect(config).toMatchObject({ resource: world.resource, clientId: world.clients.holder, tokens: 'jwt', ended: 'status-list' })
  })

  test('those settings ask where the broker itself looks, and name the newest program that is in use', async () => {
    const { publicJwk } = await keyPair()
    const resource = 'https://data.rekenrijk.example/v2/'
    const dataSets = [{ datatype: 'spelling-results', category: 'learning-results', nameNl: 'spelling', nameEn: 'spelling' } as const]
    const holderId = await registerHolder(broker.deps, { supplierId: world.publisherId, name: 'Taalrijk', resource, dataSets })
    const settings = async () => readConfig(await (await kim.visitor.getOnly(`${path}/${holderId}/conformance.json`)).text())
    for (const nr of [1, 2, 3]) {
      const keys = [{ ...publicJwk, kid: 'own-1' }]
      await registerClient(broker.deps, { clientId: `taalrijk-${nr}` as ClientId, name: 'Taalrijk', way: 'holder', holderId, keys })
      broker.clock.pass({ minutes: 1 })
    }
    await disableClient(broker.deps, { clientId: 'taalrijk-3' as ClientId })
    expect(await settings()).toMatchObject({
      resource,
      request: { method: 'GET', path: '/v2/spelling-results' },
      clientId: 'taalrijk-2',
    })
    const words = { nameNl: 'spelling', nameEn: 'spelling', path: 'results/spelling' }
    await changeDataSet(broker.deps, kim.actor, holderId, 'spelling-results', words)
    expect((await settings()).request.path).toBe('/v2/results/spelling')
  })

  test('is not found by who holds nothing, by another supplier, or by a case worker', async () => {
    const tutor = await supplierPerson(broker, app, { supplierId: world.supplierId, name: 'Iris', roles: ['engineer'] })
    expect((await tutor.visitor.get(`${tutor.path}/holder`)).status).toBe(404)
    const page = await kim.visitor.get(path)
    const theirs = `${tutor.path}/holder/${world.holderId}/format`
    const stolen = { ...page.fields(`${path}/${world.holderId}/format`), format: 'opaque', jwk: '', ended: 'introspection' }
    expect((await tutor.visitor.post(theirs, stolen)).status).toBe(404)
    const reader = await supplierPerson(broker, app, { supplierId: world.publisherId, name: 'Jo', roles: ['contracts'] })
    expect((await reader.visitor.get(path)).status).toBe(200)
    expect((await reader.visitor.post(`${path}/${world.holderId}/format`, stolen)).status).toBe(403)
    const worker = await supplierPerson(broker, app, { supplierId: world.publisherId, name: 'Bo', roles: ['case_worker'] })
    expect((await worker.visitor.get(path)).status).toBe(403)
    expect((await format()).token_format).toBe('jwt')
  })
})

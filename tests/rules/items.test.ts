import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askConsents } from '../../src/consents/ask.ts'
import { stateOf } from '../../src/consents/consent.ts'
import { createItem, type NewItem } from '../../src/consents/create-item.ts'
import { meaningHash } from '../../src/consents/item.ts'
import { consentsAbout, openConsentsOn } from '../../src/consents/store.ts'
import { inTransaction, type Tx } from '../../src/database.ts'
import { newId, type RequestId } from '../../src/ids.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let arithmetic: NewItem
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  arithmetic = {
    approach: 'organisation',
    legalBasis: 'consent',
    use: {
      supplierId: world.supplierId,
      serviceId: world.serviceId,
      partId: 'begeleiding',
      leafletId: world.leafletId,
      holderId: world.holderId,
      datatypes: ['practice-time', 'arithmetic-results'],
    },
    purpose: '5.1.a',
    occasion: 'Fatima heeft moeite met rekenen.',
    reason: { nl: 'Zo ziet de begeleider wat Fatima moeilijk vindt.' },
    alternative: { nl: 'De begeleider doet eerst zelf een toets.' },
    startsAt: broker.clock.now(),
    endsAt: world.until,
  }
})
afterAll(() => broker.close())

const asSchool = <T>(work: (tx: Tx) => Promise<T>) => inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, work)
const create = (change: Partial<NewItem> = {}) =>
  asSchool((tx) => createItem(tx, broker.clock.now(), world.boardId, { ...arithmetic, ...change }))
/** As `create`, but nothing stays. */
const refusalOf = async (change: Partial<NewItem>) => {
  const done = asSchool(async (tx) => {
    await createItem(tx, broker.clock.now(), world.boardId, { ...arithmetic, ...change })
    throw new Error('was made')
  })
  return await done.catch((error: Error) => error.message)
}
const using = (change: Partial<NonNullable<NewItem['use']>>) => refusalOf({ use: { ...arithmetic.use!, ...change } })

describe('An item is asked or told (K01, K24)', () => {
  test('it leans on the agreement that covers it and on the holder’s onward clause', async () => {
    const item = await create()
    expect(item).toMatchObject({
      agreementId: world.agreementId,
      holderAgreementId: world.holderAgreementId,
      rule: 'veto',
      specialCategory: false,
    })
    expect(item.datatypes).toEqual(['arithmetic-results', 'practice-time'])
  })

  test('K05 what is asked is for a named service of a named supplier; each lack has its own refusal', async () => {
    expect(await refusalOf({ alternative: { nl: '  ' } })).toBe('item_without_alternative')
    expect(await refusalOf({ legalBasis: 'legitimate_interest' })).toBe('basis_unmotivated')
    expect(await refusalOf({ purpose: '5.2.a' })).toBe('purpose_unknown')
    expect(await refusalOf({ purpose: '5.1.f' })).toBe('purpose_unknown')
    expect(await refusalOf({ reason: { nl: 'Voor reclame.' } })).toBe('purpose_forbidden')
    expect(await refusalOf({ reason: { nl: 'tekst met \u202e omkering' } })).toBe('input_invalid')
    expect(await refusalOf({ endsAt: broker.clock.now() })).toBe('input_invalid')
    expect(await using({ datatypes: ['diary'] })).toBe('datatype_unknown')
    expect(await using({ partId: 'oudergesprek' })).toBe('agreement_not_in_force')
    expect(await using({ partId: 'nergens' })).toBe('part_unknown')
    expect(await using({ supplierId: world.publisherId })).toBe('service_not_found')
    expect(await using({ leafletId: newId(broker.clock.now()) })).toBe('leaflet_not_found')
    expect(await using({ holderId: newId(broker.clock.now()) })).toBe('holder_not_found')
    expect(await using({ holderId: null, datatypes: ['medical'] })).toBe('leaflet_lacks_data')
  })

  test('an item of a request may wait for the addendum that covers it, but not for an agreement', async () => {
    const requestId = newId<RequestId>(broker.clock.now())
    expect(await refusalOf({ requestId, use: { ...arithmetic.use!, partId: 'oudergesprek' } })).not.toBe('agreement_not_in_force')
    await broker.owner`update supplier_agreements set ends_at = ${broker.clock.now()} where agreement_id = ${world.agreementId}`
    expect(await refusalOf({ requestId })).toBe('agreement_not_in_force')
    await broker.owner`update supplier_agreements set ends_at = ${world.until} where agreement_id = ${world.agreementId}`
  })

  test('without the holder’s onward clause the data cannot be chosen (convenant 5.4)', async () => {
    await broker.owner`update onward_clauses set ended_at = ${broker.clock.now()} where datatype = 'practice-time'`
    expect(await refusalOf({})).toBe('onward_clause_missing')
    await broker.owner`update onward_clauses set ended_at = null`
  })

  test('K01 what the board agreed to rest on another basis is not asked, and what it agreed to ask is not just told', async () => {
    const agreed = (basis: string) =>
      broker.owner`update supplier_agreements set kind = 'controller', board_basis = ${basis}, supplier_basis = 'public_task' where agreement_id = ${world.agreementId}`
    await agreed('public_task')
    expect(await refusalOf({})).toBe('basis_is_not_consent')
    expect(await refusalOf({ legalBasis: 'public_task' })).toBe('was made')
    await agreed('consent')
    expect(await refusalOf({ legalBasis: 'public_task' })).toBe('basis_is_consent')
    expect(await refusalOf({ legalBasis: 'legitimate_interest', basisMotivation: 'Het moet.' })).toBe('basis_is_consent')
    expect(await refusalOf({})).toBe('was made')
    await broker.owner`update supplier_agreements set kind = 'processor', board_basis = null, supplier_basis = null where agreement_id = ${world.agreementId}`
  })

  test('C16 about anonymous data nobody is asked; C17 what a law demands is told and not asked', async () => {
    const { content } = (await broker.owner<{ content: string }[]>`select content from leaflets where leaflet_id = ${world.leafletId}`)[0]!
    const more = content.replace('"5.1.a"', '"5.1.a","5.1.g","5.1.h","5.1.i"')
    await broker.owner`update leaflets set content = ${more} where leaflet_id = ${world.leafletId}`
    expect(await refusalOf({ purpose: '5.1.g' })).toBe('purpose_is_anonymous')
    expect(await refusalOf({ purpose: '5.1.g', legalBasis: 'public_task' })).toBe('purpose_is_anonymous')
    for (const purpose of ['5.1.h', '5.x.i']) {
      expect(await refusalOf({ purpose })).toBe('basis_is_not_consent')
      expect(await refusalOf({ purpose, legalBasis: 'legal_obligation' })).toBe('was made')
    }
    await broker.owner`update leaflets set content = ${content} where leaflet_id = ${world.leafletId}`
  })

  test('K22 the purpose is set beforehand: of an item or a request that is made it is not ours to change', async () => {
    for (const table of ['items', 'access_requests']) {
      const [may] = await broker.owner`select has_column_privilege('consent_broker', ${table}, 'purpose', 'update') as purpose,
        has_column_privilege('consent_broker', ${table}, 'purpose', 'insert') as once`
      expect(may, table).toEqual({ purpose: false, once: true })
    }
  })

  test('an occasion can itself be special-category (C25)', async () => {
    expect(await create({ occasion: 'Begeleiding bij dyscalculie.' })).toMatchObject({ specialCategory: true })
  })
})

describe('Images (P23, P25)', () => {
  const image = { use: undefined, image: { channel: 'website', medium: 'photo' as const }, purpose: 'image' }
  test('are only ever asked', async () => {
    expect(await refusalOf({ ...image, legalBasis: 'public_task' })).toBe('image_needs_consent')
    expect(await create(image)).toMatchObject({ image: { channel: 'website', medium: 'photo' }, supplierId: null, datatypes: [] })
  })
  test('one channel is not another, and social media are never meant along (P47)', () => {
    const on = (channel: string) =>
      meaningHash({
        supplierId: null,
        serviceId: null,
        partId: null,
        holderId: null,
        datatypes: [],
        purpose: 'image',
        image: { channel, medium: 'photo' },
      })
    expect(on('website').equals(on('facebook'))).toBe(false)
    expect(on('website').equals(on('website'))).toBe(true)
  })
})

describe('Asking', () => {
  test('one consent each; who has an open one is not asked twice; told is not asked', async () => {
    const at = broker.clock.now()
    const item = await create()
    const { fatima } = world.people
    const first = await asSchool((tx) => askConsents(tx, at, item, [fatima.id]))
    expect(first).toHaveLength(1)
    expect(await asSchool((tx) => askConsents(tx, at, item, [fatima.id]))).toEqual([])
    const [consent] = await asSchool((tx) => openConsentsOn(tx, world.boardId, [item.itemId]))
    expect(consent).toMatchObject({ consentId: first[0]!.consentId, item: { ...item, meaningHash: expect.anything() } })
    expect(stateOf(consent!, at)).toEqual({ state: 'unanswered' })

    const told = await create({ legalBasis: 'public_task', purpose: '5.1.d' })
    await asSchool((tx) => askConsents(tx, at, told, [fatima.id]))
    const about = await asSchool((tx) => consentsAbout(tx, world.boardId, [fatima.id]))
    expect(about.map((row) => stateOf(row, at).state).sort()).toEqual(['informed', 'unanswered'])
    expect(await refusalOf({ purpose: '5.1.d' })).toBe('basis_is_not_consent')
    expect(await refusalOf({ purpose: '5.1.d', use: { ...arithmetic.use!, partId: null } }), 'K01: the whole has that part').toBe(
      'basis_is_not_consent',
    )
    expect(await using({ datatypes: ['arithmetic-results'] })).toBe('was made')
  })
})

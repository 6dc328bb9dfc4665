import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noteVisit } from '../../src/accounts/visits.ts'
import { activitiesOf } from '../../src/cases/activities.ts'
import { isOlder, oversightOf } from '../../src/cases/oversight.ts'
import { registerInDpv } from '../../src/cases/register-dpv.ts'
import { publishLeaflet } from '../../src/catalog/publish-leaflet.ts'
import { registerService } from '../../src/catalog/register-service.ts'
import { tellDeciders } from '../../src/consents/notices.ts'
import { csvOf } from '../../src/csv-for-people.ts'
import { inTransaction } from '../../src/database.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import { giveMandate } from '../../src/people/give-mandate.ts'
import { printInvitation } from '../../src/people/invitations.ts'
import { asked } from '../support/asked.ts'
import { asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { leafletContent } from '../support/leaflet-content.ts'
import { liveToken } from '../support/live-token.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
})
afterAll(() => broker.close())

const EDUCATION = 'https://w3id.org/dpv/sector/education#'
/** Of the terms that version 2.0 of the vocabulary lists (w3c/dpv, 2.0/dpv/modules/*.csv) those that a register can need. */
const DPV_TERMS = `
  RecordsOfActivities Process Purpose ServiceProvision Duration TechnicalOrganisationalMeasure DataController
  DataProcessor DataSubProcessor DataProtectionOfficer Student Employee Consent Contract LegalObligation
  OfficialAuthorityOfController VitalInterest LegitimateInterest PersonalData SpecialCategoryPersonalData
  StorageCondition StorageDuration StorageLocation hasDataController hasDataProcessor hasDataProtectionOfficer
  hasRecipientDataController hasRecipient hasProcess hasPurpose hasLegalBasis hasDataSubject hasPersonalData
  hasStorageCondition hasDuration hasName hasContact hasCountry hasThirdCountry hasLocation
  hasTechnicalOrganisationalMeasure`.split(/\s+/)

const activities = () =>
  inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, (tx) => activitiesOf(tx, world.boardId, broker.clock.now()))

describe('A table that is safe to open in a spreadsheet', () => {
  test.each(['=1+1', '+31 6', '-2', '@SUM(A1)', '\t=cmd', ' =1', '\r\n=1', '\u0000=1', '|calc', '＝1'])('%j is text', (value) => {
    const [[cell]] = parse(csvOf(['x'], [[value]]), { delimiter: ';', bom: true, from: 2 }) as [[string]]
    expect(cell).toMatch(/^'/)
  })

  test('what is no formula stays as it is, quotes and separators included', () => {
    const rows = [['a;b', 'c"d', 'e\nf', null, 5]]
    expect(parse(csvOf(['1', '2', '3', '4', '5'], rows), { delimiter: ';', bom: true, from: 2 })).toEqual([['a;b', 'c"d', 'e f', '', '5']])
  })
})

describe('GDPR 30, K27, C24, A02 The register comes from contracts and rounds', () => {
  test('an agreement in force is an activity: purposes, data, who helps, where, how long; a basis only where one is recorded', async () => {
    const [one] = await activities()
    expect(one).toMatchObject({
      recipient: { legalName: 'Reken Plus B.V.', role: 'processor', country: 'NL' },
      purposes: ['5.1.a', '5.1.d'],
      categories: ['learning-results'],
      subprocessors: [{ name: 'Opslag Ierland Ltd.', country: 'IE' }],
      thirdCountries: [],
      bases: [],
      retention: 'tot einde schooljaar',
    })
    await asked(broker, world, { basis: 'public_task', datatypes: ['arithmetic-results'] })
    expect((await activities())[0]!.bases).toEqual(['public_task'])
  })

  test('the school’s own uses come from its published rounds; what a company asks directly does not come', async () => {
    await asking(broker, world).round([imageItem('website')])
    await asked(broker, world, { approach: 'subject', datatypes: ['practice-time'] })
    const own = (await activities()).filter(({ recipient }) => !recipient)
    expect(own).toMatchObject([{ channel: { channel: 'website', medium: 'photo' }, categories: ['images'], bases: ['consent'] }])
    expect((await activities()).filter(({ recipient }) => recipient)).toHaveLength(1)
  })

  test('as JSON in terms of DPV, and each term is one of the vocabulary', async () => {
    const board = { name: 'De Waterlelie', oin: '00000099999999990001', address: 'Kade 1, 1234 AB Ons Dorp' }
    const officers = [{ name: 'Els Amrani', email: 'els@gezin.example' }]
    const at = broker.clock.now()
    const register = registerInDpv({ board, officers }, await activities(), { issuer: 'https://broker.test', at })
    const [process] = register['dpv:hasProcess']
    expect(register['dpv:hasDataController']['@id']).toBe('urn:nld:oin:00000099999999990001')
    expect(register['dpv:hasDataProtectionOfficer']).toMatchObject([{ 'dpv:hasName': 'Els Amrani', 'dpv:hasContact': 'els@gezin.example' }])
    expect(process).toMatchObject({
      '@type': 'dpv:Process',
      'dpv:hasPurpose': [{ '@type': ['dpv:Purpose', `${EDUCATION}StudentPersonalisedContentDelivery`] }, {}],
      'dpv:hasLegalBasis': [{ '@id': 'https://w3id.org/dpv#OfficialAuthorityOfController' }],
      'dpv:hasDataSubject': [{ '@id': 'dpv:Student' }],
      'dpv:hasDataProcessor': [
        { '@type': 'dpv:DataProcessor', 'dpv:hasName': 'Reken Plus B.V.' },
        { '@type': 'dpv:DataSubProcessor', 'dpv:hasCountry': { '@id': 'https://w3id.org/dpv/loc#IE' } },
      ],
    })
    const used = new Set(Array.from(JSON.stringify(register).matchAll(/(?:"dpv:|dpv#)(\w+)"/g), ([, term]) => term!))
    expect([...used].filter((term) => !DPV_TERMS.includes(term))).toEqual([])
  })
})

describe('P45, K34, C27, A07 What the data protection officer sees at a glance', () => {
  const uninformed = async () => (await oversightOf(broker.deps, world.boardId)).uninformed
  const one = () => [{ supplierId: world.supplierId, subjects: 1 }]

  test('an address informs nobody: a mail that went out does, for what was told before it', async () => {
    broker.clock.pass({ minutes: 5 })
    await liveToken(broker, world, await consented(broker, world, { basis: 'public_task', answers: {}, startsAt: broker.clock.now() }))
    expect(await uninformed()).toEqual(one())
    const at = broker.clock.now()
    await inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, (tx) =>
      tellDeciders(tx, broker.deps, at, world.boardId, [world.people.fatima.id], 'told'),
    )
    expect(await uninformed(), 'as long as it has not gone').toEqual(one())
    await deliverMails(broker.deps)
    expect(await uninformed()).toEqual([])
    broker.clock.pass({ minutes: 1 })
    await liveToken(
      broker,
      world,
      await consented(broker, world, { basis: 'public_task', answers: {}, datatypes: ['practice-time'], startsAt: broker.clock.now() }),
    )
    expect(await uninformed(), 'of what came later nobody was told').toEqual(one())
  })

  test('so does a first page that was looked at', async () => {
    await noteVisit(broker.db, world.people.karim.account, [world.boardId], broker.clock.now())
    expect(await uninformed()).toEqual([])
  })

  test('what the school itself hands over counts from the day it begins; a letter informs of it', async () => {
    broker.clock.pass({ minutes: 5 })
    await asked(broker, world, { basis: 'public_task', datatypes: ['arithmetic-results'] })
    expect(await uninformed(), 'let in nowhere yet').toEqual([])
    await broker.owner`update items set holder_id = null, holder_agreement_id = null where created_at = ${broker.clock.now()}`
    expect(await uninformed()).toEqual(one())
    const kept = await broker.owner`delete from account_persons where person_id = ${world.people.nadia.id} returning *`
    await printInvitation(broker.deps, world.people.mirjam.actor, world.people.nadia.id)
    expect(await uninformed()).toEqual([])
    await broker.owner`insert into account_persons ${broker.owner(kept)}`
  })

  test('data that leave Europe, contracts on an old model, and no number that tells of one person', async () => {
    const content = { ...leafletContent, security: { ...leafletContent.security, storageCountries: ['US'] } }
    const serviceId = await registerService(broker.deps, { supplierId: world.supplierId, name: 'Cloudhulp', kind: 'I' })
    const { leafletId } = await publishLeaflet(broker.deps, { serviceId, content })
    await broker.owner`insert into agreement_services (board_id, agreement_id, service_id, leaflet_id, parts, accepted_at)
      values (${world.boardId}, ${world.agreementId}, ${serviceId}, ${leafletId}, '{begeleiding}', ${world.since})`
    await broker.owner`update supplier_agreements set model_version = '1.0' where agreement_id = ${world.holderAgreementId}`
    const { outsideEea, oldModels, withoutBasis, direct } = await oversightOf(broker.deps, world.boardId)
    expect(outsideEea.map(({ thirdCountries }) => thirdCountries)).toEqual([['US']])
    expect(oldModels).toMatchObject([{ agreementId: world.holderAgreementId, modelVersion: '1.0' }])
    expect(withoutBasis).toHaveLength(1)
    expect(direct).toMatchObject({ questions: null, tokens: 0 })
  })

  test.each([
    ['1.0', true],
    ['2.0', false],
    ['1.10', true],
    ['2.0.1', false],
    ['4.0', false],
    ['oud', true],
  ])('model %s is older than 2.0: %s', (version, older) => expect(isOlder(version, '2.0')).toBe(older))

  test('cannot hold a deciding mandate, and who decides cannot become one', async () => {
    const refusalOf = (act: Promise<unknown>) => act.catch((error: { code: string }) => error.code)
    const { mirjam, els, joost } = world.people
    for (const role of ['administrator', 'school_leader', 'signatory', 'consent_officer'] as const) {
      expect(await refusalOf(giveMandate(broker.deps, mirjam.actor, { personId: els.id, role })), role).toBe('dpo_cannot_decide')
    }
    expect(await refusalOf(giveMandate(broker.deps, mirjam.actor, { personId: joost.id, role: 'dpo' }))).toBe('dpo_cannot_decide')
  })
})

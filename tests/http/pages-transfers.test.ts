import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { INSPECTION_DAYS } from '../../src/cases/transfer.ts'
import { cancelTransfer, inspectTransfer, offerTransfer, sendTransfer } from '../../src/cases/transfer-acts.ts'
import type { TransferId } from '../../src/ids.ts'
import { setBoard } from '../../src/people/set-board.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { expectLedgerWhole, told } from '../support/ledger.ts'
import { receipt27560 } from '../support/receipt-schema.ts'
import { signIn } from '../support/signed-in.ts'
import type { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let mirjam: Visitor
let nadia: Visitor
let els: Visitor
let app: ReturnType<typeof createApp>
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  app = createApp(() => broker.deps)
  mirjam = await signIn(broker, app, world.people.mirjam.email)
  nadia = await signIn(broker, app, world.people.nadia.email)
  els = await signIn(broker, app, world.people.els.email)
})
afterAll(async () => {
  await expectLedgerWhole(broker, world.boardId)
  await broker.close()
})
beforeEach(() => broker.clock.pass({ minutes: 1 }))

const NEW = '/school/transfers/new'
const offer = async (fields: Record<string, string> = {}) => {
  const page = `${NEW}?person=${world.people.fatima.id}`
  return await mirjam.post(NEW, {
    ...(await mirjam.get(page)).fields(NEW),
    name: 'De Horizon',
    scheme: 'BRIN',
    value: '12 ab',
    contents: 'Naam, adres en resultaten.',
    ...fields,
  })
}
const made = (value: string) =>
  offerTransfer(broker.deps, world.people.mirjam.actor, {
    subjectId: world.people.fatima.id,
    receiver: { scheme: 'BRIN', value, name: 'De Horizon' },
    contents: 'Naam, adres en resultaten.',
  })
const refusalOf = (act: Promise<unknown>) =>
  act.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )
const look = (transferId: TransferId, who: 'nadia' | 'karim' | 'pim', agrees: boolean | null = null, remarks: string | null = null) =>
  inspectTransfer(broker.deps, world.people[who].actor, { transferId, remarks, agrees })

const dpv = (term: string) => `https://w3id.org/dpv#${term}`
/** The basis and the act that the file of a receipt names, which has all fields there are to have. */
async function fileOf(visitor: Visitor, receipt: string): Promise<string[]> {
  const { processing, event } = receipt27560.parse(JSON.parse((await visitor.get(`${receipt}/json`)).html))
  return [processing[0]!.lawful_basis, event[0]!.event_type]
}

describe('P32, P33, M08 A dossier goes to another school', () => {
  test('to a known receiver; the parents look first, what they say goes along, and they need not agree', async () => {
    expect((await mirjam.get(`${NEW}?q=fatima`)).words).toContain('Fatima Amrani')
    const nowhere = await offer({ value: 'onbekend' })
    expect([nowhere.status, nowhere.words.split('Dit nummer klopt niet.').length]).toEqual([400, 3])
    expect(nowhere.html).toContain('De Horizon')
    expect((await offer()).words).toContain('De ouders krijgen bericht.')
    const path = (await mirjam.get('/school/transfers')).html.match(/\/school\/transfers\/[0-9a-f-]{36}/)![0]
    const waiting = await mirjam.get(path)
    expect(waiting.words).toContain('De Horizon (BRIN 12AB)')
    expect(waiting.words).toContain('Nadia Amrani: nog niet')
    expect(waiting.html, 'nothing goes before they looked').not.toContain(`${path}/send`)

    const home = await nadia.get('/')
    expect(home.words).not.toContain('Er wacht niets op u.')
    expect(home.words).toContain('Fatima Amrani gaat naar De Horizon.')
    const mine = (await nadia.get('/rights')).html.match(/\/rights\/transfers\/[0-9a-f-]{36}/)![0]
    const shown = await nadia.get(mine)
    expect(shown.words).toContain('Naam, adres en resultaten.')
    expect(shown.html, 'no question about agreeing').not.toContain('name="agrees"')
    const said = await nadia.post(mine, { ...shown.fields(mine), remarks: 'Het verslag van mei klopt niet.' })
    expect(said.words).toContain('Bewaard. Dank u wel.')
    const receipt = said.html.match(/\/receipts\/transfers\/[0-9a-f-]{36}/)![0]
    for (const words of ['U bekeek een dossier', 'Nadia Amrani, als ouder', 'De Horizon (BRIN 12AB)', 'Het verslag van mei klopt niet.'])
      expect((await nadia.get(receipt)).words).toContain(words)
    expect((await mirjam.get(receipt)).status, 'it is hers alone').toBe(404)
    expect(await fileOf(nadia, receipt)).toMatchObject([dpv('LegalObligation'), dpv('HumanInvolvementForVerification')])
    expect(home.html).toContain(`href="${mine}"`)
    expect((await nadia.get('/')).words, 'it waits no longer for who has looked').toContain('Er wacht niets op u.')
    expect((await (await signIn(broker, app, world.people.karim.email)).get('/')).html, 'for the other it does').toContain(mine)
    await look(mine.slice(-36) as TransferId, 'karim')
    const sent = await mirjam.post(`${path}/send`, (await mirjam.get(path)).fields(`${path}/send`))
    expect(sent.words).toContain('Vastgelegd: het dossier is verstuurd.')
    expect(sent.words).toContain('Het verslag van mei klopt niet.')
    const file = JSON.parse((await mirjam.get(`${path}/file`)).html) as { inspections: { by: string; remarks: string }[] }
    expect(file.inspections).toMatchObject([{ by: 'Nadia Amrani', remarks: 'Het verslag van mei klopt niet.' }, { by: 'Karim Amrani' }])
    expect((await nadia.get(mine)).words).toContain('Het dossier is al verstuurd.')
    const shared = await nadia.get('/consents')
    expect(shared.words, 'it is shared about her child too').toContain('De Horizon Verstuurd op 16 november 2026.')
    expect(shared.html).toContain(mine)
    expect((await els.get(path)).html).not.toContain(`action="${path}`)
    expect(JSON.stringify(await told(broker, 'transfer_offered', 'transfer_inspected', 'transfer_sent'))).not.toMatch(/verslag|adres/)
    await broker.settled()
    expect(
      broker.mails
        .filter(({ subject }) => subject.includes('dossier'))
        .map(({ to }) => to)
        .toSorted(),
    ).toEqual([world.people.karim.email, world.people.nadia.email])
    expect(broker.mails.filter(({ subject, to }) => subject === 'Uw bewijs staat klaar' && to === world.people.nadia.email)).toHaveLength(1)
  })

  test('nobody else looks or sends; one at a time to one school; who did not look in time does not hold it up', async () => {
    const transferId = await made('12AB')
    expect(await refusalOf(made('12AB'))).toBe('transfer_already_open')
    expect(await refusalOf(made('nergens'))).toBe('receiver_unknown')
    expect(await refusalOf(look(transferId, 'pim'))).toBe('transfer_not_found')
    expect((await mirjam.get(`/rights/transfers/${transferId}`)).status).toBe(404)
    const { pim, mirjam: leader } = world.people
    expect(await refusalOf(sendTransfer(broker.deps, pim.actor, transferId))).toBe('mandate_missing')
    expect(await refusalOf(sendTransfer(broker.deps, leader.actor, transferId))).toBe('transfer_not_inspected')
    broker.clock.pass({ days: INSPECTION_DAYS })
    await sendTransfer(broker.deps, leader.actor, transferId)
    expect(await refusalOf(sendTransfer(broker.deps, leader.actor, transferId))).toBe('transfer_over')
    expect(await refusalOf(look(transferId, 'nadia'))).toBe('transfer_over')
  })

  test('with nobody known who decides nobody has looked: it waits the whole time', async () => {
    await broker.owner`update guardianships set authority = 'unknown' where pupil_id = ${world.people.fatima.id}`
    const leader = world.people.mirjam.actor
    const transferId = await made('90IJ')
    const path = `/school/transfers/${transferId}`
    expect((await (await signIn(broker, app, world.people.mirjam.email)).get(path)).html).not.toContain(`${path}/send`)
    expect(await refusalOf(sendTransfer(broker.deps, leader, transferId))).toBe('transfer_not_inspected')
    broker.clock.pass({ days: INSPECTION_DAYS })
    await sendTransfer(broker.deps, leader, transferId)
    await broker.owner`update guardianships set authority = 'yes' where pupil_id = ${world.people.fatima.id}`
  })

  test('where the board asks consent: without a yes of everybody nothing goes, however long it takes', async () => {
    await setBoard(broker.deps, 'operator', world.boardId, { transferAsksConsent: true })
    const leader = world.people.mirjam.actor
    const transferId = await made('34CD')
    expect(await refusalOf(look(transferId, 'nadia'))).toBe('input_invalid')
    const parent = await signIn(broker, app, world.people.nadia.email)
    expect((await parent.get('/')).words).toContain('Vindt u het goed dat dit mee gaat?')
    const mine = `/rights/transfers/${transferId}`
    const long = { ...(await parent.get(mine)).fields(mine), agrees: 'yes', remarks: 'a'.repeat(2001) }
    const refused = await parent.post(mine, long)
    expect([refused.status, refused.words.split('niet meer dan 2000 tekens').length]).toEqual([400, 3])
    expect(refused.html, 'what was chosen stays').toContain('<option value="yes" selected')
    const given: string[] = []
    for (const agrees of ['no', 'yes', 'no', 'yes']) {
      const page = await parent.post(mine, { ...(await parent.get(mine)).fields(mine), agrees })
      given.push(page.html.match(/\/receipts\/transfers\/[0-9a-f-]{36}/)![0])
      broker.clock.pass({ minutes: 1 })
    }
    const [refusal, yes, stop] = given as [string, string, string]
    expect(await fileOf(parent, refusal)).toEqual([dpv('ExplicitlyExpressedConsent'), dpv('RefuseConsent')])
    expect(await fileOf(parent, yes)).toEqual([dpv('ExplicitlyExpressedConsent'), dpv('ProvideConsent')])
    expect(await fileOf(parent, stop)).toEqual([dpv('ExplicitlyExpressedConsent'), dpv('WithdrawConsent')])
    const list = await parent.get('/receipts')
    expect(
      given.map((link) => list.html.indexOf(link)).toSorted((a, b) => b - a),
      'the newest first',
    ).toEqual(given.map((link) => list.html.indexOf(link)))
    expect((await parent.get('/')).html).not.toContain(transferId)
    await look(transferId, 'karim', false, 'Liever niet.')
    broker.clock.pass({ days: INSPECTION_DAYS })
    expect(await refusalOf(sendTransfer(broker.deps, leader, transferId))).toBe('transfer_not_inspected')
    await look(transferId, 'karim', true)
    await sendTransfer(broker.deps, leader, transferId)
    const other = await made('34CD')
    await cancelTransfer(broker.deps, leader, other)
    expect(await refusalOf(look(other, 'nadia', true))).toBe('transfer_over')
  })

  test('it can still go after a roster ended the enrolment; with a mandate for the school too', async () => {
    await setBoard(broker.deps, 'operator', world.boardId, { transferAsksConsent: false })
    const transferId = await made('56EF')
    await broker.owner`update enrolments set ends_at = ${broker.clock.now()} where person_id = ${world.people.fatima.id}`
    await broker.owner`update mandates set school_id = ${world.schoolId} where person_id = ${world.people.mirjam.id}`
    broker.clock.pass({ days: 1 })
    const leader = world.people.mirjam
    const parent = await signIn(broker, app, world.people.nadia.email)
    for (const path of ['/', '/rights']) expect((await parent.get(path)).html).toContain(`/rights/transfers/${transferId}`)
    for (const who of ['nadia', 'karim'] as const) await look(transferId, who)
    const page = await (await signIn(broker, app, leader.email)).get(`/school/transfers/${transferId}`)
    expect(page.words).toContain('De Horizon (BRIN 56EF)')
    expect(page.html).toContain(`/school/transfers/${transferId}/send`)
    await sendTransfer(broker.deps, leader.actor, transferId)
    expect(await refusalOf(made('78GH')), 'nobody makes one ready for who is gone').toBe('person_not_found')
    expect((await parent.get('/receipts')).html).toContain('/receipts/transfers/')
    await broker.owner`update persons set erased_at = ${broker.clock.now()} where person_id = ${world.people.fatima.id}`
    expect((await parent.get('/receipts')).html, 'what was shown is gone').not.toContain('/receipts/transfers/')
  })
})

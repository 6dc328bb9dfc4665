import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { contractWorkOf } from '../../src/agreements/attention.ts'
import { completenessOf } from '../../src/agreements/completeness.ts'
import { leafletLines } from '../../src/agreements/text.ts'
import { createApp } from '../../src/app.ts'
import { lastDayOf } from '../../src/catalog/certificates.ts'
import { publishLeaflet } from '../../src/catalog/publish-leaflet.ts'
import { startOfAmsterdamDay } from '../../src/clock.ts'
import { inTransaction } from '../../src/database.ts'
import { type Asking, arithmeticItem, asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { expectNothingBroken } from '../support/fsck.ts'
import { leafletContent } from '../support/leaflet-content.ts'
import { told } from '../support/ledger.ts'
import { signIn } from '../support/signed-in.ts'
import { tellWorld } from '../support/told-world.ts'
import { tutorOf } from '../support/tutor.ts'
import type { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let school: Asking
let mirjam: Visitor
let ruud: Visitor
let els: Visitor
let roos: Visitor
let page: string
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await tellWorld(broker, world)
  school = asking(broker, world)
  const app = createApp(() => broker.deps)
  mirjam = await signIn(broker, app, world.people.mirjam.email)
  ruud = await signIn(broker, app, world.people.ruud.email)
  els = await signIn(broker, app, world.people.els.email)
  roos = await signIn(broker, app, (await tutorOf(broker, world.supplierId)).email)
  page = `/school/contracts/${world.agreementId}`
})
afterAll(async () => {
  await expectNothingBroken(broker)
  await broker.close()
})
beforeEach(() => broker.clock.pass({ minutes: 1 }))

const send = async (who: Visitor, from: string, action: string, fields: Record<string, string | string[]> = {}) =>
  await who.post(action, { ...(await who.get(from)).fields(action), ...fields })
const work = async () =>
  (
    await inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, (tx) =>
      contractWorkOf(tx, world.boardId, broker.clock.now()),
    )
  ).map(({ what, agreementId }) => (agreementId === world.agreementId ? what : `other ${what}`))
const newer = () => `${page}/leaflets/${world.serviceId}`

describe('A contract is read whole', () => {
  test('C05, M11, M25: the leaflet from A to H with how complete it is, both annexes, and who did what on which day', async () => {
    const seen = await mirjam.get(page)
    for (const words of [
      'A. Over de dienst: ingevuld',
      'H. Versie: ingevuld',
      'Beveiliging (bijlage 2)',
      'Anders dan het model (bijlage 3)',
      'Getekend namens het bestuur',
    ])
      expect(seen.words, words).toContain(words)
    expect(seen.words).toContain('door Ruud Amrani')
    expect(seen.words).toContain('G. Bij wie u terechtkunt')
  })

  test('the printed contract is the very text that was signed, and so is the file', async () => {
    const [row] = await broker.owner<
      { signed_text: string }[]
    >`select signed_text from supplier_agreements where agreement_id = ${world.agreementId}`
    const file = await els.get(`${page}/text`)
    expect(file.html).toBe(row!.signed_text)
    const paper = await mirjam.get(`${page}/document`)
    expect(paper.words).toContain('Getekend door Ruud Amrani namens Stichting De Waterlelie Onderwijs')
    for (const line of row!.signed_text.split('\n')) expect(paper.words).toContain(line.trim())
  })

  test('Annex 1 goes from A to H, at B first what cannot be left out, however the supplier wrote it down', () => {
    const lines = leafletLines({ ...leafletContent, parts: leafletContent.parts.toReversed() }, [])
    expect(lines).toEqual(leafletLines(leafletContent, []))
    expect([...new Set(lines.flatMap((line) => /^([A-H])\./.exec(line)?.[1] ?? []))].join('')).toBe('ABCDEFGH')
  })

  test('a section that is thin or old, or names no certificate (P39), asks to be looked at', () => {
    const at = broker.clock.now()
    expect(completenessOf(leafletContent, at)).toEqual({
      A: 'complete',
      B: 'complete',
      C: 'complete',
      D: 'complete',
      E: 'complete',
      F: 'complete',
      G: 'complete',
      H: 'complete',
    })
    const thin = {
      ...leafletContent,
      general: { ...leafletContent.general, explanation: 'Handig.' },
      subprocessors: [],
      security: { ...leafletContent.security, certificates: [] },
      changed: '2024-01-01',
    }
    expect(completenessOf(thin, at)).toMatchObject({ A: 'look', E: 'look', F: 'none', H: 'look' })
  })
})

describe('M26 A newer leaflet is read as a difference, and accepted or not', () => {
  test('declined with a reason it is off the work list, and the old one goes on holding', async () => {
    const { subprocessors } = leafletContent
    await publishLeaflet(broker.deps, {
      serviceId: world.serviceId,
      content: { ...leafletContent, subprocessors: [...subprocessors, { name: 'Cijferhulp Inc.', task: 'cijfers', country: 'US' }] },
    })
    expect(await work()).toEqual(['new_leaflet'])
    expect((await mirjam.get('/school/work')).words).toContain('Reken Plus B.V.: Nieuwe uitleg')
    const difference = await mirjam.get(newer())
    expect(difference.words).toMatch(/Cijferhulp Inc\..*cijfers \(Verenigde Staten\)/)
    expect(difference.words).toContain('opnieuw vragen')
    expect(difference.html, 'only a signatory says yes').not.toContain(`${newer()}/accept`)
    expect((await send(mirjam, newer(), `${newer()}/decline`, { because: ' ' })).words.split('Schrijf op waarom niet.').length).toBe(3)
    expect((await send(mirjam, newer(), `${newer()}/decline`, { because: 'Niet buiten Europa.' })).words).toContain(
      'De oude versie blijft gelden.',
    )
    expect(await work()).toEqual([])
    expect((await mirjam.get(page)).words).toContain('U wees versie 2')
    const events = await broker.owner`select facts from events where event = 'leaflet_declined'`
    expect(events, 'no free text goes to a program').toEqual([{ facts: { agreementId: world.agreementId, serviceId: world.serviceId } }])
    const read = await roos.get(`/supplier/${world.supplierId}/agreements/${world.agreementId}`)
    expect(read.words).toMatch(/Nieuwe uitleg die de school niet wil .*, versie 2\. 16 november 2026 Niet buiten Europa\./)
    expect(read.words, 'who of the board said so stays the board’s').not.toContain('Mirjam')
  })

  test('accepted by the signatory, what rests on consent is asked again, and nothing else is', async () => {
    const { consentIds } = await school.round([arithmeticItem(world)])
    await school.answer(world.people.nadia, consentIds[0]!, 'yes')
    await publishLeaflet(broker.deps, {
      serviceId: world.serviceId,
      content: { ...leafletContent, data: { ...leafletContent.data, incidental: ['tijdstip', 'apparaat', 'locatie'] } },
    })
    expect((await ruud.get(newer())).words).toMatch(/Wordt ook vastgelegd.* Nu: locatie/)
    expect((await send(ruud, newer(), `${newer()}/accept`)).words).toContain('De nieuwe versie geldt nu.')
    await broker.settled()
    expect(await school.state(consentIds[0]!)).toBe('lapsed')
    const anew = await broker.owner<{ consent_id: string }[]>`
      select c.consent_id from consents c join items i using (board_id, item_id) join leaflets l on l.leaflet_id = i.leaflet_id
      where c.ended_at is null and c.subject_id = ${world.people.fatima.id} and l.version = 3`
    expect(anew).toHaveLength(1)
    const asked = await told(broker, 'consents_asked')
    expect(asked.at(-1)).toMatchObject({ actor: 'job', facts: { lapsed: [consentIds[0]] } })
    expect(await work()).toEqual([])
    expect((await mirjam.get(newer())).words).toContain('Er is geen nieuwe versie.')
  })

  test('what is only a formality asks nobody again and needs no signatory', async () => {
    await publishLeaflet(broker.deps, {
      serviceId: world.serviceId,
      content: {
        ...leafletContent,
        data: { ...leafletContent.data, incidental: ['tijdstip', 'apparaat', 'locatie'] },
        contact: { name: 'Privacy', email: 'privacy@rekenplus.example' },
        security: { ...leafletContent.security, certificates: ['ISO 27001, 2027-03-01'] },
      },
    })
    expect((await mirjam.get(newer())).words).toContain('Zij krijgen geen nieuwe vraag.')
    const before = await told(broker, 'consents_asked')
    await send(mirjam, newer(), `${newer()}/accept`)
    await broker.settled()
    expect(await told(broker, 'consents_asked')).toHaveLength(before.length)
    // M13: its certificate is good until then, and the day after somebody has to look.
    const toLookAt = async (day: string) =>
      await inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, async (tx) =>
        (await contractWorkOf(tx, world.boardId, new Date(`${day}T09:00:00Z`))).filter(({ what }) => what === 'review'),
      )
    expect(await toLookAt('2027-03-01')).toEqual([])
    expect(await toLookAt('2027-03-02')).toMatchObject([{ serviceId: world.serviceId, at: startOfAmsterdamDay('2027-03-01') }])
  })
})

describe('M28, M21 A contract comes to its end', () => {
  test('near its end and with a leaflet nobody looked at for a year it is on the work list', async () => {
    const until = await inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, (tx) =>
      contractWorkOf(tx, world.boardId, new Date(world.until.getTime() - 30 * 86_400_000)),
    )
    expect(until.map(({ what }) => what).toSorted()).toEqual(['ends', 'ends', 'review'])
  })

  test.each([
    ['ISO 27001, 2026-11-15', '2026-11-15'],
    ['NEN 7510 (tot 5-11-2026)', '2026-11-05'],
    ['ISO 27001, 2028-03-01', '2028-03-01'],
    ['ISO 27001', undefined],
    ['ISO 27001, 2026-02-30', undefined],
  ])('M13: a certificate says how long it is good, and one that is over asks to be looked at: %s', (certificate, lastDay) => {
    const at = new Date('2026-11-16T09:00:00Z')
    expect(lastDayOf(certificate)).toBe(lastDay)
    const security = { ...leafletContent.security, certificates: ['NEN 7510, 2029-01-01', certificate] }
    const isOver = lastDay !== undefined && lastDay < '2026-11-16'
    expect(completenessOf({ ...leafletContent, security }, at).E).toBe(isOver ? 'look' : 'complete')
  })

  test('ended by the school with a reason: at once, and the supplier has to destroy', async () => {
    const unsure = await send(mirjam, page, `${page}/end`, { because: 'Wij stoppen met dit bedrijf.' })
    expect([unsure.status, unsure.words.split('Kruis aan dat u het zeker weet.').length]).toEqual([400, 3])
    expect(unsure.html).toContain('Wij stoppen met dit bedrijf.')
    expect((await els.get(page)).html).not.toContain(`${page}/end`)
    const done = await send(mirjam, page, `${page}/end`, { because: 'Wij stoppen met dit bedrijf.', sure: 'yes' })
    expect(done.words).toContain('Het contract is gestopt.')
    expect(done.words).toContain('afgelopen')
    expect((await mirjam.get('/school/duties')).words).toContain('Alles onder het contract dat is gestopt')
    expect((await told(broker, 'agreement_ended')).length).toBe(1)
  })
})

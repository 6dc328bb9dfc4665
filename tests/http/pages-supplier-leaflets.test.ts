import type { Hono } from 'hono'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { canonical } from '../../src/canonical.ts'
import { isCategory, STAFF_RESEARCH } from '../../src/catalog/categories.ts'
import { draftOf, publishDraft, writeDraft } from '../../src/catalog/leaflet-draft.ts'
import { leafletsOf, servicesOf } from '../../src/catalog/store.ts'
import { addDays, amsterdamDay } from '../../src/clock.ts'
import type { Env } from '../../src/http.ts'
import { arithmeticItem, asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { whileHeld } from '../support/held.ts'
import { leafletContent, research } from '../support/leaflet-content.ts'
import { addFamilies } from '../support/more-families.ts'
import { instead, raceFrom, withoutRowLock } from '../support/race.ts'
import { signIn } from '../support/signed-in.ts'
import { colleagueOf, type Tutor, tutorOf } from '../support/tutor.ts'
import type { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let app: Hono<Env>
let world: SmallWorld
let roos: Tutor
let visitor: Visitor
let services: string
async function begin() {
  broker = await freshBroker()
  app = createApp(() => broker.deps)
  world = await smallWorld(broker)
  roos = await tutorOf(broker, world.supplierId)
  visitor = await signIn(broker, app, roos.email)
  services = `/supplier/${world.supplierId}/services`
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(() => broker.close())

const refused = async (work: Promise<unknown>) => await work.then(() => 'done').catch((error: { code?: string }) => error.code)

const sections: Record<string, Record<string, string | string[]>> = {
  general: {
    product: 'Huiswerkklas',
    processor: 'Reken Plus B.V., Utrecht',
    explanation: 'Wij helpen uw kind met huiswerk.',
    link: 'https://rekenplus.example/huiswerk',
    audience: 'PO\nVO',
    users: 'leerlingen',
  },
  parts: {
    'partId-0': '',
    'name-0': 'Hulp bij huiswerk',
    'explanation-0': 'Een begeleider kijkt mee.',
    'partId-1': '',
    'name-1': 'Gesprek',
    'explanation-1': 'Wij praten met u.',
    'optional-1': '1',
  },
  purposes: { purposes: ['5.1.a'], plain: 'Uw kind helpen met huiswerk.' },
  data: {
    'category-0': 'learning-results',
    'use-0': 'needed',
    'why-0': 'Zo zien wij wat nog moeilijk is.',
    incidental: 'tijdstip',
    'category-1': '',
    'use-1': 'needed',
    'why-1': '',
  },
  security: { measures: 'Alleen de begeleider kan erbij.', certificates: '', storageCountries: 'Nederland\nIE' },
  subprocessors: { 'name-0': 'Opslag Ierland Ltd.', 'task-0': 'opslag', 'country-0': 'Ierland' },
  contact: { name: 'Roos', email: 'privacy@rekenplus.example' },
  changed: { changed: '2026-11-16' },
}

async function write(path: string, section: string, fields = sections[section]!) {
  const page = await visitor.get(`${path}/sections/${section}`)
  return await visitor.post(`${path}/sections/${section}`, { ...page.fields(`${path}/sections`), ...fields })
}

describe('A supplier writes a leaflet section by section (C05, P19)', () => {
  let path: string
  test('for a service that it registers itself', async () => {
    const page = await visitor.get(services)
    const wrong = await visitor.post(services, { ...page.fields(services), name: 'Reclame voor kinderen', kind: 'I', minimumAge: '' })
    expect([wrong.status, wrong.html]).toEqual([400, expect.stringContaining('zonder reclame')])
    const done = await visitor.post(services, { ...wrong.fields(services), name: 'Huiswerkklas', kind: 'I', minimumAge: '' })
    expect(done.words).toContain('Huiswerkklas')
    path = `${services}/${(await servicesOf(broker.db, world.supplierId)).find(({ name }) => name === 'Huiswerkklas')!.serviceId}`
  })

  test('what is wrong is told at its field, and what was typed stays; nothing of it is kept', async () => {
    const before = await visitor.get(path)
    expect(before.words).toContain('Er moeten nog 8 delen komen.')
    const wrong = await write(path, 'general', { ...sections.general, link: 'rekenplus', explanation: 'Voor gerichte reclame.' })
    expect(wrong.status).toBe(400)
    expect(wrong.html).toContain('id="link-error"')
    expect(wrong.html).toContain('Voor gerichte reclame.')
    const forbidden = await write(path, 'general', { ...sections.general, explanation: 'Voor gerichte reclame.' })
    expect([forbidden.status, forbidden.html]).toEqual([400, expect.stringContaining('id="explanation-error"')])
    for (const [section, field, fields] of [
      ['subprocessors', 'country-1', { 'name-1': 'Wolk', 'task-1': 'opslag', 'country-1': 'Verweggistan' }],
      ['subprocessors', 'rows', {}],
      ['data', 'why-2', { 'category-2': 'name', 'use-2': 'optional', 'why-2': '' }],
      ['security', 'storageCountries', { measures: 'Slot', storageCountries: 'Nederland\nAtlantis' }],
      ['purposes', 'purposes', { plain: 'Helpen.' }],
      ['changed', 'changed', { changed: addDays(amsterdamDay(broker.clock.now()), 1) }],
    ] as const) {
      const told = await write(path, section, fields as Record<string, string>)
      expect([section, told.status, told.html]).toEqual([section, 400, expect.stringContaining(`href="#${field}"`)])
    }
    expect((await visitor.get(path)).words).toContain('Er moeten nog 8 delen komen.')
  })

  test('whole when all eight are there: how it reads (M04), seen as a parent and as a school will, then published', async () => {
    for (const section of Object.keys(sections)) expect((await write(path, section)).status, section).toBe(200)
    const page = await visitor.get(path)
    expect(page.words).toContain('Alle delen zijn ingevuld.')
    expect(page.words).toContain('Hoe leest het?')
    const parent = await visitor.get(`${path}/preview/parent`)
    expect(parent.words).toContain('resultaten van toetsen en oefeningen')
    expect(parent.words).toContain('Reken Plus')
    expect((await visitor.get(`${path}/preview/school`)).words).toContain('F. Opslag Ierland Ltd. (IE): opslag')
    const publish = await visitor.get(`${path}/publish`)
    expect(publish.words).toContain('Er is nog geen contract over deze dienst.')
    const done = await visitor.post(`${path}/publish`, publish.fields(`${path}/publish`))
    expect(done.words).toContain('De nieuwe versie is openbaar.')
    const [version] = await leafletsOf(broker.db, path.split('/').at(-1) as never)
    expect(version!.content.parts).toMatchObject([
      { partId: 'hulp-bij-huiswerk', optional: false },
      { partId: 'gesprek', optional: true },
    ])
    expect(version!.content.security.storageCountries).toEqual(['NL', 'IE'])
    const [entry] = await broker.owner`select actor from ledger where event = 'leaflet_published' order by seq desc limit 1`
    expect(entry!.actor).toBe(`member:${roos.actor.memberId}`)
  })

  test('D16 what research among staff usually asks is put ready, with nothing kept before it is saved', async () => {
    expect((await visitor.get(`${path}/sections/data`)).words).not.toContain('onderzoek onder medewerkers')
    await write(path, 'purposes', { ...sections.purposes, purposes: ['5.1.a', '5.1.f'], ...research })
    const ready = `${path}/sections/data?ready=staff-research`
    expect((await visitor.get(`${path}/sections/data`)).html).toContain(`href="${ready}"`)
    const page = await visitor.get(ready)
    const chosen = Array.from(page.html.matchAll(/<option value="([^"]*)" selected/g), ([, value]) => value!).filter(isCategory)
    expect(chosen).toEqual(['learning-results', ...STAFF_RESEARCH])
    const before = await draftOf(broker.db, path.split('/').at(-1) as never)
    expect(before.content.data!.categories.map(({ category }) => category)).toEqual(['learning-results'])
    const rows = chosen.flatMap((category, nr) => [
      [`category-${nr}`, category],
      [`why-${nr}`, 'Zo zien wij verschillen.'],
    ])
    await visitor.post(`${path}/sections/data`, { ...page.fields(`${path}/sections`), ...Object.fromEntries(rows), incidental: 'tijdstip' })
    const { content } = await draftOf(broker.db, path.split('/').at(-1) as never)
    expect(content.data!.categories.map(({ category }) => category)).toEqual(['learning-results', ...STAFF_RESEARCH])
    for (const section of ['purposes', 'data']) await write(path, section)
  })

  test('the English pages say the same', async () => {
    const english = await signIn(broker, app, roos.email)
    await english.post('/language', { language: 'en' })
    for (const page of [
      '',
      '/preview/parent',
      '/preview/school',
      '/import',
      '/versions/1',
      ...Object.keys(sections).map((section) => `/sections/${section}`),
    ]) {
      const seen = await english.get(path + page)
      expect([seen.status, seen.html], page).toEqual([200, expect.stringContaining('<html lang="en"')])
    }
    await english.post('/language', { language: 'nl' })
  })
})

describe('What a new version changes for whom is told before it is published (M26)', () => {
  test('a new helping company: which board has to accept, and which uses are asked or told again, never of how few', async () => {
    const path = `${services}/${world.serviceId}`
    await addFamilies(
      broker,
      world,
      ['Bo', 'Cas', 'Dia', 'Eef'].map((given) => ({ given })),
    )
    const { leafletId, supplierId } = world
    const own = { supplierId, serviceId: world.serviceId, leafletId, datatypes: ['learning-results'] }
    const { itemIds } = await asking(broker, world).round([
      arithmeticItem(world),
      { ...arithmeticItem(world), legalBasis: 'public_task', basisMotivation: 'De school moet dit doen.', use: own, purpose: '5.1.d' },
    ])
    await broker.owner`update consents set ended_at = ${broker.clock.now()}, ended_as = 'lapsed', ended_by = 'job'
      where item_id = ${itemIds[1]!} and subject_id = ${world.people.fatima.id}`
    const rows = {
      'name-0': 'Opslag Ierland Ltd.',
      'task-0': 'opslag',
      'country-0': 'Ierland',
      'name-1': 'CloudKlas Inc.',
      'task-1': 'rekenen',
      'country-1': 'Verenigde Staten',
    }
    await write(path, 'subprocessors', rows)
    const page = await visitor.get(`${path}/publish`)
    expect(page.words).toContain('Stichting De Waterlelie Onderwijs')
    expect(page.words).toContain('moet eerst ja zeggen')
    expect(page.words).toContain('CloudKlas Inc. opnieuw vragen')
    expect(page.words).toMatch(
      /Bij Rekenrijk Oefenen: rekenresultaten en oefentijd \(Begeleiding bij rekenen\).*De school vraagt het opnieuw Over 5 mensen/,
    )
    expect(page.words).toMatch(
      /resultaten van toetsen en oefeningen het middel veilig houden.*De school vertelt het opnieuw Over minder dan vijf mensen/,
    )
    // The date of section H is the supplier's own; that it was forgotten is told.
    expect(page.words).toContain('In deel H staat nog dat u de uitleg het laatst wijzigde op 1 juni 2026.')
    await write(path, 'changed', { changed: '2026-11-16' })
    expect((await visitor.get(`${path}/publish`)).words).not.toContain('In deel H staat nog')
    await write(path, 'changed', { changed: leafletContent.changed })
  })

  test('what would change for whom was not what is true at the press: nothing is published, and the second look marks what changed', async () => {
    const path = `${services}/${world.serviceId}`
    const publish = `${path}/publish`
    const page = await visitor.get(publish)
    const [item] = await broker.owner`
      select board_id, item_id from items where board_id = ${world.boardId} and legal_basis = 'consent' order by item_id desc limit 1`
    const [ended] = await broker.owner`
      update consents set ended_at = ${broker.clock.now()}, ended_as = 'lapsed', ended_by = 'job'
      where consent_id = (
        select consent_id from consents where board_id = ${item!.board_id} and item_id = ${item!.item_id} and ended_at is null limit 1
      ) returning consent_id`
    expect(ended).toBeDefined()
    const pressed = await visitor.post(publish, page.fields(publish))
    expect([pressed.status, pressed.words]).toEqual([409, expect.stringContaining('De nieuwe versie is nog niet openbaar.')])
    expect(pressed.words, 'where it is').toContain('is net veranderd')
    expect(pressed.words, 'the leaflet itself is the same').not.toContain('Een collega wijzigde de uitleg zelf.')
    const holds = async (until: Date | null) =>
      await broker.owner`update agreement_services set superseded_at = ${until} where agreement_id = ${world.agreementId}`
    await holds(broker.clock.now())
    const gone = await visitor.post(publish, pressed.fields(publish))
    expect([gone.status, gone.words]).toEqual([409, expect.stringContaining('Contracten waarvoor nu niets meer verandert: 1.')])
    await holds(null)
    const back = await visitor.post(publish, gone.fields(publish))
    expect([back.status, back.words]).toEqual([409, expect.stringContaining('kwam er net bij')])
    await write(path, 'contact', { name: 'Roos', email: 'nieuw@rekenplus.example' })
    const rewritten = await visitor.post(publish, back.fields(publish))
    expect([rewritten.status, rewritten.words]).toEqual([409, expect.stringContaining('Een collega wijzigde de uitleg zelf.')])
    expect(await leafletsOf(broker.db, world.serviceId), 'nothing was published').toHaveLength(1)
    await write(path, 'contact', { ...leafletContent.contact })
    await broker.owner`update consents set ended_at = null, ended_as = null, ended_by = null where consent_id = ${ended!.consent_id}`
  })

  test('what the new version does not have any more stops, and the page says so', async () => {
    const path = `${services}/${world.serviceId}`
    await write(path, 'purposes', { purposes: ['5.1.a'], plain: leafletContent.purposes.plain })
    const page = await visitor.get(`${path}/publish`)
    expect(page.words).toMatch(/het middel veilig houden en misbruik stoppen U krijgt dit niet meer: het staat niet in de nieuwe versie/)
    await write(path, 'purposes', { purposes: leafletContent.purposes.purposes, plain: leafletContent.purposes.plain })
  })

  test('a formality asks nobody again', async () => {
    const path = `${services}/${world.serviceId}`
    const draft = await draftOf(broker.db, world.serviceId)
    await writeDraft(broker.deps, roos.actor, {
      serviceId: world.serviceId,
      seen: draft.hash,
      sections: { subprocessors: leafletContent.subprocessors, contact: { name: 'Privacy', email: 'p@rekenplus.example' } },
    })
    const page = await visitor.get(`${path}/publish`)
    expect(page.words).toContain('Aan ouders vraagt de school niets opnieuw.')
  })

  const writtenOver = {
    'where who comes second writes over what the first began': instead(
      /(?<=into "leaflet_drafts"[\s\S]*)do nothing/,
      'do update set content = excluded.content',
    ),
    'where nobody holds what they change': withoutRowLock('leaflet_drafts'),
  }
  race('two colleagues: the second learns that the first wrote, and what said nothing new is not published', writtenOver, async () => {
    const serviceId = world.serviceId
    const bothAtOnce = async (held: (sql: Sql) => Promise<unknown>) => {
      const { hash } = await draftOf(broker.db, serviceId)
      const change = async (name: string) =>
        await refused(
          writeDraft(broker.deps, roos.actor, {
            serviceId,
            seen: hash,
            sections: { contact: { name, email: `${hash.slice(0, 8)}@rekenplus.example` } },
          }),
        )
      const ended = await whileHeld(broker, held, [() => change('Een'), () => change('Twee')])
      return ended.map((end) => (end.status === 'fulfilled' ? end.value : end.reason)).toSorted((a, b) => (String(a) < String(b) ? -1 : 1))
    }
    const begun = (sql: Sql) => sql`
      insert into leaflet_drafts (service_id, content, changed_at, changed_by)
      values (${serviceId}, '{}', ${broker.clock.now()}, ${roos.actor.memberId})`
    expect(await bothAtOnce(begun), 'who begins').toEqual(['changed_meanwhile', 'done'])
    const written = (sql: Sql) => sql`select from leaflet_drafts where service_id = ${serviceId} for update`
    expect(await bothAtOnce(written), 'who goes on').toEqual(['changed_meanwhile', 'done'])
    const again = await draftOf(broker.db, serviceId)
    await writeDraft(broker.deps, roos.actor, { serviceId, seen: again.hash, sections: { ...leafletContent, changed: '2026-11-02' } })
    const same = await draftOf(broker.db, serviceId)
    expect(await refused(publishDraft(broker.deps, roos.actor, { serviceId, seen: same.hash }))).toBe('leaflet_unchanged')
  })
})

describe('A leaflet goes in and out as JSON', () => {
  const at = () => `${services}/${world.serviceId}`
  const bring = async (json: string) => {
    const page = await visitor.get(`${at()}/import`)
    return await visitor.upload(
      `${at()}/import`,
      { ...page.fields(`${at()}/import`), json: '' },
      { name: 'file', bytes: Buffer.from(json) },
    )
  }

  test('what went out comes in again, the same', async () => {
    const out = await (await visitor.getOnly(`${at()}/versions/1/leaflet.json`)).text()
    expect((await bring(out)).words).toContain('Het bestand is overgenomen.')
    expect(canonical((await draftOf(broker.db, world.serviceId)).content)).toBe(canonical(leafletContent))
    const publish = await visitor.get(`${at()}/publish`)
    expect(publish.words).toContain('Er is niets veranderd sinds de vorige versie.')
    expect(publish.html, 'there is nothing to press').not.toContain(`action="${at()}/publish"`)
  })

  test('what is wrong is told by its place, and nothing is taken in', async () => {
    const before = await draftOf(broker.db, world.serviceId)
    for (const [json, told] of [
      ['{', 'geen goede JSON'],
      ['{"contact":{"name":"a","email":"a@b.nl"},"contact":{"name":"b","email":"a@b.nl"}}', 'geen goede JSON'],
      [JSON.stringify({ ...leafletContent, contact: { name: 'Roos', email: 'geen' } }), 'contact.email: dit ontbreekt of klopt niet.'],
      [JSON.stringify({ ...leafletContent, changed: '2036-11-01' }), 'changed: dit ontbreekt of klopt niet.'],
      [JSON.stringify({ ...leafletContent, prices: [] }), 'die er niet in horen'],
      [
        JSON.stringify({ ...leafletContent, data: { ...leafletContent.data, categories: [{ category: 'alles', why: 'x' }] } }),
        'data: dit ontbreekt',
      ],
      [JSON.stringify({ ...leafletContent, purposes: { ...leafletContent.purposes, purposes: ['5.2.a'] } }), 'een doel'],
    ] as const) {
      const page = await bring(json)
      expect([page.status, page.words]).toEqual([400, expect.stringContaining(told)])
    }
    const large = await bring(JSON.stringify({ ...leafletContent, more: 'x'.repeat(300_000) }))
    expect([large.status, large.html]).toEqual([413, expect.stringContaining('href="#file"')])
    expect(large.words).toContain('meer dan 256 kB')
    expect(await draftOf(broker.db, world.serviceId)).toEqual(before)
  })
})

describe('Who may write', () => {
  test('contracts only; others read, and another supplier sees nothing', async () => {
    const guide = await colleagueOf(broker, roos, 'gijs@rekenplus.example', ['case_worker'])
    const gijs = await signIn(broker, app, guide.email)
    const page = await gijs.get(`${services}/${world.serviceId}`)
    expect(page.html).not.toContain('/sections/')
    const { hash } = await draftOf(broker.db, world.serviceId)
    expect(await refused(writeDraft(broker.deps, guide.actor, { serviceId: world.serviceId, seen: hash, sections: {} }))).toBe(
      'member_role_missing',
    )
    const stranger = await tutorOf(broker, world.publisherId, 'anna@rekenrijk.example')
    const anna = await signIn(broker, app, stranger.email)
    expect((await anna.get(`${services}/${world.serviceId}`)).status).toBe(404)
    expect((await anna.get(`/supplier/${world.publisherId}/services/${world.serviceId}`)).status).toBe(404)
    expect(await refused(writeDraft(broker.deps, stranger.actor, { serviceId: world.serviceId, seen: hash, sections: {} }))).toBe(
      'service_not_found',
    )
  })
})

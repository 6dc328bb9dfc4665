import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { askRight } from '../../src/cases/ask-right.ts'
import { inTransaction } from '../../src/database.ts'
import { newId, type SchoolId } from '../../src/ids.ts'
import { append, type LedgerEntry } from '../../src/ledger/append.ts'
import { asked } from '../support/asked.ts'
import { asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { told } from '../support/ledger.ts'
import { signIn } from '../support/signed-in.ts'
import { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
let els: Visitor
let mirjam: Visitor
let nadia: Visitor
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  app = createApp(() => broker.deps)
  els = await signIn(broker, app, world.people.els.email)
  mirjam = await signIn(broker, app, world.people.mirjam.email)
  nadia = await signIn(broker, app, world.people.nadia.email)
  await asking(broker, world).round([imageItem('website')])
  const direct = await asked(broker, world, { approach: 'subject' })
  await asking(broker, world).answer(world.people.nadia, direct, 'yes')
  const right = { subjectId: world.people.fatima.id, kind: 'erasure' } as const
  await askRight(broker.deps, world.people.nadia.actor, { ...right, words: 'Rechtstreeks.', supplierId: world.supplierId })
  await askRight(broker.deps, world.people.nadia.actor, { ...right, words: 'Via de school.' })
})
afterAll(() => broker.close())

let lastFile = ''
/** Asks for the entries on a page as a file, waits until it is made, and fetches it. */
async function fileOf(page: string, as: 'csv' | 'json'): Promise<string> {
  const asked = await els.post('/school/ledger/files', {
    ...(await els.get(page)).fields('/school/ledger/files'),
    as,
  })
  lastFile = asked.path
  expect(asked.words).toMatch(/Het bestand (wordt gemaakt|is klaar)/)
  await broker.settled()
  expect((await els.get(lastFile)).words).toContain('Het bestand is klaar.')
  return (await els.get(`${lastFile}/file`)).html
}

describe('P45 The data protection officer', () => {
  test('sees what is late and what must be empty, and has no button that decides', async () => {
    broker.clock.pass({ days: 40 })
    els = await signIn(broker, app, world.people.els.email)
    const page = await els.get('/school/privacy')
    expect(page.words).toContain('Verzoeken: 1')
    expect(page.words).toContain('Krijgt gegevens, zonder dat iemand het weet Niemand. Zo hoort het.')
    expect(page.words).toContain('Verzoeken aan bedrijven: minder dan 5')
    expect(page.html).not.toMatch(/<form[^>]*action="\/school/)
    mirjam = await signIn(broker, app, world.people.mirjam.email)
    nadia = await signIn(broker, app, world.people.nadia.email)
    expect((await nadia.get('/school/privacy')).words).not.toContain('Krijgt gegevens')
  })

  test('searches the ledger by what, when and about what, checks it, and takes it along; nobody else does', async () => {
    const page = await els.get('/school/ledger?event=right_used')
    expect(page.words).toMatch(/Er is een verzoek over gegevens .* Wie Nadia Amrani person:/)
    expect(page.html).not.toContain(world.supplierId)
    expect((await mirjam.get('/school/privacy')).html, 'in nobody else’s menu').not.toContain('href="/school/ledger"')
    const [mine] = await broker.owner<{ case_id: string }[]>`select case_id from rights_cases where approach = 'organisation'`
    expect((await els.get(`/school/ledger?about=${mine!.case_id}`)).words).toContain('right_used')
    expect((await els.get('/school/ledger?who=nadia+amr')).words).toContain('Er is een verzoek over gegevens')
    expect((await els.get('/school/ledger?who=karim')).words).toContain('Niets gevonden.')
    expect((await els.get('/school/ledger?from=2030-01-01')).words).toContain('Niets gevonden.')
    expect((await els.get('/school/ledger?from=gisteren')).words).toContain('Dit is geen dag of nummer.')
    expect((await els.get('/school/ledger?check=1')).words).toMatch(/Het logboek klopt van begin tot eind\. (?!Aantal)/)
    expect((await els.get('/school/ledger?before=5')).status, 'no number of an entry leads anywhere').toBe(400)
    const csv = await fileOf('/school/ledger?event=right_used', 'csv')
    expect(parse(csv, { delimiter: ';', bom: true })).toHaveLength(2)
    const json = JSON.parse(await fileOf('/school/ledger', 'json')) as { event: string; actor: string }[]
    expect(json.length).toBeGreaterThan(2)
    expect(Object.keys(json[0]!), 'what is left out in between cannot be counted').not.toContain('seq')
    for (const one of [mirjam, nadia]) {
      expect((await one.get('/school/ledger')).status).toBe(403)
      expect((await one.get(`${lastFile}/file`)).status).toBe(404)
    }
  })
})

describe('D10 The data protection officer pages through the ledger', () => {
  test('by places that tell nothing of how many entries are left out between', async () => {
    const entries = Array.from({ length: 120 }, (_, nr): LedgerEntry => {
      const about = { boardId: world.boardId, approach: 'organisation', at: broker.clock.now() } as const
      return { ...about, event: 'retention_set', actor: 'operator', ref: world.boardId, facts: { nr } }
    })
    await inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, (tx) => append(tx, ...entries))
    const page = await els.get('/school/ledger?event=retention_set')
    const older = page.html.match(/href="([^"]*before=[^"]*)"/)![1]!.replaceAll('&amp;', '&')
    const next = await els.get(older)
    const shown = [page, next].map(({ html }) => Array.from(html.matchAll(/\{&quot;nr&quot;:(\d+)\}/g), ([, nr]) => Number(nr)))
    expect(shown.flat()).toEqual(Array.from({ length: 120 }, (_, nr) => 119 - nr))
    expect(shown[1]).toHaveLength(20)
  })
})

describe('The register', () => {
  test('is on screen, a table and JSON, for who looks at the whole board', async () => {
    expect((await mirjam.get('/school/register')).words).toContain('Dyscalculiebegeleiding (Reken Plus B.V.)')
    const rows = parse((await mirjam.get('/school/register/csv')).html, { delimiter: ';', bom: true }) as string[][]
    expect(rows.map((row) => row.length)).toEqual([17, 17, 17])
    expect(rows[2]![0]).toContain('website')
    expect(rows[1]!.slice(-2)).toEqual([
      'Stichting De Waterlelie Onderwijs, OIN 00000099999999990001, Schoolstraat 1, 9999 ZA Voorbeeld',
      'Els Amrani (els@gezin.example)',
    ])
    expect(rows[1]!.slice(13, 15), 'days as they are in Amsterdam').toEqual(['1 augustus 2026', '31 juli 2027'])
    const json = JSON.parse((await mirjam.get('/school/register/json')).html) as Record<string, unknown[]>
    expect(json['dpv:hasProcess']).toHaveLength(2)
    expect(rows[2]!.slice(11, 13)).toEqual([
      'Tot en met 31 juli 2027, of tot de toestemming stopt. Daarna haalt de school het weg.',
      'Nog niet ingevuld. Dat doet de beheerder bij Regels van het bestuur.',
    ])
    const settings = await mirjam.get('/school/settings')
    const asIs = { rule: 'veto', sixteen: 'carry_over', declares: 'no', council: 'no', transfer: 'no', years: '5' }
    const party = {
      form_of: 'stichting',
      address: 'Kade 1, 1234 AB Ons Dorp',
      represents: 'Ruud Amrani, voorzitter',
      measures: 'Twee stappen, "versleuteld", <altijd>.',
    }
    expect((await mirjam.post('/school/settings', { ...settings.fields('/school/settings'), ...asIs, ...party })).words).toContain(
      'Bewaard.',
    )
    const filled = parse((await mirjam.get('/school/register/csv')).html, { delimiter: ';', bom: true }) as string[][]
    expect([filled[2]![12], filled[2]![15]]).toEqual([
      party.measures,
      'Stichting De Waterlelie Onderwijs, OIN 00000099999999990001, Kade 1, 1234 AB Ons Dorp',
    ])
    expect(JSON.stringify(await broker.owner`select body from ledger`), 'whom it names stays out of the ledger').not.toContain('voorzitter')
    const [set] = await told(broker, 'board_set')
    expect(set!.facts).toMatchObject({ written: ['address', 'representative', 'measures'] })
    expect((await els.get('/school/settings')).words).toContain('Ruud Amrani, voorzitter')
    expect((await nadia.get('/school/register/csv')).status).toBe(403)
    expect((await mirjam.get(`/school/register/csv?board=${world.schoolId}`)).status).toBe(403)
  })
})

describe('P04, P15 What a school records and why, for anybody', () => {
  test('without signing in, by its BRIN: companies, own uses, consent or not, rights and who watches', async () => {
    const page = await new Visitor(app).get('/schools/99za')
    expect(page.words).toContain('Wat De Regenboog vastlegt, en waarom')
    expect(page.words).toContain('Reken Plus B.V.')
    expect(page.words).toContain('Opslag Ierland Ltd., Ierland')
    expect(page.words).toContain('Hiervoor vraagt de school u om toestemming. U mag nee zeggen.')
    expect(page.words).toContain('Els Amrani, els@gezin.example.')
    expect(page.html.replaceAll('els@gezin.example', '')).not.toContain('gezin.example')
    expect((await new Visitor(app).get('/schools/99ZZ')).status).toBe(404)
    expect((await new Visitor(app).get("/schools/'--")).status).toBe(404)
    expect((await new Visitor(app, { language: 'en' }).get('/schools/99ZA')).words).toContain('What De Regenboog records, and why')
  })

  test('and not what only another school of the board does', async () => {
    const shown = async (brin: string) => (await new Visitor(app).get(`/schools/${brin}`)).words
    expect(await shown('99ZA')).toContain('website')
    const other = newId<SchoolId>(broker.clock.now())
    await broker.owner`insert into schools (board_id, school_id, name, brin, sector) values (${world.boardId}, ${other}, 'Het Kompas', '99ZB', 'so')`
    await broker.owner`insert into board_directory (scheme, value, board_id, school_id) values ('BRIN', '99ZB', ${world.boardId}, ${other})`
    await broker.owner`update rounds set school_id = ${other}`
    expect(await shown('99ZA')).not.toContain('website')
    expect(await shown('99ZB')).toContain('website')
  })
})

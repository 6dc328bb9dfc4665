import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { recordEmergency } from '../../src/cases/record-emergency.ts'
import { inspectTransfer, offerTransfer } from '../../src/cases/transfer-acts.ts'
import type { ConsentId, RoundId } from '../../src/ids.ts'
import { endGuardianship } from '../../src/people/record-guardianship.ts'
import { type Asking, arithmeticItem, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { codeIn, signIn } from '../support/signed-in.ts'
import { type Seen, Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

const PHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1'
const HOME = '203.0.113.7'
/** What only she wrote. */
const HERS = 'Wij wonen sinds kort ergens anders.'

let broker: TestBroker
let world: SmallWorld
let they: Asking
let app: ReturnType<typeof createApp>
let round: { roundId: RoundId; consentIds: ConsentId[] }
let former: Visitor
let mother: Visitor

const press = async (visitor: Visitor, page: string, action: string, fields: Record<string, string>, headers = {}): Promise<Seen> =>
  await visitor.post(action, { ...(await visitor.get(page)).fields(action), ...fields }, headers)

/** He gave and asked while he might; then his guardianship ended. On a day of its own she does everything a mother can do. */
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  they = asking(broker, world)
  app = createApp(() => broker.deps)
  const { karim, nadia, fatima, mirjam } = world.people
  round = await they.round([
    imageItem('website'),
    imageItem('Facebook'),
    arithmeticItem(world),
    arithmeticItem(world, { legalBasis: 'public_task', purpose: '5.1.d' }),
  ])
  const [website, facebook, arithmetic, told] = round.consentIds as [ConsentId, ConsentId, ConsentId, ConsentId]
  former = await signIn(broker, app, karim.email)
  await they.answer(karim, website, 'yes')
  await they.answer(karim, arithmetic, 'no')
  await press(former, '/rights/ask/access', '/rights/ask/access', { who: fatima.id, words: '' })
  await press(former, '/link-codes', '/link-codes', { subject: fatima.id, supplier: world.supplierId })
  const transferId = await offerTransfer(broker.deps, mirjam.actor, {
    subjectId: fatima.id,
    receiver: { scheme: 'BRIN', value: '12AB', name: 'De Horizon' },
    contents: 'Naam, adres en resultaten.',
  })
  await inspectTransfer(broker.deps, karim.actor, { transferId, remarks: null, agrees: null })
  broker.clock.pass({ days: 1 })
  await endGuardianship(broker.deps, mirjam.actor, world.guardianships.karim)
  const words = { receiver: 'De huisarts', data: 'Een allergie', reason: HERS, tried: 'Moeder gebeld.' }
  await recordEmergency(broker.deps, mirjam.actor, { subjectId: fatima.id, ...words, givenAt: broker.clock.now() })

  broker.clock.set('2026-12-13T20:13:13+01:00')
  const her = new Visitor(app, { origin: broker.deps.issuer })
  const from = { 'user-agent': PHONE, 'cf-connecting-ip': HOME }
  const code = await her.post('/sign-in', { email: nadia.email, next: '/' }, from)
  await broker.settled()
  await her.post('/sign-in/code', { ...code.fields('/sign-in/code'), code: codeIn(broker, nadia.email) }, from)
  for (const [consent, answer] of [
    [website, 'no'],
    [facebook, 'yes'],
    [arithmetic, 'yes'],
  ] as const) {
    await press(her, `/questions/${consent}`, `/questions/${consent}`, { answer, reviewed: '1' }, from)
  }
  const asking1 = `/questions/${facebook}/ask`
  await press(her, asking1, asking1, { question: HERS }, from)
  await press(her, `/consents/${facebook}/stop`, `/consents/${facebook}/stop`, {}, from)
  await press(her, `/consents/${told}/object`, `/consents/${told}/object`, {}, from)
  await press(her, '/rights/ask/rectification', '/rights/ask/rectification', { who: fatima.id, words: HERS }, from)
  await press(her, '/link-codes', '/link-codes', { subject: fatima.id, supplier: world.supplierId }, from)
  await press(her, `/rights/transfers/${transferId}`, `/rights/transfers/${transferId}`, { remarks: HERS }, from)
  broker.clock.set('2026-12-20T09:00:00+01:00')
  mother = await signIn(broker, app, nadia.email)
  former = await signIn(broker, app, karim.email)
})
afterAll(() => broker.close())

/** Every id there is, by the name that a path gives it. */
async function idsByName(): Promise<Record<string, string[]>> {
  const all = async (table: string, column: string) =>
    (await broker.owner.unsafe(`select distinct ${column} as id from ${table}`)).map(({ id }) => String(id))
  const { fatima, nadia, karim } = world.people
  const family = [fatima.id, nadia.id, karim.id]
  return {
    consentId: await all('consents', 'consent_id'),
    receiptId: await all('receipts', 'receipt_id'),
    caseId: await all('rights_cases', 'case_id'),
    linkCodeId: await all('link_codes', 'link_code_id'),
    roundId: await all('rounds', 'round_id'),
    transferId: await all('transfers', 'transfer_id'),
    disclosureId: await all('emergency_disclosures', 'disclosure_id'),
    inspectionId: await all('transfer_inspections', 'inspection_id'),
    subjectId: family,
    personId: family,
    right: ['access', 'rectification', 'erasure', 'objection', 'restriction', 'portability'],
  }
}

/** The paths of a parent's pages, with every id in each place. */
async function pathsOf(method: 'GET' | 'POST'): Promise<string[]> {
  const ids = await idsByName()
  const own = /^\/(consents|questions|rounds|receipts|rights|link-codes|account)?(\/|$)/
  const patterns = [...new Set(app.routes.filter((route) => route.method === method && own.test(route.path)).map(({ path }) => path))]
  return patterns.flatMap((pattern) =>
    pattern
      .slice(1)
      .split('/')
      .reduce<string[]>(
        (paths, part) =>
          paths.flatMap((path) => (part.startsWith(':') ? (ids[part.slice(1)] ?? []) : [part]).map((one) => `${path}/${one}`)),
        [''],
      ),
  )
}

const state = async () =>
  await broker.owner`select (select count(*) from answers) as answers, (select count(*) from answers where undone_at is not null) as undone,
    (select count(*) from objections) as objections, (select count(*) from inquiries) as inquiries, (select count(*) from rights_cases) as cases,
    (select count(*) from rights_cases where closed_at is not null) as closed, (select count(*) from link_codes where cancelled_at is not null) as cancelled,
    (select count(*) from link_codes) as codes, (select count(*) from consents where ended_at is not null) as ended,
    (select count(*) from transfer_inspections) as inspections`

describe('A former guardian, by whatever address (M14)', () => {
  test('no page and no file tells what the other did since, where, when, with what or why', async () => {
    const paths = await pathsOf('GET')
    expect(paths.length).toBeGreaterThan(50)
    const traces = /Nadia|nadia|ergens anders|13 december|2026-12-13|20:13|iPhone|203\.0\.113/
    const found = async (visitor: Visitor) => {
      const seen: string[] = []
      for (const path of paths) {
        const answer = await visitor.get(path)
        expect(answer.status, path).toBeLessThan(500)
        const [trace] = traces.exec(answer.html) ?? []
        if (trace) seen.push(`${path}: ${trace}`)
      }
      return seen
    }
    expect(await found(former)).toEqual([])
    expect((await found(mother)).length, 'what she herself reads is full of it').toBeGreaterThan(10)
  })

  test('and no form of his does anything about her child, or to what is hers', async () => {
    const { fatima } = world.people
    const before = await state()
    const done = { answers: '5', objections: '1', inquiries: '1', cases: '2', codes: '2', inspections: '2' }
    expect(before, 'what both did while they might is there').toMatchObject([done])
    const kept = await broker.owner`select case_id from rights_cases where made_by = ${world.people.karim.id}`
    const own = kept.map(({ case_id }) => String(case_id))
    const fields = {
      supplier: world.supplierId,
      answer: 'yes',
      reviewed: '1',
      shared: 'yes',
      question: HERS,
      who: fatima.id,
      words: HERS,
      subject: fatima.id,
    }
    for (const path of await pathsOf('POST')) {
      if (own.some((id) => path.includes(id)) || path.startsWith('/account/')) continue
      const form = 'a-form-that-nobody-rendered-0000'
      const sent: Record<string, string> = path.startsWith('/rights/transfers/') ? { remarks: HERS } : fields
      const { status } = await former.post(path, { ...sent, form })
      expect(status, path).toBeLessThan(500)
    }
    expect(await state()).toEqual(before)
  })
})

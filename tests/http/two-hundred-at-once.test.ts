import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSession } from '../../src/accounts/sessions.ts'
import { createApp } from '../../src/app.ts'
import { askRight } from '../../src/cases/ask-right.ts'
import { inspectTransfer } from '../../src/cases/transfer-acts.ts'
import { inTransaction } from '../../src/database.ts'
import {
  type AccountId,
  type CaseId,
  type ConsentId,
  type InspectionId,
  newId,
  type PersonId,
  type RoundId,
  type TransferId,
} from '../../src/ids.ts'
import { asked } from '../support/asked.ts'
import { asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type SmallWorld, smallWorld, type WorldPerson } from '../support/world.ts'

const FAMILIES = 200
/** Three letters that no word on a page has. */
const markOf = (nr: number) => `Qx${String(nr).padStart(3, '0')}z`

interface Family {
  mark: string
  cookie: string
  child: PersonId
  question: ConsentId
  /** Of the yes that this family said to the question. */
  receipt: string
  /** What this family asked of the school, the child's dossier that goes to another school, and what was said of it. */
  right: CaseId
  transfer: TransferId
  looked: InspectionId
}

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
let families: Family[]
let roundId: RoundId

beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  app = createApp(() => broker.deps)
  families = []
  for (let nr = 0; nr < FAMILIES; nr++) families.push(await family(nr))
  ;({ roundId } = await asking(broker, world).round([imageItem('website')]))
}, 300_000)
afterAll(() => broker.close())

/** A parent with an account and one child, who is asked one thing and says yes; all of them bear the family's mark. */
async function family(nr: number): Promise<Family> {
  const at = broker.clock.now()
  const mark = markOf(nr)
  const [parent, child, account] = [newId<PersonId>(at), newId<PersonId>(at), newId<AccountId>(at)]
  const { boardId } = world
  await broker.owner.begin(async (sql) => {
    await sql`insert into persons (board_id, person_id, given_name, family_name, birth_date, created_at) values
      (${boardId}, ${parent}, 'Ouder', ${mark}, null, ${at}), (${boardId}, ${child}, 'Kind', ${mark}, '2017-01-01', ${at})`
    await sql`insert into enrolments (board_id, enrolment_id, person_id, school_id, group_name, starts_at, ends_at)
      select board_id, gen_random_uuid(), ${child}, school_id, group_name, starts_at, ends_at from enrolments
      where person_id = ${world.people.fatima.id}`
    await sql`insert into guardianships (board_id, guardianship_id, guardian_id, pupil_id, kind, authority, source, starts_at)
      select board_id, gen_random_uuid(), ${parent}, ${child}, kind, authority, source, starts_at from guardianships
      where guardian_id = ${world.people.nadia.id} limit 1`
    await sql`insert into accounts (account_id, email, created_at) values (${account}, ${`${mark.toLowerCase()}@gezin.example`}, ${at})`
    await sql`insert into account_persons (account_id, board_id, person_id, claimed_at) values (${account}, ${boardId}, ${parent}, ${at})`
  })
  const token = await startSession(broker.db, account, at, { method: 'code' })
  const question = await asked(broker, world, { about: child, reason: { nl: `Om ${mark} te helpen.` } })
  const actor = { accountId: account, boardId, personId: parent, signedInAt: at }
  const person: WorldPerson = { id: parent, account, email: `${mark.toLowerCase()}@gezin.example`, actor }
  await asking(broker, world).answer(person, question, 'yes')
  const [receipt] = await broker.owner`select receipt_id from receipts where consent_id = ${question}`
  const { caseId: right } = await askRight(broker.deps, actor, { subjectId: child, kind: 'access', words: `Alles van ${mark}.` })
  const transfer = newId<TransferId>(at)
  await broker.owner`insert into transfers (board_id, transfer_id, subject_id, receiver_scheme, receiver, receiver_name, contents, asks_consent, offered_at, offered_by)
    values (${boardId}, ${transfer}, ${child}, 'BRIN', '12AB', 'De Horizon', ${`Resultaten van ${mark}.`}, false, ${at}, ${world.people.mirjam.id})`
  const looked = await inspectTransfer(broker.deps, actor, { transferId: transfer, remarks: `Dit is van ${mark}.`, agrees: null })
  return { mark, cookie: `__Host-session=${token}`, child, question, receipt: receipt!.receipt_id, right, transfer, looked }
}

type Fetches = (path: string, cookie: string) => Promise<string>

const fetched: Fetches = async (path, cookie) => {
  const response = await app.request(`https://broker.test${path}`, { headers: { cookie, accept: 'text/html' } })
  expect(response.status, path).toBe(200)
  return await response.text()
}

/** All of these pages for all families at the same moment. @returns what stands on a page and belongs to another family */
async function foreignOn(pathOf: (family: Family) => string, fetches = fetched): Promise<string[]> {
  const pages = await Promise.all(families.map(async (one) => ({ one, html: await fetches(pathOf(one), one.cookie) })))
  return pages.flatMap(({ one, html }) => {
    const marks = [...new Set(html.match(/qx\d{3}z/gi)?.map((mark) => mark.toLowerCase()))]
    const own = one.mark.toLowerCase()
    return [
      ...(marks.includes(own) ? [] : [`nothing of ${own}`]),
      ...marks.filter((mark) => mark !== own).map((mark) => `${mark} for ${own}`),
    ]
  })
}

test.each([
  ['home', () => '/'],
  ['the year’s round', ({ child }: Family) => `/rounds/${roundId}/${child}`],
  ['the agreement of the year', ({ child }: Family) => `/rounds/${roundId}/${child}/agreement`],
  ['the question', ({ question }: Family) => `/questions/${question}`],
  ['my consents', () => '/consents'],
  ['one consent', ({ question }: Family) => `/consents/${question}`],
  ['what was answered', ({ question }: Family) => `/questions/${question}/done`],
  ['stopping', ({ question }: Family) => `/consents/${question}/stop`],
  ['link codes', () => '/link-codes'],
  ['a question to the school', ({ question }: Family) => `/questions/${question}/ask`],
  ['photos, film and sound', () => '/consents/images'],
  ['receipts', () => '/receipts'],
  ['one receipt', ({ receipt }: Family) => `/receipts/${receipt}`],
  ['rights', () => '/rights'],
  ['a request', ({ right }: Family) => `/rights/cases/${right}`],
  ['a dossier that goes to another school', ({ transfer }: Family) => `/rights/transfers/${transfer}`],
  ['the receipt on it', ({ looked }: Family) => `/receipts/transfers/${looked}`],
  ['all that is held about a child', ({ child }: Family) => `/rights/held/${child}`],
  ['the same as a file', ({ child }: Family) => `/rights/held/${child}/file`],
  ['the account and its sessions', () => '/account'],
] as const)('200 people open %s at once, and nobody sees anything of anybody else', { timeout: 120_000 }, async (_, pathOf) => {
  expect(await foreignOn(pathOf)).toEqual([])
})

test('The search finds it when one page out of two hundred is somebody else’s', { timeout: 120_000 }, async () => {
  // As a server that keeps who is there outside the request: the last one who came in before this one looked.
  let last = ''
  const leaking: Fetches = async (path, cookie) => {
    last = cookie
    await inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, async () => {})
    return await fetched(path, last)
  }
  expect((await foreignOn(() => '/', leaking)).length).toBeGreaterThan(0)
})

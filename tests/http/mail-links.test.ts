import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSession } from '../../src/accounts/sessions.ts'
import type { PersonActor } from '../../src/actors.ts'
import { createApp } from '../../src/app.ts'
import { askRight } from '../../src/cases/ask-right.ts'
import { recordEmergency } from '../../src/cases/record-emergency.ts'
import { reportIncident } from '../../src/cases/report-incident.ts'
import { offerTransfer } from '../../src/cases/transfer-acts.ts'
import { makeWorld } from '../../src/demo/make-world.ts'
import type { AccountId, PersonId } from '../../src/ids.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { crawl, patternOf } from '../support/crawl.ts'

/** What a page may write by being looked at: when somebody was last here, how often, and what was shown to them. */
const MAY_MOVE = ['sessions', 'accounts', 'visits', 'shown_texts', 'shown_figures', 'parent_agreements', 'rates']

/** Where mails lead: home, a round, an invitation, a case on both sides, a dossier that leaves, an incident. */
const KINDS = [
  '/',
  '/questions',
  '/rights/cases/:id',
  '/rights/emergencies/:id',
  '/rights/transfers/:id',
  '/school/cases/:id',
  '/school/emergencies',
  '/school/incidents/:id',
  '/supplier/join',
]

let broker: TestBroker
let app: ReturnType<typeof createApp>
let links: { path: string; to: string }[]
beforeAll(async () => {
  broker = await freshBroker()
  const mailbox = async (address: string) => broker.mails.filter(({ to }) => to === address).map((mail) => ({ ...mail, at: '' }))
  await makeWorld({ ...broker.deps, mailbox }, 8080)
  await asksAndTells()
  await deliverMails(broker.deps)
  await broker.settled()
  app = createApp(() => broker.deps)
  links = broker.mails.flatMap(({ to, text }) =>
    Array.from(text.matchAll(/https:\/\/broker\.test(\S*)/g), ([, path]) => ({ path: path!.replace(/[.,;]$/, '') || '/', to })),
  )
}, 120_000)
afterAll(() => broker.close())

/** Where other mails lead, which the world of this test did not send: to pages that are reached from there. */
const ELSEWHERE = [
  '/account',
  '/consents/:id',
  '/consents/images',
  '/questions/:id',
  '/receipts',
  '/school/checklist',
  '/school/contracts/:id',
  '/school/demands',
  '/school/register',
  '/sign-in/letter',
  '/supplier/:id',
  '/supplier/:id/duties',
]

/** What people are mailed about and does not happen while the world is made: a right, an incident, a dossier that leaves. */
async function asksAndTells(): Promise<void> {
  const actorNamed = async (name: string) => {
    const [actor] = await broker.owner<PersonActor[]>`
      select account_id as "accountId", board_id as "boardId", person_id as "personId"
      from account_persons join accounts using (account_id) where email like ${`${name}%`}`
    return actor!
  }
  const [nadia, mirjam] = [await actorNamed('nadia'), await actorNamed('mirjam')]
  const [pupil] = await broker.owner<{ person_id: PersonId }[]>`select person_id from persons where given_name = 'Fatima'`
  const subjectId = pupil!.person_id
  await askRight(broker.deps, nadia, { subjectId, kind: 'access' })
  const receiver = { scheme: 'BRIN' as const, value: '99ZC', name: 'Lyceum De Brug' }
  await offerTransfer(broker.deps, mirjam, { subjectId, receiver, contents: 'Naam, adres en resultaten.' })
  const at = broker.clock.now()
  const words = { receiver: 'De huisarts', data: 'Een allergie', reason: 'Het kon niet wachten.', tried: 'Moeder gebeld.' }
  await recordEmergency(broker.deps, mirjam, { subjectId, ...words, givenAt: at })
  const told = { summary: 'Een laptop is weg.', nature: ['stolen' as const], persons: 'Groep 6', dataKinds: ['learning' as const] }
  await reportIncident(broker.deps, mirjam, { foundAt: at, fromAt: at, ...told })
}

/** What the ledger tells of a look: that an agreement was, in a version of its own; or that one was refused. */
const NO_DECISIONS = ['parent_agreement_made', 'attempt_refused']

/** Every row of every table, as one hash each. */
async function everything(): Promise<Record<string, string>> {
  const tables = await broker.owner`select tablename from pg_tables where schemaname = 'public' order by 1`
  const hashes: Record<string, string> = {}
  for (const { tablename } of tables.filter((table) => !MAY_MOVE.includes(table.tablename as string))) {
    const [row] = await broker.owner`
      select coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') as hash from ${broker.owner(tablename as string)} t
      where coalesce(to_jsonb(t) ->> 'event', '') <> all (${NO_DECISIONS})`
    hashes[tablename as string] = row!.hash as string
  }
  return hashes
}

const scan = async (path: string, method: string, cookie = '') => {
  const headers = { accept: 'text/html', 'user-agent': 'MailScanner/1.0', ...(cookie && { cookie }) }
  const answer = await app.request(`https://broker.test${path}`, { method, headers })
  expect(answer.status, `${method} ${path}`).toBeLessThan(500)
  return answer
}

async function cookieOf(email: string): Promise<string> {
  const [account] = await broker.owner`select account_id from accounts where email = ${email}`
  const token = account && (await startSession(broker.db, account.account_id as AccountId, broker.clock.now(), { method: 'code' }))
  return token ? `__Host-session=${token}` : ''
}

test('A scanner that opens every link of every mail, without cookies or in the browser of who got it, decides nothing', async () => {
  const kinds = new Set(links.map(({ path }) => patternOf(path)))
  expect([...kinds].sort()).toEqual(KINDS)
  const before = await everything()
  for (const { path, to } of new Map(links.map((link) => [`${link.path} ${link.to}`, link])).values()) {
    for (const cookie of ['', await cookieOf(to)]) {
      for (const method of ['HEAD', 'GET']) await scan(path, method, cookie)
    }
  }
  expect(await everything()).toEqual(before)
}, 60_000)

test('nor does one that goes on to every page that is linked from there', async () => {
  const before = await everything()
  const seen = new Set<string>()
  for (const email of [
    'nadia@gezin.example',
    'mirjam@dewaterlelie.example',
    'ingrid.hoekstra@dewaterlelie.example',
    'roos@rekenplus.example',
  ]) {
    const cookie = await cookieOf(email)
    const open = async (path: string) => {
      let [at, answer] = [path, await scan(path, 'GET', cookie)]
      for (let hops = 0; hops < 5 && answer.headers.get('location')?.startsWith('/'); hops++) {
        at = answer.headers.get('location')!
        answer = await scan(at, 'GET', cookie)
      }
      const isPage = answer.headers.get('content-type')?.startsWith('text/html')
      return { path: at, status: answer.status, html: isPage ? await answer.text() : '' }
    }
    const pages = await crawl(email, open, ['/', '/sign-in/letter', ...links.filter(({ to }) => to === email).map(({ path }) => path)])
    expect(pages.length).toBeGreaterThan(4)
    for (const { pattern, status } of pages) if (status === 200) seen.add(pattern)
  }
  expect([...seen]).toEqual(expect.arrayContaining(ELSEWHERE))
  expect(await everything()).toEqual(before)
}, 60_000)

test('The search sees a single row that changes', async () => {
  const before = await everything()
  await broker.owner`update boards set name = name || '.'`
  expect(await everything()).not.toEqual(before)
})

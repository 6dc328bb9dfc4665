import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type postgres from 'postgres'
import { sha256 } from '../../src/canonical.ts'
import { openDatabase } from '../../src/database.ts'
import { freePort } from '../../src/embedded-postgres.ts'
import { newId, newSecret } from '../../src/ids.ts'
import { benchDatabase } from './database.ts'
import { startChild, stopChild } from './processes.ts'
import type { Row } from './report.ts'
import { fire } from './token-load.ts'

const REQUESTS = 600
const ITEMS_IN_ROUND = 50
const SINGLE = 14

/** (f) The home page of a parent with three children and 200 items, one visitor after the other, beside reading the same rows bare. */
export async function benchHome(): Promise<Row[]> {
  const database = await benchDatabase()
  const token = newSecret()
  const boardId = await family(database.owner, token)
  await database.owner`analyze`
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  const broker = await startChild(['dist/node.js'], `${issuer}/health/ready`, {
    PORT: String(port),
    ISSUER: issuer,
    DATABASE_URL: database.cluster.url,
    DATABASE_OWNER_URL: database.cluster.ownerUrl,
    BROKER_SECRET: randomBytes(32).toString('base64url'),
    LOG_LEVEL: 'warning',
    SMTP_URL: 'smtp://127.0.0.1:9',
  })
  const headers = { cookie: `session=${token}`, accept: 'text/html' }
  const page = await (await fetch(issuer, { headers })).text()
  if (!page.includes('/rounds/')) throw new Error('the page is not the home page of the family')
  const home = (requests: number) => fire(issuer, Array(requests).fill({ method: 'GET', path: '/', headers }), 1)
  await home(200)
  const measured = await home(REQUESTS)
  const bare = await bareReads(database.cluster.url, boardId)
  await stopChild(broker)
  await database.stop()
  return [
    {
      what: `(f) home page, 3 children, 200 items (${Math.round(page.length / 1024)} kB)`,
      ours: `p99 ${measured.p99} ms, ${Math.round(measured.requestsPerSecond)}/s one by one${measured.failures > 0 ? `, ${measured.failures} FAILED` : ''}`,
      peer: `p99 ${bare.toFixed(1)} ms the same rows in one bare statement`,
      ratio: measured.p99 / bare,
      aim: 'p99 < 50 ms',
    },
  ]
}

/** A mother of three: a round with many pictures half of which she answered, and questions that came by themselves. */
async function family(owner: postgres.Sql, token: string): Promise<string> {
  const at = new Date()
  const [since, until] = [new Date(at.getTime() - 30 * 86_400_000), new Date(at.getTime() + 200 * 86_400_000)]
  const id = () => newId<never>(at) as string
  const [board_id, school_id, mother, account_id, round_id] = [id(), id(), id(), id(), id()]
  const children = [id(), id(), id()]
  const birth = `${at.getUTCFullYear() - 9}-03-14`
  await owner`insert into boards ${owner({ board_id, name: 'Stichting Drie Kinderen', oin: '00000099999999990001', created_at: since })}`
  await owner`insert into schools ${owner({ board_id, school_id, name: 'De Regenboog', brin: '99ZA' })}`
  const person = (person_id: string, given_name: string, birth_date: string | null) => ({
    board_id,
    person_id,
    given_name,
    family_name: 'Amrani',
    birth_date,
    created_at: since,
  })
  await owner`insert into persons ${owner([person(mother, 'Nadia', null), ...children.map((child, nr) => person(child, `Kind ${nr + 1}`, birth))])}`
  await owner`insert into accounts ${owner({ account_id, email: 'nadia@gezin.example', created_at: since })}`
  await owner`insert into account_persons ${owner({ account_id, board_id, person_id: mother, claimed_at: since })}`
  await owner`insert into sessions ${owner({ token_hash: sha256(token), session_id: id(), account_id, begun_at: at, made_at: at, signed_in_at: at, last_seen_at: at, expires_at: until, method: 'code', device: 'bench' })}`
  await owner`insert into visits ${owner({ account_id, board_id, seen_at: new Date(at.getTime() - 86_400_000) })}`
  const guardianships = children.map((pupil_id) => ({
    board_id,
    guardianship_id: id(),
    guardian_id: mother,
    pupil_id,
    authority: 'yes',
    source: 'staff',
    starts_at: since,
  }))
  await owner`insert into enrolments ${owner(children.map((person_id) => ({ board_id, enrolment_id: id(), person_id, school_id, starts_at: since })))}`
  await owner`insert into guardianships ${owner(guardianships)}`
  await owner`insert into rounds ${owner({ board_id, round_id, title: 'Ouderovereenkomst', school_year: '2026-2027', undertakings: 'Wij passen op.', starts_at: since, ends_at: until, drafted_at: since, drafted_by: mother, published_at: since, published_by: mother, audience: owner.json({ schools: [school_id], groups: [], persons: [] }) })}`
  const item = (nr: number, inRound: boolean, basis: string) => ({
    board_id,
    item_id: id(),
    approach: 'organisation',
    round_id: inRound ? round_id : null,
    legal_basis: basis,
    purpose: 'image',
    occasion: 'het schooljaar',
    image_channel: `plaats ${nr}`,
    image_medium: 'photo',
    reason_nl: 'De school laat graag zien wat kinderen doen.',
    alternative_nl: 'Uw kind staat er niet op.',
    special_category: false,
    decision_rule: 'veto',
    starts_at: since,
    ends_at: until,
    meaning_hash: sha256(`item ${nr}`),
    created_at: since,
  })
  const items = [
    ...Array.from({ length: ITEMS_IN_ROUND }, (_, nr) => item(nr, true, 'consent')),
    ...Array.from({ length: SINGLE }, (_, nr) => item(100 + nr, false, 'consent')),
    ...Array.from({ length: 3 }, (_, nr) => item(200 + nr, false, 'public_task')),
  ]
  await owner`insert into items ${owner(items)}`
  const consents = items.flatMap((one) =>
    children.map((subject_id) => ({
      board_id,
      consent_id: id(),
      approach: 'organisation',
      item_id: one.item_id,
      subject_id,
      asked_at: since,
      revision: 1,
    })),
  )
  await owner`insert into consents ${owner(consents)}`
  const shown_hash = sha256('vraag')
  await owner`insert into shown_texts ${owner({ board_id, shown_hash, approach: 'organisation', language: 'nl', body: 'vraag', first_shown_at: since })}`
  const answered = consents.slice(0, (ITEMS_IN_ROUND * children.length) / 2)
  await owner`insert into answers ${owner(answered.map(({ consent_id, subject_id }) => ({ board_id, answer_id: id(), approach: 'organisation', consent_id, revision: 1, decider_id: mother, answer: 'yes', authority: 'guardianship', guardianship_id: guardianships.find(({ pupil_id }) => pupil_id === subject_id)!.guardianship_id, method: 'web', shown_hash, language: 'nl', answered_at: since })))}`
  return board_id
}

/** The consents of the board with their items and answers, in one statement: what the page reads at the least. */
async function bareReads(url: string, boardId: string): Promise<number> {
  const db = openDatabase({ url, max: 1 })
  const times: number[] = []
  for (let nr = 0; nr < REQUESTS; nr++) {
    const started = performance.now()
    await db.transaction().execute(async (tx) => {
      await sql`select set_config('app.boards', ${boardId}, true), set_config('app.actor', 'account', true)`.execute(tx)
      await sql`select c.*, i.*, (select jsonb_agg(a) from answers a where a.board_id = c.board_id and a.consent_id = c.consent_id)
        from consents c join items i on i.board_id = c.board_id and i.item_id = c.item_id where c.board_id = ${boardId}`.execute(tx)
    })
    times.push(performance.now() - started)
  }
  await db.destroy()
  return times.sort((a, b) => a - b)[Math.floor(REQUESTS * 0.99)]!
}

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startSession } from '../../src/accounts/sessions.ts'
import { createApp } from '../../src/app.ts'
import { runBoardJobs } from '../../src/board-jobs.ts'
import type { AccountId } from '../../src/ids.ts'
import { runLongWork } from '../../src/long-work.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import { addSchool } from '../../src/people/create-board.ts'
import { setBoard } from '../../src/people/set-board.ts'
import { SCHOOLS, writeRosterBundle } from '../bench/roster-bundle.ts'
import { imageFields } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { zipOf } from '../support/oneroster.ts'
import { signIn } from '../support/signed-in.ts'
import { tellWorld } from '../support/told-world.ts'
import { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

/** 12 schools × 300 pupils, with their guardians. */
const USERS = 9000
const PARENTS = 300

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
let mirjam: Visitor
let bundle: Map<string, Uint8Array>
let round = ''
let parents: { account_id: AccountId; person_id: string; email: string; consents: string[] }[]
beforeAll(async () => {
  broker = await freshBroker({ at: '2026-09-01T10:00:00+02:00' })
  world = await smallWorld(broker)
  await tellWorld(broker, world)
  app = createApp(() => broker.deps)
  for (const school of SCHOOLS) await addSchool(broker.deps, world.boardId, { ...school, sector: 'po' })
  await setBoard(broker.deps, 'operator', world.boardId, { rosterImpliesAuthority: true })
  mirjam = await signIn(broker, app, world.people.mirjam.email)
  const folder = await mkdtemp(join(tmpdir(), 'consent-broker-story-'))
  await writeRosterBundle(folder, USERS)
  bundle = new Map()
  for (const name of await readdir(folder)) bundle.set(name, await readFile(join(folder, name)))
  await rm(folder, { recursive: true })
})
afterAll(() => broker.close())

const count = async (query: string) => (await broker.owner.unsafe<{ count: number }[]>(`select count(*)::int as count ${query}`))[0]!.count
/** What goes on beside the pages, until nothing waits. */
const workIsDone = async () => {
  await broker.settled()
  await runLongWork(broker.deps)
  await deliverMails(broker.deps)
}

describe('A board of twelve schools, from the roster to the end of the year (K04)', () => {
  test('the roster comes in: looked at, then taken in, three thousand six hundred pupils', async () => {
    const page = await mirjam.get('/school/roster')
    const sent = await mirjam.upload('/school/roster', page.fields('/school/roster'), { name: 'roster', bytes: await zipOf(bundle) })
    await workIsDone()
    const preview = await mirjam.get(sent.path)
    expect(preview.words).toContain('Nieuwe leerlingen: 3600')
    expect(await count('from enrolments')).toBeLessThan(10)
    const confirm = `${sent.path.split('?')[0]}/confirm`
    await mirjam.post(confirm, preview.fields(confirm))
    await workIsDone()
    expect((await mirjam.get(sent.path)).words).toContain('De lijst is overgenomen')
    expect(await count(`from enrolments where group_name like 'Groep %' and ends_at is distinct from starts_at`)).toBeGreaterThanOrEqual(
      3600,
    )
  })

  test('the round goes out to all schools, and everybody with an address is told once', async () => {
    const send = async (page: string, action: string, fields: Record<string, string | string[]> = {}) =>
      await mirjam.post(action, { ...(await mirjam.get(page)).fields(action), ...fields })
    const made = await send('/school/rounds/new', '/school/rounds/new', {
      title: 'Ouderovereenkomst',
      year: 'this',
      kind: 'pupil',
      where: world.boardId,
      undertakings: 'Wij delen niet meer dan nodig is.',
    })
    round = made.path.split('?')[0]!
    await send(`${round}/add/image`, `${round}/add/image`, imageFields('website'))
    const schools = await broker.owner<{ school_id: string }[]>`select school_id from schools where brin <> '99ZA'`
    await send(`${round}/audience`, `${round}/audience/save`, { school: schools.map(({ school_id }) => school_id) })
    const look = await mirjam.get(`${round}/publish`)
    expect(look.words).toContain('Leerlingen: 3.600.')
    await mirjam.post(`${round}/publish`, look.fields(`${round}/publish`))
    await workIsDone()
    expect(await count('from consents')).toBe(3600)
    expect((await mirjam.get(round)).words).toContain('0 van de 3.600 vragen hebben een antwoord.')
  })

  test('three hundred parents answer, over HTTP', async () => {
    parents = await broker.owner<typeof parents>`
      select gen_random_uuid() as account_id, g.guardian_id as person_id, min(p.email) as email, array_agg(c.consent_id order by c.consent_id) as consents
      from consents c join guardianships g on g.pupil_id = c.subject_id join persons k on k.person_id = c.subject_id
      join persons p on p.person_id = g.guardian_id
      where k.birth_date > '2011-01-01' and p.email is not null
      group by g.guardian_id having count(*) = 1 order by g.guardian_id limit ${PARENTS}`
    expect(parents).toHaveLength(PARENTS)
    const at = broker.clock.now()
    await broker.owner`insert into accounts ${broker.owner(parents.map(({ account_id, email }) => ({ account_id, email, created_at: at })))}`
    await broker.owner`insert into account_persons ${broker.owner(
      parents.map(({ account_id, person_id }) => ({ account_id, board_id: world.boardId, person_id, claimed_at: at })),
    )}`
    const answerAll = async (parent: (typeof parents)[number], nr: number) => {
      const visitor = new Visitor(app)
      visitor.cookies.set('__Host-session', await startSession(broker.db, parent.account_id, at, { method: 'code' }))
      for (const consentId of parent.consents) {
        const path = `/questions/${consentId}`
        const answered = await visitor.post(path, {
          ...(await visitor.get(path)).fields(path),
          answer: nr % 3 === 0 ? 'no' : 'yes',
          reviewed: '1',
        })
        expect(answered.status, answered.words).toBe(200)
      }
    }
    // Four at a time, as they would come in the evening.
    const waiting = [...parents.entries()]
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await answerAll(next[1], next[0])
    }
    await Promise.all([work(), work(), work(), work()])
    expect(await count('from answers where undone_at is null')).toBe(PARENTS)
    const progress = await mirjam.get(round)
    const answered = await count('from consents where revision > 0')
    expect(progress.words).toContain(`${new Intl.NumberFormat('nl').format(answered)} van de 3.600 vragen hebben een antwoord.`)
    expect((await mirjam.get(`${round}/figures`)).words).toContain('Alle scholen')
  })

  test('a week later nobody who answered is reminded', async () => {
    const before = broker.mails.length
    for (let day = 0; day < 8; day += 1) {
      broker.clock.pass({ days: 1 })
      await runBoardJobs(broker.deps)
      await workIsDone()
    }
    const reminded = new Set(
      broker.mails
        .slice(before)
        .filter(({ subject }) => subject.startsWith('Er wacht nog een vraag'))
        .map(({ to }) => to),
    )
    expect(reminded.size).toBeGreaterThan(1000)
    expect(parents.filter(({ email }) => reminded.has(email))).toEqual([])
  })

  test('on 1 August it is over: nothing stands any more, and nothing was renewed', async () => {
    broker.clock.set('2027-08-01T09:00:00+02:00')
    await runBoardJobs(broker.deps)
    await workIsDone()
    const parent = parents[1]!
    const visitor = new Visitor(app)
    visitor.cookies.set('__Host-session', await startSession(broker.db, parent.account_id, broker.clock.now(), { method: 'code' }))
    expect((await visitor.get(`/questions/${parent.consents[0]}`)).html).not.toContain('name="answer"')
    expect(await count('from rounds')).toBe(1)
    expect(await count('from consents')).toBe(3600)
  })
})

import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { askLedgerExport, exportedFile } from '../../src/cases/ledger-export.ts'
import { setAudience } from '../../src/consents/change-draft.ts'
import { addItem } from '../../src/consents/draft-items.ts'
import { draftRound } from '../../src/consents/draft-round.ts'
import { askToPublish } from '../../src/consents/publication-job.ts'
import { remindRound } from '../../src/consents/remind.ts'
import { tellRounds } from '../../src/consents/tell-rounds.ts'
import { type Db, openDatabase } from '../../src/database.ts'
import type { ExportId, RoundId, UploadId } from '../../src/ids.ts'
import { newestJob } from '../../src/jobs/read.ts'
import { runLongWork } from '../../src/long-work.ts'
import { confirmRoster } from '../../src/rosters/confirm-roster.ts'
import { uploadRoster } from '../../src/rosters/upload-roster.ts'
import { type Asking, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { ledgerOf, untilWaiting } from '../support/held.ts'
import { bundleOf, regenboog, zipOf } from '../support/oneroster.ts'
import { claimedTwice, instead, race, type Sabotage } from '../support/race.ts'
import { inState, uploadNow } from '../support/roster-work.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let they: Asking
const others: Db[] = []
const children: ChildProcess[] = []
beforeEach(async () => {
  broker = await freshBroker({ at: '2026-11-16T10:00:00+01:00' })
  world = await smallWorld(broker)
  they = asking(broker, world)
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const db of others.splice(0)) await db.destroy()
  await broker.close()
})

/** A draft of one question to the whole school. */
async function draft(): Promise<{ roundId: RoundId; seen: number }> {
  const mirjam = world.people.mirjam.actor
  const { roundId } = await draftRound(broker.deps, mirjam, { title: 'Ouderovereenkomst', subjectKind: 'pupil', undertakings: 'Ja.' })
  await addItem(broker.deps, mirjam, roundId, imageItem('website'))
  await setAudience(broker.deps, mirjam, { roundId, seen: 1, audience: { schools: [world.schoolId], groups: [], persons: [] } })
  return { roundId, seen: 2 }
}

/** Whether so many come to wait for a lock within some seconds. */
const wait = (count: number) =>
  untilWaiting(broker, count).then(
    () => true,
    () => false,
  )

/** A process takes the job and comes to the entry in the ledger that it ends with; there it is killed. */
const killedAtItsEnd = () => killedWaitingFor(ledgerOf(world.boardId))

/** A process takes the job and comes to what is held; there it is killed. */
async function killedWaitingFor(lock: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const holder = postgres(broker.ownerUrl, { max: 1, onnotice: () => {} })
  await holder`begin`
  await lock(holder)
  const script = join(import.meta.dirname, '../support/long-work-process.ts')
  const arguments_ = [script, broker.url, broker.clock.now().toISOString(), broker.deps.secret]
  const child = spawn(process.execPath, arguments_, { stdio: ['ignore', 'inherit', 'inherit'] })
  children.push(child)
  // A process has to start: that may take its time.
  await expect.poll(() => wait(1), { timeout: 60_000 }).toBe(true)
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
  await holder.end({ timeout: 5 })
  await expect
    .poll(async () => (await broker.owner`select from pg_locks where locktype = 'transactionid' and pid <> pg_backend_pid()`).length, {
      timeout: 30_000,
    })
    .toBe(0)
}

const count = async (table: string, condition = 'true') =>
  (await broker.owner.unsafe<{ count: number }[]>(`select count(*)::int as count from ${table} where ${condition}`))[0]!.count
const reminders = () => count('deliveries', `dedup_key like 'notice:%'`)
const jobOf = (kind: 'round_publication' | 'round_reminder', roundId: RoundId) =>
  they.as('staff', (tx) => newestJob(tx, world.boardId, kind, { roundId }))

const forgetful: Sabotage = {
  schema: `create function forgets() returns trigger language plpgsql as $$ begin new.reached := null; return new; end $$;
    create trigger forgets before update on jobs for each row execute function forgets()`,
}
/** Another process on the same database, beside this one. */
const another = () => {
  const db = openDatabase({ url: broker.url, max: 4 })
  others.push(db)
  return { ...broker.deps, db }
}

const twice = { 'where a job is claimed twice': claimedTwice }
/**
 * One process has come to what is held, and another looks for work meanwhile.
 *
 * @returns how much each did, the other before the first went on
 * @throws when the other comes to stand there as well, or something was claimed a second time
 */
async function whileOneIsAtIt(lock: (sql: postgres.Sql) => Promise<unknown>): Promise<[number, number]> {
  const holder = postgres(broker.ownerUrl, { max: 1, onnotice: () => {} })
  await holder`begin`
  await lock(holder)
  const running = [runLongWork(broker.deps)]
  let looked = false
  const bothWait = async () => {
    while (!looked) {
      if (await wait(2)) throw new Error('both are at it')
    }
    return await running[1]!
  }
  try {
    await expect.poll(() => wait(1), { timeout: 60_000 }).toBe(true)
    running.push(runLongWork(another()).finally(() => (looked = true)))
    const other = await Promise.race([running[1]!, bothWait()])
    expect(await broker.owner`select from job_queue where attempts > 1`).toHaveLength(0)
    await holder`rollback`
    return [await running[0]!, other]
  } finally {
    await holder.end({ timeout: 5 })
    await Promise.allSettled(running)
  }
}

describe('A roster that is taken in', () => {
  async function sent(): Promise<UploadId> {
    const uploadId = await uploadRoster(broker.deps, world.people.mirjam.actor, await zipOf(bundleOf(regenboog())))
    await runLongWork(broker.deps)
    return uploadId
  }
  const confirmed = async (uploadId: UploadId) => {
    const { changesHash } = inState(await uploadNow(broker, world.boardId, uploadId), 'waiting')
    const input = { uploadId, changesHash: changesHash.toString('hex'), endsMuch: false }
    await confirmRoster(broker.deps, world.people.mirjam.actor, input)
  }
  const imports = () => Promise.all([count('roster_imports'), count('ledger', `event = 'roster_imported'`)])

  test('is not taken in at all when its process dies at the end, and once by the next', async () => {
    const uploadId = await sent()
    const before = await count('persons')
    await confirmed(uploadId)
    await killedAtItsEnd()
    expect([await count('persons'), await imports()]).toEqual([before, [0, 0]])
    broker.clock.pass({ seconds: 61 })
    expect(await runLongWork(broker.deps)).toBe(1)
    inState(await uploadNow(broker, world.boardId, uploadId), 'taken')
    expect(await imports()).toEqual([1, 1])
  })

  race('with two processes up is taken in once', twice, async () => {
    const uploadId = await sent()
    await confirmed(uploadId)
    expect(await whileOneIsAtIt(ledgerOf(world.boardId))).toEqual([1, 0])
    expect(await imports()).toEqual([1, 1])
  })
})

describe('A round that goes out', () => {
  test('is asked of nobody when its process dies at the end, and of everybody once by the next', async () => {
    const { roundId, seen } = await draft()
    await askToPublish(broker.deps, world.people.mirjam.actor, { roundId, seen })
    await killedAtItsEnd()
    expect(await count('consents')).toBe(0)
    broker.clock.pass({ seconds: 61 })
    expect(await runLongWork(broker.deps)).toBe(1)
    expect([await count('consents'), await count('ledger', `event = 'round_published'`)]).toEqual([1, 1])
    expect(await jobOf('round_publication', roundId)).toMatchObject({ state: 'done', result: { subjects: 1, consents: 1 } })
    expect(await runLongWork(broker.deps)).toBe(0)
  })

  const unknown = { 'where nobody looks what is under way': instead(/(?<=from "jobs"[\s\S]*) order by "asked_at" desc/, ' and false$&') }
  race('asked for twice, by two processes, goes out once', unknown, async () => {
    const { roundId, seen } = await draft()
    const ask = () => askToPublish(broker.deps, world.people.mirjam.actor, { roundId, seen })
    expect(await ask()).toBe(await ask())
    await Promise.all([runLongWork(broker.deps), runLongWork(another())])
    expect([await count('consents'), await count('ledger', `event = 'round_published'`)]).toEqual([1, 1])
  })

  test('is refused when the draft changed meanwhile, or whoever asked may no longer', async () => {
    const { roundId, seen } = await draft()
    const mirjam = world.people.mirjam.actor
    await askToPublish(broker.deps, mirjam, { roundId, seen })
    await addItem(broker.deps, mirjam, roundId, imageItem('gang'))
    await runLongWork(broker.deps)
    expect(await jobOf('round_publication', roundId)).toMatchObject({ state: 'refused', result: { code: 'changed_meanwhile' } })
    broker.clock.pass({ minutes: 1 })
    await askToPublish(broker.deps, mirjam, { roundId, seen: seen + 1 })
    await broker.owner`update mandates set ends_at = ${broker.clock.now()} where person_id = ${mirjam.personId}`
    await runLongWork(broker.deps)
    expect(await jobOf('round_publication', roundId)).toMatchObject({ state: 'refused', result: { code: 'mandate_missing' } })
    expect(await count('consents')).toBe(0)
  })
})

describe('A reminder', () => {
  race(
    'whose process dies after the mails goes on from there: nobody is mailed twice, and it counts once',
    { 'where nobody keeps how far it was': forgetful },
    async () => {
      const { roundId } = await they.round([imageItem('website')])
      await tellRounds(broker.deps, world.boardId)
      broker.clock.pass({ days: 4 })
      const before = await reminders()
      await remindRound(broker.deps, world.people.mirjam.actor, roundId)
      await killedAtItsEnd()
      expect(await reminders()).toBe(before + 2)
      broker.clock.pass({ seconds: 61 })
      expect(await runLongWork(broker.deps)).toBe(1)
      expect(await reminders()).toBe(before + 2)
      const [round] = await broker.owner<{ reminders: number }[]>`select reminders from rounds where round_id = ${roundId}`
      expect(round!.reminders).toBe(1)
      const told = (await they.ledgerOf(roundId)).filter(({ event, actor }) => event === 'round_reminded' && actor === 'job')
      expect(told.map(({ facts }) => facts.mails)).toEqual([2])
    },
  )

  test('that the night overtakes goes on in the morning (D01)', async () => {
    const { roundId } = await they.round([imageItem('website')])
    await tellRounds(broker.deps, world.boardId)
    broker.clock.pass({ days: 4 })
    const before = await reminders()
    await remindRound(broker.deps, world.people.mirjam.actor, roundId)
    broker.clock.pass({ hours: 12 })
    expect(await runLongWork(broker.deps)).toBe(0)
    expect(await reminders()).toBe(before)
    broker.clock.pass({ hours: 9 })
    expect(await runLongWork(broker.deps)).toBe(1)
    expect(await reminders()).toBe(before + 2)
  })
})

describe('P45 a file of the ledger', () => {
  const els = () => world.people.els.actor
  const fileOf = (exportId: ExportId) => they.as('staff', (tx) => exportedFile(tx, world.boardId, exportId))

  test('is made in a job, and not for who is no longer the data protection officer', async () => {
    await they.round([imageItem('website')])
    const ask = () => askLedgerExport(broker.deps, els(), { format: 'csv', query: { event: 'round_published' } })
    broker.clock.pass({ minutes: 1 })
    const [made, later] = [await ask(), await ask()]
    await runLongWork(broker.deps)
    const file = await fileOf(made)
    expect(file.trim().split('\r\n')).toHaveLength(2)
    expect(await fileOf(later)).toBe(file)
    const late = await ask()
    await broker.owner`update mandates set ends_at = ${broker.clock.now()} where person_id = ${els().personId}`
    await runLongWork(broker.deps)
    expect(await count('export_pieces', `export_id = '${late}'`)).toBe(0)
  })

  /** More entries than go into one piece. */
  const manyEntries = 6000
  async function asked(): Promise<ExportId> {
    await broker.owner`
      insert into ledger (chain, seq, board_id, approach, prev_hash, hash, at, event, actor, body)
      select ${`${world.boardId}:organisation`}, nr, ${world.boardId}, 'organisation', sha256((nr - 1)::text::bytea), sha256(nr::text::bytea),
        ${world.since}, 'person_added', 'operator', nr::text from generate_series(1, ${manyEntries}::int) nr`
    return await askLedgerExport(broker.deps, els(), { format: 'csv', query: {} })
  }
  const entriesIn = (file: string) =>
    file
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => Number(line.split(';')[4]!.replaceAll('"', '')))

  const LOCK = 4242
  race(
    'whose process dies in the middle goes on after the last piece: every entry stands in it once',
    { 'where nobody keeps how far it was': forgetful },
    async () => {
      const exportId = await asked()
      // The second piece waits for whoever holds this.
      await broker.owner.unsafe(`
        create function waits() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(${LOCK}); return new; end $$;
        create trigger waits before insert on export_pieces for each row when (new.nr = 1) execute function waits()`)
      await killedWaitingFor((sql) => sql`select pg_advisory_xact_lock(${LOCK})`)
      expect(await count('export_pieces')).toBe(1)
      broker.clock.pass({ seconds: 61 })
      expect(await runLongWork(broker.deps)).toBe(1)
      expect(entriesIn(await fileOf(exportId))).toEqual(Array.from({ length: manyEntries }, (_, nr) => manyEntries - nr))
    },
  )

  race('with two processes up is made once', twice, async () => {
    const exportId = await asked()
    expect(await whileOneIsAtIt((sql) => sql`lock table export_pieces in share mode`)).toEqual([1, 0])
    expect(entriesIn(await fileOf(exportId))).toHaveLength(manyEntries)
  })
})

import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inTransaction, type Tx } from '../../src/database.ts'
import type { BoardId, JobId } from '../../src/ids.ts'
import { enqueueJob } from '../../src/jobs/enqueue.ts'
import type { JobKind } from '../../src/jobs/kinds.ts'
import { type JobView, jobById } from '../../src/jobs/read.ts'
import { type JobHandler, type JobHandlers, runJobs } from '../../src/jobs/run-jobs.ts'
import { RunningJob } from '../../src/jobs/running-job.ts'
import { createBoard } from '../../src/people/create-board.ts'
import { Refusal } from '../../src/refusal.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { effect } from '../support/job-effect.ts'
import { claimedTwice, race, type Sabotage } from '../support/race.ts'

let broker: TestBroker
let boardId: BoardId
const children: ChildProcess[] = []
beforeEach(async () => {
  broker = await freshBroker()
  const made = await createBoard(broker.deps, {
    name: 'De Waterlelie',
    oin: '00000099999999990001',
    schools: [],
    administrator: { givenName: 'Mirjam', familyName: 'Smit', email: 'mirjam@waterlelie.example' },
  })
  boardId = made.boardId
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await broker.close()
})

const put = (kind: JobKind, more: { dedupKey?: string; notBefore?: Date } = {}) =>
  inTransaction(broker.db, { actor: 'staff', boards: [boardId] }, (tx) =>
    enqueueJob(tx, { boardId, kind, payload: { nr: 1 }, askedBy: 'operator', at: broker.clock.now(), ...more }),
  )
const view = (jobId: JobId) =>
  inTransaction(broker.db, { actor: 'staff', boards: [boardId] }, (tx) => jobById(tx, boardId, jobId)) as Promise<JobView>
const effects = async () => (await broker.owner`select from roster_imports`).length
const work = (handlers: Partial<JobHandlers>, deps = broker.deps) => runJobs(deps, handlers)
/** A second process, as far as the database can tell: a pool of its own. */
const beside = () => ({ ...broker.deps, db: broker.beside() })
const once: JobHandler = (_, job) => job.last(async (tx) => ({ is: await effect(tx, boardId, broker.clock.now()) })).then(() => {})
const inSteps: JobHandler = async (_, job) => {
  for (let nr = Number(job.reached?.nr ?? 0); nr < 4; nr += 1) {
    await job.step(async (tx) => ({ reached: { nr: nr + 1 }, is: await effect(tx, boardId, broker.clock.now()) }))
  }
}

/** Starts a process that takes the job, waits until it stands in the middle of it, and kills it there. */
async function killedInside(): Promise<void> {
  const script = join(import.meta.dirname, '../support/job-process.ts')
  const child = spawn(process.execPath, [script, broker.url, broker.clock.now().toISOString()], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  await new Promise((resolve) => child.stdout!.once('data', resolve))
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
  // The server notices that nobody is there any more.
  await expect
    .poll(async () => (await broker.owner`select from pg_locks where locktype = 'transactionid' and pid <> pg_backend_pid()`).length)
    .toBe(0)
}

describe('A process that dies in the middle of a job', () => {
  test('has done nothing of it; another does it, once, when the first has been silent for long enough', async () => {
    const { jobId } = await put('roster_import')
    await killedInside()
    expect(await effects()).toBe(0)
    expect(await work({ roster_import: once }), 'it may still be alive').toBe(0)
    expect(await view(jobId)).toMatchObject({ state: 'running' })
    broker.clock.pass({ seconds: 61 })
    expect(await work({ roster_import: once })).toBe(1)
    expect([await effects(), (await view(jobId)).state]).toEqual([1, 'done'])
    expect(await work({ roster_import: once })).toBe(0)
  })

  test('between two steps: the next goes on after the last that was done', async () => {
    const { jobId } = await put('roster_preview')
    await killedInside()
    expect(await effects()).toBe(2)
    broker.clock.pass({ seconds: 61 })
    expect(await work({ roster_preview: inSteps })).toBe(1)
    expect([await effects(), (await view(jobId)).state]).toEqual([4, 'done'])
  })
})

test('A commit that fails takes neither the job nor its effect: both are there, once, at the next try', async () => {
  const { jobId } = await put('roster_import')
  await broker.owner.unsafe(`
    create function fails() returns trigger language plpgsql as $$ begin raise exception 'at commit'; end $$;
    create constraint trigger fails after insert on roster_imports deferrable initially deferred for each row execute function fails()`)
  expect(await work({ roster_import: once })).toBe(0)
  expect([await effects(), (await view(jobId)).state]).toEqual([0, 'running'])
  await broker.owner`drop trigger fails on roster_imports`
  broker.clock.pass({ minutes: 1 })
  expect(await work({ roster_import: once })).toBe(1)
  expect([await effects(), (await view(jobId)).state]).toEqual([1, 'done'])
})

/** What a job does is committed by itself, before it is known whether the job is still this process's own. */
const committedApart: Sabotage = {
  code: () => {
    const sound = { last: RunningJob.prototype.last, step: RunningJob.prototype.step } // oxlint-disable-line typescript/unbound-method -- put back as they were
    const apart = <T>(work: (tx: Tx) => Promise<T>) => inTransaction(broker.db, { actor: 'job', boards: [boardId] }, work)
    RunningJob.prototype.last = async function (work) {
      const result = await apart(work)
      return (await sound.last.call(this, async () => result)) as never
    }
    RunningJob.prototype.step = async function (work) {
      const result = await apart(work)
      return (await sound.step.call(this, async () => result)) as never
    }
    return () => Object.assign(RunningJob.prototype, sound)
  },
}
const apart = { 'where what a job does is committed by itself': committedApart }

describe('Two processes', () => {
  race('do each of sixty jobs once', { 'where a job is claimed twice': [...claimedTwice, committedApart] }, async () => {
    for (let nr = 0; nr < 60; nr += 1) await put('roster_import')
    const counts = await Promise.all([
      work({ roster_import: once }),
      work({ roster_import: once }, beside()),
      work({ roster_import: once }, beside()),
    ])
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(60)
    expect(await effects()).toBe(60)
  })

  for (const where of ['before its last transaction', 'inside its last transaction'] as const) {
    race(`one that was slow and lost its job ${where} changes nothing`, apart, async () => {
      const { jobId } = await put('roster_import')
      const [slow, quick] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const slowly: JobHandler = async (_, job) => {
        if (where === 'before its last transaction') {
          slow.resolve()
          await quick.promise
        }
        await job.last(async (tx) => {
          await effect(tx, boardId, broker.clock.now())
          slow.resolve()
          await quick.promise
          return { by: 'slow' }
        })
      }
      const first = work({ roster_import: slowly })
      await slow.promise
      broker.clock.pass({ seconds: 61 })
      expect(
        await work(
          {
            roster_import: (_, job) =>
              job.last(async (tx) => ({ by: 'quick', is: await effect(tx, boardId, broker.clock.now()) })).then(() => {}),
          },
          beside(),
        ),
      ).toBe(1)
      quick.resolve()
      expect(await first).toBe(0)
      expect([await effects(), (await view(jobId)).result]).toEqual([1, { by: 'quick' }])
    })
  }

  race('nor does a step of one that lost its job', apart, async () => {
    await put('roster_preview')
    const [slow, quick] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const first = work({
      roster_preview: async (_, job) => {
        slow.resolve()
        await quick.promise
        await job.step(async (tx) => ({ reached: { nr: 1 }, is: await effect(tx, boardId, broker.clock.now()) }))
      },
    })
    await slow.promise
    broker.clock.pass({ seconds: 61 })
    expect(await work({ roster_preview: inSteps }, beside())).toBe(1)
    quick.resolve()
    await first
    expect(await effects()).toBe(4)
  })
})

describe('A job', () => {
  test('is there only if the act that asked for it is', async () => {
    const act = inTransaction(broker.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
      await enqueueJob(tx, { boardId, kind: 'roster_import', payload: {}, askedBy: 'operator', at: broker.clock.now() })
      throw new Error('no')
    })
    await expect(act).rejects.toThrow('no')
    expect(await work({ roster_import: once })).toBe(0)
  })

  test('with a key is made once, also after it ended', async () => {
    const first = await put('roster_import', { dedupKey: 'round-1' })
    expect(first.isNew).toBe(true)
    await work({ roster_import: once })
    expect(await put('roster_import', { dedupKey: 'round-1' })).toEqual({ jobId: first.jobId, isNew: false })
    expect(await work({ roster_import: once })).toBe(0)
  })

  test('waits for its time, and for somebody who knows its kind', async () => {
    await put('roster_import', { notBefore: new Date(broker.clock.now().getTime() + 60_000) })
    await put('of_another_version' as JobKind)
    expect(await work({ roster_import: once })).toBe(0)
    broker.clock.pass({ minutes: 1 })
    expect(await work({ roster_import: once })).toBe(1)
  })

  test('tells how far it is while it goes on', async () => {
    const { jobId } = await put('roster_import')
    expect(await view(jobId)).toMatchObject({ state: 'waiting', done: 0, total: null })
    const seen: JobView[] = []
    await work({
      roster_import: async (_, job) => {
        await job.progress(3, 10)
        seen.push(await view(jobId))
        await job.last(async (tx) => {
          await effect(tx, boardId, broker.clock.now())
          await sleep(310)
          await job.progress(7, 10)
          seen.push(await view(jobId))
          return { persons: 10 }
        })
      },
    })
    expect(seen).toMatchObject([
      { state: 'running', done: 3, total: 10 },
      { state: 'running', done: 7, total: 10 },
    ])
    expect(await view(jobId)).toMatchObject({ state: 'done', done: 10, result: { persons: 10 } })
  })

  test('that is refused is told and not tried again', async () => {
    const { jobId } = await put('roster_import')
    await work({ roster_import: () => Promise.reject(new Refusal('roster_invalid', { errors: [{ line: 3 }] })) })
    expect(await view(jobId)).toMatchObject({ state: 'refused', result: { code: 'roster_invalid', details: { errors: [{ line: 3 }] } } })
    broker.clock.pass({ days: 1 })
    expect(await work({ roster_import: once })).toBe(0)
  })

  test('that fails is tried again later, and given up after five times', async () => {
    const { jobId } = await put('roster_import')
    let tries = 0
    const failing = async () => {
      tries += 1
      throw new Error('down')
    }
    await work({ roster_import: failing })
    await work({ roster_import: failing })
    expect(tries, 'not again at once').toBe(1)
    for (let nr = 0; nr < 8; nr += 1) {
      broker.clock.pass({ hours: 1 })
      await work({ roster_import: failing })
    }
    expect([tries, (await view(jobId)).state]).toEqual([5, 'given_up'])
  })

  test('that kills its process every time is given up without another try', async () => {
    const { jobId } = await put('roster_import')
    await broker.owner`update job_queue set attempts = 5`
    expect(await work({ roster_import: once })).toBe(1)
    expect([await effects(), (await view(jobId)).state]).toEqual([0, 'given_up'])
  })

  race(
    'is not seen from another board (INV-07)',
    { 'without row-level security': { schema: 'alter table jobs disable row level security' } },
    async () => {
      const { jobId } = await put('roster_import')
      const { boardId: elsewhere } = await createBoard(broker.deps, {
        name: 'Stichting Elders',
        oin: '00000099999999990077',
        schools: [],
        administrator: { givenName: 'Bea', familyName: 'Elders', email: 'bea@elders.example' },
      })
      const looking = inTransaction(broker.db, { actor: 'staff', boards: [elsewhere] }, (tx) => jobById(tx, boardId, jobId))
      expect(await looking).toBeUndefined()
    },
  )
})

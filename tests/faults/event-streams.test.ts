import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { inTransaction } from '../../src/database.ts'
import { newId, type PersonId, type RequestId } from '../../src/ids.ts'
import { enqueueEvent } from '../../src/notifications/enqueue.ts'
import { pushEvents } from '../../src/streams/push.ts'
import { openStream } from '../../src/streams/streams.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

/** Ten receivers, of which three are out of reach, fail or dawdle until the other seven have everything. */
const [HEALTHY, BAD] = [7, 3]
const SUBJECTS = 50
const OF_EACH = 20
/** To each receiver; ten thousand in all. */
const EVENTS = SUBJECTS * OF_EACH
/** A process is killed as often as so many more came through. */
const KILLED_EACH = 900

interface Taken {
  jti: string
  subject: string
  sequence: number
}

interface HowItAnswers {
  /** None: it hangs up. */
  status?: number
  afterMs?: number
}

/** A receiver that takes what it answers 202 to, as `answer` decides. */
async function receiver(answer: () => HowItAnswers) {
  const taken = new Map<string, Taken>()
  const server = createServer((request, response) => {
    let set = ''
    request.on('data', (chunk) => (set += chunk))
    request.on('end', () => {
      const { status, afterMs = 0 } = answer()
      setTimeout(() => {
        if (status === undefined) return void request.destroy()
        const { jti, events } = decodeJwt(set)
        const [told] = Object.values(events as Record<string, { ref: string; sequence: number }>)
        if (status === 202 && !taken.has(jti!)) taken.set(jti!, { jti: jti!, subject: told!.ref, sequence: told!.sequence })
        response.writeHead(status).end()
      }, afterMs)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { origin, taken, close: () => new Promise((resolve) => server.close(resolve)) }
}

/** What came before the one before it, in the order in which each was first taken. */
function outOfOrder(taken: ReadonlyMap<string, Taken>): Taken[] {
  const reached = new Map<string, number>()
  return [...taken.values()].filter(({ subject, sequence }) => {
    const before = reached.get(subject) ?? 0
    reached.set(subject, sequence)
    return sequence !== before + 1
  })
}

let broker: TestBroker
let world: SmallWorld
let healthy: Awaited<ReturnType<typeof receiver>>[]
let bad: Awaited<ReturnType<typeof receiver>>[]
let areBad = true
/** When the clock of all workers begins. */
const BEGAN = Date.now()
const workers: ChildProcess[] = []
beforeAll(async () => {
  const slow: HowItAnswers = { status: 202, afterMs: 1_500 }
  // Who dawdles takes half of them at most, however long the healthy ones need on a busy machine.
  const badly: (() => HowItAnswers)[] = [
    () => ({}),
    () => ({ status: 503 }),
    () => (bad[2]!.taken.size < EVENTS / 2 ? slow : { ...slow, status: 503 }),
  ]
  healthy = await Promise.all(Array.from({ length: HEALTHY }, () => receiver(() => ({ status: 202 }))))
  bad = await Promise.all(badly.map((how) => receiver(() => (areBad ? how() : { status: 202 }))))
  broker = await freshBroker({ allowedLoopback: origins() })
  world = await smallWorld(broker)
})
afterEach(() => {
  for (const worker of workers.splice(0)) worker.kill('SIGKILL')
})
afterAll(async () => {
  await broker.close()
  for (const { close } of [...healthy, ...bad]) await close()
})

const origins = () => [...healthy, ...bad].map(({ origin }) => origin)

function startWorker() {
  const script = join(import.meta.dirname, '../fakes/event-pusher.ts')
  const worker = spawn(process.execPath, [script, broker.url, broker.deps.secret, origins().join(','), String(BEGAN)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  workers.push(worker)
}

/** Until readers see all that was written: transactions of other databases in the same PostgreSQL hold them up as well. */
async function readable({ owner }: TestBroker) {
  await vi.waitFor(
    async () => {
      const [row] = await owner`select coalesce(bool_and(xid < pg_snapshot_xmin(pg_current_snapshot())), true) as all from events`
      expect(row!.all).toBe(true)
    },
    { timeout: 60_000, interval: 50 },
  )
}

/** Things happen to many subjects, in turns, so that each has a history. The refs stand for the subjects. */
async function happen() {
  const at = broker.clock.now()
  const persons = Array.from({ length: SUBJECTS }, () => ({ subjectId: newId<PersonId>(at), ref: newId<RequestId>(at) }))
  const [approach, event] = ['organisation', 'released'] as const
  const { boardId, supplierId, holderId } = world
  for (let turn = 0; turn < OF_EACH; turn++) {
    await inTransaction(broker.db, { actor: 'job', boards: [boardId] }, (tx) =>
      enqueueEvent(
        tx,
        ...[supplierId, holderId].flatMap((receiverId) =>
          persons.map((person) => ({ ...person, boardId, approach, receiverId, event, at })),
        ),
      ),
    )
  }
}

describe('Ten thousand events to ten receivers, of which three are out of reach, fail or dawdle', () => {
  test('by two processes that are killed again and again: none is lost, each subject in order, the healthy ones wait for nobody', async () => {
    // A receiver has five streams at most: half of them are the supplier's, half the holder's, good and bad among both.
    const supplier = { clientId: world.clients.organisation, supplierId: world.supplierId }
    const holder = { clientId: world.clients.holder, holderId: world.holderId }
    for (const [nr, origin] of origins().entries()) {
      await openStream(broker.deps, nr % 2 === 0 ? supplier : holder, {
        delivery: 'push',
        endpointUrl: `${origin}/events`,
        eventTypes: null,
        purposes: null,
      })
    }
    await happen()
    startWorker()
    startWorker()
    const sizes = (receivers: typeof healthy) => receivers.map(({ taken }) => taken.size)
    // Not by the clock: on a busy machine a process that lives for some seconds has hardly begun.
    let killed = 0
    const killer = setInterval(() => {
      const taken = sizes([...healthy, ...bad]).reduce((sum, size) => sum + size, 0)
      if (taken < (killed + 1) * KILLED_EACH) return
      killed += 1
      workers.shift()!.kill('SIGKILL')
      startWorker()
    }, 50)
    try {
      await vi.waitFor(() => expect(sizes(healthy)).toEqual(Array(HEALTHY).fill(EVENTS)), { timeout: 400_000, interval: 100 })
      // The bad ones were bad all that while: nobody waited for them.
      expect(sizes(bad).slice(0, 2)).toEqual([0, 0])
      expect(sizes(bad)[2]).toBeLessThan(EVENTS)
      areBad = false
      await vi.waitFor(() => expect(sizes(bad)).toEqual(Array(BAD).fill(EVENTS)), { timeout: 400_000, interval: 100 })
    } finally {
      clearInterval(killer)
    }
    expect(killed).toBeGreaterThan(7)
    for (const { taken } of [...healthy, ...bad]) expect(outOfOrder(taken)).toEqual([])
    const [row] = await broker.owner`select count(*)::int as n from stream_events where dead_at is not null`
    expect(row!.n).toBe(0)
  }, 850_000)
})

/** So many that a slow receiver needs a quarter of a minute for them. */
const MANY = 300

describe('A receiver that answers slowly', () => {
  test('gets one handful in a turn, so that the next turn of the others comes soon', async () => {
    const slow = await receiver(() => ({ status: 202, afterMs: 1_200 }))
    const quick = await receiver(() => ({ status: 202 }))
    const own = await freshBroker({ allowedLoopback: [slow.origin, quick.origin] })
    try {
      const { supplierId, boardId, clients } = await smallWorld(own)
      for (const { origin } of [slow, quick]) {
        const delivering = { delivery: 'push', endpointUrl: `${origin}/events`, eventTypes: null, purposes: null } as const
        await openStream(own.deps, { clientId: clients.organisation, supplierId }, delivering)
      }
      const at = own.clock.now()
      const events = Array.from({ length: MANY }, () => {
        const about = { subjectId: newId<PersonId>(at), ref: newId<RequestId>(at) }
        return { ...about, boardId, approach: 'organisation' as const, receiverId: supplierId, event: 'released' as const, at }
      })
      await inTransaction(own.db, { actor: 'job', boards: [boardId] }, (tx) => enqueueEvent(tx, ...events))
      await readable(own)
      await pushEvents(own.deps)
      expect(quick.taken.size).toBe(MANY)
      expect(slow.taken.size).toBeLessThan(MANY)
    } finally {
      await own.close()
      await slow.close()
      await quick.close()
    }
  }, 120_000)
})

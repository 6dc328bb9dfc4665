import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { inTransaction } from '../../src/database.ts'
import { newId, type PersonId, type RequestId } from '../../src/ids.ts'
import { enqueueEvent } from '../../src/notifications/enqueue.ts'
import { openStream } from '../../src/streams/streams.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

const SUBJECTS = 250
const OF_EACH = 20
const EVENTS = SUBJECTS * OF_EACH

interface Taken {
  jti: string
  subject: string
  sequence: number
}

/** A receiver that takes what it answers 202 to, as `answer` decides. */
async function receiver(answer: () => { status: number; afterMs: number }) {
  const taken = new Map<string, Taken>()
  const server = createServer((request, response) => {
    let set = ''
    request.on('data', (chunk) => (set += chunk))
    request.on('end', () => {
      const { status, afterMs } = answer()
      setTimeout(() => {
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
let healthy: Awaited<ReturnType<typeof receiver>>
let flaky: Awaited<ReturnType<typeof receiver>>
const workers: ChildProcess[] = []
beforeAll(async () => {
  healthy = await receiver(() => ({ status: 202, afterMs: 0 }))
  flaky = await receiver(() => {
    const chance = Math.random()
    return chance < 0.2 ? { status: 503, afterMs: 0 } : { status: 202, afterMs: chance < 0.3 ? 400 : 0 }
  })
  broker = await freshBroker({ allowedLoopback: [healthy.origin, flaky.origin] })
  world = await smallWorld(broker)
})
afterEach(() => {
  for (const worker of workers.splice(0)) worker.kill('SIGKILL')
})
afterAll(async () => {
  await broker.close()
  await healthy.close()
  await flaky.close()
})

function startWorker() {
  const script = join(import.meta.dirname, '../fakes/event-pusher.ts')
  const worker = spawn(process.execPath, [script, broker.url, broker.deps.secret, [healthy.origin, flaky.origin].join(',')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  workers.push(worker)
}

/** Things happen to many subjects, in turns, so that each has a history. The refs stand for the subjects. */
async function happen() {
  const at = broker.clock.now()
  const persons = Array.from({ length: SUBJECTS }, () => ({ subjectId: newId<PersonId>(at), ref: newId<RequestId>(at) }))
  const [approach, event] = ['organisation', 'released'] as const
  const { boardId, supplierId: receiverId } = world
  for (let turn = 0; turn < OF_EACH; turn++) {
    await inTransaction(broker.db, { actor: 'job', boards: [boardId] }, (tx) =>
      enqueueEvent(tx, ...persons.map((person) => ({ ...person, boardId, approach, receiverId, event, at }))),
    )
  }
}

describe('Ten thousand events to two receivers, of which one fails or dawdles three times in ten', () => {
  test('by two processes that are killed again and again: none is lost, each subject in order, the healthy one waits for nobody', async () => {
    const supplier = { clientId: world.clients.organisation, supplierId: world.supplierId }
    for (const { origin } of [healthy, flaky]) {
      await openStream(broker.deps, supplier, { delivery: 'push', endpointUrl: `${origin}/events`, eventTypes: null, purposes: null })
    }
    await happen()
    startWorker()
    startWorker()
    const killer = setInterval(() => {
      workers.shift()!.kill('SIGKILL')
      startWorker()
    }, 5_000)
    try {
      await vi.waitFor(() => expect(healthy.taken.size).toBe(EVENTS), { timeout: 300_000, interval: 100 })
      expect(flaky.taken.size).toBeLessThan(EVENTS)
    } finally {
      clearInterval(killer)
    }
    await vi.waitFor(() => expect(flaky.taken.size).toBe(EVENTS), { timeout: 300_000, interval: 100 })
    expect(outOfOrder(healthy.taken)).toEqual([])
    expect(outOfOrder(flaky.taken)).toEqual([])
    const [row] = await broker.owner`select count(*)::int as n from stream_events where dead_at is not null`
    expect(row!.n).toBe(0)
  }, 650_000)
})

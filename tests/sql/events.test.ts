import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { inTransaction, type Scope } from '../../src/database.ts'
import { newId } from '../../src/ids.ts'
import { enqueueEvent } from '../../src/notifications/enqueue.ts'
import { type EventPlace, eventsAfter } from '../../src/notifications/read.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { instead, race, withoutLock } from '../support/race.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
}
beforeAll(begin)
afterAll(() => broker.close())

const eventFor = (approach: 'organisation' | 'subject' = 'organisation', person: 'fatima' | 'sara' = 'fatima') => ({
  boardId: world.boardId,
  approach,
  receiverId: world.supplierId,
  event: 'answer_given' as const,
  subjectId: world.people[person].id,
  ref: newId(broker.clock.now()),
  at: broker.clock.now(),
})
const as = (actor: 'job' | 'staff'): Scope => ({ actor, boards: [world.boardId] })
const numbers = (approach: string, person: 'fatima' | 'sara' = 'fatima') =>
  broker.owner<
    { seq: string }[]
  >`select subject_seq as seq from events where approach = ${approach} and subject_id = ${world.people[person].id}
    order by xid, subject_seq, event_id`.then((rows) => rows.map(({ seq }) => Number(seq)))

describe('Events about one subject are numbered without a gap (INV-03)', () => {
  race(
    'also when forty acts write at once, and in the order readers go',
    { 'without the lock on the queue': withoutLock },
    async () => {
      await Promise.all(
        Array.from({ length: 40 }, (_, nr) =>
          inTransaction(broker.db, as('job'), async (tx) => {
            await tx
              .updateTable('boards')
              .set({ name: `act ${nr}` })
              .where('board_id', '=', newId<never>(broker.clock.now()))
              .execute()
            await enqueueEvent(tx, eventFor(), eventFor('organisation', nr % 2 === 0 ? 'fatima' : 'sara'))
          }),
        ),
      )
      expect(await numbers('organisation')).toEqual(Array.from({ length: 60 }, (_, nr) => nr + 1))
      expect(await numbers('organisation', 'sara')).toEqual(Array.from({ length: 20 }, (_, nr) => nr + 1))
    },
    begin,
  )

  race(
    'a transaction with an older id that comes second does not go before the first for a reader',
    { 'where it goes by its own id': { statements: /greatest\(pg_current_xact_id\(\), l\.xid\)/, become: 'pg_current_xact_id()' } },
    async () => {
      let secondHasItsId = () => {}
      const ready = new Promise<void>((resolve) => (secondHasItsId = resolve))
      let go = () => {}
      const gate = new Promise<void>((resolve) => (go = resolve))
      const second = inTransaction(broker.db, as('job'), async (tx) => {
        await enqueueEvent(tx, { ...eventFor(), receiverId: world.publisherId }) // takes its transaction id now
        secondHasItsId()
        await gate
        await enqueueEvent(tx, eventFor())
      })
      await ready
      const before = (await numbers('organisation')).length
      await inTransaction(broker.db, as('job'), (tx) => enqueueEvent(tx, eventFor()))
      go()
      await second
      const rows = await broker.owner<{ seq: string }[]>`select subject_seq as seq from events
      where receiver_id = ${world.supplierId} and subject_id = ${world.people.fatima.id} order by xid, subject_seq, event_id`
      expect(rows.map(({ seq }) => Number(seq))).toEqual(Array.from({ length: before + 2 }, (_, nr) => nr + 1))
    },
    begin,
  )

  test('staff of the school write theirs beside subject-oriented ones they cannot see', async () => {
    await inTransaction(broker.db, as('job'), (tx) => enqueueEvent(tx, eventFor('subject')))
    await inTransaction(broker.db, as('staff'), (tx) => enqueueEvent(tx, eventFor()))
    expect(await numbers('subject')).toEqual([1])
    const seen = await inTransaction(broker.db, as('staff'), (tx) => tx.selectFrom('events').select('approach').distinct().execute())
    expect(seen).toEqual([{ approach: 'organisation' }])
  })

  const past = { 'where a reader goes past what is open': instead(/xid < pg_snapshot_xmin\(pg_current_snapshot\(\)\)/, 'true') }
  const besideAnOpenOne = async () => {
    const read = (after?: EventPlace) =>
      inTransaction(broker.db, { actor: 'client', boards: [world.boardId] }, (tx) => eventsAfter(tx, world.holderId, after, 100))
    const write = { ...eventFor(), receiverId: world.holderId }
    let open = () => {}
    const isOpen = new Promise<void>((resolve) => (open = resolve))
    let go = () => {}
    const gate = new Promise<void>((resolve) => (go = resolve))
    const slow = inTransaction(broker.db, as('job'), async (tx) => {
      await enqueueEvent(tx, { ...write, approach: 'subject', ref: world.holderId })
      open()
      await gate
    })
    await isOpen
    await inTransaction(broker.db, as('job'), (tx) => enqueueEvent(tx, { ...write, ref: world.supplierId }))
    try {
      expect(await read()).toEqual([])
    } finally {
      go()
      await slow
    }
    // Transactions of other databases in the same PostgreSQL hold readers up as well.
    const events = await vi.waitFor(
      async () => {
        const seen = await read()
        expect(seen).toHaveLength(2)
        return seen
      },
      { timeout: 20_000, interval: 100 },
    )
    expect(events.map(({ ref }) => ref)).toEqual([world.holderId, world.supplierId])
    expect((await read(events[0]!.place)).map(({ ref }) => ref)).toEqual([world.supplierId])
    expect(await read(events[1]!.place)).toEqual([])
  }
  race('a reader that pages past an open transaction misses nothing once it commits', past, besideAnOpenOne, begin)
})

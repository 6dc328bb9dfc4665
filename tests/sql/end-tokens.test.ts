import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inTransaction } from '../../src/database.ts'
import { newId } from '../../src/ids.ts'
import { type EndingFact, endTokens } from '../../src/tokens/end-tokens.ts'
import { bucketOf, LIST_SIZE, statusPlace } from '../../src/tokens/status-lists.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { whileHeld } from '../support/held.ts'
import { liveToken as putLiveToken } from '../support/live-token.ts'
import { race } from '../support/race.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let given: Awaited<ReturnType<typeof consented>>
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  given = await consented(broker, world)
}
beforeAll(begin)
afterAll(() => broker.close())

const liveToken = async () => await putLiveToken(broker, world, given)

const end = (fact: EndingFact, actor: 'job' | 'staff' = 'job') =>
  inTransaction(broker.db, { actor, boards: [world.boardId] }, (tx) => endTokens(tx, world.boardId, broker.clock.now(), fact, 'test'))

describe('Whatever ends standing ends the live tokens that lean on it (INV-01)', () => {
  const facts: Record<string, () => EndingFact> = {
    consents: () => ({ consentIds: [given.consentId] }),
    release: () => ({ releaseId: given.releaseId }),
    agreement: () => ({ agreementId: world.agreementId }),
    'agreement of the holder': () => ({ holderAgreementId: world.holderAgreementId }),
    tenure: () => ({ tenureId: world.tenures.fatima! }),
    supplier: () => ({ supplierId: world.supplierId }),
    holder: () => ({ holderId: world.holderId }),
    subject: () => ({ subjectId: given.subjectId }),
    assignment: () => ({ assignment: { supplierId: world.supplierId, subjectId: given.subjectId } }),
  }
  test.each(Object.entries(facts))('%s', async (_name, fact) => {
    const tokenId = await liveToken()
    expect(await end(fact())).toEqual([tokenId])
    const [row] = await broker.owner`
      select t.ended_because, e.set_at is not null as set from tokens t
      join status_entries e on e.list_id = t.status_list_id and e.index = t.status_index where t.token_id = ${tokenId}`
    expect(row).toEqual({ ended_because: 'test', set: true })
    expect(await end(fact()), 'once').toEqual([])
  })

  test('another fact of the same kind ends nothing, and staff cannot forget the tokens they do not see', async () => {
    const tokenId = await liveToken()
    expect(await end({ consentIds: [newId(broker.clock.now())] })).toEqual([])
    expect(await end({ tenureId: world.tenures.sara! })).toEqual([])
    await expect(end({ tenureId: world.tenures.fatima! }, 'staff')).rejects.toThrow(/as a job/)
    expect(await end({ releaseId: given.releaseId }, 'staff')).toEqual([tokenId])
  })
})

describe('Status lists (INV-14)', () => {
  race(
    'tokens of one holder and hour share a list; half full, a further one opens; many at once open one',
    {
      'where a list may be opened twice': [
        { schema: 'alter table status_lists drop constraint status_lists_once' },
        { statements: /having coalesce\(bool_and\(taken >= size \/ 2\), true\)/ },
        { statements: /on conflict \(holder_id, bucket, number\) do nothing/ },
      ],
    },
    async () => {
      const expiresAt = new Date('2026-11-16T15:10:00Z')
      const listOpenAt = async (hour: Date) => (await statusPlace(broker.db, world.holderId, hour, broker.clock.now())).listId
      const acts = Array.from({ length: 8 }, () => () => listOpenAt(expiresAt))
      const ended = await whileHeld(broker, (sql) => sql`lock table status_lists in exclusive mode`, acts)
      const opened = ended.map((end) => (end.status === 'fulfilled' ? end.value : String(end.reason)))
      expect(new Set(opened).size).toBe(1)
      expect(await broker.owner`select 1 from status_lists`).toHaveLength(1)
      await broker.owner`update status_lists set taken = ${LIST_SIZE / 2} where list_id = ${opened[0]!}`
      const further = await listOpenAt(expiresAt)
      expect(further).not.toBe(opened[0])
      expect(await listOpenAt(new Date('2026-11-16T16:00:00Z'))).not.toBe(further)
      expect(bucketOf(expiresAt)).toEqual(new Date('2026-11-16T15:00:00Z'))
    },
    begin,
  )
})

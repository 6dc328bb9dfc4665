import { inTransaction } from '../../src/database.ts'
import { pseudonymsOf } from '../../src/grants/pseudonyms.ts'
import type { PersonId } from '../../src/ids.ts'
import type { TestBroker } from './broker.ts'
import type { SmallWorld } from './world.ts'

/** What Reken Plus calls a subject, as its list of grants would tell. */
export async function pseudonymOf(broker: TestBroker, { boardId, supplierId }: SmallWorld, subjectId: PersonId): Promise<string> {
  const names = await inTransaction(broker.db, { actor: 'job', boards: [boardId] }, (tx) =>
    pseudonymsOf(tx, boardId, { supplierId }, [subjectId]),
  )
  return names.get(subjectId)!
}

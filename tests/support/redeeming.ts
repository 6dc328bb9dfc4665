import type { Issued } from '../../src/grants/mint.ts'
import { redeem } from '../../src/grants/redeem.ts'
import { verifyToken } from '../../src/grants/verify.ts'
import type { TestBroker } from './broker.ts'
import { pseudonymOf } from './pseudonym.ts'
import type { SmallWorld } from './world.ts'

/** Reken Plus redeems what it was released about Fatima, below the HTTP edge. */
export async function redeeming(broker: TestBroker, world: SmallWorld) {
  const identifier = await pseudonymOf(broker, world, world.people.fatima.id)
  return {
    identifier,
    redeem: (purpose = '5.1.a') =>
      redeem(
        broker.deps,
        { clientId: world.clients.organisation, supplierId: world.supplierId, jkt: 'thumbprint', txn: crypto.randomUUID() },
        { resource: world.resource, datatypes: ['arithmetic-results'], purpose, identifiers: [identifier], batch: false },
      ),
    /** What the holder hears of a token. */
    isActive: ({ tokenId, statusListId, statusIndex }: Issued) =>
      verifyToken(
        broker.deps,
        { clientId: world.clients.holder, holderId: world.holderId },
        { tokenId, listId: statusListId, index: statusIndex },
      ),
    isMarked: async ({ statusListId, statusIndex }: Issued) => {
      const [row] = await broker.owner`select set_at from status_entries where list_id = ${statusListId} and index = ${statusIndex}`
      return row!.set_at !== null
    },
  }
}

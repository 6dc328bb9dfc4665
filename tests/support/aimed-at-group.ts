import { type ItemId, newId } from '../../src/ids.ts'
import type { TestBroker } from './broker.ts'
import type { SmallWorld } from './world.ts'

/** Makes a question that was put there for Fatima alone one of a round for her group, Groep 6. */
export async function aimedAtGroup({ owner, clock }: TestBroker, world: SmallWorld, itemId: ItemId): Promise<void> {
  const [at, roundId, staff] = [clock.now(), newId(clock.now()), world.people.mirjam.id]
  const audience = { schools: [], persons: [], groups: [{ schoolId: world.schoolId, groupName: 'Groep 6' }] }
  await owner`
    insert into rounds (board_id, round_id, title, school_year, undertakings, starts_at, ends_at, drafted_at, drafted_by, published_at,
      published_by, audience)
    values (${world.boardId}, ${roundId}, 'Groep 6', '2026-2027', 'Wij letten op.', ${new Date(at.getTime() - 86_400_000)},
      ${new Date(at.getTime() + 90 * 86_400_000)}, ${at}, ${staff}, ${at}, ${staff}, ${owner.json(audience)})`
  await owner`update items set round_id = ${roundId}, request_id = null where item_id = ${itemId}`
}

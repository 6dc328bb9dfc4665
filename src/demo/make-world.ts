import type { Deps } from '../deps.ts'
import type { World } from './world.ts'
import { makeAgreements } from './world-agreements.ts'
import { makeCatalog } from './world-catalog.ts'
import { makeMembers } from './world-members.ts'
import { makePeople } from './world-people.ts'
import { makeRounds } from './world-rounds.ts'

/**
 * Makes the demo world by the same commands that make a real one: the operator takes in the board, suppliers and holders;
 * the administrator imports the roster, gives mandates and invites; everybody claims their person; agreements are drafted,
 * checked and signed; the rounds of the year are published. Nobody has answered anything yet.
 *
 * @param port of the broker; the holders' ports follow it
 */
export async function makeWorld(deps: Deps, port: number): Promise<World> {
  const madeAt = deps.now()
  const { boardId, schools, people } = await makePeople(deps)
  const { suppliers, holders } = await makeCatalog(deps, port)
  const world: World = { madeAt, boardId, schools, people, suppliers, holders, rounds: [], members: await makeMembers(deps, { suppliers }) }
  await makeAgreements(deps, world)
  world.rounds = await makeRounds(deps, world)
  return world
}

import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, PersonId } from '../ids.ts'
import { subjectFacts } from '../people/store.ts'
import { whoMayAnswer } from '../people/who-may-answer.ts'
import { Refusal } from '../refusal.ts'
import { makeLinkCode } from '../requests/link-codes.ts'
import { actorOf, type Sandbox } from './sandbox.ts'

/**
 * A parent of a fictional pupil hands over a link code for the programs under test.
 *
 * @param code as of `makeLinkCode`
 * @throws Refusal `person_not_found`, `form_used`
 */
export async function sandboxLinkCode(deps: Deps, { boardId, twinId }: Sandbox, subjectId: PersonId, code?: string): Promise<string> {
  const [parent] = await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, (tx) => parentsOf(tx, boardId, subjectId, deps.now()))
  if (!parent) throw new Refusal('person_not_found')
  return (await makeLinkCode(deps, actorOf(boardId, parent, deps.now()), { subjectId, supplierId: twinId, ...(code && { code }) })).code
}

/** Who decides for a fictional pupil. */
export async function parentsOf(tx: Tx, boardId: BoardId, subjectId: PersonId, at: Date): Promise<PersonId[]> {
  const facts = (await subjectFacts(tx, boardId, [subjectId])).get(subjectId)
  const may = facts && whoMayAnswer(facts, at)
  return may?.known ? may.deciders.map(({ personId }) => personId) : []
}

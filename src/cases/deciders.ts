import type { Tx } from '../database.ts'
import type { BoardId, PersonId } from '../ids.ts'
import { subjectFacts } from '../people/store.ts'
import { whoMayAnswer } from '../people/who-may-answer.ts'

/** Who decides for a pupil now; nobody where that is not known. */
export async function decidersOf(tx: Tx, boardId: BoardId, subjectId: PersonId, at: Date): Promise<PersonId[]> {
  const facts = (await subjectFacts(tx, boardId, [subjectId])).get(subjectId)
  const may = facts && whoMayAnswer(facts, at)
  return may?.known ? may.deciders.map(({ personId }) => personId) : []
}

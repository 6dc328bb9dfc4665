import type { Tx } from '../database.ts'
import { subjectFacts } from '../people/store.ts'
import { everEnrolled } from './ask-right.ts'
import { mayUseRightsOf } from './right.ts'
import type { RightsCase } from './store.ts'

/**
 * Whether whoever made this case is told what happened in it at a moment: they had the right to ask then. A former guardian
 * keeps what they asked and read, and hears nothing new. Their own they always hear, also once their data are erased.
 */
export async function mayHearOf(
  tx: Tx,
  { boardId, subjectId, madeBy }: Pick<RightsCase, 'boardId' | 'subjectId' | 'madeBy'>,
): Promise<(at: Date) => boolean> {
  const subject = (await subjectFacts(tx, boardId, [subjectId])).get(subjectId)
  const isPupil = await everEnrolled(tx, boardId, subjectId)
  return (at) => madeBy === subjectId || (subject !== undefined && mayUseRightsOf(subject, madeBy, isPupil, at))
}

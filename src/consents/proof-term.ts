import { amsterdamDay, startOfAmsterdamDay, yearsBefore } from '../clock.ts'
import type { Tx } from '../database.ts'
import type { BoardId } from '../ids.ts'
import { boardById } from '../people/store.ts'

/** The first moment of which the board still keeps the proof: of a consent that ended before it, the proof is erased. */
export async function proofKeptFrom(tx: Tx, boardId: BoardId, at: Date): Promise<Date> {
  const { proofYears } = await boardById(tx, boardId)
  return startOfAmsterdamDay(yearsBefore(amsterdamDay(at), proofYears))
}

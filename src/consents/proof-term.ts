import { amsterdamDay, startOfAmsterdamDay, yearsBefore } from '../clock.ts'
import type { Tx } from '../database.ts'
import type { BoardId } from '../ids.ts'
import { boardById } from '../people/store.ts'

/** The first moment of which the board still keeps the proof: of a consent that ended before it, the proof is erased. */
export async function proofKeptFrom(tx: Tx, boardId: BoardId, at: Date): Promise<Date> {
  const { proofYears } = await boardById(tx, boardId)
  return startOfAmsterdamDay(yearsBefore(amsterdamDay(at), proofYears))
}

/** What people answered for research is kept no longer than this (D14), also where the board keeps proof for longer. */
const RESEARCH_YEARS = 5

/** As `proofKeptFrom`, of answers to questions of research (`isResearch`). */
export async function researchKeptFrom(tx: Tx, boardId: BoardId, at: Date): Promise<Date> {
  const { proofYears } = await boardById(tx, boardId)
  return startOfAmsterdamDay(yearsBefore(amsterdamDay(at), Math.min(proofYears, RESEARCH_YEARS)))
}

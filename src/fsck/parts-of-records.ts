import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId } from '../ids.ts'
import { type Entry, idsIn } from './entries.ts'

/** What belongs to a record, each as one line: who looked at a dossier, whose data were deleted. */
export type ToldParts = Set<string>

const inspection = (transferId: string, personId: string, agrees: boolean | null, language: string, at: Date) =>
  `inspection of transfer ${transferId} by ${personId} at ${at.toISOString()} in ${language} (agrees: ${agrees})`
const deleted = (deletionId: string, subjectId: string, category: unknown) =>
  `deletion ${deletionId} of ${String(category)} of ${subjectId}`

/** Takes one more entry in. */
export function replayPart(told: ToldParts, { event, ref, facts, at }: Entry): void {
  if (event === 'transfer_inspected' && ref)
    told.add(
      inspection(
        ref,
        String(facts.personId),
        typeof facts.agrees === 'boolean' ? facts.agrees : null,
        typeof facts.language === 'string' ? facts.language : 'nl',
        at,
      ),
    )
  if (event === 'data_deleted' && ref) for (const id of idsIn(facts, 'subjects')) told.add(deleted(ref, id, facts.category))
}

/** Every part that is there was told, and the other way round (INV-05). */
export async function partsAreReplay(tx: Tx, boardId: BoardId, told: ToldParts): Promise<string[]> {
  const looked = await sql<{ transfer_id: string; person_id: string; agrees: boolean | null; language: string; inspected_at: Date }>`
    select transfer_id, person_id, agrees, language, inspected_at from transfer_inspections where board_id = ${boardId}`.execute(tx)
  const gone = await sql<{ deletion_id: string; subject_id: string; category: string }>`
    select deletion_id, subject_id, category from deletion_subjects where board_id = ${boardId}`.execute(tx)
  const there = new Set([
    ...looked.rows.map((row) => inspection(row.transfer_id, row.person_id, row.agrees, row.language, row.inspected_at)),
    ...gone.rows.map((row) => deleted(row.deletion_id, row.subject_id, row.category)),
  ])
  return [
    ...[...there].filter((part) => !told.has(part)).map((part) => `${part} is nowhere in the ledger`),
    ...[...told].filter((part) => !there.has(part)).map((part) => `${part} is in the ledger and not there`),
  ]
}

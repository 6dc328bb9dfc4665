import type { Tx } from '../../database.ts'
import type { BoardId, SchoolId } from '../../ids.ts'
import type { RosterError, RosterSchool } from '../oneroster/bundle.ts'

/**
 * Which of the board's schools the schools of a roster are, by BRIN. The operator enters schools; a roster only names
 * them, so that nobody takes another board's BRIN by sending a file. Remembers under which id the sender knows them.
 */
export async function matchSchools(
  tx: Tx,
  boardId: BoardId,
  schools: readonly RosterSchool[],
): Promise<{ idOf: Map<string, SchoolId>; errors: RosterError[] }> {
  const known = await tx.selectFrom('schools').select(['school_id', 'brin', 'source_id']).where('board_id', '=', boardId).execute() // schools_pkey
  const byBrin = new Map(known.map((school) => [school.brin, school]))
  const idOf = new Map<string, SchoolId>()
  const errors: RosterError[] = []
  for (const { sourceId, brin, line } of schools) {
    const school = byBrin.get(brin)
    if (!school) {
      errors.push({ file: 'orgs.csv', line, column: 'identifier', message: 'is not the BRIN of a school of this board' })
      continue
    }
    idOf.set(sourceId, school.school_id)
  }
  const renamed = schools.filter(({ sourceId, brin }) => byBrin.has(brin) && byBrin.get(brin)!.source_id !== sourceId)
  if (errors.length > 0 || renamed.length === 0) return { idOf, errors }
  const free = (sourceId: string | null) => tx.updateTable('schools').set({ source_id: sourceId }).where('board_id', '=', boardId) // schools_pkey
  await free(null)
    .where(
      'school_id',
      'in',
      renamed.map(({ sourceId }) => idOf.get(sourceId)!),
    )
    .execute()
  for (const { sourceId } of renamed) await free(sourceId).where('school_id', '=', idOf.get(sourceId)!).execute()
  return { idOf, errors }
}

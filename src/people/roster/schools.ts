import type { Tx } from '../../database.ts'
import type { BoardId, SchoolId } from '../../ids.ts'
import type { RosterError, RosterSchool } from '../oneroster/bundle.ts'

/** The board's schools as a roster names them. */
export interface MatchedSchools {
  idOf: Map<string, SchoolId>
  /** Those that the sender knows under another id than before. */
  renamed: { schoolId: SchoolId; sourceId: string }[]
  errors: RosterError[]
}

/**
 * Which of the board's schools the schools of a roster are, by BRIN or by the code of their location. The operator enters schools; a roster only names
 * them, so that nobody takes another board's BRIN by sending a file.
 */
export async function matchSchools(tx: Tx, boardId: BoardId, schools: readonly RosterSchool[]): Promise<MatchedSchools> {
  const known = await tx
    .selectFrom('schools')
    .select(['school_id', 'brin', 'location', 'source_id'])
    .where('board_id', '=', boardId)
    .execute() // schools_pkey
  const byBrin = new Map(known.flatMap((school) => [school.brin, school.location ?? school.brin].map((code) => [code, school])))
  const matched: MatchedSchools = { idOf: new Map(), renamed: [], errors: [] }
  for (const { sourceId, brin, line, file } of schools) {
    const school = byBrin.get(brin) ?? byBrin.get(otherWayOf(brin))
    if (!school) {
      matched.errors.push({
        ...(file ?? { file: 'orgs.csv', column: 'identifier' }),
        line,
        message: 'is not the BRIN of a school of this board',
      })
      continue
    }
    matched.idOf.set(sourceId, school.school_id)
    if (school.source_id !== sourceId) matched.renamed.push({ schoolId: school.school_id, sourceId })
  }
  return matched
}

/** Remembers under which id the sender knows the schools. */
export async function renameSchools(tx: Tx, boardId: BoardId, renamed: MatchedSchools['renamed']): Promise<void> {
  if (renamed.length === 0) return
  const inBoard = () => tx.updateTable('schools').where('board_id', '=', boardId) // schools_pkey
  // Another system may know another school by the same id.
  const ids = renamed.map(({ sourceId }) => sourceId)
  const those = renamed.map(({ schoolId }) => schoolId)
  await inBoard()
    .set({ source_id: null })
    .where((where) => where.or([where('school_id', 'in', those), where('source_id', 'in', ids)]))
    .execute()
  for (const { schoolId, sourceId } of renamed) await inBoard().set({ source_id: sourceId }).where('school_id', '=', schoolId).execute()
}

/** The main place of a school is written with and without its `00`. */
const otherWayOf = (brin: string) => (brin.endsWith('00') && brin.length === 6 ? brin.slice(0, 4) : `${brin}00`)

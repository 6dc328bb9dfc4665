import { type Selectable, sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, DisclosureId, PersonId, SchoolId } from '../ids.ts'
import type { EmergencyDisclosureTable } from './tables.ts'

/** What staff say of data that they gave in an emergency. */
export interface NewEmergencyDisclosure {
  subjectId: PersonId
  /** Who got them: a doctor, an ambulance. */
  receiver: string
  data: string
  /** Why it could not wait. */
  reason: string
  /** Whom of the family one tried to reach, and how. */
  tried: string
  givenAt: Date
}

/** Data given because of a pupil's vital interest, with nobody's consent (P11). It happened once and gives no access. */
export interface EmergencyDisclosure extends NewEmergencyDisclosure {
  boardId: BoardId
  disclosureId: DisclosureId
  /** Where the pupil was then. */
  schoolId: SchoolId
  recordedAt: Date
  recordedBy: PersonId
  /** Whoever decided for the pupil then. */
  told: PersonId[]
}

/** What happened at a board, or to these pupils, the newest first. Does NOT check who asks. */
export async function emergenciesOf(tx: Tx, boardId: BoardId, subjectIds?: readonly PersonId[]): Promise<EmergencyDisclosure[]> {
  const rows = await tx
    .selectFrom('emergency_disclosures')
    .selectAll()
    .where('board_id', '=', boardId)
    .where(subjectIds ? sql<boolean>`subject_id = any(${subjectIds}::uuid[])` : sql<boolean>`true`) // emergency_disclosures_by_subject
    .orderBy('recorded_at', 'desc')
    .orderBy('disclosure_id', 'desc')
    .execute()
  return rows.map(disclosureOf)
}

function disclosureOf(row: Selectable<EmergencyDisclosureTable>): EmergencyDisclosure {
  return {
    boardId: row.board_id,
    disclosureId: row.disclosure_id,
    schoolId: row.school_id,
    subjectId: row.subject_id,
    receiver: row.receiver,
    data: row.data,
    reason: row.reason,
    tried: row.tried,
    givenAt: row.given_at,
    recordedAt: row.recorded_at,
    recordedBy: row.recorded_by,
    told: row.told,
  }
}

import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, InspectionId, PersonId, TransferId } from '../ids.ts'

/** So long parents have to look before the dossier may go without their having looked. No source names a term. */
export const INSPECTION_DAYS = 14

/** What somebody who decides for the pupil said after looking. */
export interface Inspection {
  inspectionId: InspectionId
  personId: PersonId
  at: Date
  remarks: string | null
  /** Null where no consent was asked. */
  agrees: boolean | null
}

/**
 * A dossier that goes to another school.
 *
 *     offered ── looked at ──→ sent
 *        ╰───────────────────→ cancelled
 */
export interface Transfer {
  boardId: BoardId
  transferId: TransferId
  subjectId: PersonId
  /** By its BRIN or OIN: known before anything goes (M08); `special` education keeps the dossier here longer (P38). */
  receiver: { scheme: 'BRIN' | 'OIN'; value: string; name: string; special: boolean }
  contents: string
  asksConsent: boolean
  offeredAt: Date
  offeredBy: PersonId
  /** The last of each person. */
  inspections: Inspection[]
  sent: { at: Date; by: PersonId } | null
  cancelledAt: Date | null
}

/**
 * Whether it may go now: everybody who decides has looked, or had the time to; where the board asks consent, everybody must have
 * agreed (P32). Where nobody who decides is known, nobody has looked.
 */
export function maySend(
  { sent, cancelledAt, asksConsent, inspections, offeredAt }: Transfer,
  deciders: readonly PersonId[],
  at: Date,
): boolean {
  if (sent || cancelledAt) return false
  const ofDeciders = inspections.filter(({ personId }) => deciders.includes(personId))
  const haveAllLooked = deciders.length > 0 && ofDeciders.length === deciders.length
  if (asksConsent) return haveAllLooked && ofDeciders.every(({ agrees }) => agrees === true)
  return haveAllLooked || at.getTime() - offeredAt.getTime() >= INSPECTION_DAYS * 86_400_000
}

/** The transfers of a board, or of these pupils, the newest first. Does NOT check who asks. */
export async function transfersOf(tx: Tx, boardId: BoardId, subjectIds?: readonly PersonId[]): Promise<Transfer[]> {
  return await transfersWhere(tx, boardId, subjectIds ? sql`subject_id = any(${subjectIds}::uuid[])` : sql`true`)
}

/** Does NOT check who asks. */
export async function transferById(tx: Tx, boardId: BoardId, transferId: TransferId): Promise<Transfer | undefined> {
  return (await transfersWhere(tx, boardId, sql`transfer_id = ${transferId}`))[0] // transfers_pkey
}

/** Takes hold of a transfer until commit: whoever looks and whoever sends do so one after the other. */
export async function lockTransfer(tx: Tx, boardId: BoardId, transferId: TransferId): Promise<Transfer | undefined> {
  await tx
    .selectFrom('transfers')
    .select('transfer_id')
    .where('board_id', '=', boardId)
    .where('transfer_id', '=', transferId) // transfers_pkey
    .forUpdate()
    .execute()
  return await transferById(tx, boardId, transferId)
}

async function transfersWhere(tx: Tx, boardId: BoardId, condition: ReturnType<typeof sql>): Promise<Transfer[]> {
  const rows = await tx
    .selectFrom('transfers')
    .selectAll()
    .where('board_id', '=', boardId)
    .where(sql<boolean>`${condition}`)
    .orderBy('offered_at', 'desc')
    .orderBy('transfer_id', 'desc')
    .execute()
  const ids = rows.map(({ transfer_id }) => transfer_id)
  const inspections = await tx
    .selectFrom('transfer_inspections')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('transfer_id', '=', sql<TransferId>`any(${ids}::uuid[])`) // transfer_inspections_by_transfer
    .orderBy('inspected_at')
    .orderBy('inspection_id')
    .execute()
  return rows.map((row) => {
    const mine = inspections.filter(({ transfer_id }) => transfer_id === row.transfer_id)
    const latest = new Map(
      mine.map(({ inspection_id, person_id, inspected_at, remarks, agrees }) => [
        person_id,
        { inspectionId: inspection_id, personId: person_id, at: inspected_at, remarks, agrees },
      ]),
    )
    return {
      boardId,
      transferId: row.transfer_id,
      subjectId: row.subject_id,
      receiver: { scheme: row.receiver_scheme, value: row.receiver, name: row.receiver_name, special: row.to_special },
      contents: row.contents,
      asksConsent: row.asks_consent,
      offeredAt: row.offered_at,
      offeredBy: row.offered_by,
      inspections: [...latest.values()],
      sent: row.sent_at && row.sent_by ? { at: row.sent_at, by: row.sent_by } : null,
      cancelledAt: row.cancelled_at,
    }
  })
}

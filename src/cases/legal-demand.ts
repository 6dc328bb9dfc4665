import { type Selectable, sql } from 'kysely'
import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import { type Db, inTransaction, type Tx } from '../database.ts'
import type { BoardId, DemandId, PersonId, SupplierId } from '../ids.ts'
import type { LegalDemandTable } from './tables.ts'

/** What came of it: nothing yet, the data were handed over, or they were not and will not be. */
export const DEMAND_OUTCOMES = ['waits', 'given', 'refused'] as const
export type DemandOutcome = (typeof DEMAND_OUTCOMES)[number]

/** What a supplier says of a demand; none of it names a pupil. */
export interface NewLegalDemand {
  boardId: BoardId
  /** Which authority asks. */
  authority: string
  /** The law and its article. */
  ground: string
  /** How it was made sure that they are who they say, and by whom. */
  checkedHow: string
  checkedBy: string
  /** Which data. */
  data: string
  /** How many persons; or, or also, one by the supplier's own reference. */
  groupSize: number | null
  reference: string | null
  outcome: DemandOutcome
  /** With `given` only, and not after now. */
  givenAt: Date | null
  /** The law forbids to tell whom it is about. */
  secret: boolean
}

/** A demand that the school was told of. What comes later is told as another. */
export interface LegalDemand extends NewLegalDemand {
  demandId: DemandId
  supplierId: SupplierId
  toldAt: Date
  seen: { at: Date; by: PersonId } | null
}

/** What suppliers told this board, the newest first. Does NOT check who asks. */
export async function demandsAtBoard(tx: Tx, boardId: BoardId): Promise<LegalDemand[]> {
  const rows = await newestFirst(tx).where('board_id', '=', boardId).execute() // legal_demands_pkey
  return rows.map(demandOf)
}

/** What a supplier told its boards, the newest first. Does NOT check who asks. */
export async function demandsOfSupplier(db: Db, supplierId: SupplierId): Promise<LegalDemand[]> {
  const boards = await boardsOfSupplier(db, supplierId)
  if (boards.length === 0) return []
  const rows = await inTransaction(db, { actor: 'client', boards }, (tx) =>
    newestFirst(tx)
      .where('board_id', '=', sql<BoardId>`any(${boards}::uuid[])`)
      .where('supplier_id', '=', supplierId) // legal_demands_by_supplier
      .execute(),
  )
  return rows.map(demandOf)
}

const newestFirst = (tx: Tx) => tx.selectFrom('legal_demands').selectAll().orderBy('told_at', 'desc').orderBy('demand_id', 'desc')

function demandOf(row: Selectable<LegalDemandTable>): LegalDemand {
  return {
    boardId: row.board_id,
    demandId: row.demand_id,
    supplierId: row.supplier_id,
    toldAt: row.told_at,
    authority: row.authority,
    ground: row.ground,
    checkedHow: row.checked_how,
    checkedBy: row.checked_by,
    data: row.data,
    groupSize: row.group_size,
    reference: row.reference,
    outcome: row.outcome,
    givenAt: row.given_at,
    secret: row.secret,
    seen: row.seen_at && row.seen_by ? { at: row.seen_at, by: row.seen_by } : null,
  }
}

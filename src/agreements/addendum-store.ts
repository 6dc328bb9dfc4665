import type { Selectable } from 'kysely'
import type { Tx } from '../database.ts'
import type { AddendumId, AgreementId, BoardId, RequestId } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import type { Addendum } from './addendum.ts'
import type { AddendumTable } from './tables.ts'

export async function addendumById(tx: Tx, boardId: BoardId, addendumId: AddendumId): Promise<Addendum | undefined> {
  const row = await tx
    .selectFrom('addenda')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('addendum_id', '=', addendumId) // addenda_pkey
    .executeTakeFirst()
  return row && addendumOf(row)
}

/**
 * An addendum about to change. Lock its agreement first (`lockAgreement`): the agreement's row guards all that hangs on it.
 *
 * @throws Refusal `addendum_not_found`
 */
export async function addendumToChange(tx: Tx, boardId: BoardId, addendumId: AddendumId): Promise<Addendum> {
  const row = await tx
    .selectFrom('addenda')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('addendum_id', '=', addendumId) // addenda_pkey
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!row) throw new Refusal('addendum_not_found')
  return addendumOf(row)
}

/** The addenda of an agreement, or those an access request made needed, oldest first. */
export async function addendaOf(
  tx: Tx,
  boardId: BoardId,
  of: { agreementId: AgreementId } | { requestId: RequestId },
): Promise<Addendum[]> {
  const rows = await tx
    .selectFrom('addenda')
    .selectAll()
    .where('board_id', '=', boardId)
    .$if('agreementId' in of, (query) => query.where('agreement_id', '=', (of as { agreementId: AgreementId }).agreementId)) // addenda_by_agreement
    .$if('requestId' in of, (query) => query.where('request_id', '=', (of as { requestId: RequestId }).requestId))
    .orderBy('drafted_at')
    .orderBy('addendum_id')
    .execute()
  return rows.map(addendumOf)
}

/** The addenda of the board that still wait to be checked or signed. */
export async function openAddenda(tx: Tx, boardId: BoardId): Promise<Addendum[]> {
  const rows = await tx
    .selectFrom('addenda')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('signed_at', 'is', null)
    .where('rejected_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .orderBy('drafted_at')
    .orderBy('addendum_id')
    .execute()
  return rows.map(addendumOf)
}

function addendumOf(row: Selectable<AddendumTable>): Addendum {
  const terms = {
    boardId: row.board_id,
    addendumId: row.addendum_id,
    agreementId: row.agreement_id,
    requestId: row.request_id,
    text: row.content,
    content: row.brings,
    draftedAt: row.drafted_at,
    draftedBy: row.drafted_by,
  }
  if (row.rejected_at && row.rejected_because !== null) {
    return { ...terms, state: 'rejected', rejectedAt: row.rejected_at, rejectedBecause: row.rejected_because }
  }
  if (row.withdrawn_at && !row.signed_at) return { ...terms, state: 'withdrawn', withdrawnAt: row.withdrawn_at }
  if (!row.checked_at && !row.signed_at) return { ...terms, state: 'draft' }
  if (row.checked_at && row.checked_by) {
    const checked = { ...terms, checkedAt: row.checked_at, checkedBy: row.checked_by }
    if (row.signed_at && row.signed_by && row.signed_hash) {
      return { ...checked, state: 'signed', signedAt: row.signed_at, signedBy: row.signed_by, signedHash: row.signed_hash }
    }
    if (!row.signed_at) return { ...checked, state: 'checked' }
  }
  throw new Error(`addenda row ${row.addendum_id} is in no known state`)
}

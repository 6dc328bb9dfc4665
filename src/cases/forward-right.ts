import { type Selectable, sql } from 'kysely'
import type { PersonActor, SupplierActor } from '../actors.ts'
import { plainText } from '../catalog/plain-text.ts'
import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import type { PlaceInTime } from '../cursor.ts'
import { type Db, inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type BoardId, type CaseId, type ForwardedRightId, newId, type SupplierId } from '../ids.ts'
import { append, type LedgerActor } from '../ledger/append.ts'
import { actorName, mustActFor } from '../members/acting.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { holdersOf, mailAboutCase } from './case-mails.ts'
import { HANDLERS } from './handlers.ts'
import type { Right } from './right.ts'
import type { ForwardedRightTable } from './tables.ts'

/** What somebody asked of a supplier that is the school's to answer. */
export interface ForwardedRight {
  boardId: BoardId
  forwardedId: ForwardedRightId
  supplierId: SupplierId
  kind: Right
  /** What the supplier calls the person. */
  reference: string
  /** By which the school finds them; gone once it has. */
  hint: string | null
  words: string | null
  receivedAt: Date
  forwardedAt: Date
  takenAt: Date | null
  /** Null while nobody took it up, and where it was set aside. */
  caseId: CaseId | null
}

export interface NewForwardedRight {
  boardId: BoardId
  kind: Right
  reference: string
  hint: string
  words?: string | null
  /** When the supplier got it: from then the school's time runs. */
  receivedAt: Date
}

const text = plainText(2000)

/**
 * A supplier sends on what somebody asked of it about data that are the school's (M16, art. 9.1). Whoever handles cases there gets
 * a mail, and makes it a case.
 *
 * @throws Refusal `member_role_missing`, `board_not_found` for a board it does not work for, `input_invalid`
 */
export async function forwardRight(deps: Deps, actor: SupplierActor, asked: NewForwardedRight): Promise<ForwardedRightId> {
  const at = deps.now()
  const { boardId, kind, receivedAt } = asked
  const reference = text.safeParse(asked.reference)
  const hint = text.safeParse(asked.hint)
  const words = asked.words ? text.safeParse(asked.words) : { success: true as const, data: null }
  if (!reference.success || !hint.success || !words.success || receivedAt > at) throw new Refusal('input_invalid')
  if (!(await boardsOfSupplier(deps.db, actor.supplierId)).includes(boardId)) throw new Refusal('board_not_found')
  const forwardedId = newId<ForwardedRightId>(at)
  await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, async (tx) => {
    await mustActFor(tx, actor, ['contracts', 'case_worker'])
    const by = actorName(actor)
    const { supplierId } = actor
    await tx
      .insertInto('forwarded_rights')
      .values({
        board_id: boardId,
        forwarded_id: forwardedId,
        supplier_id: supplierId,
        kind,
        reference: reference.data,
        hint: hint.data,
        words: words.data,
        received_at: receivedAt,
        forwarded_at: at,
        forwarded_by: by,
      })
      .execute()
    const staff = await holdersOf(tx, boardId, HANDLERS, at)
    await mailAboutCase(tx, deps, at, boardId, staff, { mail: 'to_handle', path: '/school/cases', key: forwardedId })
    const facts = { supplierId, kind, receivedAt }
    await append(tx, { boardId, approach: 'organisation', at, event: 'right_forwarded', actor: by, ref: forwardedId, facts })
  })
  return forwardedId
}

/** What suppliers sent on to this board and nobody took up yet, the oldest first. Does NOT check who asks. */
export async function forwardedToTake(tx: Tx, boardId: BoardId): Promise<ForwardedRight[]> {
  const rows = await tx
    .selectFrom('forwarded_rights')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('taken_at', 'is', null) // forwarded_rights_open
    .orderBy('received_at')
    .orderBy('forwarded_id')
    .execute()
  return rows.map(forwardedOf)
}

/**
 * What a supplier sent on, or one of its people did, the newest first, with whether the school answered: at most `limit` before a
 * place. Does NOT check who asks.
 */
export async function forwardedBySupplier(
  db: Db,
  supplierId: SupplierId,
  { by, before, limit }: { by: LedgerActor | undefined; before: PlaceInTime | undefined; limit: number },
): Promise<{ forwarded: (ForwardedRight & { answered: boolean })[]; next: PlaceInTime | undefined }> {
  const boards = await boardsOfSupplier(db, supplierId)
  if (boards.length === 0) return { forwarded: [], next: undefined }
  return await inTransaction(db, { actor: 'client', boards }, async (tx) => {
    const rows = await tx
      .selectFrom('forwarded_rights as f')
      .leftJoin('rights_cases as k', (join) => join.onRef('k.board_id', '=', 'f.board_id').onRef('k.case_id', '=', 'f.case_id')) // rights_cases_pkey
      .selectAll('f')
      .select('k.closed_at')
      .where('f.board_id', '=', sql<BoardId>`any(${boards}::uuid[])`)
      .where('f.supplier_id', '=', supplierId) // forwarded_rights_by_supplier
      .$if(by !== undefined, (query) => query.where('f.forwarded_by', '=', by!))
      .$if(before !== undefined, (query) =>
        query.where(sql<boolean>`(f.forwarded_at, f.forwarded_id) < (${before!.at}, ${before!.id}::uuid)`),
      )
      .orderBy('f.forwarded_at', 'desc')
      .orderBy('f.forwarded_id', 'desc')
      .limit(limit + 1)
      .execute()
    const forwarded = rows.slice(0, limit).map((row) => ({ ...forwardedOf(row), answered: row.closed_at !== null }))
    const last = forwarded.at(-1)
    return { forwarded, next: last && rows.length > limit ? { at: last.forwardedAt, id: last.forwardedId } : undefined }
  })
}

/**
 * In the transaction that makes a case of it, or sets it aside: it is taken up, and the hint goes. Does NOT check who does it.
 *
 * @throws Refusal `changed_meanwhile` when a colleague took it up before
 */
export async function takeForwarded(
  tx: Tx,
  at: Date,
  { boardId, personId }: PersonActor,
  forwardedId: ForwardedRightId,
  caseId: CaseId | null,
): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('forwarded_rights')
    .set({ taken_at: at, taken_by: personId, case_id: caseId, hint: null })
    .where('board_id', '=', boardId)
    .where('forwarded_id', '=', forwardedId) // forwarded_rights_pkey
    .where('taken_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new Refusal('changed_meanwhile')
  const entry = { boardId, approach: 'organisation', at, actor: `person:${personId}`, ref: forwardedId } as const
  if (caseId) await append(tx, { ...entry, event: 'forwarded_right_taken', facts: { caseId } })
  else await append(tx, { ...entry, event: 'forwarded_right_set_aside' })
}

/**
 * Staff set it aside: it is about nobody here, or there is a case already.
 *
 * @throws Refusal `mandate_missing`, `changed_meanwhile` also when there is no such thing
 */
export async function setForwardedAside({ db, now }: Deps, actor: PersonActor, forwardedId: ForwardedRightId): Promise<void> {
  const at = now()
  await inTransaction(db, { actor: 'staff', boards: [actor.boardId] }, async (tx) => {
    await mustHold(tx, actor, HANDLERS, at, 'any')
    await takeForwarded(tx, at, actor, forwardedId, null)
  })
}

function forwardedOf(row: Selectable<ForwardedRightTable>): ForwardedRight {
  return {
    boardId: row.board_id,
    forwardedId: row.forwarded_id,
    supplierId: row.supplier_id,
    kind: row.kind,
    reference: row.reference,
    hint: row.hint,
    words: row.words,
    receivedAt: row.received_at,
    forwardedAt: row.forwarded_at,
    takenAt: row.taken_at,
    caseId: row.case_id,
  }
}

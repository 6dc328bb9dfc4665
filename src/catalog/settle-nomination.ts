import { sql } from 'kysely'
import { type Db, inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, NominationId, SupplierId } from '../ids.ts'
import { append, type LedgerEntry } from '../ledger/append.ts'
import { inviteIn } from '../members/invite-member.ts'
import { MEMBER_ROLES } from '../members/member.ts'
import { Refusal } from '../refusal.ts'
import { registerSupplierIn } from './register-supplier.ts'
import { linkSupplierToBoard } from './supplier-boards.ts'
import type { SupplierKind } from './supplier-kind.ts'

/** A company that a board named (`nominateSupplier`). */
export interface Nomination {
  boardId: BoardId
  nominationId: NominationId
  legalName: string
  kind: SupplierKind
  domain: string
  /** Null once it is settled. */
  contact: { name: string; email: string } | null
  nominatedAt: Date
  settled: { at: Date; supplierId: SupplierId | null; because: string | null } | null
}

/** What a board named, the newest first. Does NOT check who asks. */
export async function nominationsOf(tx: Tx, boards: readonly BoardId[]): Promise<Nomination[]> {
  if (boards.length === 0) return []
  const rows = await tx
    .selectFrom('supplier_nominations')
    .selectAll()
    .where('board_id', 'in', boards) // supplier_nominations_pkey
    .orderBy('nominated_at', 'desc')
    .orderBy('nomination_id')
    .execute()
  return rows.map((row) => ({
    boardId: row.board_id,
    nominationId: row.nomination_id,
    legalName: row.legal_name,
    kind: row.kind,
    domain: row.domain,
    contact: row.contact_name && row.contact_email ? { name: row.contact_name, email: row.contact_email } : null,
    nominatedAt: row.nominated_at,
    settled: row.settled_at && { at: row.settled_at, supplierId: row.supplier_id, because: row.declined_because },
  }))
}

/** For the operator: what waits at all boards. */
export async function openNominations(db: Db): Promise<Nomination[]> {
  const boards = await allBoards(db)
  const all = await inTransaction(db, { actor: 'operator', boards }, (tx) => nominationsOf(tx, boards))
  return all.filter(({ settled }) => !settled)
}

/**
 * The operator has verified the name and the domain of a company that a board named, perhaps otherwise than the board wrote them: from
 * now on it is a supplier, and the board's contact is invited.
 *
 * @throws Refusal `nomination_not_found` also when it is settled
 */
export async function acceptNomination(
  deps: Deps,
  { nominationId, legalName, domain, country }: { nominationId: NominationId; legalName?: string; domain?: string; country?: string },
): Promise<SupplierId> {
  return await settling(deps, nominationId, async (tx, at, { boardId, contact, kind, ...named }) => {
    const verified = { kind, legalName: legalName ?? named.legalName, domain: domain ?? named.domain, ...(country && { country }) }
    const { supplierId, entry } = await registerSupplierIn(tx, verified, at)
    await linkSupplierToBoard(tx, supplierId, boardId, at)
    const invited = await inviteIn(tx, deps, supplierId, { ...contact!, roles: [...MEMBER_ROLES] }, 'operator')
    return { settled: { supplier_id: supplierId }, facts: { supplierId }, entries: [entry, invited.entry], result: supplierId }
  })
}

/**
 * The operator does not take in a company that a board named; the board reads why.
 *
 * @param because words for the board; no personal content
 * @throws Refusal `nomination_not_found` also when it is settled
 */
export async function declineNomination(
  deps: Deps,
  { nominationId, because }: { nominationId: NominationId; because: string },
): Promise<void> {
  await settling(deps, nominationId, async () => ({
    settled: { declined_because: because },
    facts: { because },
    entries: [],
    result: undefined,
  }))
}

interface Settled<T> {
  settled: { supplier_id: SupplierId } | { declined_because: string }
  facts: Record<string, unknown>
  entries: LedgerEntry[]
  result: T
}

async function settling<T>(
  deps: Deps,
  nominationId: NominationId,
  settle: (tx: Tx, at: Date, nomination: Nomination) => Promise<Settled<T>>,
): Promise<T> {
  const at = deps.now()
  const open = (await openNominations(deps.db)).find((one) => one.nominationId === nominationId)
  if (!open) throw new Refusal('nomination_not_found')
  const { boardId } = open
  return await inTransaction(deps.db, { actor: 'operator', boards: [boardId] }, async (tx) => {
    const { settled, facts, entries, result } = await settle(tx, at, open)
    const { numUpdatedRows } = await tx
      .updateTable('supplier_nominations')
      .set({ ...settled, settled_at: at, contact_name: null, contact_email: null })
      .where('board_id', '=', boardId)
      .where('nomination_id', '=', nominationId) // supplier_nominations_pkey
      .where('settled_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('nomination_not_found')
    const event = 'supplier_nomination_settled'
    await append(tx, ...entries, { boardId, approach: 'organisation', at, event, actor: 'operator', ref: nominationId, facts })
    return result
  })
}

async function allBoards(db: Db): Promise<BoardId[]> {
  const { rows } = await sql<{ board_id: BoardId }>`select distinct board_id from board_directory order by board_id`.execute(db)
  return rows.map(({ board_id }) => board_id)
}

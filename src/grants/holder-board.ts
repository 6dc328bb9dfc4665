import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { HolderId, SupplierId } from '../ids.ts'

/** What a board instructed a holder to hand over on a subject's own consent (convenant 5.4). */
export interface OnwardOfBoard {
  board: string
  datatypes: { datatype: string; since: Date }[]
}

/** What stands between a holder and the boards it works for. */
export interface HolderAtBoards {
  onward: OnwardOfBoard[]
  /** What the holder reported: how often, counted no further than `MOST_COUNTED`. */
  uses: { count: number; last: Date | null }
}

/** Reports are counted so far: a holder that has been at it for years makes millions. */
export const MOST_COUNTED = 1000

/**
 * The standing instructions of every board a holder works for, and how it reports. Does NOT check who asks, and tells of no person.
 */
export async function holderAtBoards(deps: Deps, supplierId: SupplierId, holderId: HolderId): Promise<HolderAtBoards> {
  const boards = await boardsOfSupplier(deps.db, supplierId)
  if (boards.length === 0) return { onward: [], uses: { count: 0, last: null } }
  return await inTransaction(deps.db, { actor: 'client', boards }, async (tx) => {
    const clauses = await tx
      .selectFrom('onward_clauses as o')
      .innerJoin('boards as b', 'b.board_id', 'o.board_id')
      .select(['o.board_id', 'b.name', 'o.datatype', 'o.instructed_at'])
      .where('o.board_id', 'in', boards)
      .where('o.holder_id', '=', holderId)
      .where('o.ended_at', 'is', null)
      .orderBy('b.name')
      .orderBy('o.datatype')
      .execute()
    const uses = await tx
      .selectFrom('uses')
      .select('reported_at')
      .where('board_id', 'in', boards)
      .where('holder_id', '=', holderId)
      .orderBy('reported_at', 'desc')
      .limit(MOST_COUNTED)
      .execute()
    const named = [...new Set(clauses.map(({ board_id }) => board_id))]
    return {
      onward: named.map((boardId) => {
        const ofBoard = clauses.filter(({ board_id }) => board_id === boardId)
        return { board: ofBoard[0]!.name, datatypes: ofBoard.map(({ datatype, instructed_at: since }) => ({ datatype, since })) }
      }),
      uses: { count: uses.length, last: uses[0]?.reported_at ?? null },
    }
  })
}

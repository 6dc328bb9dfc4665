import { boardsOfSupplier } from '../../../catalog/supplier-boards.ts'
import { type Db, inTransaction } from '../../../database.ts'
import type { BoardId, SupplierId } from '../../../ids.ts'
import { boardById } from '../../../people/store.ts'

/** The boards a supplier works with, by name. */
export async function knownBoards(db: Db, supplierId: SupplierId): Promise<{ boardId: BoardId; name: string }[]> {
  const boards = await boardsOfSupplier(db, supplierId)
  if (boards.length === 0) return []
  const named = await inTransaction(db, { actor: 'client', boards }, async (tx) => {
    const found: { boardId: BoardId; name: string }[] = []
    for (const boardId of boards) found.push({ boardId, name: (await boardById(tx, boardId)).name })
    return found
  })
  return named.toSorted((a, b) => a.name.localeCompare(b.name))
}

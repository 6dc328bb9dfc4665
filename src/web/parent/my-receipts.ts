import type { Context } from 'hono'
import { type TransferReceipt, transferReceiptsOf } from '../../cases/transfer-receipt.ts'
import { type Receipt, type ReceiptLine, receiptFor, receiptsOf } from '../../consents/receipt.ts'
import { inTransaction, type Tx } from '../../database.ts'
import { idOf } from '../../http.ts'
import type { PersonId, ReceiptId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import type { PageEnv } from '../page.tsx'

/** All receipts of the persons of this account, the newest first. */
export async function myReceipts(c: Context<PageEnv>): Promise<ReceiptLine[]> {
  return await inMyBoards(c, async (tx) => {
    const found: ReceiptLine[] = []
    for (const { actor } of c.var.around) found.push(...(await receiptsOf(tx, actor.boardId, actor.personId)))
    return found.sort((a, b) => b.madeAt.getTime() - a.madeAt.getTime())
  })
}

/** The same of what they said of dossiers that go to another school. */
export async function myTransferReceipts(c: Context<PageEnv>): Promise<TransferReceipt[]> {
  return await inMyBoards(c, async (tx) => {
    const found: TransferReceipt[] = []
    for (const { actor } of c.var.around) found.push(...(await transferReceiptsOf(tx, actor.boardId, actor.personId)))
    return found
  })
}

/**
 * The receipt on a transfer that the path names.
 *
 * @throws Refusal `not_found` also when it is somebody else's
 */
export async function myTransferReceipt(c: Context<PageEnv>): Promise<TransferReceipt> {
  const found = (await myTransferReceipts(c)).find(({ inspectionId }) => inspectionId === c.req.param('inspectionId')?.toLowerCase())
  if (!found) throw new Refusal('not_found')
  return found
}

/**
 * The receipt of the path.
 *
 * @throws Refusal `not_found` also when it is somebody else's
 */
export async function myReceipt(c: Context<PageEnv>): Promise<Receipt> {
  const id = idOf<ReceiptId>().safeParse(c.req.param('receiptId'))
  if (!id.success) throw new Refusal('not_found')
  return await inMyBoards(c, async (tx) => {
    for (const { actor } of c.var.around) {
      const receipt = await receiptFor(tx, actor.boardId, id.data, actor.personId)
      if (receipt) return receipt
    }
    throw new Refusal('not_found')
  })
}

/** The name of the one it is about, for who still has to do with them; a name is no part of a receipt. */
export function nameOf(c: Context<PageEnv>, subjectId: PersonId): string {
  const subject = c.var.around.flatMap(({ subjects }) => subjects).find(({ personId }) => personId === subjectId)
  return subject?.name ?? c.var.t.receipt.pupil
}

async function inMyBoards<T>(c: Context<PageEnv>, work: (tx: Tx) => Promise<T>): Promise<T> {
  const boards = [...new Set(c.var.around.map(({ actor }) => actor.boardId))]
  return await inTransaction(c.var.deps.db, { actor: 'account', boards }, work)
}

import type { Context } from 'hono'
import { decidersOf } from '../../cases/deciders.ts'
import { type Transfer, transferById, transfersOf } from '../../cases/transfer.ts'
import type { Tx } from '../../database.ts'
import { idOf } from '../../http.ts'
import type { TransferId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import type { Around, Subject } from '../around.ts'
import type { PageEnv } from '../page.tsx'
import { inMyBoards } from './my-consents.ts'

/** A dossier that goes to another school, as somebody who decides for the pupil sees it. */
export interface MyTransfer {
  around: Around
  subject: Subject
  one: Transfer
}

/** What there is to look at, for the children somebody decides for and for oneself: for links on their pages. */
export async function myTransfers(c: Context<PageEnv>): Promise<MyTransfer[]> {
  return await inMyBoards(c, async (tx) => {
    const found: MyTransfer[] = []
    for (const around of c.var.around) found.push(...(await transfersAround(tx, around, c.var.deps.now())))
    return found
  })
}

/** The same for one person, also of who left the school: their dossier goes after them. What was called off is not among them. */
export async function transfersAround(tx: Tx, around: Around, at: Date): Promise<MyTransfer[]> {
  const { actor, subjects } = around
  const found: MyTransfer[] = []
  const ids = subjects.map(({ personId }) => personId)
  for (const one of await transfersOf(tx, actor.boardId, ids)) {
    if (one.cancelledAt || !(await decidersOf(tx, actor.boardId, one.subjectId, at)).includes(actor.personId)) continue
    found.push({ around, subject: subjects.find(({ personId }) => personId === one.subjectId)!, one })
  }
  return found
}

/** Whether it waits for this person: it has not gone yet, and they did not say that they have looked. */
export function waitsForMe({ around, one }: MyTransfer): boolean {
  return !one.sent && !one.cancelledAt && !one.inspections.some(({ personId }) => personId === around.actor.personId)
}

/**
 * The transfer of the path.
 *
 * @throws Refusal `transfer_not_found` also for who does not decide for that pupil now
 */
export async function myTransfer(c: Context<PageEnv>): Promise<Omit<MyTransfer, 'subject'> & { name: string }> {
  const id = idOf<TransferId>().safeParse(c.req.param('transferId'))
  if (!id.success) throw new Refusal('transfer_not_found')
  return await inMyBoards(c, async (tx) => {
    for (const around of c.var.around) {
      const { boardId, personId } = around.actor
      const one = await transferById(tx, boardId, id.data)
      if (!one || !(await decidersOf(tx, boardId, one.subjectId, c.var.deps.now())).includes(personId)) continue
      return { around, name: around.subjects.find((subject) => subject.personId === one.subjectId)?.name ?? '', one }
    }
    throw new Refusal('transfer_not_found')
  })
}

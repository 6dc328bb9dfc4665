import type { ClientActor, HolderActor } from '../actors.ts'
import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, PersonId, SupplierId } from '../ids.ts'
import { type Event, type EventPlace, eventsAfter } from '../notifications/read.ts'

/** An event as its receiver sees it: about whom by its own pseudonym, if it has one. */
export interface Change extends Omit<Event, 'subjectId' | 'boardId'> {
  subject: string | null
}

/**
 * What happened for a supplier or holder after a place, oldest first, none skipped (INV-03). A suspended one is told too: it
 * must hear what ended.
 */
export async function changesFor(
  deps: Deps,
  receiver: ClientActor | HolderActor,
  { after, limit }: { after?: EventPlace; limit: number },
): Promise<Change[]> {
  const receiverId = 'supplierId' in receiver ? receiver.supplierId : receiver.holderId
  const boards = await boardsOfSupplier(deps.db, await supplierOf(deps, receiver))
  return await inTransaction(deps.db, { actor: 'client', boards }, async (tx) => {
    return await withPseudonyms(tx, receiverId, await eventsAfter(tx, receiverId, after, limit))
  })
}

/** Events as their receiver sees them, in the same order. */
export async function withPseudonyms(tx: Tx, receiverId: string, events: readonly Event[]): Promise<Change[]> {
  const subjects = [...new Set(events.flatMap(({ subjectId }) => subjectId ?? []))]
  const names =
    subjects.length === 0
      ? []
      : await tx
          .selectFrom('pseudonyms')
          .select(['board_id', 'subject_id', 'pseudonym'])
          .where('board_id', 'in', [...new Set(events.map(({ boardId }) => boardId))])
          .where('audience_id', '=', receiverId)
          .where('subject_id', 'in', subjects) // pseudonyms_pkey
          .execute()
  const nameOf = (boardId: BoardId, subjectId: PersonId | null) =>
    names.find((name) => name.board_id === boardId && name.subject_id === subjectId)?.pseudonym ?? null
  return events.map(({ boardId, subjectId, ...event }) => ({ ...event, subject: nameOf(boardId, subjectId) }))
}

/** What an event says, in the words of the wire, without our own ids of people: a receiver has its pseudonyms for them. */
export function factsOnTheWire(facts: Record<string, unknown>): Record<string, unknown> {
  const told = Object.entries(facts).filter(([name]) => !PEOPLE.has(name))
  return Object.fromEntries(told.map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]))
}

const PEOPLE = new Set(['subjectId', 'subjectIds', 'personId', 'deciderId', 'by', 'supports'])

/** The supplier whose boards a receiver's transactions may look at. */
export async function supplierOf({ db }: Deps, receiver: ClientActor | HolderActor): Promise<SupplierId> {
  if ('supplierId' in receiver) return receiver.supplierId
  const holder = await db.selectFrom('holders').select('supplier_id').where('holder_id', '=', receiver.holderId).executeTakeFirstOrThrow() // holders_pkey
  return holder.supplier_id
}

import type { SupplierActor } from '../actors.ts'
import { stateOf } from '../consents/consent.ts'
import { readItem } from '../consents/create-item.ts'
import type { Item } from '../consents/item.ts'
import { type AskedItem, consentsAbout } from '../consents/store.ts'
import type { Tx } from '../database.ts'
import type { BoardId, ConsentId, ItemId, PersonId, RequestId } from '../ids.ts'
import { currentTenure } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import { type DirectAskIds, directItem, isTheSame, makeDirectAsk, mustBeOldEnough, type ReadAsk } from './ask-directly.ts'
import { earlierAsks } from './decide-subject.ts'
import { mayAsk } from './rationing.ts'
import { holdAsks } from './store.ts'

/** An ask that a supplier pushed and that somebody opened at its site: whom it is about they choose themselves. */
export interface PresentAsk {
  supplier: SupplierActor
  read: ReadAsk
  requestId: RequestId
  itemId: ItemId
  /** What else the ledger keeps of how the supplier came to ask. */
  how: Record<string, unknown>
}

export interface About {
  boardId: BoardId
  subjectId: PersonId
}

/** What would be asked about a subject: the very same question where it was asked before and is open, else one that is not made yet. */
export type PresentQuestion = { asked: AskedItem } | { item: Item; ids: DirectAskIds }

/**
 * The question an ask comes to once its subject is known. Makes nothing.
 *
 * Rationing holds (D01): what is being asked otherwise, or was refused lately, is not asked. The very same question is
 * shown again, for its answer can be changed while it is open. Does NOT check who looks.
 *
 * @throws Refusal `tenure_not_found`, `request_already_open`, `request_cooling_down`, `below_minimum_age`; as `createItem`
 */
export async function presentQuestion(tx: Tx, at: Date, ask: PresentAsk, { boardId, subjectId }: About): Promise<PresentQuestion> {
  const { use } = ask.read
  const tenure = await currentTenure(tx, boardId, subjectId, at)
  if (!tenure) throw new Refusal('tenure_not_found')
  const consents = await consentsAbout(tx, boardId, [subjectId])
  const asked = consents.findLast((consent) => isTheSame(consent, ask.read) && canBeAnsweredAgain(consent, at))
  if (asked) return { asked }
  await mustBeOldEnough(tx, boardId, use, subjectId, at)
  const may = mayAsk(use, earlierAsks(consents, at), at)
  if (may === 'open') throw new Refusal('request_already_open')
  if (may === 'cooling_down') throw new Refusal('request_cooling_down')
  const subjectKind = tenure.kind === 'enrolment' ? 'pupil' : 'employee'
  const ids: DirectAskIds = { boardId, subjectId, subjectKind, requestId: ask.requestId, itemId: ask.itemId }
  return { item: await readItem(tx, at, boardId, directItem(ids, ask.read)), ids }
}

/**
 * Asks it, in the transaction of the answer: whoever looked and went away has left nothing behind.
 *
 * @throws Refusal as `presentQuestion`
 */
export async function askPresent(tx: Tx, at: Date, ask: PresentAsk, about: About): Promise<ConsentId> {
  await holdAsks(tx, about.boardId, ask.supplier.supplierId)
  const question = await presentQuestion(tx, at, ask, about)
  if ('asked' in question) return question.asked.consentId
  return await makeDirectAsk(tx, at, ask.supplier, question.ids, ask.read, ask.how)
}

/** A yes is a grant of its own and is left as it is, unless it takes the yes of everybody. */
function canBeAnsweredAgain(consent: AskedItem, at: Date): boolean {
  const { state } = stateOf(consent, at)
  return ['unanswered', 'refused', 'conflict'].includes(state) || (state === 'given' && consent.item.rule === 'all')
}

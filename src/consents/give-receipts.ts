import type { Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type AnswerId, type BoardId, newId, type ObjectionId, type PersonId, type ReceiptId } from '../ids.ts'
import type { Language } from '../languages.ts'
import { RECEIPT_MAIL } from '../messages/receipt-mail.ts'
import { enqueueMail } from '../notifications/enqueue.ts'
import { receiversOf } from './notices.ts'
import { itemText, keepShown } from './shown-text.ts'
import type { AskedItem } from './store.ts'
import type { AnswerMethod } from './tables.ts'

/** One act of one person, with what was shown at it. */
export interface Act {
  consent: Pick<AskedItem, 'boardId' | 'consentId' | 'approach'>
  act:
    | { kind: 'yes' | 'no'; answerId: AnswerId }
    | { kind: 'undone' | 'withdrawn' | 'shared' | 'unshared' }
    | { kind: 'objected'; objectionId: ObjectionId }
  method: AnswerMethod
  shownHash: Uint8Array
  language: Language
}

/** Mails about receipts come at once, and then once more for all that followed within this time. */
const WINDOW_MS = 15 * 60_000

/**
 * Gives whoever acted a receipt for each act, in the transaction of the acts, and a mail that leads to them: of the first at
 * once, of what follows within a quarter of an hour one together. Before the events and the ledger, as every mail.
 */
export async function giveReceipts(tx: Tx, deps: Deps, at: Date, personId: PersonId, acts: readonly Act[]): Promise<void> {
  const [first] = acts
  if (!first) return
  await tx
    .insertInto('receipts')
    .values(
      acts.map(({ consent, act, method, shownHash, language }) => ({
        board_id: consent.boardId,
        receipt_id: newId<ReceiptId>(at),
        approach: consent.approach,
        consent_id: consent.consentId,
        person_id: personId,
        act: act.kind,
        answer_id: 'answerId' in act ? act.answerId : null,
        objection_id: 'objectionId' in act ? act.objectionId : null,
        method,
        shown_hash: shownHash,
        language,
        made_at: at,
      })),
    )
    .execute()
  await mailReceipts(tx, deps, at, first.consent.boardId, personId)
}

/** As `giveReceipts`, for an act on what a page shows of the item in this language: its bytes are kept with it. */
export async function giveReceiptOn(
  tx: Tx,
  deps: Deps,
  at: Date,
  personId: PersonId,
  consent: AskedItem,
  { act, method, language }: Pick<Act, 'act' | 'method' | 'language'>,
): Promise<void> {
  const shown = await itemText(tx, consent.item, language)
  await keepShown(tx, consent.item, shown, at)
  await giveReceipts(tx, deps, at, personId, [{ consent, act, method, shownHash: shown.hash, language }])
}

/** The mail that leads somebody to their receipts: at once, or with those that follow. Does NOT check that there is one. */
export async function mailReceipts(tx: Tx, deps: Deps, at: Date, boardId: BoardId, personId: PersonId): Promise<void> {
  const [receiver] = await receiversOf(tx, boardId, [personId])
  if (!receiver) return
  const mail = { to: receiver.email, ...RECEIPT_MAIL[receiver.language](`${deps.issuer}/receipts`), at }
  const window = Math.floor(at.getTime() / WINDOW_MS)
  const key = `receipt:${receiver.who}:${window}`
  if (await enqueueMail(tx, deps, { ...mail, dedupKey: key })) return
  await enqueueMail(tx, deps, { ...mail, dedupKey: `${key}:rest`, notBefore: new Date((window + 1) * WINDOW_MS) })
}

import type { PersonActor, SupplierActor } from '../actors.ts'
import { sha256 } from '../canonical.ts'
import { plainText } from '../catalog/plain-text.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type AgreementId, type AgreementMessageId, type BoardId, newId } from '../ids.ts'
import { append, type LedgerActor } from '../ledger/append.ts'
import { actorName } from '../members/acting.ts'
import { enqueueEvent } from '../notifications/enqueue.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { atItsBoard } from './at-its-board.ts'
import { SCHOOL_SIDE } from './mandates.ts'
import { agreementById } from './store.ts'
import { tellBoard } from './tell-board.ts'

/** What was said about an agreement. */
export interface AgreementMessage {
  messageId: AgreementMessageId
  /** As the ledger names them. */
  saidBy: string
  saidAt: Date
  words: string
}

export interface AboutAgreement {
  agreementId: AgreementId
  words: string
}

const text = plainText(2000)

/**
 * The school asks or answers something about an agreement; the supplier reads it and gets an event (C04, M25).
 *
 * @throws Refusal `mandate_missing`, `agreement_not_found`, `input_invalid`
 */
export async function sayOfAgreement({ db, now }: Deps, actor: PersonActor, { agreementId, words }: AboutAgreement): Promise<void> {
  const at = now()
  const { boardId, personId } = actor
  await inTransaction(db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, SCHOOL_SIDE, at)
    const agreement = await agreementById(tx, boardId, agreementId, at)
    if (!agreement) throw new Refusal('agreement_not_found')
    await say(tx, at, boardId, `person:${personId}`, { agreementId, words }, async (messageId) => {
      const { supplierId } = agreement
      const facts = { messageId }
      await enqueueEvent(tx, {
        boardId,
        approach: 'organisation',
        receiverId: supplierId,
        event: 'agreement_told',
        ref: agreementId,
        facts,
        at,
      })
    })
  })
}

/**
 * The supplier asks or answers something about its agreement; the school is mailed that there is something (`tellBoard`), and reads it on
 * the page of the contract.
 *
 * @throws Refusal `member_role_missing`, `agreement_not_found` also for another supplier's, `input_invalid`
 */
export async function sayOfAgreementAsSupplier(deps: Deps, actor: SupplierActor, { agreementId, words }: AboutAgreement): Promise<void> {
  const at = deps.now()
  await atItsBoard(deps, actor, agreementId, async (tx, boardId) => {
    await say(tx, at, boardId, actorName(actor), { agreementId, words }, () => tellBoard(tx, deps, at, boardId))
  })
}

/** What was said about an agreement, the oldest first. Does NOT check who asks. */
export async function agreementMessagesOf(tx: Tx, boardId: BoardId, agreementId: AgreementId): Promise<AgreementMessage[]> {
  const rows = await tx
    .selectFrom('agreement_messages')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('agreement_id', '=', agreementId) // agreement_messages_by_agreement
    .orderBy('said_at')
    .orderBy('message_id')
    .execute()
  return rows.map((row) => ({ messageId: row.message_id, saidBy: row.said_by, saidAt: row.said_at, words: row.words }))
}

async function say(
  tx: Tx,
  at: Date,
  boardId: BoardId,
  by: LedgerActor,
  { agreementId, words }: AboutAgreement,
  tell: (messageId: AgreementMessageId) => Promise<void> = async () => {},
): Promise<void> {
  const read = text.safeParse(words)
  if (!read.success) throw new Refusal('input_invalid', { fields: ['words'] })
  const messageId = newId<AgreementMessageId>(at)
  await tx
    .insertInto('agreement_messages')
    .values({ board_id: boardId, message_id: messageId, agreement_id: agreementId, said_by: by, said_at: at, words: read.data })
    .execute()
  await tell(messageId)
  const facts = { messageId, words: sha256(read.data).toString('hex') }
  await append(tx, { boardId, approach: 'organisation', at, event: 'agreement_told', actor: by, ref: agreementId, facts })
}

import type { MemberActor } from '../actors.ts'
import { supplierById } from '../catalog/store.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { ConsentId, PreparedAskId } from '../ids.ts'
import { mustActFor } from '../members/acting.ts'
import { Refusal } from '../refusal.ts'
import { askHinted, type DirectlyAsked, type ReadAsk, readAsk } from './ask-directly.ts'
import { preparedToAsk } from './prepared-asks.ts'
import { sealedQuestions } from './sealed-questions.ts'
import { readAskIn, type StoredAsk, storedAsk } from './stored-ask.ts'

/** A link code that was typed for what was made ready. */
interface PreparedQuestion {
  askId: PreparedAskId
  actor: MemberActor
  linkCode: string
  ask: StoredAsk
}

const questions = sealedQuestions<PreparedQuestion>('prepared_question', 'prepared-question', askOne)

/** Asks what was typed a code for, and waits to be asked. */
export const askPreparedWaiting = questions.askWaiting

/**
 * Takes a link code for what was made ready. The first code uses it up, good or not; what comes later changes nothing. The code is
 * looked up after the answer has gone (`askPreparedWaiting`), so that neither the answer nor its time tells whether it was any good.
 *
 * @throws Refusal `member_role_missing`, `prepared_ask_not_found` also for another supplier's; as `readAsk`
 */
export async function askPrepared(
  deps: Deps,
  actor: MemberActor,
  { askId, linkCode }: { askId: PreparedAskId; linkCode: string },
): Promise<void> {
  const at = deps.now()
  const read = await readPrepared(deps, actor, askId, at)
  await inTransaction(deps.db, { actor: 'client', boards: [] }, async (tx) => {
    await mustActFor(tx, actor, ['contracts'])
    if (!read || !(await takeUp(tx, at, actor, askId))) return
    await questions.enqueue(tx, deps, at, { askId, actor, linkCode, ask: storedAsk(read) })
  })
  deps.afterwards(() => questions.askWaiting(deps))
}

/**
 * As `askPrepared`, for the page of the family itself, whose code it is: asked at once.
 *
 * @returns the question; a supplier is never told whether there is one
 * @throws Refusal as `askPrepared`
 */
export async function askPreparedAtOnce(
  deps: Deps,
  actor: MemberActor,
  { askId, linkCode }: { askId: PreparedAskId; linkCode: string },
): Promise<ConsentId | undefined> {
  const at = deps.now()
  const read = await readPrepared(deps, actor, askId, at)
  if (!read) return undefined
  const asked = await askHinted(deps, actor, read, { hint: { linkCode } }, async (tx, _at, asked) => {
    if (!(await takeUp(tx, at, actor, askId, asked))) throw new Refusal('prepared_ask_not_found')
  })
  if (!asked) await inTransaction(deps.db, { actor: 'client', boards: [] }, async (tx) => await takeUp(tx, at, actor, askId))
  return asked?.consentId
}

/** What was made ready; nothing when it was asked. */
async function readPrepared(deps: Deps, actor: MemberActor, askId: PreparedAskId, at: Date): Promise<ReadAsk | undefined> {
  const ask = await preparedToAsk(deps.db, actor.supplierId, askId)
  return ask && (await readAsk(deps.db, actor, ask, at, { subject: 'whoever is hinted at', cause: 'link_code' }))
}

/** The one that asks it, of many at once. */
async function takeUp(tx: Tx, at: Date, actor: MemberActor, askId: PreparedAskId, asked?: DirectlyAsked): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('prepared_asks')
    .set({ asked_at: at, asked_by: actor.memberId, ...(asked && { board_id: asked.boardId, consent_id: asked.consentId }) })
    .where('ask_id', '=', askId) // prepared_asks_pkey
    .where('supplier_id', '=', actor.supplierId)
    .where('asked_at', 'is', null)
    .where('discarded_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Who left the supplier since, or whose supplier was suspended, asks nobody. */
async function askOne(deps: Deps, { askId, actor, linkCode, ask }: PreparedQuestion): Promise<void> {
  const supplier = await supplierById(deps.db, actor.supplierId)
  if (!supplier || supplier.suspendedAt) return
  try {
    await askHinted(deps, actor, readAskIn(ask), { hint: { linkCode } }, async (tx, _at, { boardId, consentId }) => {
      await tx
        .updateTable('prepared_asks')
        .set({ board_id: boardId, consent_id: consentId })
        .where('ask_id', '=', askId) // prepared_asks_pkey
        .where('consent_id', 'is', null)
        .execute()
    })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    deps.log.info('nobody was asked directly', { by: `member:${actor.memberId}`, code: error.code })
  }
}

import type { PersonActor } from '../actors.ts'
import { mustBeOfOneWorld } from '../catalog/supplier-boards.ts'
import type { Db, Tx } from '../database.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { addHandles, handleHash, locate } from '../handles.ts'
import { type BoardId, type LinkCodeId, newId, newSecret, type PersonId, type SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { subjectFacts } from '../people/store.ts'
import { whoMayAnswer } from '../people/who-may-answer.ts'
import { Refusal } from '../refusal.ts'

/** A code not used for this long is worth nothing any more. */
export const LINK_CODE_DAYS = 14

export interface LinkCode {
  linkCodeId: LinkCodeId
  boardId: BoardId
  subjectId: PersonId
  supplierId: SupplierId
  madeBy: PersonId
  madeAt: Date
  expiresAt: Date
}

/**
 * Makes a link code for one subject and one supplier: what its holder hands over, so that this supplier can ask (K12).
 * The code is the `login_hint` of the direct way. Only its hash is kept.
 *
 * @param input.code one that the caller can make again (`secretOfForm`): asked for twice, it is made once and comes back
 * @returns the code
 * @throws Refusal `form_used` when this code was made before, and was cancelled or has run out
 * @throws Refusal `person_not_found` when the actor may not answer for this subject, or there is none
 * @throws Refusal `supplier_not_found`
 */
export async function makeLinkCode(
  { db, now }: Deps,
  actor: PersonActor,
  { subjectId, supplierId, code = newSecret() }: { subjectId: PersonId; supplierId: SupplierId; code?: string },
): Promise<{ linkCodeId: LinkCodeId; code: string; expiresAt: Date }> {
  const at = now()
  const { boardId, personId } = actor
  const linkCodeId = newId<LinkCodeId>(at)
  const expiresAt = new Date(at.getTime() + LINK_CODE_DAYS * 86_400_000)
  return await inTransaction(db, { actor: 'account', boards: [boardId] }, async (tx) => {
    if (!(await mayAnswerFor(tx, boardId, personId, subjectId, at))) throw new Refusal('person_not_found')
    const supplier = await tx.selectFrom('suppliers').select('suspended_at').where('supplier_id', '=', supplierId).executeTakeFirst()
    if (!supplier || supplier.suspended_at) throw new Refusal('supplier_not_found')
    await mustBeOfOneWorld(tx, supplierId, boardId)
    if ((await addHandles(tx, 'link_code', [{ owner: supplierId, handle: handleHash(code), boardId, ref: linkCodeId }])) === 0) {
      return { ...(await madeBefore(tx, { boardId, subjectId, supplierId, code, at })), code }
    }
    await tx
      .insertInto('link_codes')
      .values({
        board_id: boardId,
        link_code_id: linkCodeId,
        subject_id: subjectId,
        supplier_id: supplierId,
        made_by: personId,
        made_at: at,
        expires_at: expiresAt,
      })
      .execute()
    await append(tx, {
      boardId,
      approach: 'subject',
      at,
      event: 'link_code_made',
      actor: `person:${personId}`,
      ref: linkCodeId,
      facts: { subjectId, supplierId, expiresAt },
    })
    return { linkCodeId, code, expiresAt }
  })
}

async function madeBefore(
  tx: Tx,
  { boardId, subjectId, supplierId, code, at }: { boardId: BoardId; subjectId: PersonId; supplierId: SupplierId; code: string; at: Date },
): Promise<LinkCode> {
  const located = await locate(tx, 'link_code', supplierId, handleHash(code))
  const made = (await linkCodesFor(tx, boardId, [subjectId], at)).find(({ linkCodeId }) => linkCodeId === located?.ref)
  if (!made) throw new Refusal('form_used')
  return made
}

/**
 * Cancels a link code. Anybody who may answer for the subject can, alone; one that was cancelled before stays so. What was asked
 * with it before stays asked.
 *
 * @throws Refusal `link_code_not_found` also when it is somebody else's
 */
export async function cancelLinkCode({ db, now }: Deps, actor: PersonActor, linkCodeId: LinkCodeId): Promise<void> {
  const at = now()
  const { boardId, personId } = actor
  await inTransaction(db, { actor: 'account', boards: [boardId] }, async (tx) => {
    const subjectId = await subjectOfLinkCode(tx, boardId, linkCodeId)
    if (!subjectId || !(await mayAnswerFor(tx, boardId, personId, subjectId, at))) throw new Refusal('link_code_not_found')
    const { numUpdatedRows } = await tx
      .updateTable('link_codes')
      .set({ cancelled_at: at })
      .where('board_id', '=', boardId)
      .where('link_code_id', '=', linkCodeId)
      .where('cancelled_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return
    await append(tx, { boardId, approach: 'subject', at, event: 'link_code_cancelled', actor: `person:${personId}`, ref: linkCodeId })
  })
}

/** About whom a code is, also of one that was cancelled. Does NOT check who asks. */
export async function subjectOfLinkCode(tx: Tx, boardId: BoardId, linkCodeId: LinkCodeId): Promise<PersonId | undefined> {
  const row = await tx
    .selectFrom('link_codes')
    .select('subject_id')
    .where('board_id', '=', boardId)
    .where('link_code_id', '=', linkCodeId) // link_codes_pkey
    .executeTakeFirst()
  return row?.subject_id
}

/** The codes a person can see: those for subjects they may answer for, that are neither cancelled nor run out. */
export async function linkCodesFor(tx: Tx, boardId: BoardId, subjectIds: PersonId[], at: Date): Promise<LinkCode[]> {
  if (subjectIds.length === 0) return []
  const rows = await tx
    .selectFrom('link_codes')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('subject_id', 'in', subjectIds) // link_codes_by_subject
    .where('cancelled_at', 'is', null)
    .where('expires_at', '>', at)
    .orderBy('made_at')
    .execute()
  return rows.map((row) => ({
    linkCodeId: row.link_code_id,
    boardId: row.board_id,
    subjectId: row.subject_id,
    supplierId: row.supplier_id,
    madeBy: row.made_by,
    madeAt: row.made_at,
    expiresAt: row.expires_at,
  }))
}

/**
 * The code a supplier presents as `login_hint`, if it stands for that supplier at `at`. Who made it must still have
 * authority: a code of an excluded parent opens nothing.
 *
 * The same statements are sent for every code: how long it takes tells nobody whether there is such a code, or what became
 * of it. What a standing code then sets off takes longer: a program has been answered by then, and on the supplier's pages it
 * may, for who has a code was handed it by the family, and nobody finds one by trying (256 bits).
 *
 * @returns undefined for an unknown, foreign, cancelled or expired code alike
 */
export async function standingLinkCode(db: Db, supplierId: SupplierId, code: string, at: Date): Promise<LinkCode | undefined> {
  const located = await locate(db, 'link_code', supplierId, handleHash(code))
  const boardId = located?.boardId ?? newId<BoardId>(at)
  const linkCodeId = (located?.ref as LinkCodeId | undefined) ?? newId<LinkCodeId>(at)
  return await inTransaction(db, { actor: 'client', boards: [boardId] }, async (tx) => {
    const row = await tx
      .selectFrom('link_codes')
      .selectAll()
      .where('board_id', '=', boardId)
      .where('link_code_id', '=', linkCodeId) // link_codes_pkey
      .where('supplier_id', '=', supplierId)
      .where('cancelled_at', 'is', null)
      .where('expires_at', '>', at)
      .executeTakeFirst()
    const mayAnswer = await mayAnswerFor(tx, boardId, row?.made_by, row?.subject_id ?? newId<PersonId>(at), at)
    if (!row || !mayAnswer) return undefined
    return {
      linkCodeId,
      boardId,
      subjectId: row.subject_id,
      supplierId,
      madeBy: row.made_by,
      madeAt: row.made_at,
      expiresAt: row.expires_at,
    }
  })
}

async function mayAnswerFor(tx: Tx, boardId: BoardId, personId: PersonId | undefined, subjectId: PersonId, at: Date): Promise<boolean> {
  const subject = (await subjectFacts(tx, boardId, [subjectId])).get(subjectId)
  if (!subject) return false
  const who = whoMayAnswer(subject, at)
  return who.known && who.deciders.some((decider) => decider.personId === personId)
}

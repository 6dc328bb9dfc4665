import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, TenureId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import { tokensByApproach, tokensEnded } from '../tokens/by-approach.ts'
import { endTokens } from '../tokens/end-tokens.ts'
import type { Beside } from './beside.ts'
import { endMandatesOfLeavers } from './end-mandate.ts'
import { mustHold } from './mandates.ts'
import { lockRegister } from './store.ts'

/**
 * Somebody stops working for the board, or at one of its schools, now. With their last employment go all their mandates
 * (P41) and whatever was shared about them. No roster that still names them opens it again.
 *
 * @throws Refusal `tenure_not_found`, `mandate_missing`, `last_administrator`
 */
export async function endEmployment({ db, now }: Deps, actor: PersonActor, employmentId: TenureId, beside?: Beside): Promise<void> {
  const at = now()
  const { boardId } = actor
  await inTransaction(db, { actor: 'job', boards: [boardId] }, async (tx) => {
    await lockRegister(tx, boardId)
    const employment = await openEmployment(tx, boardId, employmentId, at)
    await mustHold(tx, actor, ['administrator', 'school_leader'], at, employment.school_id ?? undefined)
    await beside?.before(tx, at)
    await tx
      .updateTable('employments')
      .set((set) => ({ ends_at: set.fn('greatest', [set.val(at), 'starts_at']), ended_by: actor.personId }))
      .where('board_id', '=', boardId)
      .where('employment_id', '=', employmentId) // employments_pkey
      .execute()
    const endedMandates = await endMandatesOfLeavers(tx, boardId, [employment.person_id], at)
    const tokens = await tokensByApproach(tx, boardId, await endTokens(tx, boardId, at, { tenureId: employmentId }, 'employment_ended'))
    await beside?.after(tx, at)
    const by = `person:${actor.personId}` as const
    await append(
      tx,
      {
        boardId,
        approach: 'organisation',
        at,
        event: 'employment_ended',
        actor: by,
        ref: employmentId,
        facts: { personId: employment.person_id, endedMandates, endedTokens: tokens.organisation },
      },
      ...tokensEnded(boardId, at, by, employmentId, 'employment_ended', { subject: tokens.subject }),
    )
  })
}

/** Whoever changes employments holds the register, so what this reads stays so. */
async function openEmployment(tx: Tx, boardId: BoardId, employmentId: TenureId, at: Date) {
  const employment = await tx
    .selectFrom('employments')
    .select(['person_id', 'school_id'])
    .where('board_id', '=', boardId)
    .where('employment_id', '=', employmentId) // employments_pkey
    .where((where) => where.or([where('ends_at', 'is', null), where('ends_at', '>', at)]))
    .executeTakeFirst()
  if (!employment) throw new Refusal('tenure_not_found')
  return employment
}

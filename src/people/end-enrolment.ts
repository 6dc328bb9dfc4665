import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, TenureId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import { tokensByApproach, tokensEnded } from '../tokens/by-approach.ts'
import { endTokens } from '../tokens/end-tokens.ts'
import type { Beside } from './beside.ts'
import { mustHold } from './mandates.ts'
import { lockRegister } from './store.ts'

/**
 * Staff of the school end a pupil's enrolment, now. Whatever was shared on it stops at once, also what the school does
 * not see (INV-01): hence a `job` transaction. No roster that still names the pupil opens it again.
 *
 * @throws Refusal `tenure_not_found`, `mandate_missing`
 */
export async function endEnrolment({ db, now }: Deps, actor: PersonActor, enrolmentId: TenureId, beside?: Beside): Promise<void> {
  const at = now()
  const { boardId } = actor
  await inTransaction(db, { actor: 'job', boards: [boardId] }, async (tx) => {
    await lockRegister(tx, boardId)
    const enrolment = await openEnrolment(tx, boardId, enrolmentId, at)
    await mustHold(tx, actor, ['administrator', 'school_leader'], at, enrolment.school_id)
    await beside?.before(tx, at)
    const ended = await tx
      .updateTable('enrolments')
      .set((set) => ({ ends_at: set.fn('greatest', [set.val(at), 'starts_at']), ended_by: actor.personId }))
      .where('board_id', '=', boardId)
      .where('enrolment_id', '=', enrolmentId) // enrolments_pkey
      .where((where) => where.or([where('ends_at', 'is', null), where('ends_at', '>', at)]))
      .returning('person_id')
      .executeTakeFirst()
    if (!ended) throw new Refusal('tenure_not_found')
    const tokens = await tokensByApproach(tx, boardId, await endTokens(tx, boardId, at, { tenureId: enrolmentId }, 'enrolment_ended'))
    await beside?.after(tx, at)
    const by = `person:${actor.personId}` as const
    await append(
      tx,
      {
        boardId,
        approach: 'organisation',
        at,
        event: 'enrolment_ended',
        actor: by,
        ref: enrolmentId,
        facts: { personId: ended.person_id, endedTokens: tokens.organisation },
      },
      ...tokensEnded(boardId, at, by, enrolmentId, 'enrolment_ended', { subject: tokens.subject }),
    )
  })
}

async function openEnrolment(tx: Tx, boardId: BoardId, enrolmentId: TenureId, at: Date) {
  const enrolment = await tx
    .selectFrom('enrolments')
    .select('school_id')
    .where('board_id', '=', boardId)
    .where('enrolment_id', '=', enrolmentId) // enrolments_pkey
    .where((where) => where.or([where('ends_at', 'is', null), where('ends_at', '>', at)]))
    .executeTakeFirst()
  if (!enrolment) throw new Refusal('tenure_not_found')
  return enrolment
}

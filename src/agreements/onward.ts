import type { PersonActor } from '../actors.ts'
import { holderById } from '../catalog/store.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type AgreementId, type ClauseId, type HolderId, newId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { enqueueEvent } from '../notifications/enqueue.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { mustBeStanding } from './agreement.ts'
import { endClauses } from './end-clauses.ts'
import { mustBeSignatory, SCHOOL_SIDE } from './mandates.ts'
import { lockAgreement } from './store.ts'

/**
 * The board instructs a holder, under the agreement with it, to hand over these data sets on a subject's own consent
 * (convenant 5.4, C13). Once per data set: the board does not see who asks. Instructing again changes nothing.
 *
 * @throws Refusal `signatory_only`, `agreement_not_found`, `agreement_not_in_force`, `agreement_ended`
 * @throws Refusal `holder_not_found` also when the agreement is with another supplier, `datatype_unknown`
 */
export async function instructOnward(
  deps: Deps,
  actor: PersonActor,
  { agreementId, holderId, datatypes }: { agreementId: AgreementId; holderId: HolderId; datatypes: string[] },
): Promise<void> {
  const at = deps.now()
  const { boardId } = actor
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustBeSignatory(tx, actor, at)
    // Before the agreement, as `withdrawDataSet` takes them: in another order the two could wait for each other.
    const offered = await heldOffered(tx, holderId)
    const agreement = await lockAgreement(tx, boardId, agreementId, at)
    mustBeStanding(agreement)
    const holder = await holderById(tx, holderId)
    if (holder?.supplierId !== agreement.supplierId) throw new Refusal('holder_not_found')
    if (datatypes.length === 0 || datatypes.some((datatype) => !offered.includes(datatype))) throw new Refusal('datatype_unknown')
    const instructed = await tx
      .insertInto('onward_clauses')
      .values(
        [...new Set(datatypes)].map((datatype) => ({
          board_id: boardId,
          clause_id: newId<ClauseId>(at),
          agreement_id: agreementId,
          holder_id: holderId,
          datatype,
          instructed_at: at,
          instructed_by: actor.personId,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['board_id', 'agreement_id', 'holder_id', 'datatype']).where('ended_at', 'is', null).doNothing(),
      ) // onward_clauses_one_standing
      .returning(['clause_id', 'datatype'])
      .execute()
    if (instructed.length === 0) return
    await enqueueEvent(tx, {
      boardId,
      approach: 'organisation',
      receiverId: holderId,
      event: 'onward_clause_instructed',
      ref: agreementId,
      facts: { datatypes: instructed.map(({ datatype }) => datatype) },
      at,
    })
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'onward_clause_instructed',
      actor: `person:${actor.personId}`,
      ref: agreementId,
      facts: { holderId, clauses: instructed.map(({ clause_id, datatype }) => ({ clauseId: clause_id, datatype })) },
    })
  })
}

/** What the holder offers; none of it leaves its list before we are done. */
async function heldOffered(tx: Tx, holderId: HolderId): Promise<string[]> {
  const rows = await tx
    .selectFrom('data_sets')
    .select('datatype')
    .where('holder_id', '=', holderId) // data_sets_pkey
    .where('withdrawn_at', 'is', null)
    .orderBy('datatype')
    .forShare()
    .execute()
  return rows.map(({ datatype }) => datatype)
}

/**
 * The board takes its instruction back for these data sets: no token for them from now on, and the live ones end.
 * Everybody who may check agreements may stop this; starting it takes a signatory.
 *
 * @throws Refusal `mandate_missing`, `agreement_not_found`
 * @throws Refusal `onward_clause_not_found` when none of them stands
 */
export async function endOnward(
  deps: Deps,
  actor: PersonActor,
  { agreementId, holderId, datatypes }: { agreementId: AgreementId; holderId: HolderId; datatypes: string[] },
): Promise<void> {
  const at = deps.now()
  const { boardId } = actor
  if (datatypes.length === 0) throw new Refusal('onward_clause_not_found')
  // As a job, because subject-oriented tokens lean on the clause and staff do not see those.
  await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, SCHOOL_SIDE, at)
    await lockAgreement(tx, boardId, agreementId, at)
    const entries = await endClauses(tx, { boardId, agreementId, holderId, datatypes }, `person:${actor.personId}`, at)
    if (entries.length === 0) throw new Refusal('onward_clause_not_found')
    await append(tx, ...entries)
  })
}

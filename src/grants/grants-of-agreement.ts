import { sql } from 'kysely'
import type { SupplierActor } from '../actors.ts'
import { boardOfAgreement } from '../agreements/at-its-board.ts'
import { agreementById } from '../agreements/store.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { AgreementId, BoardId, ConsentId, ReleaseId } from '../ids.ts'
import { type Lead, type ListedGrant, listGrants } from './list-grants.ts'

export interface GrantPlace {
  consentId: ConsentId
  releaseId: ReleaseId
}

/**
 * The grants that a board released to a supplier under an agreement, in a fixed order, from `after` on (`listGrants`), and how
 * long what comes of them may be kept, in the words of the agreement (M20).
 *
 * @throws Refusal `agreement_not_found` also for an agreement of another supplier
 */
export async function grantsOfAgreement(
  deps: Deps,
  { supplierId }: SupplierActor,
  agreementId: AgreementId,
  { after, limit }: { after?: GrantPlace; limit: number },
): Promise<{ grants: ListedGrant[]; retention: string; next?: GrantPlace }> {
  const at = deps.now()
  const boardId = await boardOfAgreement(deps, supplierId, agreementId)
  return await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, async (tx) => {
    const leads = await releasedUnder(tx, boardId, agreementId, after, limit + 1)
    const page = leads.slice(0, limit)
    const last = leads.length > limit ? page.at(-1) : undefined
    const { retention } = (await agreementById(tx, boardId, agreementId, at))!
    return { grants: await listGrants(tx, { boardId, supplierId }, page, [agreementId], at), retention, ...(last && { next: last }) }
  })
}

async function releasedUnder(tx: Tx, boardId: BoardId, agreementId: AgreementId, after: GrantPlace | undefined, limit: number) {
  const from = after ? sql`and (rs.consent_id, rs.release_id) > (${after.consentId}::uuid, ${after.releaseId}::uuid)` : sql``
  const { rows } = await sql<Lead & GrantPlace>`
    select rs.consent_id as "consentId", rs.release_id as "releaseId", i.holder_id as "holderId", h.resource, rs.reference
    from releases r -- releases_by_agreement
    join release_subjects rs on rs.board_id = r.board_id and rs.release_id = r.release_id -- release_subjects_pkey
    join consents c on c.board_id = rs.board_id and c.consent_id = rs.consent_id
    join items i on i.board_id = c.board_id and i.item_id = c.item_id
    join holders h on h.holder_id = i.holder_id
    where r.board_id = ${boardId} and r.agreement_id = ${agreementId} ${from}
    order by rs.consent_id, rs.release_id limit ${limit}`.execute(tx)
  return rows
}

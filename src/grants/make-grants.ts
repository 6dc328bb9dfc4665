import type { Tx } from '../database.ts'
import { type BoardId, type GrantId, type HolderId, newId, type SupplierId } from '../ids.ts'
import type { Candidate } from './facts-row.ts'
import { pseudonymsOf } from './pseudonyms.ts'

export interface Named {
  grantId: GrantId
  /** The subject's pseudonym with the supplier, and with the holder. */
  supplierPseudonym: string
  holderPseudonym: string
}

/**
 * The identity of the grants that candidates lead to, and what supplier and holder call their subjects. Makes what is
 * missing, once: a grant is only a name for a consent between one supplier and one holder, and says nothing about standing.
 */
export async function makeGrants(
  tx: Tx,
  { boardId, supplierId, holderId }: { boardId: BoardId; supplierId: SupplierId; holderId: HolderId },
  candidates: readonly Candidate[],
  at: Date,
): Promise<Map<Candidate, Named>> {
  const named = new Map<Candidate, Named>()
  const missing: Candidate[] = []
  for (const candidate of candidates) {
    const { grantId, supplierPseudonym, holderPseudonym } = candidate
    if (grantId && supplierPseudonym && holderPseudonym) named.set(candidate, { grantId, supplierPseudonym, holderPseudonym })
    else missing.push(candidate)
  }
  if (missing.length === 0) return named
  const subjectIds = missing.map(({ subjectId }) => subjectId)
  const withSupplier = await pseudonymsOf(tx, boardId, { supplierId }, subjectIds)
  const withHolder = await pseudonymsOf(tx, boardId, { holderId }, subjectIds)
  await tx
    .insertInto('grants')
    .values(
      missing.map(({ consentId, subjectId, approach }) => ({
        board_id: boardId,
        grant_id: newId<GrantId>(at),
        approach,
        consent_id: consentId,
        supplier_id: supplierId,
        holder_id: holderId,
        subject_id: subjectId,
        created_at: at,
      })),
    )
    .onConflict((conflict) => conflict.constraint('grants_one_per_consent').doNothing())
    .execute()
  const rows = await tx
    .selectFrom('grants')
    .select(['grant_id', 'consent_id'])
    .where('board_id', '=', boardId)
    .where('supplier_id', '=', supplierId)
    .where('holder_id', '=', holderId)
    .where(
      'consent_id',
      'in',
      missing.map(({ consentId }) => consentId),
    ) // grants_one_per_consent
    .execute()
  for (const candidate of missing) {
    named.set(candidate, {
      grantId: rows.find((row) => row.consent_id === candidate.consentId)!.grant_id,
      supplierPseudonym: withSupplier.get(candidate.subjectId)!,
      holderPseudonym: withHolder.get(candidate.subjectId)!,
    })
  }
  return named
}

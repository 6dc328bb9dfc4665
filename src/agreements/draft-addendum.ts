import { partsOn } from '../catalog/leaflet.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type AddendumId, type AgreementId, type BoardId, type LeafletId, newId, type RequestId, type ServiceId } from '../ids.ts'
import { append, type LedgerActor, type LedgerEntry } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import type { AddendumContent } from './addendum.ts'
import { addendumText } from './addendum-text.ts'
import { mustBeStanding } from './agreement.ts'
import { type Drafter, isSupplier, ledgerActorOf, mustMayDraft, scopeOf } from './drafter.ts'
import { serviceWithLeaflet } from './services.ts'
import { agreementById } from './store.ts'
import { tellBoard } from './tell-board.ts'

export interface NewAddendum {
  boardId: BoardId
  agreementId: AgreementId
  serviceId: ServiceId
  /** The newest when none is named. */
  leafletId?: LeafletId
  partIds?: string[]
  requestId?: RequestId
}

/**
 * Puts an addendum before a board: a service, leaflet version or parts that its agreement with the supplier did not have. Who may
 * act on what a supplier proposes is mailed (`tellBoard`).
 *
 * @throws Refusal `mandate_missing`, `board_not_found`, `agreement_not_found` also for another supplier's
 * @throws Refusal as `draftAddendumIn`
 */
export async function draftAddendum(deps: Deps, drafter: Drafter, input: NewAddendum): Promise<AddendumId> {
  const at = deps.now()
  const { boardId } = input
  return await inTransaction(deps.db, scopeOf(drafter, boardId), async (tx) => {
    const agreement = await agreementById(tx, boardId, input.agreementId, at)
    if (isSupplier(drafter) && agreement?.supplierId !== drafter.supplierId) throw new Refusal('agreement_not_found')
    if (agreement) await mustMayDraft(tx, drafter, boardId, agreement.supplierId, at)
    const { addendumId, entry } = await draftAddendumIn(tx, ledgerActorOf(drafter), input, at)
    if (isSupplier(drafter)) await tellBoard(tx, deps, at, boardId)
    await append(tx, entry)
    return addendumId
  })
}

/**
 * Drafts an addendum inside the transaction of another act, as forwarding a request does (K11). Does NOT check who
 * drafts. The caller appends `entry` to the ledger with its own.
 *
 * @throws Refusal `agreement_not_found`, `agreement_not_in_force`, `agreement_ended`
 * @throws Refusal `service_not_found`, `leaflet_not_found`, `part_unknown`
 */
export async function draftAddendumIn(
  tx: Tx,
  by: LedgerActor,
  { boardId, agreementId, serviceId, leafletId, partIds = [], requestId }: NewAddendum,
  at: Date,
): Promise<{ addendumId: AddendumId; entry: LedgerEntry }> {
  const agreement = await agreementById(tx, boardId, agreementId, at)
  if (!agreement) throw new Refusal('agreement_not_found')
  mustBeStanding(agreement)
  const { leaflet } = await serviceWithLeaflet(tx, agreement.supplierId, serviceId, leafletId)
  partsOn(leaflet.content, partIds) // refuses what the leaflet does not have
  const addendumId = newId<AddendumId>(at)
  const brings: AddendumContent = { serviceId, leafletId: leaflet.leafletId, partIds }
  const content = await addendumText(tx, agreement, { addendumId, brings, requestId: requestId ?? null, draftedBy: by })
  await tx
    .insertInto('addenda')
    .values({
      board_id: boardId,
      addendum_id: addendumId,
      agreement_id: agreementId,
      request_id: requestId,
      content,
      brings,
      drafted_at: at,
      drafted_by: by,
    })
    .execute()
  const facts = { agreementId, requestId, brings }
  return { addendumId, entry: { boardId, approach: 'organisation', at, event: 'addendum_drafted', actor: by, ref: addendumId, facts } }
}

import { canonical, sha256 } from '../canonical.ts'
import { partsOn } from '../catalog/leaflet.ts'
import { LEGAL_BASES, type LegalBasis } from '../catalog/legal-basis.ts'
import { mustNotAdvertise } from '../catalog/screening.ts'
import { type SupplierParty, supplierById } from '../catalog/store.ts'
import { linkSupplierToBoard } from '../catalog/supplier-boards.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { addHandles } from '../handles.ts'
import { type AgreementId, type BoardId, type LeafletId, newId, type ServiceId, type SupplierId } from '../ids.ts'
import { append, type LedgerActor, type LedgerEntry } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import { type Deviation, mustBeMotivated } from './agreement.ts'
import { type Drafter, isSupplier, ledgerActorOf, mustMayDraft, scopeOf } from './drafter.ts'
import { serviceWithLeaflet } from './services.ts'
import { agreementById } from './store.ts'
import { tellBoard } from './tell-board.ts'
import { withdrawIn } from './withdraw-proposal.ts'

export interface NewAgreement {
  boardId: BoardId
  supplierId: SupplierId
  kind: 'processor' | 'controller'
  productAgreement: string
  /** Both are needed for kind `controller`, and mean nothing for `processor`. */
  supplierBasis?: LegalBasis
  boardBasis?: LegalBasis
  /** Why each basis holds; a legitimate interest of either needs its own (D02, K24). */
  supplierArgument?: string
  boardArgument?: string
  deviations?: Deviation[]
  security?: Record<string, string>
  retention: string
  startsAt: Date
  endsAt: Date
  /** With their newest leaflet, unless a version is named. A holder that only hands over data has none. */
  services: { serviceId: ServiceId; leafletId?: LeafletId }[]
  /** How the supplier is named in it as a party (M01). */
  supplierParty?: SupplierParty
  /** The supplier's own proposal to this board that this one takes the place of: it is withdrawn. */
  replaces?: AgreementId
}

/**
 * Puts a draft agreement before a board. Optional parts are off: the school chooses them when it checks (M03). From now
 * on the supplier's transactions may look at this board. Who may act on what a supplier proposes is mailed (`tellBoard`).
 *
 * @throws Refusal `mandate_missing`, `board_not_found`, `supplier_not_found`, `service_not_found`, `leaflet_not_found`
 * @throws Refusal `bases_missing`, `basis_unmotivated` with the `fields` (D02), `deviation_unmotivated`, `agreement_term_invalid`
 * @throws Refusal `input_invalid` without what it goes with (M02) or how long data may be kept (M20)
 * @throws Refusal `purpose_forbidden` (C11); of what it replaces as `withdrawAgreement`
 */
export async function draftAgreement(deps: Deps, drafter: Drafter, input: NewAgreement): Promise<AgreementId> {
  const at = deps.now()
  const { boardId, supplierId } = input
  mustBeSound(input, at)
  const agreementId = newId<AgreementId>(at)
  await inTransaction(deps.db, scopeOf(drafter, boardId), async (tx) => {
    await mustMayDraft(tx, drafter, boardId, supplierId, at)
    if (!(await tx.selectFrom('boards').select('board_id').where('board_id', '=', boardId).executeTakeFirst())) {
      throw new Refusal('board_not_found')
    }
    if (!(await supplierById(tx, supplierId))) throw new Refusal('supplier_not_found')
    const services: { serviceId: ServiceId; leafletId: LeafletId; parts: string[] }[] = []
    for (const { serviceId, leafletId } of input.services) {
      const { leaflet } = await serviceWithLeaflet(tx, supplierId, serviceId, leafletId)
      services.push({ serviceId, leafletId: leaflet.leafletId, parts: partsOn(leaflet.content, []) })
    }
    const terms = {
      supplier_id: supplierId,
      kind: input.kind,
      product_agreement: input.productAgreement,
      supplier_basis: input.kind === 'controller' ? input.supplierBasis! : null,
      board_basis: input.kind === 'controller' ? input.boardBasis! : null,
      supplier_argument: (input.kind === 'controller' && input.supplierArgument?.trim()) || null,
      board_argument: (input.kind === 'controller' && input.boardArgument?.trim()) || null,
      deviations: input.deviations ?? [],
      security: input.security ?? {},
      retention: input.retention,
      starts_at: input.startsAt,
      ends_at: input.endsAt,
      supplier_party: input.supplierParty ?? null,
    }
    const drafted_by = ledgerActorOf(drafter)
    await tx
      .insertInto('supplier_agreements')
      .values({ board_id: boardId, agreement_id: agreementId, ...terms, drafted_at: at, drafted_by })
      .execute()
    if (services.length > 0) {
      await tx
        .insertInto('agreement_services')
        .values(
          services.map(({ serviceId, leafletId, parts }) => ({
            board_id: boardId,
            agreement_id: agreementId,
            service_id: serviceId,
            leaflet_id: leafletId,
            parts,
            accepted_at: at,
          })),
        )
        .execute()
    }
    await linkSupplierToBoard(tx, supplierId, boardId, at)
    await addHandles(tx, 'agreement', [{ owner: supplierId, handle: agreementId, boardId, ref: agreementId }])
    const replaced = input.replaces && (await replacedBy(tx, input.replaces, { boardId, supplierId, agreementId }, drafted_by, at))
    if (isSupplier(drafter)) await tellBoard(tx, deps, at, boardId)
    const entry: LedgerEntry = {
      boardId,
      approach: 'organisation',
      at,
      event: 'agreement_drafted',
      actor: drafted_by,
      ref: agreementId,
      facts: {
        supplierId,
        kind: input.kind,
        startsAt: input.startsAt,
        endsAt: input.endsAt,
        services,
        termsHash: sha256(canonical(terms)).toString('hex'),
      },
    }
    await append(tx, entry, ...(replaced ? [replaced] : []))
  })
  return agreementId
}

/** @throws Refusal `agreement_not_found` for one of another supplier, and as `withdrawAgreement` */
async function replacedBy(
  tx: Tx,
  old: AgreementId,
  { boardId, supplierId, agreementId }: { boardId: BoardId; supplierId: SupplierId; agreementId: AgreementId },
  by: LedgerActor,
  at: Date,
): Promise<LedgerEntry> {
  const agreement = await agreementById(tx, boardId, old, at)
  if (agreement?.supplierId !== supplierId) throw new Refusal('agreement_not_found')
  return await withdrawIn(tx, { boardId, agreementId: old }, by, agreementId, at)
}

function mustBeSound({ kind, supplierBasis, boardBasis, deviations = [], security, ...input }: NewAgreement, at: Date): void {
  if (input.endsAt <= input.startsAt || input.endsAt <= at) throw new Refusal('agreement_term_invalid')
  const named = [supplierBasis, boardBasis].every((basis) => basis !== undefined && LEGAL_BASES.includes(basis))
  if (kind === 'controller' && !named) throw new Refusal('bases_missing')
  const { supplierArgument, boardArgument } = input
  const unargued = [
    ...(supplierBasis === 'legitimate_interest' && !supplierArgument?.trim() ? ['supplierArgument'] : []),
    ...(boardBasis === 'legitimate_interest' && !boardArgument?.trim() ? ['boardArgument'] : []),
  ]
  if (kind === 'controller' && unargued.length > 0) throw new Refusal('basis_unmotivated', { fields: unargued })
  if (new Set(input.services.map(({ serviceId }) => serviceId)).size < input.services.length)
    throw new Refusal('input_invalid', { fields: ['services'] })
  const empty = (['productAgreement', 'retention'] as const).filter((field) => input[field].trim() === '')
  if (empty.length > 0) throw new Refusal('input_invalid', { fields: empty })
  mustBeMotivated(deviations)
  mustNotAdvertise({
    productAgreement: input.productAgreement,
    retention: input.retention,
    supplierArgument,
    boardArgument,
    ...Object.fromEntries(
      deviations.flatMap(({ text, motivation }, nr) => [
        [`deviations.${nr}.text`, text],
        [`deviations.${nr}.motivation`, motivation],
      ]),
    ),
    security: Object.values(security ?? {}).join('\n'),
  })
}

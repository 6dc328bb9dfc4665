import { agreementById, agreementInForce, coverageOf, onwardClause } from '../agreements/store.ts'
import type { Approach } from '../approach.ts'
import { CATEGORIES, type CategoryId } from '../catalog/categories.ts'
import type { LegalBasis } from '../catalog/legal-basis.ts'
import { isOfAnonymousData, purposeFor } from '../catalog/purposes.ts'
import { dataSetsOf, holderById, leafletById, type Supplier, serviceById, supplierById } from '../catalog/store.ts'
import type { Tx } from '../database.ts'
import type { AgreementId, BoardId, HolderId, LeafletId, RequestId, ServiceId, SupplierId } from '../ids.ts'
import { Refusal } from '../refusal.ts'

/** What a service of a supplier gets from a holder; without a holder, what it gathers itself. */
export interface SupplierUse {
  supplierId: SupplierId
  serviceId: ServiceId
  partId?: string | null
  leafletId: LeafletId
  holderId?: HolderId | null
  datatypes: string[]
}

/**
 * The use as the catalog knows it: service, leaflet, part, purpose and data belong together.
 *
 * @returns the id of the purpose as the list spells it, and whether any of the data is special-category
 * @throws Refusal `purpose_is_anonymous`: what is about nobody is nobody's to give (C16)
 * @throws Refusal `supplier_not_found`, `service_not_found`, `leaflet_not_found`, `part_unknown`, `purpose_unknown`,
 *   `holder_not_found`, `datatype_unknown`, `leaflet_lacks_data`
 */
export async function mustBeInCatalog(
  tx: Tx,
  use: SupplierUse,
  purposeId: string,
  isImage: boolean,
): Promise<{ purpose: string; special: boolean }> {
  const supplier = await supplierById(tx, use.supplierId)
  if (!supplier || supplier.suspendedAt) throw new Refusal('supplier_not_found')
  const service = await serviceById(tx, use.serviceId)
  if (service?.supplierId !== use.supplierId) throw new Refusal('service_not_found')
  const leaflet = await leafletById(tx, use.leafletId)
  if (leaflet?.serviceId !== use.serviceId) throw new Refusal('leaflet_not_found')
  const { parts, purposes, data } = leaflet.content
  if (use.partId && !parts.some(({ partId }) => partId === use.partId)) throw new Refusal('part_unknown')
  const purpose = isImage ? purposeFor('image', purposeId) : purposeFor(service.kind, purposeId)
  if (!isImage && !purposes.purposes.some((id) => purposeFor(service.kind, id).id === purpose.id))
    throw new Refusal('purpose_unknown', { kind: service.kind })
  if (isOfAnonymousData(purpose)) throw new Refusal('purpose_is_anonymous')
  const named = new Set([...data.categories, ...data.optional].map(({ category }) => category))
  const categories = await categoriesOf(tx, use, supplier)
  if (categories.some((category) => !named.has(category))) throw new Refusal('leaflet_lacks_data')
  return { purpose: purpose.id, special: categories.some((category) => CATEGORIES[category].special) }
}

/** The categories of the data that are asked. What a service gathers itself is named by category. */
async function categoriesOf(tx: Tx, { holderId, datatypes }: SupplierUse, { world }: Supplier): Promise<CategoryId[]> {
  if (!holderId) {
    if (!datatypes.every((datatype) => Object.hasOwn(CATEGORIES, datatype))) throw new Refusal('datatype_unknown')
    return datatypes as CategoryId[]
  }
  const holder = await holderById(tx, holderId)
  const its = holder && (await supplierById(tx, holder.supplierId))
  if (!holder || holder.suspendedAt || its?.world !== world) throw new Refusal('holder_not_found')
  const offered = new Map((await dataSetsOf(tx, holderId)).map(({ datatype, category }) => [datatype, category]))
  return datatypes.map((datatype) => {
    const category = offered.get(datatype)
    if (!category) throw new Refusal('datatype_unknown')
    return category
  })
}

/**
 * The agreements an item leans on. In the user-oriented approach only the holder's: the board agrees nothing with the
 * supplier there. An item of a request may wait for its addendum: then an agreement with the supplier is enough.
 *
 * @throws Refusal `onward_clause_missing`, `agreement_not_in_force`
 * @throws Refusal `basis_is_not_consent` when the board agreed that these data rest on another basis, `basis_is_consent`
 *   when it agreed to ask for them (K01)
 */
export async function mustBeAgreed(
  tx: Tx,
  at: Date,
  boardId: BoardId,
  { approach, use, requestId, legalBasis }: { approach: Approach; use?: SupplierUse; requestId?: RequestId; legalBasis: LegalBasis },
): Promise<{ agreementId: AgreementId | null; holderAgreementId: AgreementId | null }> {
  if (!use) return { agreementId: null, holderAgreementId: null }
  const onward = use.holderId ? await onwardClause(tx, boardId, use.holderId, use.datatypes, at) : undefined
  if (use.holderId && !onward) throw new Refusal('onward_clause_missing')
  const holderAgreementId = onward?.agreementId ?? null
  if (approach === 'subject') return { agreementId: null, holderAgreementId }
  const agreed =
    (await coverageOf(tx, boardId, use, at)) ?? (requestId ? await agreementInForce(tx, boardId, use.supplierId, at) : undefined)
  if (!agreed) throw new Refusal('agreement_not_in_force')
  const agreement = await agreementById(tx, boardId, agreed.agreementId, at)
  const agreedBasis = agreement?.boardBasis
  if (agreedBasis && agreedBasis !== 'consent' && legalBasis === 'consent') throw new Refusal('basis_is_not_consent')
  if (agreedBasis === 'consent' && legalBasis !== 'consent') throw new Refusal('basis_is_consent')
  return { agreementId: agreed.agreementId, holderAgreementId }
}

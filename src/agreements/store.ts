import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import type { LegalBasis } from '../catalog/legal-basis.ts'
import type { Tx } from '../database.ts'
import type { AddendumId, AgreementId, BoardId, HolderId, LeafletId, ServiceId, SupplierId } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import type { Agreement } from './agreement.ts'
import type { SupplierAgreementTable } from './tables.ts'

/** A service in an agreement: the leaflet version the board accepted and the parts it chose. */
export interface CoveredService {
  serviceId: ServiceId
  leafletId: LeafletId
  parts: string[]
  /** Null: it was in the agreement when it was signed. */
  addendumId: AddendumId | null
  acceptedAt: Date
  /** A later version was accepted that changes what people said yes to: this one covers nothing any more (M26). */
  supersededAt: Date | null
}

/** Does NOT check who asks: name the supplier where one does. */
export async function agreementById(tx: Tx, boardId: BoardId, agreementId: AgreementId, at: Date): Promise<Agreement | undefined> {
  const row = await tx
    .selectFrom('supplier_agreements')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('agreement_id', '=', agreementId) // supplier_agreements_pkey
    .executeTakeFirst()
  return row && agreementOf(row, at)
}

/**
 * An agreement about to change. Its row is locked until commit: redemptions hold it `FOR SHARE`, so that after whatever
 * changes the agreement, its services or its onward clauses no token can come that did not see the change (INV-01).
 *
 * @throws Refusal `agreement_not_found`
 */
export async function lockAgreement(tx: Tx, boardId: BoardId, agreementId: AgreementId, at: Date): Promise<Agreement> {
  const row = await tx
    .selectFrom('supplier_agreements')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('agreement_id', '=', agreementId) // supplier_agreements_pkey
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!row) throw new Refusal('agreement_not_found')
  return agreementOf(row, at)
}

/** All agreements of the board, or those with one supplier, newest first. */
export async function agreementsOf(tx: Tx, boardId: BoardId, at: Date, supplierId?: SupplierId): Promise<Agreement[]> {
  const rows = await tx
    .selectFrom('supplier_agreements')
    .selectAll()
    .where('board_id', '=', boardId)
    .$if(supplierId !== undefined, (query) => query.where('supplier_id', '=', supplierId!)) // supplier_agreements_by_supplier
    .orderBy('drafted_at', 'desc')
    .orderBy('agreement_id')
    .execute()
  return rows.map((row) => agreementOf(row, at))
}

/** The services of an agreement, those by addendum and superseded versions too. */
export async function servicesOfAgreement(tx: Tx, boardId: BoardId, agreementId: AgreementId): Promise<CoveredService[]> {
  const rows = await tx
    .selectFrom('agreement_services')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('agreement_id', '=', agreementId) // agreement_services_pkey
    .orderBy('accepted_at')
    .orderBy('service_id')
    .execute()
  return rows.map((row) => ({
    serviceId: row.service_id,
    leafletId: row.leaflet_id,
    parts: row.parts,
    addendumId: row.addendum_id,
    acceptedAt: row.accepted_at,
    supersededAt: row.superseded_at,
  }))
}

/** Where a service in an agreement has a newer leaflet than the board accepted: for its work list (M26). */
export async function leafletsToAccept(
  tx: Tx,
  boardId: BoardId,
  at: Date,
): Promise<{ agreementId: AgreementId; serviceId: ServiceId; acceptedLeafletId: LeafletId; newestLeafletId: LeafletId }[]> {
  const { rows } = await sql<{ agreement_id: AgreementId; service_id: ServiceId; accepted: LeafletId; newest: LeafletId }>`
    select s.agreement_id, s.service_id, accepted.leaflet_id as accepted, newest.leaflet_id as newest
    from (select distinct board_id, agreement_id, service_id from agreement_services where board_id = ${boardId}) s
    join supplier_agreements a on a.board_id = s.board_id and a.agreement_id = s.agreement_id
      and a.signed_at is not null and a.ended_at is null and a.ends_at > ${at}
    join lateral (
      select l.leaflet_id, l.version from agreement_services o join leaflets l on l.leaflet_id = o.leaflet_id
      where o.board_id = s.board_id and o.agreement_id = s.agreement_id and o.service_id = s.service_id -- agreement_services_pkey
      order by l.version desc limit 1
    ) accepted on true
    join lateral (
      select leaflet_id, version from leaflets l where l.service_id = s.service_id order by version desc limit 1 -- leaflets_once_per_version
    ) newest on newest.version > accepted.version
    order by 1, 2`.execute(tx)
  return rows.map((row) => ({
    agreementId: row.agreement_id,
    serviceId: row.service_id,
    acceptedLeafletId: row.accepted,
    newestLeafletId: row.newest,
  }))
}

/** The agreements of the board that are in force at `at`: `supplier_agreements` as `a`. */
function inForce(tx: Tx, boardId: BoardId, at: Date) {
  return tx
    .selectFrom('supplier_agreements as a')
    .where('a.board_id', '=', boardId)
    .where('a.signed_at', '<=', at)
    .where('a.starts_at', '<=', at)
    .where('a.ends_at', '>', at)
    .where((where) => where.or([where('a.ended_at', 'is', null), where('a.ended_at', '>', at)]))
}

/** The agreement with this supplier that is in force at `at`, the last signed when there are several. Not which services. */
export async function agreementInForce(
  tx: Tx,
  boardId: BoardId,
  supplierId: SupplierId,
  at: Date,
): Promise<{ agreementId: AgreementId; kind: 'processor' | 'controller'; endsAt: Date } | undefined> {
  const row = await inForce(tx, boardId, at)
    .where('a.supplier_id', '=', supplierId) // supplier_agreements_by_supplier
    .select(['a.agreement_id', 'a.kind', 'a.ends_at'])
    .orderBy('a.signed_at', 'desc')
    .orderBy('a.agreement_id')
    .limit(1)
    .executeTakeFirst()
  return row && { agreementId: row.agreement_id, kind: row.kind, endsAt: row.ends_at }
}

export interface Use {
  supplierId: SupplierId
  serviceId: ServiceId
  /** Without it the service as a whole, whatever parts were chosen. */
  partId?: string | null
  leafletId: LeafletId
}

/**
 * The agreement in force that covers this use at `at`: that service, that very leaflet version, and that part chosen.
 * Locks nothing: who mints locks the agreement's row first and asks again (design §5).
 *
 * @returns the one that lasts longest when there are several
 */
export async function coverageOf(
  tx: Tx,
  boardId: BoardId,
  { supplierId, serviceId, partId, leafletId }: Use,
  at: Date,
): Promise<{ agreementId: AgreementId; endsAt: Date } | undefined> {
  const row = await inForce(tx, boardId, at)
    .where('a.supplier_id', '=', supplierId) // supplier_agreements_by_supplier
    .innerJoin('agreement_services as s', (join) =>
      join.onRef('s.board_id', '=', 'a.board_id').onRef('s.agreement_id', '=', 'a.agreement_id'),
    ) // agreement_services_pkey
    .where('s.service_id', '=', serviceId)
    .where('s.leaflet_id', '=', leafletId)
    .where('s.accepted_at', '<=', at)
    .where((where) => where.or([where('s.superseded_at', 'is', null), where('s.superseded_at', '>', at)]))
    .$if(partId !== undefined && partId !== null, (query) => query.where(sql<boolean>`${partId} = any(s.parts)`))
    .select(['a.agreement_id', 'a.ends_at'])
    .orderBy('a.ends_at', 'desc')
    .orderBy('a.agreement_id')
    .limit(1)
    .executeTakeFirst()
  return row && { agreementId: row.agreement_id, endsAt: row.ends_at }
}

/**
 * The holder's agreement in force under which the board instructed it to hand over all these data sets on a subject's own
 * consent (convenant 5.4). Without one they cannot be chosen. Locks nothing, as `coverageOf`.
 */
export async function onwardClause(
  tx: Tx,
  boardId: BoardId,
  holderId: HolderId,
  datatypes: readonly string[],
  at: Date,
): Promise<{ agreementId: AgreementId; endsAt: Date } | undefined> {
  if (datatypes.length === 0) return undefined
  const row = await inForce(tx, boardId, at)
    .innerJoin('onward_clauses as c', (join) => join.onRef('c.board_id', '=', 'a.board_id').onRef('c.agreement_id', '=', 'a.agreement_id')) // onward_clauses_one_standing
    .where('c.holder_id', '=', holderId)
    .where('c.datatype', 'in', datatypes)
    .where('c.instructed_at', '<=', at)
    .where((where) => where.or([where('c.ended_at', 'is', null), where('c.ended_at', '>', at)]))
    .select(['a.agreement_id', 'a.ends_at'])
    .groupBy(['a.agreement_id', 'a.ends_at'])
    .having((having) => having.fn.count('c.datatype').distinct(), '=', new Set(datatypes).size)
    .orderBy('a.ends_at', 'desc')
    .orderBy('a.agreement_id')
    .limit(1)
    .executeTakeFirst()
  return row && { agreementId: row.agreement_id, endsAt: row.ends_at }
}

/** The data sets of this holder that the board lets go out on a subject's own consent at `at`. */
export async function onwardDatatypes(tx: Tx, boardId: BoardId, holderId: HolderId, at: Date): Promise<string[]> {
  const rows = await inForce(tx, boardId, at)
    .innerJoin('onward_clauses as c', (join) => join.onRef('c.board_id', '=', 'a.board_id').onRef('c.agreement_id', '=', 'a.agreement_id'))
    .where('c.holder_id', '=', holderId)
    .where('c.instructed_at', '<=', at)
    .where((where) => where.or([where('c.ended_at', 'is', null), where('c.ended_at', '>', at)]))
    .select('c.datatype')
    .distinct()
    .orderBy('c.datatype')
    .execute()
  return rows.map(({ datatype }) => datatype)
}

function agreementOf(row: Selectable<SupplierAgreementTable>, at: Date): Agreement {
  const terms = {
    boardId: row.board_id,
    agreementId: row.agreement_id,
    supplierId: row.supplier_id,
    kind: row.kind,
    productAgreement: row.product_agreement,
    supplierBasis: row.supplier_basis as LegalBasis | null, // draftAgreement checked both
    boardBasis: row.board_basis as LegalBasis | null,
    supplierArgument: row.supplier_argument,
    boardArgument: row.board_argument,
    deviations: row.deviations,
    security: row.security,
    retention: row.retention,
    modelVersion: row.model_version,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    draftedAt: row.drafted_at,
    draftedBy: row.drafted_by,
    supplierParty: row.supplier_party,
  }
  if (row.rejected_at && row.rejected_because !== null && !row.signed_at) {
    return { ...terms, state: 'rejected', rejectedAt: row.rejected_at, rejectedBecause: row.rejected_because }
  }
  if (row.withdrawn_at && !row.signed_at)
    return { ...terms, state: 'withdrawn', withdrawnAt: row.withdrawn_at, succeededBy: row.succeeded_by }
  if (!row.checked_at && !row.signed_at && !row.ended_at) return { ...terms, state: 'draft' }
  if (row.checked_at && row.checked_by) {
    const checked = { ...terms, checkedAt: row.checked_at, checkedBy: row.checked_by }
    if (!row.signed_at && !row.ended_at) return { ...checked, state: 'checked' }
    if (row.signed_at && row.signed_by && row.signed_text !== null && row.signed_hash) {
      const signed = {
        ...checked,
        signedAt: row.signed_at,
        signedBy: row.signed_by,
        signedText: row.signed_text,
        signedHash: row.signed_hash,
        bySupplier: supplierSignatureOf(row),
      }
      if (row.ended_at && row.ended_because !== null) {
        return { ...signed, state: 'ended', endedAt: row.ended_at, endedBecause: row.ended_because }
      }
      if (!row.ended_at && row.ends_at <= at) return { ...signed, state: 'ended', endedAt: row.ends_at, endedBecause: 'term' }
      if (!row.ended_at) return { ...signed, state: at < row.starts_at ? 'signed' : 'in_force' }
    }
  }
  throw new Error(`supplier_agreements row ${row.agreement_id} is in no known state`)
}

function supplierSignatureOf({
  supplier_signed_at: at,
  supplier_signed_by: by,
  supplier_signed_name: name,
}: Selectable<SupplierAgreementTable>) {
  return at && by !== null && name !== null ? { at, by, name } : null
}

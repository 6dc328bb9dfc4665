import { type Selectable, sql } from 'kysely'
import { servicesOfAgreement } from '../agreements/store.ts'
import type { SupplierAgreementTable } from '../agreements/tables.ts'
import type { CategoryId } from '../catalog/categories.ts'
import { outsideEea } from '../catalog/eea.ts'
import type { LegalBasis } from '../catalog/legal-basis.ts'
import { purposeFor } from '../catalog/purposes.ts'
import { leafletById, serviceById, supplierById } from '../catalog/store.ts'
import type { Audience } from '../consents/audience.ts'
import type { Tx } from '../database.ts'
import type { AgreementId, BoardId, SchoolId, ServiceId } from '../ids.ts'
import { boardById } from '../people/store.ts'

/** One processing activity of the board as the register has it (GDPR art. 30(1)). */
export interface Activity {
  /** Stable over time: of what it was generated from. */
  id: string
  name: string
  explanation: string | null
  purposes: string[]
  /** Empty: nothing here says on which basis it rests. The register shows that as an open point. */
  bases: LegalBasis[]
  subjects: ('pupil' | 'employee')[]
  categories: CategoryId[]
  /** What is recorded along the way (K29). */
  incidental: string[]
  /** Where the school itself shows it. */
  channel: { channel: string; medium: 'photo' | 'video' | 'sound' } | null
  recipient: { legalName: string; country: string; role: 'processor' | 'controller'; contact: string } | null
  subprocessors: { name: string; task: string; country: string }[]
  storageCountries: string[]
  /** Of recipient, storage and subprocessors. */
  thirdCountries: string[]
  /** Null: of the school's own, as long as it lasts or until the consent ends. */
  retention: string | null
  /** Empty: the board has not said it yet. */
  measures: string
  agreementId: AgreementId | null
  modelVersion: string | null
  /** Null: of the whole board, as contracts are, or of people who were picked by hand. */
  schools: SchoolId[] | null
  startsAt: Date
  endsAt: Date
}

/**
 * The processing activities that hold at `at`, generated from the agreements in force with the accepted leaflets, and from what
 * the school itself asks or tells in its published rounds. Nothing is kept: the register is what the contracts and rounds
 * are. What a company asks people for directly is that company's to register. Does NOT check who asks.
 */
export async function activitiesOf(tx: Tx, boardId: BoardId, at: Date): Promise<Activity[]> {
  return [...(await ofSuppliers(tx, boardId, at)), ...(await ofTheSchool(tx, boardId, at))]
}

async function ofSuppliers(tx: Tx, boardId: BoardId, at: Date): Promise<Activity[]> {
  const agreements = await tx
    .selectFrom('supplier_agreements')
    .selectAll()
    .where('board_id', '=', boardId) // supplier_agreements_pkey
    .where('signed_at', '<=', at)
    .where('starts_at', '<=', at)
    .where('ends_at', '>', at)
    .where((where) => where.or([where('ended_at', 'is', null), where('ended_at', '>', at)]))
    .orderBy('signed_at')
    .execute()
  const found: Activity[] = []
  for (const agreement of agreements) {
    for (const service of await servicesOfAgreement(tx, boardId, agreement.agreement_id)) {
      if (service.supersededAt && service.supersededAt <= at) continue
      const one = await ofService(tx, agreement, service)
      if (one) found.push(one)
    }
  }
  return found
}

async function ofService(
  tx: Tx,
  agreement: Selectable<SupplierAgreementTable>,
  covered: Awaited<ReturnType<typeof servicesOfAgreement>>[number],
): Promise<Activity | undefined> {
  const [supplier, service, leaflet] = [
    await supplierById(tx, agreement.supplier_id),
    await serviceById(tx, covered.serviceId),
    await leafletById(tx, covered.leafletId),
  ]
  if (!supplier || !service || !leaflet) return undefined
  const { general, data, purposes, security, subprocessors, contact, parts } = leaflet.content
  const asked = await askedUnder(tx, agreement.board_id, agreement.agreement_id, covered.serviceId)
  const bases = [...new Set([...asked.bases, ...(agreement.board_basis ? [agreement.board_basis as LegalBasis] : [])])].sort()
  // Optional data are only there with the optional parts that were chosen (M03).
  const optional = parts.some(({ partId, optional: isOptional }) => isOptional && covered.parts.includes(partId)) ? data.optional : []
  const countries = [supplier.country, ...security.storageCountries, ...subprocessors.map(({ country }) => country)]
  return {
    id: `${agreement.agreement_id}:${covered.serviceId}:${covered.leafletId}`,
    name: `${general.product} (${supplier.legalName})`,
    explanation: general.explanation,
    purposes: [...new Set(purposes.purposes.map((id) => purposeFor(service.kind, id).id))],
    bases,
    subjects: asked.subjects,
    categories: [...data.categories, ...optional].map(({ category }) => category as CategoryId), // readLeaflet checked it
    incidental: data.incidental,
    channel: null,
    recipient: { legalName: supplier.legalName, country: supplier.country, role: agreement.kind, contact: contact.email },
    subprocessors,
    storageCountries: security.storageCountries,
    thirdCountries: outsideEea(countries),
    retention: agreement.retention,
    measures: security.measures,
    agreementId: agreement.agreement_id,
    modelVersion: agreement.model_version,
    schools: null,
    startsAt: agreement.starts_at,
    endsAt: agreement.ends_at,
  }
}

/** On which bases, and of whom, was asked or told under an agreement. */
async function askedUnder(tx: Tx, boardId: BoardId, agreementId: AgreementId, serviceId: ServiceId) {
  const { rows } = await sql<{ legal_basis: LegalBasis; kind: 'pupil' | 'employee' | null }>`
    select distinct i.legal_basis, coalesce(r.subject_kind, q.subject_kind) as kind
    from items i
    left join rounds r on r.board_id = i.board_id and r.round_id = i.round_id
    left join access_requests q on q.board_id = i.board_id and q.request_id = i.request_id
    where i.board_id = ${boardId} and i.agreement_id = ${agreementId} and i.service_id = ${serviceId} and i.approach = 'organisation'
      and (r.round_id is null or r.published_at is not null)
    order by 1, 2`.execute(tx)
  const subjects = [...new Set(rows.flatMap(({ kind }) => kind ?? []))]
  return {
    bases: [...new Set(rows.map(({ legal_basis }) => legal_basis))],
    subjects: subjects.length > 0 ? subjects : (['pupil'] as const).slice(),
  }
}

async function ofTheSchool(tx: Tx, boardId: BoardId, at: Date): Promise<Activity[]> {
  const { measures } = await boardById(tx, boardId)
  const rows = await tx
    .selectFrom('items as i')
    .innerJoin('rounds as r', (join) => join.onRef('r.board_id', '=', 'i.board_id').onRef('r.round_id', '=', 'i.round_id')) // rounds_pkey
    .select(['i.item_id', 'i.legal_basis', 'i.purpose', 'i.datatypes', 'i.image_channel', 'i.image_medium', 'i.reason_nl', 'i.occasion'])
    .select(['i.starts_at', 'i.ends_at', 'r.subject_kind', 'r.school_id', 'r.audience'])
    .where('i.board_id', '=', boardId)
    .where('i.supplier_id', 'is', null)
    .where('i.approach', '=', 'organisation')
    .where('r.published_at', 'is not', null)
    .where('i.starts_at', '<=', at)
    .where('i.ends_at', '>', at)
    .orderBy('i.starts_at')
    .orderBy('i.item_id')
    .execute()
  return rows.map((row) => ({
    id: row.item_id,
    name: row.occasion.replace(/\.$/, ''),
    explanation: row.reason_nl,
    purposes: [row.purpose],
    bases: [row.legal_basis],
    subjects: [row.subject_kind],
    categories: row.image_channel ? (['images'] as const).slice() : (row.datatypes as CategoryId[]), // mustBeInCatalog checked it
    incidental: [],
    channel: row.image_channel && row.image_medium ? { channel: row.image_channel, medium: row.image_medium } : null,
    recipient: null,
    subprocessors: [],
    storageCountries: [],
    thirdCountries: [],
    retention: null,
    measures,
    agreementId: null,
    modelVersion: null,
    schools: schoolsOf(row),
    startsAt: row.starts_at,
    endsAt: row.ends_at,
  }))
}

function schoolsOf({ school_id, audience }: { school_id: SchoolId | null; audience: Audience | null }): SchoolId[] | null {
  if (school_id) return [school_id]
  const schools = new Set([...(audience?.schools ?? []), ...(audience?.groups ?? []).map(({ schoolId }) => schoolId)])
  return schools.size > 0 ? [...schools] : null
}

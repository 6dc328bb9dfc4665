import { CATEGORIES, type CategoryId } from '../catalog/categories.ts'
import { DPV_BASES, DPV_CATEGORIES, dpv, dpvPurpose } from '../catalog/dpv.ts'
import { mayBeObjectedTo } from '../catalog/legal-basis.ts'
import type { Language } from '../languages.ts'
import type { Receipt } from './receipt.ts'
import { ALWAYS_RIGHTS, AUTHORITY, actorParty, gdpr, type Party, RECEIPT_SCHEMA, schoolBoardParty, urn } from './receipt-parties.ts'
import type { Question } from './shown-text.ts'

/**
 * A receipt in the fields of ISO/IEC TS 27560:2023, with terms of the Data Privacy Vocabulary where it has them: all fields that
 * the standard or, under the GDPR, its guide make mandatory. It names the subject by an opaque id only, and nobody but the one
 * who acted. `privacy_notice` carries the very text that was shown, so that its hash can be checked.
 */
export function receiptJson(receipt: Receipt, issuer: string) {
  return {
    schema_version: RECEIPT_SCHEMA,
    receipt_id: urn(receipt.receiptId),
    record_id: urn(receipt.consentId),
    pii_principal_id: urn(receipt.subjectId),
    processing: [processing(receipt, issuer)],
    party: parties(receipt, issuer),
    event: events(receipt),
  }
}

function processing(receipt: Receipt, issuer: string) {
  const { question, language, shownHash, body, consentId } = receipt
  const { supplier, service, leaflet, holder, image, subprocessors, storageCountries, outsideEea } = question
  const countries = [supplier?.country ?? 'NL', ...[...subprocessors, ...question.socialMedia].map(({ country }) => country)]
  return {
    privacy_notice: [
      {
        notice_hash: `sha-256:${shownHash}`,
        notice_text: body,
        ...(leaflet && { notice_url: leaflet.link, leaflet_version: leaflet.version, leaflet_hash: `sha-256:${leaflet.hash}` }),
      },
    ],
    language,
    purpose: `${question.reason} (${question.purpose})`,
    purpose_type: dpvPurpose(receipt.purposeId, { ofStaff: receipt.tie === 'employee' }),
    lawful_basis: lawfulBasis(question),
    pii_information: piiInformation(receipt),
    pii_controllers: controllersOf(receipt),
    collection_method: { method: dpv(holder ? 'Obtain' : 'Collect'), source: holder ?? supplier?.legalName ?? question.board },
    processing_method: [
      dpv('Use'),
      dpv('Store'),
      ...(image ? [dpv('Disclose')] : []),
      ...(question.profile ? [dpv('Profiling')] : []),
      ...(question.automatedDecision ? [dpv('AutomatedDecisionMaking')] : []),
    ],
    storage_locations: unique(storageCountries.length > 0 ? storageCountries : [supplier?.country ?? 'NL']),
    retention_period: { until: untilOf(receipt).toISOString() },
    processing_locations: unique(countries),
    geographic_restrictions: outsideEea.length > 0 ? unique(['EEA', ...outsideEea]) : ['EEA'],
    service: service ? (service.part ? `${service.name}: ${service.part.name}` : service.name) : question.board,
    jurisdiction: ['NL', 'EU'],
    recipient_third_parties: recipientsOf(receipt).map(({ party_id }) => party_id),
    withdrawal_method: { url: `${issuer}/consents/${consentId}`, description: question.stopping },
    privacy_rights: rightsOf(question).map((article) => gdpr(article)),
    authority_party: AUTHORITY.party_id,
  }
}

function lawfulBasis({ basis, special }: Question): string {
  if (basis !== 'consent') return DPV_BASES[basis]
  return dpv(special ? 'ExplicitlyExpressedConsent' : 'ExpressedConsent')
}

function piiInformation({ question, datatypes }: Receipt) {
  const { image } = question
  if (image) {
    const type = image.medium === 'sound' ? dpv('PersonalData') : DPV_CATEGORIES.images
    return [
      { pii_type: type, pii_attribute_id: image.medium, pii_optional: true, sensitive_pii_category: false, special_pii_category: false },
    ]
  }
  return question.data
    .filter(({ datatype }) => !datatypes || datatypes.includes(datatype))
    .map(({ datatype, category, sensitivity, special }) => ({
      pii_type: piiType(category, question.language),
      pii_attribute_id: datatype,
      // Each can be left out of a yes; none can be kept back where the school does not ask.
      pii_optional: question.basis === 'consent',
      sensitive_pii_category: sensitivity !== 'public',
      special_pii_category: special,
    }))
}

/** By the name of the category in the language it was shown in. */
function piiType(name: string, language: Language): string {
  const ids = Object.keys(CATEGORIES) as CategoryId[]
  const id = ids.find((one) => CATEGORIES[one][language] === name)
  return id ? DPV_CATEGORIES[id] : dpv('PersonalData')
}

/** Who decides about it: the school board, unless a supplier asks directly, and a supplier that decides for itself besides. */
function controllersOf(receipt: Receipt): string[] {
  const supplier = supplierParty(receipt)?.party_id
  if (receipt.approach === 'subject') return supplier ? [supplier] : []
  return [boardParty(receipt).party_id, ...(receipt.supplierIs === 'controller' && supplier ? [supplier] : [])]
}

function rightsOf({ basis }: Question): readonly string[] {
  if (basis === 'consent') return ['A7-3', ...ALWAYS_RIGHTS, 'A20']
  if (basis === 'contract') return [...ALWAYS_RIGHTS, 'A20']
  return mayBeObjectedTo(basis) ? [...ALWAYS_RIGHTS, 'A21'] : ALWAYS_RIGHTS
}

function parties(receipt: Receipt, issuer: string): Party[] {
  const supplier = supplierParty(receipt)
  return [actorParty(receipt, issuer), boardParty(receipt), ...(supplier ? [supplier] : []), ...recipientsOf(receipt), AUTHORITY]
}

function boardParty({ boardOin, question, approach }: Receipt): Party {
  return schoolBoardParty(boardOin, question.board, approach === 'subject' ? 'ThirdParty' : 'DataController')
}

function supplierParty({ question, approach, supplierIs, supplierId }: Receipt): Party | undefined {
  const { supplier, leaflet } = question
  if (!supplier || !supplierId) return undefined
  const decides = approach === 'subject' || supplierIs === 'controller'
  return {
    party_id: urn(supplierId),
    party_name: supplier.legalName,
    party_role: dpv(decides ? 'DataController' : 'DataProcessor'),
    party_type: dpv('Organisation'),
    party_address: supplier.country,
    party_contact: leaflet?.contact.name ?? supplier.legalName,
    ...(leaflet && { party_email: leaflet.contact.email }),
    ...(leaflet && /^https?:/.test(leaflet.link) && { party_url: leaflet.link }),
  }
}

/** Whoever else gets the data: those that help the supplier, and the companies whose pages a picture stands on. */
function recipientsOf({ question: { subprocessors, socialMedia } }: Receipt): Party[] {
  const other = (name: string, country: string, role: string): Party => ({
    party_id: `urn:name:${encodeURIComponent(name)}`,
    party_name: name,
    party_role: dpv(role),
    party_type: dpv('Organisation'),
    party_address: country,
    party_contact: name,
  })
  return [
    ...subprocessors.map(({ name, country }) => other(name, country, 'DataSubProcessor')),
    ...socialMedia.map(({ name, company, country }) => other(company ?? name, country, 'ThirdParty')),
  ].filter((party, nr, all) => all.findIndex(({ party_id }) => party_id === party.party_id) === nr)
}

const EVENTS: Record<Receipt['act'], { type: string; state: string }> = {
  yes: { type: 'ProvideConsent', state: 'ConsentGiven' },
  no: { type: 'RefuseConsent', state: 'ConsentRefused' },
  undone: { type: 'WithdrawConsent', state: 'ConsentInvalidated' },
  withdrawn: { type: 'WithdrawConsent', state: 'ConsentWithdrawn' },
  objected: { type: 'ObjectingToProcess', state: 'RequestAcknowledged' },
  shared: { type: 'Share', state: 'RequestFulfilled' },
  unshared: { type: 'Restrict', state: 'RequestFulfilled' },
}

function events(receipt: Receipt) {
  const { act, madeAt, undoneAt, personId } = receipt
  const event = (at: Date, type: string, state: string, duration: string) => ({
    event_time: at.toISOString(),
    validity_duration: duration,
    entity_id: urn(personId),
    event_type: dpv(type),
    event_state: dpv(state),
  })
  const { type, state } = EVENTS[act]
  const holds = act === 'yes' && !undoneAt ? `${fromOf(receipt).toISOString()}/${untilOf(receipt).toISOString()}` : 'PT0S'
  return [event(madeAt, type, state, holds), ...(undoneAt ? [event(undoneAt, 'WithdrawConsent', 'ConsentInvalidated', 'PT0S')] : [])]
}

function fromOf({ madeAt, startsAt }: Receipt): Date {
  return startsAt > madeAt ? startsAt : madeAt
}

/** Until when it may be used: not at all after a no or a stop. */
function untilOf({ act, madeAt, untilAt, question }: Receipt): Date {
  return act === 'yes' ? (untilAt ?? question.endsAt) : madeAt
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)]
}

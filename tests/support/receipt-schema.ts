import { z } from 'zod'

/**
 * A consent receipt in the fields of ISO/IEC TS 27560:2023, as the DPV guide (Final Community Group Report, 15 February 2026)
 * lists them for the GDPR: written from that list, not from our code. Mandatory are what the standard says and, besides, what
 * the GDPR makes so; no other field may be there but those marked below as of the issuer.
 */
const iri = z.string().regex(/^(urn:|https?:\/\/)\S+$/)
const dpv = (...terms: string[]) => z.enum(terms.map((term) => `https://w3id.org/dpv#${term}`))
const country = z.string().regex(/^[A-Z]{2}$/)
const text = z.string().min(1)
const moment = z.iso.datetime()

const party = z.strictObject({
  party_id: iri,
  party_address: text,
  party_email: z.email().optional(),
  party_url: z.url().optional(),
  party_phone: text.optional(),
  party_name: text,
  party_role: dpv(
    'DataController',
    'DataProcessor',
    'DataSubProcessor',
    'DataSubject',
    'ParentOfDataSubject',
    'GuardianOfDataSubject',
    'ThirdParty',
    'Recipient',
    'DataProtectionAuthority',
  ),
  party_contact: text,
  party_type: dpv('NaturalPerson', 'Organisation', 'AcademicScientificOrganisation', 'GovernmentalOrganisation'),
})

const pii = z.strictObject({
  pii_type: z.string().regex(/^https:\/\/w3id\.org\/dpv(\/pd)?#[A-Z]\w+$/),
  pii_attribute_id: text.optional(),
  pii_optional: z.boolean(),
  sensitive_pii_category: z.boolean().optional(),
  special_pii_category: z.boolean(),
})

const processing = z.strictObject({
  privacy_notice: z
    .array(
      // Of the issuer: what of the notice can be checked.
      z.strictObject({
        notice_hash: z.string().regex(/^sha-256:[0-9a-f]{64}$/),
        notice_text: text,
        notice_url: z.url().optional(),
        leaflet_version: z.int().positive().optional(),
        leaflet_hash: z
          .string()
          .regex(/^sha-256:[0-9a-f]{64}$/)
          .optional(),
      }),
    )
    .min(1),
  language: z.string().regex(/^[a-z]{2}$/),
  purpose: text,
  purpose_type: z
    .string()
    .regex(/^https:\/\/w3id\.org\/dpv(\/sector\/education)?#[A-Z]\w+$/)
    .optional(),
  lawful_basis: dpv(
    'ExpressedConsent',
    'ExplicitlyExpressedConsent',
    'Contract',
    'LegalObligation',
    'OfficialAuthorityOfController',
    'PublicInterest',
    'VitalInterest',
    'LegitimateInterest',
  ),
  pii_information: z.array(pii).min(1),
  pii_controllers: z.array(iri).min(1),
  collection_method: z.strictObject({ method: dpv('Collect', 'Obtain'), source: text }),
  processing_method: z.array(dpv('Use', 'Store', 'Disclose', 'Profiling', 'AutomatedDecisionMaking')).min(1),
  storage_locations: z.array(country).min(1),
  retention_period: z.strictObject({ until: moment }),
  processing_locations: z.array(country).min(1),
  geographic_restrictions: z.array(text).min(1),
  service: text.optional(),
  jurisdiction: z.array(text).min(1),
  recipient_third_parties: z.array(iri),
  withdrawal_method: z.strictObject({ url: z.url(), description: text }),
  privacy_rights: z.array(z.string().regex(/^https:\/\/w3id\.org\/dpv\/legal\/eu\/gdpr#A\d+(-\d)?$/)).min(1),
  codes_of_conduct: text.optional(),
  impact_assessment: text.optional(),
  authority_party: iri,
})

const event = z.strictObject({
  event_time: moment,
  /** A time interval or a duration of ISO 8601. */
  validity_duration: z.string().regex(/^(PT0S|\d{4}-\S+Z\/\d{4}-\S+Z)$/),
  entity_id: iri,
  event_type: dpv(
    'ProvideConsent',
    'RefuseConsent',
    'WithdrawConsent',
    'ReaffirmConsent',
    'ObjectingToProcess',
    'Share',
    'Restrict',
    'HumanInvolvementForVerification',
  ),
  event_state: dpv('ConsentGiven', 'ConsentRefused', 'ConsentWithdrawn', 'ConsentInvalidated', 'RequestAcknowledged', 'RequestFulfilled'),
})

export const receipt27560 = z
  .strictObject({
    schema_version: z.literal('https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr'),
    receipt_id: iri,
    record_id: iri,
    pii_principal_id: iri,
    processing: z.array(processing).length(1),
    party: z.array(party).min(3),
    event: z.array(event).min(1),
  })
  .refine(({ processing: [one], party: parties, event: events }) => {
    const known = new Set(parties.map(({ party_id }) => party_id))
    const named = [...one!.pii_controllers, ...one!.recipient_third_parties, one!.authority_party, ...events.map((e) => e.entity_id)]
    return known.size === parties.length && named.every((id) => known.has(id))
  }, 'every party that is named is described, once')

import { CATEGORIES, type CategoryId } from '../catalog/categories.ts'
import type { LegalBasis } from '../catalog/legal-basis.ts'
import { purposeById } from '../catalog/purposes.ts'
import type { Activity } from './activities.ts'

const BASES: Record<LegalBasis, string> = {
  consent: 'dpv:Consent',
  contract: 'dpv:Contract',
  legal_obligation: 'dpv:LegalObligation',
  public_task: 'dpv:OfficialAuthorityOfController',
  vital_interest: 'dpv:VitalInterest',
  legitimate_interest: 'dpv:LegitimateInterest',
}

/** Where the vocabulary has a term of its own; the others are named and of the general class. */
const KINDS: Partial<Record<CategoryId, string>> = {
  name: 'pd:Name',
  'birth-date': 'pd:BirthDate',
  'learning-results': 'pd:Education',
  'learning-behaviour': 'pd:Education',
  medical: 'pd:Health',
  'support-needs': 'pd:Disability',
  images: 'pd:Picture',
  'employee-data': 'pd:ProfessionalEvaluation',
}

const SUBJECTS = { pupil: 'dpv:Student', employee: 'dpv:Employee' } as const

/** The register in terms of the W3C's Data Privacy Vocabulary 2.x, as JSON-LD. Purposes keep the sector's own ids. */
export function registerInDpv(
  board: { name: string; oin: string },
  activities: readonly Activity[],
  { issuer, at }: { issuer: string; at: Date },
) {
  const controller = `urn:nld:oin:${board.oin}`
  return {
    '@context': {
      dpv: 'https://w3id.org/dpv#',
      pd: 'https://w3id.org/dpv/pd#',
      dct: 'http://purl.org/dc/terms/',
      title: 'dct:title',
      description: 'dct:description',
    },
    '@id': `${issuer}/school/register`,
    '@type': 'dpv:RecordOfActivities',
    'dct:created': at.toISOString(),
    'dpv:hasDataController': { '@id': controller, '@type': 'dpv:DataController', 'dpv:hasName': board.name },
    'dpv:hasProcess': activities.map((activity) => ({
      '@id': `urn:consent-broker:activity:${activity.id}`,
      '@type': 'dpv:Process',
      title: activity.name,
      ...(activity.explanation ? { description: activity.explanation } : {}),
      'dpv:hasPurpose': activity.purposes.map((id) => ({
        '@id': `urn:consent-broker:purpose:${id}`,
        '@type': 'dpv:Purpose',
        title: purposeById(id)?.nl ?? id,
      })),
      'dpv:hasLegalBasis': activity.bases.map((basis) => ({ '@id': BASES[basis] })),
      'dpv:hasDataSubject': activity.subjects.map((subject) => ({ '@id': SUBJECTS[subject] })),
      'dpv:hasPersonalData': activity.categories.map((category) => ({
        '@type': [KINDS[category] ?? 'dpv:PersonalData', ...(CATEGORIES[category].special ? ['dpv:SpecialCategoryPersonalData'] : [])],
        title: CATEGORIES[category].nl,
      })),
      ...(activity.recipient
        ? {
            [activity.recipient.role === 'processor' ? 'dpv:hasDataProcessor' : 'dpv:hasRecipient']: {
              '@type': activity.recipient.role === 'processor' ? 'dpv:DataProcessor' : 'dpv:DataController',
              'dpv:hasName': activity.recipient.legalName,
              'dpv:hasContact': activity.recipient.contact,
              'dpv:hasCountry': activity.recipient.country,
            },
          }
        : {}),
      'dpv:hasDataSubProcessor': activity.subprocessors.map(({ name, task, country }) => ({
        '@type': 'dpv:DataSubProcessor',
        'dpv:hasName': name,
        description: task,
        'dpv:hasCountry': country,
      })),
      'dpv:hasLocation': activity.storageCountries,
      'dpv:hasThirdCountry': activity.thirdCountries,
      ...(activity.retention ? { 'dpv:hasStorageCondition': { '@type': 'dpv:StorageDuration', description: activity.retention } } : {}),
      ...(activity.measures
        ? { 'dpv:hasTechnicalOrganisationalMeasure': { '@type': 'dpv:TechnicalOrganisationalMeasure', description: activity.measures } }
        : {}),
      'dpv:hasDuration': { 'dct:valid': `${activity.startsAt.toISOString()}/${activity.endsAt.toISOString()}` },
    })),
  }
}

import { CATEGORIES } from '../catalog/categories.ts'
import { DPV_BASES, DPV_CATEGORIES, dpvPurpose } from '../catalog/dpv.ts'
import { purposeById } from '../catalog/purposes.ts'
import { amsterdamDay } from '../clock.ts'
import type { Officer } from '../people/officers.ts'
import type { Activity } from './activities.ts'

const SUBJECTS = { pupil: 'dpv:Student', employee: 'dpv:Employee' } as const

const place = (country: string) => ({ '@id': `https://w3id.org/dpv/loc#${country}` })

/**
 * The register in terms of the W3C's Data Privacy Vocabulary 2.x, as JSON-LD. A purpose keeps the sector's own id and has the
 * vocabulary's nearest term as its type.
 */
export function registerInDpv(
  { board, officers }: { board: { name: string; oin: string; address: string }; officers: readonly Officer[] },
  activities: readonly Activity[],
  { issuer, at }: { issuer: string; at: Date },
) {
  return {
    '@context': {
      dpv: 'https://w3id.org/dpv#',
      dct: 'http://purl.org/dc/terms/',
      title: 'dct:title',
      description: 'dct:description',
    },
    '@id': `${issuer}/school/register`,
    '@type': 'dpv:RecordsOfActivities',
    'dct:created': at.toISOString(),
    'dpv:hasDataController': {
      '@id': `urn:nld:oin:${board.oin}`,
      '@type': 'dpv:DataController',
      'dpv:hasName': board.name,
      ...(board.address ? { 'dpv:hasContact': board.address } : {}),
    },
    'dpv:hasDataProtectionOfficer': officers.map(({ name, email }) => ({
      '@type': 'dpv:DataProtectionOfficer',
      'dpv:hasName': name,
      ...(email ? { 'dpv:hasContact': email } : {}),
    })),
    'dpv:hasProcess': activities.map(processOf),
  }
}

function processOf(activity: Activity) {
  const { recipient, subprocessors, retention, measures, storageCountries, endsAt } = activity
  const controller = recipient?.role === 'controller' ? recipient : null
  const processors = [
    ...(recipient?.role === 'processor' ? [{ '@type': 'dpv:DataProcessor', ...partyOf(recipient) }] : []),
    ...subprocessors.map(({ name, task, country }) => ({
      '@type': 'dpv:DataSubProcessor',
      'dpv:hasName': name,
      description: task,
      'dpv:hasCountry': place(country),
    })),
  ]
  const storage = [
    ...storageCountries.map((country) => ({ '@type': 'dpv:StorageLocation', 'dpv:hasCountry': place(country) })),
    { '@type': 'dpv:StorageDuration', description: retention ?? `tot en met ${lastDayOf(endsAt)}, of tot de toestemming stopt` },
  ]
  return {
    '@id': `urn:consent-broker:activity:${activity.id}`,
    '@type': 'dpv:Process',
    title: activity.name,
    ...(activity.explanation ? { description: activity.explanation } : {}),
    'dpv:hasPurpose': activity.purposes.map((id) => ({
      '@id': `urn:consent-broker:purpose:${id}`,
      '@type': ['dpv:Purpose', dpvPurpose(id, { ofStaff: !activity.subjects.includes('pupil') })],
      title: purposeById(id)?.nl ?? id,
    })),
    'dpv:hasLegalBasis': activity.bases.map((basis) => ({ '@id': DPV_BASES[basis] })),
    'dpv:hasDataSubject': activity.subjects.map((subject) => ({ '@id': SUBJECTS[subject] })),
    'dpv:hasPersonalData': activity.categories.map((category) => ({
      '@type': [DPV_CATEGORIES[category], ...(CATEGORIES[category].special ? ['dpv:SpecialCategoryPersonalData'] : [])],
      title: CATEGORIES[category].nl,
    })),
    'dpv:hasRecipientDataController': controller ? [{ '@type': 'dpv:DataController', ...partyOf(controller) }] : [],
    'dpv:hasDataProcessor': processors,
    'dpv:hasStorageCondition': storage,
    'dpv:hasThirdCountry': activity.thirdCountries.map(place),
    ...(measures
      ? { 'dpv:hasTechnicalOrganisationalMeasure': { '@type': 'dpv:TechnicalOrganisationalMeasure', description: measures } }
      : {}),
    'dpv:hasDuration': { '@type': 'dpv:Duration', 'dct:valid': `${activity.startsAt.toISOString()}/${activity.endsAt.toISOString()}` },
  }
}

const lastDayOf = (endsAt: Date) => amsterdamDay(new Date(endsAt.getTime() - 1))

const partyOf = ({ legalName, contact, country }: NonNullable<Activity['recipient']>) => ({
  'dpv:hasName': legalName,
  'dpv:hasContact': contact,
  'dpv:hasCountry': place(country),
})

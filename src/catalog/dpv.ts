import type { CategoryId } from './categories.ts'
import type { LegalBasis } from './legal-basis.ts'

/** A term of the W3C's Data Privacy Vocabulary 2. Does NOT check that it has that term. */
export const dpv = (term: string) => `https://w3id.org/dpv#${term}`
const personal = (term: string) => `https://w3id.org/dpv/pd#${term}`
const education = (term: string) => `https://w3id.org/dpv/sector/education#${term}`

/** The legal basis as the vocabulary has it. */
export const DPV_BASES: Record<LegalBasis, string> = {
  consent: dpv('Consent'),
  contract: dpv('Contract'),
  legal_obligation: dpv('LegalObligation'),
  public_task: dpv('OfficialAuthorityOfController'),
  vital_interest: dpv('VitalInterest'),
  legitimate_interest: dpv('LegitimateInterest'),
}

/** The nearest term of its extension for personal data. */
export const DPV_CATEGORIES: Record<CategoryId, string> = {
  name: personal('Name'),
  contact: personal('Contact'),
  'eck-id': personal('Identifying'),
  'birth-date': personal('BirthDate'),
  sex: personal('Gender'),
  group: personal('Education'),
  'learning-results': personal('Education'),
  'learning-behaviour': personal('Education'),
  'usage-data': personal('Behavioral'),
  medical: personal('Health'),
  'support-needs': personal('Disability'),
  images: personal('Picture'),
  'guardian-data': personal('Family'),
  finance: personal('Financial'),
  'employee-data': personal('ProfessionalEvaluation'),
  'age-bracket': personal('AgeRange'),
  'education-level': personal('EducationQualification'),
  'working-hours': personal('CurrentEmployment'),
  'years-here': personal('EmploymentHistory'),
  'years-in-education': personal('EmploymentHistory'),
  'teaching-subjects': personal('CurrentEmployment'),
  'survey-answers': personal('Attitude'),
}

const PURPOSES: [of: RegExp, term: string][] = [
  [/^(5\.1\.a|5\.x\.a)$/, 'StudentPersonalisedContentDelivery'],
  [/^(5\.2\.a|pp\.a)$/, 'EducationManagement'],
  [/^pp\.b$/, 'StudentGuidanceManagement'],
  [/^5\.[12x]\.c$/, 'StudentIdentityVerification'],
  [/^5\.[12x]\.[fg]$/, 'ResearchManagement'],
  [/^(image|pp\.[ef])$/, 'StudentSocialActivitiesManagement'],
]

/** The nearest term of the education extension for a purpose of ours; of the vocabulary's own where it has none for it. */
export function dpvPurpose(purposeId: string, { ofStaff }: { ofStaff: boolean }): string {
  if (ofStaff && /^5\.[12x]\.[fg]$/.test(purposeId)) return education('StaffPerformanceAssessment')
  const term = PURPOSES.find(([of]) => of.test(purposeId))?.[1]
  return term ? education(term) : dpv('ServiceProvision')
}

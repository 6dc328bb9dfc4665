import { dpv } from '../catalog/dpv.ts'
import type { PersonId } from '../ids.ts'
import type { Tie } from './receipt.ts'

/** The profile of a receipt under the GDPR in the DPV guide to ISO/IEC TS 27560:2023. */
export const RECEIPT_SCHEMA = 'https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr'

/** The rights that are there on every legal basis, as articles of the GDPR. */
export const ALWAYS_RIGHTS: readonly string[] = ['A13', 'A15', 'A16', 'A17', 'A18', 'A77']

/** An article of the GDPR as the vocabulary names it. */
export const gdpr = (article: string) => `https://w3id.org/dpv/legal/eu/gdpr#${article}`
/** An id of ours where an IRI is asked. */
export const urn = (id: string) => `urn:uuid:${id}`

/** Somebody a receipt names, in the fields of ISO/IEC TS 27560. */
export interface Party {
  party_id: string
  party_name: string
  party_role: string
  party_type: string
  party_address: string
  party_contact: string
  party_email?: string
  party_url?: string
  party_phone?: string
}

/** Where to complain. */
export const AUTHORITY: Party = {
  party_id: 'https://autoriteitpersoonsgegevens.nl',
  party_name: 'Autoriteit Persoonsgegevens',
  party_role: dpv('DataProtectionAuthority'),
  party_type: dpv('GovernmentalOrganisation'),
  party_address: 'Postbus 93374, 2509 AJ Den Haag, NL',
  party_contact: 'https://autoriteitpersoonsgegevens.nl',
  party_url: 'https://autoriteitpersoonsgegevens.nl',
}

const TIES: Record<Tie, string> = {
  pupil: 'DataSubject',
  employee: 'DataSubject',
  parent: 'ParentOfDataSubject',
  guardian: 'GuardianOfDataSubject',
  foster: 'GuardianOfDataSubject',
  curator: 'GuardianOfDataSubject',
  mentor: 'GuardianOfDataSubject',
  institution: 'GuardianOfDataSubject',
}

/** Whoever acted, and what they are to the subject. */
export function actorParty({ personId, personName, tie }: { personId: PersonId; personName: string; tie: Tie }, issuer: string): Party {
  return {
    party_id: urn(personId),
    party_name: personName,
    party_role: dpv(TIES[tie]),
    party_type: dpv('NaturalPerson'),
    party_address: 'NL',
    party_contact: `${issuer}/account`,
  }
}

/** The school board, in the role it has for this. */
export function schoolBoardParty(oin: string, name: string, role: 'DataController' | 'ThirdParty'): Party {
  return {
    party_id: `urn:nld:oin:${oin}`,
    party_name: name,
    party_role: dpv(role),
    party_type: dpv('AcademicScientificOrganisation'),
    party_address: 'NL',
    party_contact: name,
  }
}

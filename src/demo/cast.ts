import { addDays, amsterdamDay } from '../clock.ts'
import type { MemberRole } from '../members/member.ts'
import type { MandateRole } from '../people/mandate.ts'
import { eckId } from './records.ts'

/** The fictional board. BRINs that begin with 99 are meant to be unassigned; the OIN is made up. */
export const BOARD = { name: 'Stichting De Waterlelie Onderwijs', oin: '00000099999999990001' }

export const SCHOOLS = [
  { key: 'regenboog', name: 'De Regenboog', brin: '99ZA', location: '99ZA00', rio: '999A101', sector: 'po' },
  { key: 'kompas', name: 'Het Kompas', brin: '99ZB', sector: 'sbo' },
  { key: 'brug', name: 'Lyceum De Brug', brin: '99ZC', location: '99ZC01', sector: 'vo' },
] as const
export type SchoolKey = (typeof SCHOOLS)[number]['key']

export interface Pupil {
  key: string
  givenName: string
  familyName: string
  birthDate: string
  school: SchoolKey
  group: string
  /** Older pupils sign in themselves. */
  email?: string
  /** Keys of guardians with authority. */
  guardians: string[]
  /** Of whom the school does not know whether they have authority. */
  contacts?: string[]
  eckId: string
}

export interface Adult {
  key: string
  givenName: string
  familyName: string
  email: string
}

export interface Employee extends Adult {
  school: SchoolKey
  jobTitle: string
  mandates: { role: MandateRole; school?: SchoolKey; group?: string }[]
}

const address = (key: string, at: string) => `${key}@${at}.example`

/** The board's first administrator: invited by the operator, gives all others their mandates. Not in the roster. */
export const ADMINISTRATOR: Adult = {
  key: 'ingrid',
  givenName: 'Ingrid',
  familyName: 'Hoekstra',
  email: address('ingrid.hoekstra', 'dewaterlelie'),
}

const pupil = (key: string, rest: Omit<Pupil, 'key' | 'eckId'>): Pupil => ({ key, ...rest, eckId: eckId(key) })

/** The pupils of the story. Lotte turns sixteen two weeks after the world is made, so her birth date follows the clock. */
export function pupils(now: Date): Pupil[] {
  const soon = addDays(amsterdamDay(now), 14)
  const lotteBorn = `${Number(soon.slice(0, 4)) - 16}${soon.slice(4) === '-02-29' ? '-02-28' : soon.slice(4)}`
  return [
    pupil('fatima', {
      givenName: 'Fatima',
      familyName: 'Amrani',
      birthDate: '2017-03-14',
      school: 'regenboog',
      group: 'Groep 6',
      guardians: ['nadia', 'karim'],
    }),
    pupil('ali', {
      givenName: 'Ali',
      familyName: 'Yildiz',
      birthDate: '2015-01-20',
      school: 'regenboog',
      group: 'Groep 8',
      guardians: ['elif'],
    }),
    pupil('sem', {
      givenName: 'Sem',
      familyName: 'Jansen',
      birthDate: '2016-11-02',
      school: 'regenboog',
      group: 'Groep 6',
      guardians: ['kees'],
    }),
    pupil('daan', {
      givenName: 'Daan',
      familyName: 'Visscher',
      birthDate: '2017-06-30',
      school: 'regenboog',
      group: 'Groep 6',
      guardians: ['marieke', 'tom'],
    }),
    pupil('yara', {
      givenName: 'Yara',
      familyName: 'Haddad',
      birthDate: '2018-09-09',
      school: 'kompas',
      group: 'Groep 5',
      guardians: [],
      contacts: ['samira'],
    }),
    pupil('lotte', {
      givenName: 'Lotte',
      familyName: 'Bakker',
      birthDate: lotteBorn,
      school: 'brug',
      group: '4 havo',
      email: address('lotte', 'lyceumdebrug'),
      guardians: ['petra'],
    }),
  ]
}

const family = (key: string, givenName: string, familyName: string): Adult => ({
  key,
  givenName,
  familyName,
  email: address(key, 'gezin'),
})

export const GUARDIANS: Adult[] = [
  family('nadia', 'Nadia', 'Amrani'),
  family('karim', 'Karim', 'Amrani'),
  family('elif', 'Elif', 'Yildiz'),
  family('kees', 'Kees', 'Jansen'),
  family('marieke', 'Marieke', 'Visscher'),
  family('tom', 'Tom', 'Visscher'),
  family('samira', 'Samira', 'Haddad'),
  family('petra', 'Petra', 'Bakker'),
]

const employee = (
  key: string,
  givenName: string,
  familyName: string,
  jobTitle: string,
  mandates: Employee['mandates'],
  school: SchoolKey = 'regenboog',
): Employee => ({ key, givenName, familyName, email: address(key, 'dewaterlelie'), school, jobTitle, mandates })

export const EMPLOYEES: Employee[] = [
  employee('mirjam', 'Mirjam', 'Smit', 'locatieleider', [{ role: 'school_leader' }]),
  employee('joost', 'Joost', 'Mulder', 'intern begeleider', [{ role: 'consent_officer' }]),
  employee('ruud', 'Ruud', 'de Graaf', 'voorzitter college van bestuur', [{ role: 'signatory' }]),
  employee('els', 'Els', 'Verhoeven', 'functionaris gegevensbescherming', [{ role: 'dpo' }]),
  employee('pim', 'Pim', 'de Wit', 'leerkracht', [{ role: 'teacher', school: 'regenboog', group: 'Groep 6' }]),
  employee('erik', 'Erik', 'Bos', 'leerkracht', [{ role: 'teacher', school: 'regenboog', group: 'Groep 8' }]),
  employee('sara', 'Sara', 'Visser', 'secretaresse', []),
  employee('henk', 'Henk', 'Kuiper', 'conciërge', [{ role: 'concierge', school: 'regenboog' }]),
]

/** Who works for a supplier. */
export interface Member {
  key: string
  supplier: string
  name: string
  email: string
  roles: MemberRole[]
}

/** The owner of a tutoring institute with a laptop, a guide of hers, and the privacy officer of a publisher. The first of each administers it. */
export const MEMBERS: Member[] = [
  {
    key: 'roos',
    supplier: 'rekenplus',
    name: 'Roos Plus',
    email: address('roos', 'rekenplus'),
    roles: ['administrator', 'contracts', 'engineer'],
  },
  { key: 'gijs', supplier: 'rekenplus', name: 'Gijs Tel', email: address('gijs', 'rekenplus'), roles: ['case_worker'] },
  {
    key: 'vera',
    supplier: 'rekenrijk',
    name: 'Vera Rijk',
    email: address('vera', 'rekenrijk'),
    roles: ['administrator', 'contracts', 'engineer'],
  },
]

import type { RosterFile, Version } from './headers.ts'

/** A place in a roster where something is wrong. Never with the value itself: these go out to people, and into logs by mistake. */
export interface RosterError {
  file: string
  /** From 1, as an editor counts; the header is line 1. 0 when it is about the file as a whole. */
  line: number
  /** Its name, or its place from 1 where there is no name for it; null when it is about the file as a whole. */
  column: string | null
  message: string
  /** The last of very many: for how many more it stands, itself included. */
  unlisted?: number
}

/** What we take from a roster, checked and in our own words. Nothing else of it is kept anywhere. */
export interface RosterBundle {
  schools: RosterSchool[]
  persons: RosterPerson[]
  enrolments: RosterEnrolment[]
  employments: RosterEmployment[]
  guardianships: RosterGuardianship[]
  /** Whether it also tells who works for the board itself, and not for a school. */
  coversBoard: boolean
  tells: RosterTells
  /** Whether its people are also known by who they are, when their id is new: several systems speak of the same pupils. */
  knowsByName: boolean
  /** Of OneRoster: what is kept for the delta that may come next. */
  base?: RosterBase
  /** Of a delta: the hash of the base that it was held against. */
  onBase?: string
  /** Who stands in the roster of another student system of the board: whether they work for the board, that one says. */
  namedElsewhere?: ReadonlySet<string>
  /** Who stood in what this system sent before. */
  namedBefore?: ReadonlySet<string>
}

/** What a roster speaks of at all. Where it is silent, what is known stays as it is, and nothing ends. */
export interface RosterTells {
  enrolments: boolean
  employments: boolean
  guardianships: boolean
}

export interface RosterSchool {
  sourceId: string
  brin: string
  line: number
  /** Where the BRIN stands, when it is not the `identifier` in orgs.csv. */
  file?: { file: string; column: string | null }
}

export interface RosterPerson {
  sourceId: string
  givenName: string
  familyName: string
  /** YYYY-MM-DD */
  birthDate: string | null
  email: string | null
  phone: string | null
  eckId: string | null
  /** What the roster says nothing of for this person: what is known stays. */
  silentOn?: readonly Detail[]
}

export type Detail = 'givenName' | 'familyName' | 'birthDate' | 'email' | 'phone' | 'eckId'

export const ALL_DETAILS: readonly Detail[] = ['givenName', 'familyName', 'birthDate', 'email', 'phone', 'eckId']

/** Days are YYYY-MM-DD; the last one counts in full. What is undefined the roster does not speak of: it stays as it is known. */
interface RosterTenure {
  personSourceId: string
  firstDay: string | null
  lastDay: string | null | undefined
}

export interface RosterEnrolment extends RosterTenure {
  schoolSourceId: string
  groupName: string | null | undefined
}

export interface RosterEmployment extends RosterTenure {
  /** Null for who works for the board itself. */
  schoolSourceId: string | null
  jobTitle: string | undefined
}

export interface RosterGuardianship {
  guardianSourceId: string
  pupilSourceId: string
  kind: 'parent' | 'guardian'
  /** False for relatives and others who are only known as contacts: the board's word on authority does not reach them. */
  presumed: boolean
  /** What a column of the file says of authority; absent where the file has no such column. */
  authority?: 'yes' | 'no' | 'unknown'
}

export type RosterReading = { ok: true; bundle: RosterBundle } | { ok: false; errors: RosterError[] }

/** The files of a bundle by name, as bytes. */
export type RosterFiles = Map<string, Uint8Array>

/** What of a roster a delta is held against: its rows by file, with the columns that are kept. By the sender's ids; no names. */
export interface RosterBase {
  version: Version
  /** The newest `dateLastModified` of the deltas since the last whole roster. */
  modifiedTo: string | null
  files: Partial<Record<RosterFile, string[][]>>
}

/** A base with the hash of how it is kept, by which somebody sees that it is still the same. */
export interface KnownBase {
  base: RosterBase
  hash: string
  /** The schools it is about; null where nobody knows. */
  brins: string[] | null
}

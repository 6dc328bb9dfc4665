/** Whom a CSV file is about. */
export type CsvAbout = 'pupils' | 'staff'

export const MOST_GUARDIANS = 4

const PERSON = ['number', 'given', 'infix', 'family', 'email', 'phone'] as const
const PUPIL = [...PERSON, 'birth', 'eck', 'school', 'group', 'first', 'last'] as const
const STAFF = [...PERSON, 'school', 'job', 'first', 'last'] as const
export const OF_GUARDIAN = ['id', 'given', 'infix', 'family', 'email', 'phone', 'kind', 'authority'] as const

export type GuardianField = (typeof OF_GUARDIAN)[number]
export type CsvField = (typeof PUPIL)[number] | (typeof STAFF)[number] | `g${number}.${GuardianField}`

/** What a file can say, field by field; a mapping names the column of each that the file has. */
export const FIELDS: Record<CsvAbout, CsvField[]> = {
  pupils: [
    ...PUPIL,
    ...Array.from({ length: MOST_GUARDIANS }, (_, nr) => OF_GUARDIAN.map((field) => `g${nr + 1}.${field}` as const)).flat(),
  ],
  staff: [...STAFF],
}

/** Without these nobody can be told apart. */
export const NEEDED: readonly CsvField[] = ['number', 'given', 'family']

/** Which column of a file says what. Columns by the name in the header. */
export interface CsvMapping {
  about: CsvAbout
  /** The BRIN of the one school the file is about; null when a column tells. */
  brin: string | null
  columns: Partial<Record<CsvField, string>>
}

import { type InTurns, within } from '../in-turns.ts'
import type { Detail, RosterBundle, RosterPerson, RosterReading, RosterSchool } from '../oneroster/bundle.ts'
import { birthDay, ECK_ID, email, freeId, isDay, required, text } from '../oneroster/cells.ts'
import { withInfix } from '../oneroster/names.ts'
import { complaints, Row } from '../oneroster/table.ts'
import { type CsvField, type CsvMapping, FIELDS, NEEDED } from './fields.ts'
import { guardiansIn } from './guardians.ts'
import { CSV_FILE, openingCsv } from './open-csv.ts'

/** So many rows are looked at between two stops. */
const ROWS_AT_ONCE = 250

/**
 * Reads, in turns, any CSV by a mapping of its columns into pupils with their guardians, or staff. A pupil may stand in several rows,
 * one for each guardian; what the rows say of the pupil is then the same.
 *
 * @param idOfGuardian makes an id for a guardian whom the file gives none
 * @param today YYYY-MM-DD
 */
export function* readingCsvRoster(
  bytes: Uint8Array,
  mapping: CsvMapping,
  today: string,
  idOfGuardian: (key: string) => string,
): InTurns<RosterReading> {
  const wrong = complaints()
  const table = yield* within(openingCsv(bytes, wrong), 0, 0.4)
  const readable = wrong.errors.length
  const columns = new Map<string, number>()
  for (const [field, name] of Object.entries(mapping.columns) as [CsvField, string][]) {
    const index = table.header.indexOf(name)
    if (index < 0) wrong.add(CSV_FILE, 1, name, 'is missing from the header')
    else columns.set(field, index)
  }
  for (const field of NEEDED) if (!mapping.columns[field]) wrong.add(CSV_FILE, 1, field, 'no column was chosen for this')
  if (mapping.brin === null && !mapping.columns.school) wrong.add(CSV_FILE, 1, 'school', 'no column was chosen for this')
  if (wrong.errors.length > readable || table.header.length === 0) return { ok: false, errors: wrong.errors }

  const layout = { file: CSV_FILE, columns, wrong, headerOf: (field: string) => mapping.columns[field as CsvField] ?? field }
  const has = (field: CsvField) => columns.has(field)
  const silentOn = DETAILS.filter(([, field]) => !has(field)).map(([detail]) => detail)
  const schools = new Map<string, RosterSchool>()
  const persons = new Map<string, RosterPerson>()
  const bundle: Pick<RosterBundle, 'enrolments' | 'employments' | 'guardianships'> = { enrolments: [], employments: [], guardianships: [] }
  const pairs = new Set<string>()
  for (const [nr, { cells, line }] of table.rows.entries()) {
    if (nr % ROWS_AT_ONCE === 0) yield 0.4 + (0.6 * nr) / table.rows.length
    const row = new Row(layout, line, cells)
    const school = schoolOf(row, mapping.brin, line)
    schools.set(school.brin, schools.get(school.brin) ?? school)
    const number = freeId(row, 'number')
    if (number === '') row.wrong('number', 'is required')
    const sourceId = mapping.brin === null ? `csv:${mapping.about}:${number}` : `csv:${mapping.about}:${mapping.brin}:${number}`
    const person = { ...personOf(row, sourceId, today), silentOn }
    const before = persons.get(sourceId)
    if (before && !isSame(before, person)) row.wrong('number', 'belongs to somebody else in an earlier row')
    persons.set(sourceId, before ?? person)
    const days = { firstDay: dutchDay(row, 'first'), lastDay: has('last') ? dutchDay(row, 'last') : undefined }
    const hasEnded = typeof days.lastDay === 'string' && days.lastDay < today
    if (!before && !hasEnded) {
      const tenure = { personSourceId: sourceId, schoolSourceId: school.sourceId, ...days }
      if (mapping.about === 'pupils')
        bundle.enrolments.push({ ...tenure, groupName: has('group') ? text(row, 'group') || null : undefined })
      else bundle.employments.push({ ...tenure, jobTitle: has('job') ? text(row, 'job') : undefined })
    }
    for (const { guardian, pair } of mapping.about === 'pupils' ? guardiansIn(row, sourceId, has, idOfGuardian) : []) {
      persons.set(guardian.sourceId, persons.get(guardian.sourceId) ?? guardian)
      if (pairs.has(`${pair.guardianSourceId} ${sourceId}`)) continue
      pairs.add(`${pair.guardianSourceId} ${sourceId}`)
      bundle.guardianships.push(pair)
    }
  }
  if (wrong.errors.length > 0) return { ok: false, errors: wrong.errors }
  const anyGuardian = FIELDS.pupils.some((field) => field.endsWith('.family') && has(field))
  return {
    ok: true,
    bundle: {
      ...bundle,
      schools: [...schools.values()],
      persons: [...persons.values()],
      coversBoard: false,
      tells: {
        enrolments: mapping.about === 'pupils',
        employments: mapping.about === 'staff',
        guardianships: anyGuardian,
      },
      knowsByName: true,
    },
  }
}

const DETAILS: [Detail, CsvField][] = [
  ['birthDate', 'birth'],
  ['email', 'email'],
  ['phone', 'phone'],
  ['eckId', 'eck'],
]

function schoolOf(row: Row, brin: string | null, line: number): RosterSchool {
  const is = brin ?? row.get('school').toUpperCase().replaceAll(/\s/g, '')
  if (!/^\d\d[A-Z]{2}(\d\d)?$/.test(is)) row.wrong('school', 'is not a BRIN')
  return { sourceId: `csv:${is}`, brin: is, line, file: { file: CSV_FILE, column: brin === null ? 'school' : null } }
}

function personOf(row: Row, sourceId: string, today: string): RosterPerson {
  const eckId = text(row, 'eck')
  if (eckId !== '' && !ECK_ID.test(eckId)) row.wrong('eck', 'holds an ECK iD that is not well formed')
  return {
    sourceId,
    givenName: required(row, 'given'),
    familyName: withInfix(text(row, 'infix'), required(row, 'family')),
    birthDate: birthDay(row, 'birth', dutchDay(row, 'birth'), today),
    email: email(row, 'email'),
    phone: text(row, 'phone') || null,
    eckId: eckId === '' ? null : eckId,
  }
}

const isSame = (a: RosterPerson, b: RosterPerson) =>
  a.givenName === b.givenName && a.familyName === b.familyName && a.birthDate === b.birthDate

/** A day as the Dutch write it (14-3-2017, 14/03/2017) or as YYYY-MM-DD; a time behind it is passed over. */
function dutchDay(row: Row, field: string): string | null {
  const value = row.get(field).replace(/[T ]\d\d?:\d\d.*$/, '')
  if (value === '') return null
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(value) ?? []
  const [, dutchDay, dutchMonth, dutchYear] = /^(\d\d?)[-/.](\d\d?)[-/.](\d{4})$/.exec(value) ?? []
  const is = [year ?? dutchYear, month ?? dutchMonth?.padStart(2, '0'), day ?? dutchDay?.padStart(2, '0')].join('-')
  if (isDay(is)) return is
  row.wrong(field, 'is not a day written as DD-MM-YYYY or YYYY-MM-DD')
  return null
}

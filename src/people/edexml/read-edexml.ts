import { decodeText } from '../decode-text.ts'
import { type InTurns, within } from '../in-turns.ts'
import type { RosterEnrolment, RosterPerson, RosterReading, RosterSchool } from '../oneroster/bundle.ts'
import { birthDay, day, ECK_ID, email, freeId, required, text } from '../oneroster/cells.ts'
import { withInfix } from '../oneroster/names.ts'
import { type Complaints, complaints, Row } from '../oneroster/table.ts'
import { type Element, readingElements } from './elements.ts'

const FILE = 'EDEXML'
/** What we look at. Sex, nationality, address, photograph and BSN are passed over unread. */
const OF_PUPIL = [
  'key',
  'eckid',
  'achternaam',
  'voorvoegsel',
  'voornamen',
  'voorletters-1',
  'roepnaam',
  'geboortedatum',
  'emailadres',
] as const
const COLUMNS = new Map<string, number>([...OF_PUPIL, 'groep'].map((name, index) => [name, index]))

/** So many pupils are looked at between two stops. */
const PUPILS_AT_ONCE = 1000

/**
 * Reads, in turns, EDEXML (1.0, 2.0 and 2.1, alone or in a UWLR answer): the pupils of one school with their groups. It has no
 * guardians and says nothing of them, and its teachers are not taken: the standard knows no interval for either.
 *
 * @param today YYYY-MM-DD
 */
export function* readingEdexml(bytes: Uint8Array, today: string): InTurns<RosterReading> {
  const wrong = complaints()
  const elements = yield* within(readingElements(decodeText(bytes), wrong, FILE), 0, 0.6)
  if (!elements) return { ok: false, errors: wrong.errors }
  const school = schoolOf(elements.school, wrong)
  const groups = new Map(elements.groups.map(({ attributes, values }) => [attributes.key ?? '', values.naam ?? '']))
  const persons: RosterPerson[] = []
  const enrolments: RosterEnrolment[] = []
  const seen = new Set<string>()
  for (const [nr, element] of elements.pupils.entries()) {
    if (nr % PUPILS_AT_ONCE === 0) yield 0.6 + (0.4 * nr) / elements.pupils.length
    const row = rowOf(element, wrong)
    const key = freeId(row, 'key')
    if (key === '') row.wrong('key', 'is required')
    else if (seen.has(key)) row.wrong('key', 'stands in this file twice')
    seen.add(key)
    const group = row.get('groep')
    if (group !== '' && !groups.has(group)) row.wrong('groep', 'is not among the groups of this file')
    const personSourceId = `edexml:${school?.brin ?? ''}:${key}`
    persons.push(personOf(row, personSourceId, today))
    enrolments.push({
      personSourceId,
      schoolSourceId: school?.sourceId ?? '',
      groupName: groups.get(group) || null,
      firstDay: null,
      lastDay: undefined,
    })
  }
  if (elements.pupils.length === 0) wrong.add(FILE, 0, 'leerlingen', 'has no pupils')
  if (wrong.errors.length > 0 || !school) return { ok: false, errors: wrong.errors }
  return {
    ok: true,
    bundle: {
      schools: [school],
      persons,
      enrolments,
      employments: [],
      guardianships: [],
      coversBoard: false,
      tells: { enrolments: true, employments: false, guardianships: false },
      knowsByName: true,
    },
  }
}

function schoolOf({ values, line }: Element, wrong: Complaints): RosterSchool | undefined {
  const brin = `${values.brincode ?? ''}${values.dependancecode ?? ''}`.toUpperCase().replaceAll(/\s/g, '')
  if (!/^\d\d[A-Z]{2}(\d\d)?$/.test(brin)) {
    wrong.add(FILE, line, 'brincode', 'is not a BRIN')
    return undefined
  }
  return { sourceId: `edexml:${brin}`, brin, line, file: { file: FILE, column: 'brincode' } }
}

function rowOf({ attributes, values, references, line }: Element, wrong: Complaints): Row {
  const cells = OF_PUPIL.map((name) => (name === 'key' || name === 'eckid' ? attributes[name] : values[name]) ?? '')
  return new Row({ file: FILE, columns: COLUMNS, wrong }, line, [...cells, references.groep ?? ''])
}

function personOf(row: Row, sourceId: string, today: string): RosterPerson {
  const eckId = text(row, 'eckid')
  if (eckId !== '' && !ECK_ID.test(eckId)) row.wrong('eckid', 'holds an ECK iD that is not well formed')
  const givenName = text(row, 'roepnaam') || text(row, 'voornamen') || text(row, 'voorletters-1')
  if (givenName === '') row.wrong('roepnaam', 'is required')
  const address = email(row, 'emailadres')
  return {
    sourceId,
    givenName,
    familyName: withInfix(text(row, 'voorvoegsel'), required(row, 'achternaam')),
    birthDate: birthDay(row, 'geboortedatum', day(row, 'geboortedatum'), today),
    email: address,
    phone: null,
    eckId: eckId === '' ? null : eckId,
    silentOn: ['phone', ...(address === null ? ['email' as const] : []), ...(eckId === '' ? ['eckId' as const] : [])],
  }
}

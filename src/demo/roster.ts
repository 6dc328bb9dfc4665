import type { RosterFiles } from '../people/oneroster/bundle.ts'
import { HEADERS, USERS_HEADERS } from '../people/oneroster/headers.ts'
import { type Adult, EMPLOYEES, GUARDIANS, pupils, SCHOOLS, type SchoolKey } from './cast.ts'

type Cells = Record<string, string>

const STAFF_ROLES: Record<string, string> = { mirjam: 'principal', ruud: 'administrator', pim: 'teacher', erik: 'teacher' }

/** The domain of each school in the usernames of its pupils: the NEPRI, as `fatima@deregenboog`. */
const REALM: Record<SchoolKey, string> = { regenboog: 'deregenboog', kompas: 'hetkompas', brug: 'lyceumdebrug' }

const schoolId = (key: string) => `school-${key}`
export const pupilId = (key: string) => `pupil-${key}`
export const guardianId = (key: string) => `guardian-${key}`
export const employeeId = (key: string) => `staff-${key}`

/** The cast as the schools' administration system sends it: a OneRoster 1.2.1 bundle of CSV files. */
export function rosterOfCast(now: Date): RosterFiles {
  const children = pupils(now)
  const contacts = children.flatMap((child) => child.contacts ?? [])
  const user = (sourcedId: string, { givenName, familyName, email = '' }: Partial<Adult>, more: Cells = {}): Cells => ({
    sourcedId,
    enabledUser: 'true',
    username: sourcedId,
    givenName: givenName!,
    familyName: familyName!,
    email,
    ...more,
  })
  const role = (userSourcedId: string, name: string, orgSourcedId: string): Cells => ({
    sourcedId: `role-${userSourcedId}`,
    userSourcedId,
    roleType: 'primary',
    role: name,
    orgSourcedId,
  })
  const groups = new Map(children.map(({ school, group }) => [`${school} ${group}`, { school, group }]))
  const classId = (school: string, group: string) => `class-${school}-${group.toLowerCase().replaceAll(' ', '-')}`
  const schoolOf = (guardian: string) =>
    children.find(({ guardians, contacts: known = [] }) => [...guardians, ...known].includes(guardian))!.school

  const tables: Record<string, Cells[]> = {
    orgs: [
      { sourcedId: 'board', name: 'De Waterlelie', type: 'district' },
      ...SCHOOLS.map(({ key, name, brin }) => ({
        sourcedId: schoolId(key),
        name,
        type: 'school',
        identifier: brin,
        parentSourcedId: 'board',
      })),
    ],
    users: [
      ...children.map((child) =>
        user(pupilId(child.key), child, {
          username: `${child.key}@${REALM[child.school]}`,
          userIds: `{eckid:${child.eckId}}`,
          agentSourcedIds: [...child.guardians, ...(child.contacts ?? [])].map(guardianId).join(','),
        }),
      ),
      ...GUARDIANS.map((guardian) => user(guardianId(guardian.key), guardian)),
      ...EMPLOYEES.map((member) => user(employeeId(member.key), member)),
    ],
    roles: [
      ...children.map(({ key, school }) => role(pupilId(key), 'student', schoolId(school))),
      ...GUARDIANS.map(({ key }) => role(guardianId(key), contacts.includes(key) ? 'relative' : 'parent', schoolId(schoolOf(key)))),
      ...EMPLOYEES.map(({ key, school }) => role(employeeId(key), STAFF_ROLES[key] ?? 'aide', schoolId(school))),
    ],
    demographics: children.map(({ key, birthDate }) => ({ sourcedId: pupilId(key), birthDate })),
    academicSessions: [],
    courses: [],
    classes: Array.from(groups.values(), ({ school, group }) => ({
      sourcedId: classId(school, group),
      title: group,
      classType: 'homeroom',
      schoolSourcedId: schoolId(school),
    })),
    enrollments: children.map(({ key, school, group }) => ({
      sourcedId: `enrolment-${key}`,
      classSourcedId: classId(school, group),
      schoolSourcedId: schoolId(school),
      userSourcedId: pupilId(key),
      role: 'student',
      primary: 'true',
    })),
  }
  const present = Object.entries(tables).filter(([, rows]) => rows.length > 0)
  const headers: Record<string, readonly string[]> = { ...HEADERS, 'users.csv': USERS_HEADERS['1.2.1'] }
  const manifest: Cells = {
    'manifest.version': '1.0',
    'oneroster.version': '1.2.1',
    ...Object.fromEntries(present.map(([name]) => [`file.${name}`, 'bulk'])),
  }
  return new Map([
    ...present.map(([name, rows]): [string, Uint8Array] => [`${name}.csv`, csv(headers[`${name}.csv`]!, rows)]),
    [
      'manifest.csv',
      csv(
        ['propertyName', 'value'],
        Object.entries(manifest).map(([propertyName, value]) => ({ propertyName, value })),
      ),
    ],
  ])
}

function csv(header: readonly string[], rows: Cells[]): Uint8Array {
  const cell = (value = '') => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
  const lines = [header.join(','), ...rows.map((row) => header.map((column) => cell(row[column])).join(','))]
  return new TextEncoder().encode(`${lines.join('\r\n')}\r\n`)
}

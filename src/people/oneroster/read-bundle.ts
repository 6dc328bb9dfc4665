import { atOnce, type InTurns, within } from '../in-turns.ts'
import { baseOf } from './base.ts'
import type { KnownBase, RosterBundle, RosterEmployment, RosterEnrolment, RosterFiles, RosterReading } from './bundle.ts'
import { ownId } from './cells.ts'
import { deletedIn, withDelta } from './delta.ts'
import { HEADERS, type RosterFile } from './headers.ts'
import { readAgents } from './read-agents.ts'
import { groupKey, readClasses, readGroups } from './read-groups.ts'
import { readManifest } from './read-manifest.ts'
import { readOrgs } from './read-orgs.ts'
import { hasEnded, isStaffRole, type Role, readRoles, readRolesOfUsers } from './read-roles.ts'
import { forgetBirthDates, readBirthDates, readUsers, type User } from './read-users.ts'
import { complaints, readingTable, type Table } from './table.ts'
import { baseOfDelta, usersOf } from './which-base.ts'

const READ: RosterFile[] = ['users.csv', ...(Object.keys(HEADERS) as RosterFile[]).filter((name) => name !== 'manifest.csv')]

/**
 * Reads a OneRoster 1.1, 1.2 or 1.2.1 bundle of CSV files into what we take from it, or else everything that is wrong
 * with it. Changes nothing, and does not know whether the schools are the board's: `importRoster` does.
 *
 * @param today YYYY-MM-DD: groups are those of today, and nobody was born later
 * @param known the rosters before it, one of each student system, of which a delta is held against its own: what it comes to is then the
 *   whole roster as it has become
 */
export function readBundle(files: RosterFiles, today: string, known?: readonly KnownBase[]): RosterReading {
  return atOnce(readingBundle(files, today, known))
}

/** Why a delta cannot be held against anything. */
const NO_BASE = {
  none: 'is a delta; send the whole roster (bulk) first',
  unclear: 'is a delta, and it is not clear of which roster before it; send the whole roster (bulk) first',
}

/** As `readBundle`, in turns. */
export function* readingBundle(files: RosterFiles, today: string, known: readonly KnownBase[] = []): InTurns<RosterReading> {
  const wrong = complaints()
  const { version, deltas } = readManifest(files, READ, wrong)
  const isDelta = deltas.size > 0
  const given = new Map<RosterFile, Table>()
  const present = READ.filter((file) => files.has(file))
  for (const [nr, file] of present.entries()) {
    const reading = readingTable(file, files.get(file)!, version, wrong)
    given.set(file, yield* within(reading, (0.5 * nr) / present.length, (0.5 * (nr + 1)) / present.length))
  }
  const before = isDelta ? baseOfDelta(known, given) : undefined
  if (isDelta && before?.base.version !== version) {
    wrong.add(
      'manifest.csv',
      0,
      'value',
      before ? 'is another version than the whole roster before it' : NO_BASE[known.length > 1 ? 'unclear' : 'none'],
    )
    // Of whom its rows speak stands in what it is a delta of.
    return { ok: false, errors: wrong.errors }
  }
  const { merged: tables, modifiedTo } =
    isDelta && before
      ? withDelta(before.base, { tables: given, isDelta: (file) => deltas.has(file) }, wrong)
      : { merged: given, modifiedTo: null }
  const tableOf = (file: RosterFile): Table => tables.get(file) ?? { file, rows: [] }
  const needed: RosterFile[] = version === '1.1' ? ['orgs.csv', 'users.csv'] : ['orgs.csv', 'users.csv', 'roles.csv']
  for (const file of needed) if (!tables.has(file)) wrong.add(file, 0, null, 'is missing from the bundle')

  const orgs = readOrgs(tableOf('orgs.csv'))
  const userTable = tableOf('users.csv')
  yield 0.55
  const users = readUsers(userTable, files.has('demographics.csv') && !isDelta ? undefined : ['birthDate'])
  yield 0.7
  readBirthDates(tableOf('demographics.csv'), users, today)
  if (isDelta) forgetBirthDates(deletedIn(given.get('demographics.csv')), users)
  const roles = version === '1.1' ? readRolesOfUsers(userTable.rows, orgs) : readRoles(tableOf('roles.csv'), users, orgs)
  yield 0.8
  const sessions = tables.has('academicSessions.csv') ? idsOf(tableOf('academicSessions.csv')) : undefined
  const courses = tables.has('courses.csv') ? idsOf(tableOf('courses.csv')) : undefined
  const classes = readClasses(tableOf('classes.csv'), orgs, courses, sessions)
  const groups = readGroups(tableOf('enrollments.csv'), classes, users, orgs, today)
  yield 0.9
  const guardianships = readAgents(users, roles, today)
  yield 0.95
  if (wrong.errors.length > 0) return { ok: false, errors: wrong.errors }
  const brins = new Set([...orgs.values()].map((org) => org?.brin))
  const others = known.filter((one) => one !== before && one.brins?.every((brin) => !brins.has(brin)))
  const own = known.filter((one) => !others.includes(one))
  return {
    ok: true,
    bundle: {
      ...tenuresOf(users, roles, groups, today),
      schools: [...orgs.values()].filter((org) => org !== undefined),
      coversBoard: [...orgs.values()].includes(undefined),
      guardianships,
      tells: {
        enrolments: true,
        employments: true,
        guardianships: true,
      },
      knowsByName: false,
      base: baseOf(version, tables, modifiedTo),
      ...(before && { onBase: before.hash }),
      namedElsewhere: usersOf(others),
      ...(own.length > 0 && { namedBefore: usersOf(own) }),
    },
  }
}

function idsOf(table: Table): Set<string> {
  const ids = new Set<string>()
  for (const row of table.rows) ids.add(ownId(row, ids))
  return ids
}

function tenuresOf(
  users: ReadonlyMap<string, User>,
  rolesOf: ReadonlyMap<string, Role[]>,
  groups: ReadonlyMap<string, string>,
  today: string,
): Pick<RosterBundle, 'persons' | 'enrolments' | 'employments'> {
  const enrolments: RosterEnrolment[] = []
  const employments: RosterEmployment[] = []
  for (const [personSourceId, { isActive }] of users) {
    if (!isActive) continue
    const roles = (rolesOf.get(personSourceId) ?? []).filter((role) => !hasEnded(role, today))
    for (const { school, ...days } of perSchool(roles.filter(({ role }) => role === 'student'))) {
      if (!school) continue
      const groupName = groups.get(groupKey(personSourceId, school.sourceId)) ?? null
      enrolments.push({ personSourceId, schoolSourceId: school.sourceId, groupName, firstDay: days.firstDay, lastDay: days.lastDay })
    }
    for (const { school, role, ...days } of perSchool(roles.filter(({ role }) => isStaffRole(role)))) {
      employments.push({
        personSourceId,
        schoolSourceId: school?.sourceId ?? null,
        jobTitle: role,
        firstDay: days.firstDay,
        lastDay: days.lastDay,
      })
    }
  }
  return { persons: Array.from(users.values(), ({ person }) => person), enrolments, employments }
}

/** One stretch for each school, from the earliest first day to the latest last day, named by the primary role. */
function perSchool(roles: Role[]): Role[] {
  if (roles.length < 2) return roles
  const merged = new Map<string | undefined, Role>()
  for (const role of roles.toSorted((a, b) => Number(b.isPrimary) - Number(a.isPrimary))) {
    const first = merged.get(role.school?.sourceId)
    merged.set(
      role.school?.sourceId,
      first
        ? {
            ...first,
            firstDay: first.firstDay && role.firstDay ? (first.firstDay < role.firstDay ? first.firstDay : role.firstDay) : null,
            lastDay: first.lastDay && role.lastDay ? (first.lastDay > role.lastDay ? first.lastDay : role.lastDay) : null,
          }
        : role,
    )
  }
  return [...merged.values()]
}

import type { RosterSchool } from './bundle.ts'
import { bulkStatus, list, oneOf, ownId, period, reference, required } from './cells.ts'
import type { User } from './read-users.ts'
import type { Table } from './table.ts'

interface Group {
  name: string
  schoolSourceId: string
}

/** The groups of a bundle by class id: its homeroom classes. Other classes are only checked. */
export function readClasses(
  table: Table,
  orgs: ReadonlyMap<string, RosterSchool | undefined>,
  courses: ReadonlySet<string> | undefined,
  sessions: ReadonlySet<string> | undefined,
): Map<string, Group | undefined> {
  const groups = new Map<string, Group | undefined>()
  for (const row of table.rows) {
    bulkStatus(row)
    const sourceId = ownId(row, groups)
    const name = required(row, 'title')
    const isHomeroom = oneOf(row, 'classType', ['homeroom', 'scheduled']) === 'homeroom'
    const schoolSourceId = reference(row, 'schoolSourcedId', orgs, 'orgs.csv')
    if (courses) reference(row, 'courseSourcedId', courses, 'courses.csv')
    if (sessions && list(row, 'termSourcedIds').some((id) => !sessions.has(id))) {
      row.wrong('termSourcedIds', 'names a session that is not in academicSessions.csv')
    }
    groups.set(sourceId, isHomeroom ? { name, schoolSourceId } : undefined)
  }
  return groups
}

/** The group of each pupil at each school on `today`, by `pupil school`: the primary one, or else the first by name. */
export function readGroups(
  table: Table,
  classes: ReadonlyMap<string, Group | undefined>,
  users: ReadonlyMap<string, User>,
  orgs: ReadonlyMap<string, RosterSchool | undefined>,
  today: string,
): Map<string, string> {
  const best = new Map<string, { name: string; isPrimary: boolean }>()
  const ids = new Set<string>()
  for (const row of table.rows) {
    bulkStatus(row)
    ids.add(ownId(row, ids))
    const group = classes.get(reference(row, 'classSourcedId', classes, 'classes.csv'))
    reference(row, 'schoolSourcedId', orgs, 'orgs.csv')
    const userId = reference(row, 'userSourcedId', users, 'users.csv')
    const role = oneOf(row, 'role', ['administrator', 'proctor', 'student', 'teacher'])
    const isPrimary = row.get('primary') !== '' && oneOf(row, 'primary', ['true', 'false']) === 'true'
    const { firstDay, lastDay } = period(row)
    if (!group || role !== 'student' || (firstDay && firstDay > today) || (lastDay && lastDay < today)) continue
    const key = groupKey(userId, group.schoolSourceId)
    const other = best.get(key)
    const wins = !other || (isPrimary !== other.isPrimary ? isPrimary : group.name < other.name)
    if (wins) best.set(key, { name: group.name, isPrimary })
  }
  return new Map(Array.from(best, ([key, { name }]) => [key, name]))
}

export function groupKey(pupilSourceId: string, schoolSourceId: string): string {
  return `${pupilSourceId}\n${schoolSourceId}`
}

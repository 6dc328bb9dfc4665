import type { RosterSchool } from './bundle.ts'
import { bulkStatus, list, oneOf, ownId, period, reference } from './cells.ts'
import type { User } from './read-users.ts'
import type { Row, Table } from './table.ts'

const GUARDIAN_ROLES = ['guardian', 'parent', 'relative'] as const
const STAFF_ROLES = [
  'administrator',
  'aide',
  'counselor',
  'districtAdministrator',
  'principal',
  'proctor',
  'siteAdministrator',
  'systemAdministrator',
  'teacher',
] as const
const ROLES = [...GUARDIAN_ROLES, ...STAFF_ROLES, 'student'] as const

export type GuardianRole = (typeof GUARDIAN_ROLES)[number]
export type StaffRole = (typeof STAFF_ROLES)[number]

/** What a user is at an organisation, for a time. */
export interface Role {
  role: (typeof ROLES)[number]
  /** Nothing for organisations that are no school. */
  school: RosterSchool | undefined
  isPrimary: boolean
  firstDay: string | null
  lastDay: string | null
}

export const isGuardianRole = (role: string): role is GuardianRole => (GUARDIAN_ROLES as readonly string[]).includes(role)
export const isStaffRole = (role: string): role is StaffRole => (STAFF_ROLES as readonly string[]).includes(role)

/** The last day counts in full. */
export const hasEnded = ({ lastDay }: Role, today: string): boolean => lastDay !== null && lastDay < today

type Orgs = ReadonlyMap<string, RosterSchool | undefined>

/** OneRoster 1.2: roles have a file of their own. */
export function readRoles(table: Table, users: ReadonlyMap<string, User>, orgs: Orgs): Map<string, Role[]> {
  const roles = new Map<string, Role[]>()
  const ids = new Set<string>()
  for (const row of table.rows) {
    bulkStatus(row)
    ids.add(ownId(row, ids))
    const userId = reference(row, 'userSourcedId', users, 'users.csv')
    const isPrimary = oneOf(row, 'roleType', ['primary', 'secondary']) === 'primary'
    const role = oneOf(row, 'role', ROLES)
    const days = period(row)
    const orgId = reference(row, 'orgSourcedId', orgs, 'orgs.csv')
    const school = orgs.get(orgId)
    if (role === 'student' && orgs.has(orgId) && !school) row.wrong('orgSourcedId', 'is not a school, where a pupil belongs to one')
    if (role === undefined || role.startsWith('ext:')) continue
    addRole(roles, userId, { role: role as Role['role'], school, isPrimary, ...days })
  }
  return roles
}

/** OneRoster 1.1: each user has one role, at one organisation or more. */
export function readRolesOfUsers(rows: readonly Row[], orgs: Orgs): Map<string, Role[]> {
  const roles = new Map<string, Role[]>()
  for (const row of rows) {
    const role = oneOf(row, 'role', ROLES)
    const orgIds = list(row, 'orgSourcedIds')
    if (orgIds.length === 0) row.wrong('orgSourcedIds', 'is required')
    for (const orgId of orgIds) {
      if (!orgs.has(orgId)) row.wrong('orgSourcedIds', 'names an organisation that is not in orgs.csv')
      else if (role === 'student' && !orgs.get(orgId)) row.wrong('orgSourcedIds', 'is not a school, where a pupil belongs to one')
      if (role === undefined || role.startsWith('ext:')) continue
      addRole(roles, row.get('sourcedId'), {
        role: role as Role['role'],
        school: orgs.get(orgId),
        isPrimary: orgId === orgIds[0],
        firstDay: null,
        lastDay: null,
      })
    }
  }
  return roles
}

function addRole(roles: Map<string, Role[]>, userId: string, role: Role): void {
  const others = roles.get(userId)
  if (others) others.push(role)
  else roles.set(userId, [role])
}

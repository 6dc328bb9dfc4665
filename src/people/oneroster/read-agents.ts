import type { RosterGuardianship } from './bundle.ts'
import { hasEnded, isGuardianRole, type Role } from './read-roles.ts'
import type { User } from './read-users.ts'

/**
 * Who is whose guardian. Senders differ: with some the pupil names the parents, with others the parent names the
 * children, and some do both. The roles tell who is who; a pair is taken once.
 */
export function readAgents(users: ReadonlyMap<string, User>, rolesOf: ReadonlyMap<string, Role[]>, today: string): RosterGuardianship[] {
  const pairs = new Map<string, RosterGuardianship>()
  const pupils = idsWith(rolesOf, (role) => role === 'student')
  const guardians = idsWith(rolesOf, isGuardianRole)
  const isNow = (sourceId: string, wanted: Role['role']) =>
    rolesOf.get(sourceId)?.some((role) => role.role === wanted && !hasEnded(role, today)) ?? false
  for (const [sourceId, { row, agents, isActive }] of users) {
    for (const agentId of agents) {
      const agent = users.get(agentId)
      if (!agent) {
        row.wrong('agentSourcedIds', 'names a user that is not in users.csv')
        continue
      }
      if (agentId === sourceId) {
        row.wrong('agentSourcedIds', 'names the user itself')
        continue
      }
      const direction = whoIsWho(pupils.has(sourceId), guardians.has(sourceId), pupils.has(agentId), guardians.has(agentId))
      if (!direction) {
        row.wrong('agentSourcedIds', 'does not tell who of the two is the pupil and who the guardian')
        continue
      }
      if (!isActive || !agent.isActive) continue
      const [pupilSourceId, guardianSourceId] = direction === 'pupil names guardian' ? [sourceId, agentId] : [agentId, sourceId]
      const isParent = isNow(guardianSourceId, 'parent')
      pairs.set(`${guardianSourceId}\n${pupilSourceId}`, {
        guardianSourceId,
        pupilSourceId,
        kind: isParent ? 'parent' : 'guardian',
        presumed: isParent || isNow(guardianSourceId, 'guardian'),
      })
    }
  }
  return [...pairs.values()]
}

function idsWith(rolesOf: ReadonlyMap<string, Role[]>, is: (role: Role['role']) => boolean): Set<string> {
  const ids = new Set<string>()
  for (const [sourceId, roles] of rolesOf) if (roles.some(({ role }) => is(role))) ids.add(sourceId)
  return ids
}

/** A pupil who is also somebody's guardian (an adult student) is the guardian of whoever is only a pupil. */
function whoIsWho(
  isPupil: boolean,
  isGuardian: boolean,
  agentIsPupil: boolean,
  agentIsGuardian: boolean,
): 'pupil names guardian' | 'guardian names pupil' | undefined {
  if (isPupil && !agentIsPupil) return 'pupil names guardian'
  if (agentIsPupil && !isPupil) return 'guardian names pupil'
  if (isPupil && agentIsPupil && isGuardian !== agentIsGuardian) return isGuardian ? 'guardian names pupil' : 'pupil names guardian'
  return undefined
}

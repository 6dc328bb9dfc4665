import type { MemberId, SupplierId } from '../ids.ts'

/**
 * What somebody may do for a supplier. `administrator`: its people and their roles. `contracts`: services, leaflets,
 * agreements, requests and duties. `engineer`: clients, keys and event streams. `case_worker`: see released data of the
 * subjects assigned to them, and nothing of the others.
 */
export const MEMBER_ROLES = ['administrator', 'contracts', 'engineer', 'case_worker'] as const
export type MemberRole = (typeof MEMBER_ROLES)[number]

/** As the page shows them. */
export interface Member {
  memberId: MemberId
  supplierId: SupplierId
  name: string
  roles: MemberRole[]
  joinedAt: Date
}

import type { Context } from 'hono'
import type { MemberActor } from '../../actors.ts'
import { holders } from '../../catalog/store.ts'
import { idOf } from '../../http.ts'
import type { SupplierId } from '../../ids.ts'
import type { Member, MemberRole } from '../../members/member.ts'
import { membershipsOf } from '../../members/members.ts'
import { Refusal } from '../../refusal.ts'
import { attemptBy, once, type Told } from '../attempt.ts'
import { type PageEnv, sessionIn } from '../page.tsx'

/** The place at which somebody works for a supplier. For showing only: each command reads the roles again and holds them. */
export interface SupplierDesk {
  actor: MemberActor
  member: Member
  supplierName: string
  /** Whether it holds data itself. */
  isHolder: boolean
  /** Where its pages are. */
  path: string
  may: (...roles: MemberRole[]) => boolean
}

/** The suppliers this account works for. */
export async function supplierDesksOf(c: Context<PageEnv>): Promise<SupplierDesk[]> {
  const { accountId, signedInAt } = sessionIn(c)
  const memberships = await membershipsOf(c.var.deps.db, accountId)
  const holding = new Set((await holders(c.var.deps.db)).map(({ supplierId }) => supplierId))
  return memberships.map(({ supplierName, ...member }) => ({
    isHolder: holding.has(member.supplierId),
    actor: { accountId, memberId: member.memberId, supplierId: member.supplierId, signedInAt },
    member,
    supplierName,
    path: `/supplier/${member.supplierId}`,
    may: (...roles) => member.roles.some((role) => roles.includes(role)),
  }))
}

/**
 * The desk at the supplier of the path, of whoever works there, or of whoever has one of these roles.
 *
 * @throws Refusal `not_found`, also where somebody else works; `member_role_missing`
 */
export async function supplierDesk(c: Context<PageEnv>, ...roles: MemberRole[]): Promise<SupplierDesk> {
  const id = idOf<SupplierId>().safeParse(c.req.param('supplierId'))
  const desk = id.success && (await supplierDesksOf(c)).find(({ member }) => member.supplierId === id.data)
  if (!desk) throw new Refusal('not_found')
  if (roles.length > 0 && !desk.may(...roles)) throw new Refusal('member_role_missing')
  return desk
}

/** Does what somebody asked for at a supplier's desk (`attempt`). */
export async function attemptAt<T>(c: Context<PageEnv>, { actor }: Pick<SupplierDesk, 'actor'>, work: () => Promise<T>): Promise<T> {
  return await attemptBy(c, { boardId: null, approach: 'operator', actor: `member:${actor.memberId}` }, work)
}

/** As `attemptAt`, once per rendered form (`once`). */
export async function actOnceAt<T>(
  c: Context<PageEnv>,
  desk: Pick<SupplierDesk, 'actor'>,
  told: Told<T>,
  work: () => Promise<T>,
): Promise<Response> {
  return await once(c, told, () => attemptAt(c, desk, work))
}

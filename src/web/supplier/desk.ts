import type { Context } from 'hono'
import { takeForm } from '../../accounts/forms.ts'
import { idOf } from '../../http.ts'
import type { SupplierId } from '../../ids.ts'
import { runLongWork } from '../../long-work.ts'
import type { Member, MemberActor, MemberRole } from '../../members/member.ts'
import { membershipsOf } from '../../members/members.ts'
import { deliverMails } from '../../notifications/deliver-mail.ts'
import { Refusal } from '../../refusal.ts'
import { type PageEnv, sessionIn } from '../page.tsx'

/** The place at which somebody works for a supplier. For showing only: each command reads the roles again and holds them. */
export interface SupplierDesk {
  actor: MemberActor
  member: Member
  supplierName: string
  /** Where its pages are. */
  path: string
  may: (...roles: MemberRole[]) => boolean
}

/** The suppliers this account works for. */
export async function supplierDesksOf(c: Context<PageEnv>): Promise<SupplierDesk[]> {
  const { accountId, signedInAt } = sessionIn(c)
  const memberships = await membershipsOf(c.var.deps.db, accountId)
  return memberships.map(({ supplierName, ...member }) => ({
    actor: { accountId, memberId: member.memberId, supplierId: member.supplierId, signedInAt },
    member,
    supplierName,
    path: `/supplier/${member.supplierId}`,
    may: (...roles) => member.roles.some((role) => roles.includes(role)),
  }))
}

/**
 * The desk at the supplier of the path.
 *
 * @throws Refusal `not_found`, also where somebody else works
 */
export async function supplierDesk(c: Context<PageEnv>): Promise<SupplierDesk> {
  const id = idOf<SupplierId>().safeParse(c.req.param('supplierId'))
  const desk = id.success && (await supplierDesksOf(c)).find(({ member }) => member.supplierId === id.data)
  if (!desk) throw new Refusal('not_found')
  return desk
}

/**
 * Does what somebody asked for, once per rendered form, and goes back to the page it stands on, which says that it was done.
 * The second press of the same button does nothing and shows the first.
 */
export async function actOnceAt(
  c: Context<PageEnv>,
  { form, back, done }: { form: string; back: string; done: string },
  work: () => Promise<unknown>,
): Promise<Response> {
  const { deps } = c.var
  try {
    await takeForm(deps.db, sessionIn(c).accountId, form, deps.now())
  } catch (error) {
    if (error instanceof Refusal && error.code === 'form_used') return c.redirect(back, 303)
    throw error
  }
  await work()
  deps.afterwards(() => deliverMails(deps))
  deps.afterwards(() => runLongWork(deps))
  return c.redirect(`${back}${back.includes('?') ? '&' : '?'}done=${done}`, 303)
}

import type { Context } from 'hono'
import type { SchoolId } from '../../ids.ts'
import type { MandateRole } from '../../people/mandate.ts'
import type { Around } from '../around.ts'
import type { PageEnv } from '../page.tsx'

/** Who works with a group or answers for it, and so needs the names of those who may not (P30, P34). */
const NEEDS: readonly MandateRole[] = ['teacher', 'school_leader', 'consent_officer']
/** Who may look at lists without working with the group: they see how many may and how many may not, not who. */
const LOOKS: readonly MandateRole[] = ['administrator', 'signatory', 'dpo']

/** Where somebody looks up who may; for showing only, the page looks at nothing but what these allow. */
export interface TeachingDesk {
  around: Around
  seesGroup: (schoolId: SchoolId, groupName: string | null) => boolean
  needsNames: (schoolId: SchoolId, groupName: string | null) => boolean
}

/** One per person with such a task; a concierge has none (contact data only). */
export function teachingDesksOf(c: Context<PageEnv>): TeachingDesk[] {
  return c.var.around.flatMap((around) => {
    const covers = (roles: readonly MandateRole[]) => (schoolId: SchoolId, groupName: string | null) =>
      around.mandates.some(
        (mandate) =>
          roles.includes(mandate.role) &&
          (mandate.schoolId === null || mandate.schoolId === schoolId) &&
          (mandate.groupName === null || mandate.groupName === groupName),
      )
    const all = [...NEEDS, ...LOOKS]
    if (!around.mandates.some(({ role }) => all.includes(role))) return []
    return [{ around, seesGroup: covers(all), needsNames: covers(NEEDS) }]
  })
}

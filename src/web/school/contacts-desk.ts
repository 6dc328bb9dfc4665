import type { Context } from 'hono'
import type { SchoolId } from '../../ids.ts'
import type { MandateRole } from '../../people/mandate.ts'
import type { Around } from '../around.ts'
import type { PageEnv } from '../page.tsx'

/** Who telephones families: the concierge, who sees nothing else (P34), and who settles what two parents disagree about. */
const CALLS: readonly MandateRole[] = ['concierge', 'school_leader', 'consent_officer']

/** Where somebody looks up whom to call: the whole board (null), or one school. For showing only. */
export interface ContactsDesk {
  around: Around
  schoolId: SchoolId | null
}

/** One per person and school with such a task; one for the whole board takes the place of those for its schools. */
export function contactsDesksOf(c: Context<PageEnv>): ContactsDesk[] {
  return c.var.around.flatMap((around) => {
    const schools = new Set(around.mandates.filter(({ role }) => CALLS.includes(role)).map(({ schoolId }) => schoolId))
    return (schools.has(null) ? [null] : [...schools]).map((schoolId) => ({ around, schoolId }))
  })
}

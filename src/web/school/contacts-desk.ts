import type { Context } from 'hono'
import type { SchoolId } from '../../ids.ts'
import { CALLERS } from '../../people/contacts.ts'
import type { Around } from '../around.ts'
import type { PageEnv } from '../page.tsx'

/** Where somebody looks up whom to call: the whole board (null), or one school. For showing only. */
export interface ContactsDesk {
  around: Around
  schoolId: SchoolId | null
}

/** One per person and school with such a task; one for the whole board takes the place of those for its schools. */
export function contactsDesksOf(c: Context<PageEnv>): ContactsDesk[] {
  return c.var.around.flatMap((around) => {
    const schools = new Set(around.mandates.filter(({ role }) => CALLERS.includes(role)).map(({ schoolId }) => schoolId))
    return (schools.has(null) ? [null] : [...schools]).map((schoolId) => ({ around, schoolId }))
  })
}

import type { Context } from 'hono'
import { type Affected, affectedBy, affectedSubjects } from '../../cases/affected.ts'
import type { Incident } from '../../cases/incident.ts'
import { type IncidentMessage, incidentById, messagesOf } from '../../cases/incident-store.ts'
import { INCIDENT_DECIDERS } from '../../cases/report-incident.ts'
import { supplierById } from '../../catalog/store.ts'
import { idOf } from '../../http.ts'
import type { IncidentId, PersonId } from '../../ids.ts'
import { schoolsOfBoard } from '../../people/register.ts'
import { personsById } from '../../people/store.ts'
import { Refusal } from '../../refusal.ts'
import type { Around } from '../around.ts'
import type { PageEnv } from '../page.tsx'
import { nameOf } from './case-view.ts'
import { atDesk } from './desk.ts'

/** Where somebody on the staff reports leaks; for showing only. A leak is the board's: whoever looks or decides does so for all of it. */
export interface IncidentDesk {
  around: Around
  looks: boolean
  decides: boolean
  advises: boolean
}

/** One per person with any task at a board. */
export function incidentDesksOf(c: Context<PageEnv>): IncidentDesk[] {
  return c.var.around.flatMap((around) => {
    if (around.mandates.length === 0) return []
    const ofBoard = around.mandates.filter(({ schoolId }) => schoolId === null)
    const decides = ofBoard.some(({ role }) => INCIDENT_DECIDERS.includes(role))
    const advises = ofBoard.some(({ role }) => role === 'dpo')
    return [{ around, decides, advises, looks: decides || advises }]
  })
}

/** What was wrong with the last form on this page, and what was typed in it. */
export interface Again {
  wrong: Set<string>
  typed: Record<string, string>
  changed?: boolean
}

/** An incident with everything its page shows. */
export interface SeenIncident {
  desk: IncidentDesk
  one: Incident
  place: string | null
  /** Of a leak at one school: its name. */
  school: string | null
  affected: Affected
  messages: IncidentMessage[]
  /** Names of who did something, by how the ledger names them; a supplier's people by their company. */
  nameOf: (by: string) => string
}

/**
 * The incident of the path, at the desk that may look at it.
 *
 * @throws Refusal `incident_not_found` also for whoever has a task for one school only
 */
export async function incidentAtDesk(c: Context<PageEnv>): Promise<SeenIncident> {
  const id = idOf<IncidentId>().safeParse(c.req.param('incidentId'))
  if (!id.success) throw new Refusal('incident_not_found')
  for (const desk of incidentDesksOf(c).filter(({ looks }) => looks)) {
    const { boardId } = desk.around.actor
    const found = await atDesk(c, desk, async (tx) => {
      const one = await incidentById(tx, boardId, id.data)
      if (!one) return undefined
      const place = one.supplierId ? ((await supplierById(tx, one.supplierId))?.legalName ?? '') : null
      const school = one.schoolId
        ? ((await schoolsOfBoard(tx, boardId)).find(({ schoolId }) => schoolId === one.schoolId)?.name ?? null)
        : null
      const messages = await messagesOf(tx, boardId, one.incidentId)
      const acted = [one.reportedBy, ...messages.map(({ saidBy }) => saidBy)].flatMap((by): PersonId[] =>
        by.startsWith('person:') ? [by.slice(7) as PersonId] : [],
      )
      const persons = await personsById(tx, boardId, [
        ...acted,
        ...[one.advised, one.decided, one.closed].flatMap((step): PersonId[] => (step ? [step.by] : [])),
      ])
      const name = (by: string) => (by.startsWith('person:') ? nameOf(persons.get(by.slice(7) as PersonId)) : (place ?? ''))
      return { one, place, school, messages, nameOf: name }
    })
    if (found) return { desk, ...found, affected: await affectedBy(c.var.deps, found.one) }
  }
  throw new Refusal('incident_not_found')
}

/** Whom it touches by name, for who has to tell them. Does NOT check that this desk may. */
export async function affectedAt(c: Context<PageEnv>, { desk, one }: SeenIncident): Promise<PersonId[]> {
  return await atDesk(c, desk, (tx) => affectedSubjects(tx, one))
}

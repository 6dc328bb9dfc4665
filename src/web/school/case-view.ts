import type { Context } from 'hono'
import { type Duty, dutiesOf } from '../../agreements/duties.ts'
import { caseById, closedCases, MOST_CLOSED, openCases, type RightsCase } from '../../cases/store.ts'
import { type GotData, whoGotData } from '../../cases/who-got-data.ts'
import { suppliers } from '../../catalog/store.ts'
import type { Tx } from '../../database.ts'
import { idOf } from '../../http.ts'
import type { BoardId, CaseId, PersonId, SchoolId, SupplierId } from '../../ids.ts'
import { currentTenure, currentTenures, personsById } from '../../people/store.ts'
import { Refusal } from '../../refusal.ts'
import type { PageEnv } from '../page.tsx'
import { atDesk, type Desk, desksOf } from './desk.ts'

/** A case as staff see it in a list. */
export interface ListedCase {
  desk: Desk
  one: RightsCase
  subject: string
}

/** The cases of the schools one looks at: open ones by when they are due, then the answered ones. */
export async function casesAtDesks(c: Context<PageEnv>): Promise<{ open: ListedCase[]; closed: ListedCase[]; hasOlder: boolean }> {
  const all: { open: ListedCase[]; closed: ListedCase[]; hasOlder: boolean } = { open: [], closed: [], hasOlder: false }
  for (const desk of desksOf(c)) {
    const { boardId } = desk.around.actor
    await atDesk(c, desk, async (tx) => {
      const [open, closed] = [await openCases(tx, boardId), await closedCases(tx, boardId)]
      const subjects = [...open, ...closed].map(({ subjectId }) => subjectId)
      const tenures = await currentTenures(tx, boardId, subjects, c.var.deps.now())
      const persons = await personsById(tx, boardId, subjects)
      const listed = (cases: RightsCase[]) =>
        cases
          .filter(({ subjectId }) => desk.looksAt(tenures.get(subjectId)?.schoolId ?? null))
          .map((one) => ({ desk, one, subject: nameOf(persons.get(one.subjectId)) }))
      all.open.push(...listed(open))
      all.closed.push(...listed(closed))
      all.hasOlder ||= closed.length === MOST_CLOSED
    })
  }
  return all
}

/** A case with everything its page and its letters show. */
export interface SeenCase extends ListedCase {
  schoolId: SchoolId | null
  madeBy: string
  recordedBy: string | null
  handler: string | null
  got: (GotData & { name: string })[]
  duties: (Duty & { company: string })[]
  decides: boolean
}

/**
 * The case of the path, at the desk that may look at it.
 *
 * @throws Refusal `case_not_found` also for another school's, and for what goes to a company
 */
export async function caseAtDesk(c: Context<PageEnv>): Promise<SeenCase> {
  const id = idOf<CaseId>().safeParse(c.req.param('caseId'))
  if (!id.success) throw new Refusal('case_not_found')
  for (const desk of desksOf(c)) {
    const found = await atDesk(c, desk, (tx) => seenAt(tx, desk, desk.around.actor.boardId, id.data, c.var.deps.now()))
    if (found) return found
  }
  throw new Refusal('case_not_found')
}

async function seenAt(tx: Tx, desk: Desk, boardId: BoardId, caseId: CaseId, at: Date): Promise<SeenCase | undefined> {
  const one = await caseById(tx, boardId, caseId)
  if (!one) return undefined
  const schoolId = (await currentTenure(tx, boardId, one.subjectId, at))?.schoolId ?? null
  if (!desk.looksAt(schoolId)) return undefined
  const ids = [one.subjectId, one.madeBy, one.recordedBy, one.taken?.by].filter((id): id is PersonId => Boolean(id))
  const persons = await personsById(tx, boardId, ids)
  const nameIf = (id: PersonId | null | undefined) => (id ? nameOf(persons.get(id)) : null)
  const [got, duties] = [await whoGotData(tx, boardId, one.subjectId), await dutiesOf(tx, boardId, { caseId })]
  const companyIds = [...got, ...duties].flatMap(({ supplierId }): SupplierId[] => (supplierId ? [supplierId] : []))
  const companies = await suppliers(tx, [...new Set(companyIds)])
  const companyOf = (id: SupplierId | null) => companies.find(({ supplierId }) => supplierId === id)?.legalName ?? ''
  return {
    desk,
    one,
    schoolId,
    subject: nameOf(persons.get(one.subjectId)),
    madeBy: nameOf(persons.get(one.madeBy)),
    recordedBy: nameIf(one.recordedBy),
    handler: nameIf(one.taken?.by),
    got: got.map((company) => ({ ...company, name: companyOf(company.supplierId) })),
    duties: duties.map((duty) => ({ ...duty, company: companyOf(duty.supplierId) })),
    decides: desk.decidesAt(schoolId),
  }
}

export const nameOf = (person: { givenName: string; familyName: string } | undefined) =>
  person ? `${person.givenName} ${person.familyName}` : ''

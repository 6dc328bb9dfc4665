import type { Context } from 'hono'
import { type Duty, dutiesOf } from '../../agreements/duties.ts'
import { everEnrolled } from '../../cases/ask-right.ts'
import { mayHearOf } from '../../cases/may-hear.ts'
import { mayUseRightsOf } from '../../cases/right.ts'
import { caseById, casesMadeBy, type RightsCase } from '../../cases/store.ts'
import { askedDirectly } from '../../cases/who-got-data.ts'
import { suppliers } from '../../catalog/store.ts'
import { inTransaction, type Tx } from '../../database.ts'
import { idOf } from '../../http.ts'
import type { CaseId, PersonId, SupplierId } from '../../ids.ts'
import { subjectFacts } from '../../people/store.ts'
import { Refusal } from '../../refusal.ts'
import type { Around, Subject } from '../around.ts'
import type { PageEnv } from '../page.tsx'

/** Somebody whose rights this account may use, and the companies that got a yes of them directly. */
export interface Rightful {
  around: Around
  subject: Subject
  companies: { supplierId: SupplierId; name: string }[]
}

export async function rightfuls(c: Context<PageEnv>): Promise<Rightful[]> {
  const at = c.var.deps.now()
  return await inMyBoards(c, async (tx) => {
    const found: Rightful[] = []
    for (const around of c.var.around) {
      const { boardId, personId } = around.actor
      const facts = await subjectFacts(
        tx,
        boardId,
        around.subjects.map((subject) => subject.personId),
      )
      for (const subject of around.subjects) {
        const one = facts.get(subject.personId)
        if (!one || !mayUseRightsOf(one, personId, await everEnrolled(tx, boardId, subject.personId), at)) continue
        const direct = await askedDirectly(tx, boardId, subject.personId)
        const known = await suppliers(
          tx,
          direct.map(({ supplierId }) => supplierId),
        )
        found.push({ around, subject, companies: known.map(({ supplierId, legalName }) => ({ supplierId, name: legalName })) })
      }
    }
    return found
  })
}

/** A request of this account, with what companies have to do for it. */
export interface MyCase {
  around: Around
  one: RightsCase
  subjectName: string
  company: string | null
  duties: (Duty & { company: string })[]
}

export async function myCases(c: Context<PageEnv>): Promise<MyCase[]> {
  return await inMyBoards(c, async (tx) => {
    const found: MyCase[] = []
    for (const around of c.var.around) {
      for (const one of await casesMadeBy(tx, around.actor.boardId, around.actor.personId)) found.push(await whole(tx, around, one))
    }
    return found
  })
}

/** @throws Refusal `case_not_found` also for another's */
export async function myCase(c: Context<PageEnv>): Promise<MyCase> {
  const id = idOf<CaseId>().safeParse(c.req.param('caseId'))
  if (!id.success) throw new Refusal('case_not_found')
  return await inMyBoards(c, async (tx) => {
    for (const around of c.var.around) {
      const one = await caseById(tx, around.actor.boardId, id.data)
      if (one?.madeBy === around.actor.personId) return await whole(tx, around, one)
    }
    throw new Refusal('case_not_found')
  })
}

/** As whoever made it may know it: what came after their say ended is as if it had not come. */
async function whole(tx: Tx, around: Around, made: RightsCase): Promise<MyCase> {
  const heard = await mayHearOf(tx, made)
  const since = <T extends { at: Date }>(step: T | null) => (step && heard(step.at) ? step : null)
  const own = made.closed?.by === `person:${made.madeBy}`
  const one = { ...made, taken: since(made.taken), extended: since(made.extended), closed: own ? made.closed : since(made.closed) }
  const duties = (await dutiesOf(tx, one.boardId, { caseId: one.caseId }))
    .filter(({ beganAt }) => heard(beganAt))
    .map((duty) => (duty.confirmedAt && !heard(duty.confirmedAt) ? { ...duty, confirmedAt: null, confirmedBy: null, note: null } : duty))
  const ids = [one.supplierId, ...duties.map(({ supplierId }) => supplierId)].filter((id): id is SupplierId => id !== null)
  const known = await suppliers(tx, [...new Set(ids)])
  const nameOf = (id: SupplierId | null) => known.find(({ supplierId }) => supplierId === id)?.legalName ?? null
  return {
    around,
    one,
    subjectName: await nameIn(tx, around, one.subjectId),
    company: nameOf(one.supplierId),
    duties: duties.map((duty) => ({ ...duty, company: nameOf(duty.supplierId) ?? '' })),
  }
}

/** Whoever may no longer see the person still reads what they asked, by the name they knew. */
async function nameIn(tx: Tx, { actor, subjects }: Around, personId: PersonId): Promise<string> {
  const known = subjects.find((subject) => subject.personId === personId)
  if (known) return known.name
  const row = await tx
    .selectFrom('persons')
    .select('given_name')
    .where('board_id', '=', actor.boardId)
    .where('person_id', '=', personId) // persons_pkey
    .executeTakeFirst()
  return row?.given_name ?? ''
}

async function inMyBoards<T>(c: Context<PageEnv>, work: (tx: Tx) => Promise<T>): Promise<T> {
  const boards = [...new Set(c.var.around.map(({ actor }) => actor.boardId))]
  return await inTransaction(c.var.deps.db, { actor: 'account', boards }, work)
}

export type CaseState = 'open' | 'taken' | 'extended' | 'overdue' | 'granted' | 'partly' | 'refused' | 'withdrawn' | 'answered'

/** Where a request stands, as the person who made it reads it. What a company was asked is answered when it says so. */
export function stateOfCase({ one, duties }: Pick<MyCase, 'one' | 'duties'>, at: Date): CaseState {
  if (one.closed) return one.closed.outcome
  if (one.supplierId && duties.length > 0 && duties.every(({ confirmedAt }) => confirmedAt)) return 'answered'
  if (one.dueAt <= at) return 'overdue'
  if (one.extended) return 'extended'
  return one.taken ? 'taken' : 'open'
}

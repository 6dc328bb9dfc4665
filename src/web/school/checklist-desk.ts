import type { Context } from 'hono'
import { CHECKLIST_DECIDERS, CHECKLIST_WALKERS, type Statement } from '../../cases/checklist.ts'
import { type Point, pointsOf } from '../../cases/checklist-store.ts'
import type { SchoolId } from '../../ids.ts'
import type { MandateRole } from '../../people/mandate.ts'
import { type SchoolYear, schoolYearOf } from '../../people/school-year.ts'
import { boardById, currentTenure, personsById } from '../../people/store.ts'
import { Refusal } from '../../refusal.ts'
import type { Around } from '../around.ts'
import type { PageEnv } from '../page.tsx'
import { nameOf } from './case-view.ts'
import { atDesk } from './desk.ts'

/** Where somebody on the staff walks through the checklist; for showing only. */
export interface ChecklistDesk {
  around: Around
  /** At which schools they see what was found, and where they make points of it; null is the board's office. */
  looksAt: (schoolId: SchoolId | null) => boolean
  decidesAt: (schoolId: SchoolId | null) => boolean
  looksSomewhere: boolean
}

/** One per person with a task at a board. */
export function checklistDesksOf(c: Context<PageEnv>): ChecklistDesk[] {
  return c.var.around.flatMap((around) => {
    const held = (roles: readonly MandateRole[]) => around.mandates.filter(({ role }) => roles.includes(role))
    const covers = (roles: readonly MandateRole[]) => (at: SchoolId | null) =>
      held(roles).some(({ schoolId }) => schoolId === null || schoolId === at)
    if (held(CHECKLIST_WALKERS).length === 0) return []
    const lookers: MandateRole[] = [...CHECKLIST_DECIDERS, 'dpo']
    return [{ around, looksAt: covers(lookers), decidesAt: covers(CHECKLIST_DECIDERS), looksSomewhere: held(lookers).length > 0 }]
  })
}

/** The desk at the board of the address, or the first. */
export function checklistDeskOf(c: Context<PageEnv>): ChecklistDesk | undefined {
  const board = c.req.query('board')
  return checklistDesksOf(c).find(({ around }) => !board || around.actor.boardId === board)
}

/** What was found at one of the schools, or at the first one they look at; null is the board's office. */
export const outcomePathOf = (desk: ChecklistDesk, schoolId?: SchoolId | null) => `/school/checklist/outcome?${placeOf(desk, schoolId)}`

export const placeOf = ({ around }: ChecklistDesk, schoolId?: SchoolId | null) =>
  new URLSearchParams({ board: around.actor.boardId, ...(schoolId !== undefined && { school: schoolId ?? 'office' }) }).toString()

/** This school year and the one before it. */
export async function yearsAt(c: Context<PageEnv>, desk: ChecklistDesk): Promise<{ year: SchoolYear; before: string }> {
  const board = await atDesk(c, desk, (tx) => boardById(tx, desk.around.actor.boardId))
  const year = schoolYearOf(board, c.var.deps.now())
  return { year, before: schoolYearOf(board, new Date(year.startsAt.getTime() - 1)).name }
}

/** A point as one person sees it. */
export interface SeenPoint {
  desk: ChecklistDesk
  point: Point
  owner: string
  closedBy: string
  mine: boolean
  mayClose: boolean
}

/** One's own points, and those of the schools one looks at. */
export async function pointsAt(c: Context<PageEnv>, desk: ChecklistDesk): Promise<SeenPoint[]> {
  const { boardId, personId } = desk.around.actor
  return await atDesk(c, desk, async (tx) => {
    const points = await pointsOf(tx, boardId)
    const persons = await personsById(
      tx,
      boardId,
      points.flatMap(({ ownerId, closed }) => (closed ? [ownerId, closed.by] : [ownerId])),
    )
    return points.flatMap((point) => {
      const mine = point.ownerId === personId
      if (!mine && !desk.looksAt(point.schoolId)) return []
      const closedBy = point.closed ? nameOf(persons.get(point.closed.by)) : ''
      const mayClose = !point.closed && (mine || desk.decidesAt(point.schoolId))
      return [{ desk, point, owner: nameOf(persons.get(point.ownerId)), closedBy, mine, mayClose }]
    })
  })
}

/** @throws Refusal `not_found` also for a point of another school */
export async function pointOfPath(c: Context<PageEnv>): Promise<SeenPoint> {
  const seen = (await Promise.all(checklistDesksOf(c).map((desk) => pointsAt(c, desk)))).flat()
  const found = seen.find(({ point }) => point.pointId === c.req.param('pointId'))
  if (!found) throw new Refusal('not_found')
  return found
}

/** Which part of the app a statement is about: open to all staff, or to who has a desk there. */
const OPEN_TO_ALL: Partial<Record<Statement, string>> = {
  access_known: '/rights',
  passwords: '/account',
  passwords_hidden: '/school/incidents/report',
  signed_off: '/account',
  paper_away: '/school/incidents/report',
  own_sign_in: '/account',
  devices_locked: '/account',
  no_family: '/school/incidents/report',
  leaks_together: '/school/incidents',
}
const AT_A_DESK: Partial<Record<Statement, string>> = {
  pupils_deleted: '/school/retention',
  dossiers_deleted: '/school/retention',
  leavers_administration: '/school/mandates',
  leavers_elsewhere: '/school/mandates',
  leavers_mailbox: '/school/mandates',
  agreements_signed: '/school/contracts',
  images_asked: '/school/rounds',
  transfer_seen: '/school/transfers',
  documents_apart: '/school/mandates',
  home_devices: '/school/retention',
  officer_named: '/school/mandates',
}

/** Who has no desk there reads what parents read: the school's public page. */
export function pageAbout(statement: Statement, { looksSomewhere }: ChecklistDesk, publicPage: string): string {
  return OPEN_TO_ALL[statement] ?? (looksSomewhere ? (AT_A_DESK[statement] ?? '/school/register') : publicPage)
}

/** The public page of the school one works at, or of any school of the board. */
export async function publicPageAt(c: Context<PageEnv>, desk: ChecklistDesk): Promise<string> {
  const { boardId, personId } = desk.around.actor
  return await atDesk(c, desk, async (tx) => {
    const tenure = await currentTenure(tx, boardId, personId, c.var.deps.now())
    const schools = await tx.selectFrom('schools').select(['school_id', 'brin']).where('board_id', '=', boardId).orderBy('name').execute() // schools_pkey
    const school = schools.find(({ school_id }) => school_id === tenure?.schoolId) ?? schools[0]
    return school ? `/schools/${school.brin}` : '/rights'
  })
}

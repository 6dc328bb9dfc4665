import type { Context } from 'hono'
import { idOf } from '../../http.ts'
import type { BoardId, PersonId, SchoolId } from '../../ids.ts'
import type { MandateRole } from '../../people/mandate.ts'
import { type Reach, type Registered, registered } from '../../people/register.ts'
import { Refusal } from '../../refusal.ts'
import type { Around } from '../around.ts'
import type { PageEnv } from '../page.tsx'
import { atDesk } from './desk.ts'

/** Who keeps the register of people, as the commands have it; mandates are for administrators alone. */
const KEEPS: readonly MandateRole[] = ['administrator', 'school_leader', 'consent_officer']

/** Who records that somebody left, as the commands have it. */
const ENDS: readonly MandateRole[] = ['administrator', 'school_leader']

/** The place at which somebody keeps or watches over a board's register. For showing only: each command reads the mandates again. */
export interface RegisterDesk {
  around: Around
  /** May change it. The data protection officer reads all of it and changes nothing (P45). */
  keeps: boolean
  /** Whom this person may look up. */
  reach: Reach
  /** Of the whole board: takes in rosters and sets how the board does things. */
  administers: boolean
  /** May look at rosters and at how the board does things. */
  seesAll: boolean
  /** Where this person gives mandates: the whole board (null) and its schools, or some schools. */
  givesMandatesAt: (schoolId: SchoolId | null) => boolean
}

/** The register desks of this account, one per person who keeps a register or watches over it. */
export function registerDesksOf(c: Context<PageEnv>): RegisterDesk[] {
  return c.var.around.flatMap((around) => {
    const keeping = around.mandates.filter(({ role }) => KEEPS.includes(role))
    const watches = around.mandates.some(({ role, schoolId }) => role === 'dpo' && schoolId === null)
    if (keeping.length === 0 && !watches) return []
    const schools = keeping.flatMap(({ schoolId }) => schoolId ?? [])
    const administering = keeping.filter(({ role }) => role === 'administrator')
    const administers = administering.some(({ schoolId }) => schoolId === null)
    return [
      {
        around,
        keeps: keeping.length > 0,
        reach: watches || schools.length < keeping.length ? 'board' : schools,
        administers,
        seesAll: watches || administers,
        givesMandatesAt: (at: SchoolId | null) => administers || administering.some(({ schoolId }) => schoolId === at),
      },
    ]
  })
}

/** Whether this person may record there that a pupil or a member of staff left, or is back. */
export function endsTenuresAt({ around: { mandates } }: RegisterDesk, schoolId: SchoolId | null): boolean {
  return mandates.some((held) => ENDS.includes(held.role) && (held.schoolId === null || held.schoolId === schoolId))
}

/**
 * The desk for this board.
 *
 * @param may what is to be done there
 * @throws Refusal `mandate_missing` also for a board that is not there
 */
export function registerDeskFor(c: Context<PageEnv>, boardId: BoardId, may: 'look' | 'keep' | 'administer'): RegisterDesk {
  const desk = registerDesksOf(c).find(({ around }) => around.actor.boardId === boardId)
  if (!desk || (may === 'keep' && !desk.keeps) || (may === 'administer' && !desk.administers)) throw new Refusal('mandate_missing')
  return desk
}

/**
 * The person of the path, at the desk that may look them up.
 *
 * @throws Refusal `person_not_found` also for somebody of another school
 */
export async function personAtDesk(c: Context<PageEnv>): Promise<{ desk: RegisterDesk; person: Registered }> {
  const id = idOf<PersonId>().safeParse(c.req.param('personId'))
  if (!id.success) throw new Refusal('person_not_found')
  for (const desk of registerDesksOf(c)) {
    const [person] = await atDesk(c, desk, (tx) =>
      registered(tx, desk.around.actor.boardId, { personId: id.data, reach: desk.reach, at: c.var.deps.now() }),
    )
    if (person) return { desk, person }
  }
  throw new Refusal('person_not_found')
}

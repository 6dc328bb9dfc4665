import type { Context } from 'hono'
import { SCHOOL_SIDE } from '../../agreements/mandates.ts'
import { inTransaction, type Tx } from '../../database.ts'
import { idOf } from '../../http.ts'
import type { RequestId, SchoolId } from '../../ids.ts'
import type { MandateRole } from '../../people/mandate.ts'
import { Refusal } from '../../refusal.ts'
import { type AccessRequest, requestById } from '../../requests/store.ts'
import type { Around } from '../around.ts'
import { attempt, once, type Told } from '../attempt.ts'
import type { PageEnv } from '../page.tsx'

/** Who may look at what the school is asked; the data protection officer sees all and decides nothing. */
const LOOK: readonly MandateRole[] = ['consent_officer', 'school_leader', 'administrator', 'signatory', 'dpo']
const DECIDE: readonly MandateRole[] = ['consent_officer', 'school_leader']

/** The place at which one person of this account works. For showing only: each command reads the mandates again and holds them. */
export interface Desk {
  around: Around
  looksAt: (schoolId: SchoolId | null) => boolean
  decidesAt: (schoolId: SchoolId | null) => boolean
  /** Contracts are the board's: whoever handles them holds a mandate for all of it. */
  handlesContracts: boolean
  signs: boolean
}

/** The desks of this account, one per person with a task. */
export function desksOf(c: Context<PageEnv>): Desk[] {
  const holds = ({ mandates }: Around, roles: readonly MandateRole[]) => {
    return (at: SchoolId | null) => mandates.some(({ role, schoolId }) => roles.includes(role) && (schoolId === null || schoolId === at))
  }
  return c.var.around
    .filter(({ mandates }) => mandates.some(({ role }) => LOOK.includes(role)))
    .map((around) => ({
      around,
      looksAt: holds(around, LOOK),
      decidesAt: holds(around, DECIDE),
      handlesContracts: holds(around, SCHOOL_SIDE)(null),
      signs: holds(around, ['signatory'])(null),
    }))
}

export async function atDesk<T>(c: Context<PageEnv>, { around }: Pick<Desk, 'around'>, work: (tx: Tx) => Promise<T>): Promise<T> {
  return await inTransaction(c.var.deps.db, { actor: 'staff', boards: [around.actor.boardId] }, work)
}

/**
 * The request of the path, at the desk where one may look at it.
 *
 * @throws Refusal `request_not_found` also for another school's
 */
export async function requestAtDesk<T>(c: Context<PageEnv>, work: (tx: Tx, request: AccessRequest, desk: Desk) => Promise<T>): Promise<T> {
  const id = idOf<RequestId>().safeParse(c.req.param('requestId'))
  if (!id.success) throw new Refusal('request_not_found')
  for (const desk of desksOf(c)) {
    const found = await atDesk(c, desk, async (tx) => {
      const request = await requestById(tx, desk.around.actor.boardId, id.data)
      return request && desk.looksAt(request.schoolId) ? { is: await work(tx, request, desk) } : undefined
    })
    if (found) return found.is
  }
  throw new Refusal('request_not_found')
}

/** Does what staff asked for, once per rendered form (`once`). */
export async function actOnce<T>(
  c: Context<PageEnv>,
  { around }: Pick<Desk, 'around'>,
  told: Told<T>,
  work: () => Promise<T>,
): Promise<Response> {
  return await once(c, told, () => attempt(c, around.actor, 'organisation', work))
}

import type { Context } from 'hono'
import { decidersOf } from '../../cases/deciders.ts'
import { maySend, type Transfer, transferById, transfersOf } from '../../cases/transfer.ts'
import type { Tx } from '../../database.ts'
import { idOf } from '../../http.ts'
import type { PersonId, TransferId } from '../../ids.ts'
import { lastSchools, personsById } from '../../people/store.ts'
import { Refusal } from '../../refusal.ts'
import type { PageEnv } from '../page.tsx'
import { nameOf } from './case-view.ts'
import { atDesk, type Desk, desksOf } from './desk.ts'

export type TransferState = 'open' | 'ready' | 'sent' | 'cancelled'

/** A transfer with the names its pages show. */
export interface SeenTransfer {
  desk: Desk
  one: Transfer
  subject: string
  deciders: { personId: PersonId; name: string }[]
  state: TransferState
  decides: boolean
}

/** The transfers of the schools one looks at, the newest first. */
export async function transfersAtDesks(c: Context<PageEnv>): Promise<SeenTransfer[]> {
  const found: SeenTransfer[] = []
  for (const desk of desksOf(c)) {
    await atDesk(c, desk, async (tx) => {
      found.push(...(await seen(c, tx, desk, await transfersOf(tx, desk.around.actor.boardId))))
    })
  }
  return found
}

/** The transfer of the path. @throws Refusal `transfer_not_found` also for another school's */
export async function transferAtDesk(c: Context<PageEnv>): Promise<SeenTransfer> {
  const id = idOf<TransferId>().safeParse(c.req.param('transferId'))
  if (!id.success) throw new Refusal('transfer_not_found')
  for (const desk of desksOf(c)) {
    const [found] = await atDesk(c, desk, async (tx) => {
      const one = await transferById(tx, desk.around.actor.boardId, id.data)
      return await seen(c, tx, desk, one ? [one] : [])
    })
    if (found) return found
  }
  throw new Refusal('transfer_not_found')
}

async function seen(c: Context<PageEnv>, tx: Tx, desk: Desk, transfers: Transfer[]): Promise<SeenTransfer[]> {
  const { boardId } = desk.around.actor
  const at = c.var.deps.now()
  const schools = await lastSchools(
    tx,
    boardId,
    transfers.map(({ subjectId }) => subjectId),
    at,
  )
  const found: SeenTransfer[] = []
  for (const one of transfers) {
    const schoolId = schools.get(one.subjectId) ?? null
    if (!desk.looksAt(schoolId)) continue
    const deciders = await decidersOf(tx, boardId, one.subjectId, at)
    const persons = await personsById(tx, boardId, [one.subjectId, ...deciders, ...one.inspections.map(({ personId }) => personId)])
    found.push({
      desk,
      one,
      subject: nameOf(persons.get(one.subjectId)),
      deciders: [...new Set([...deciders, ...one.inspections.map(({ personId }) => personId)])].map((personId) => ({
        personId,
        name: nameOf(persons.get(personId)),
      })),
      state: one.sent ? 'sent' : one.cancelledAt ? 'cancelled' : maySend(one, deciders, at) ? 'ready' : 'open',
      decides: desk.decidesAt(schoolId),
    })
  }
  return found
}

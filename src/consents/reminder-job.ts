import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, PersonId, RoundId } from '../ids.ts'
import type { JobHandler } from '../jobs/run-jobs.ts'
import { append } from '../ledger/append.ts'
import { deliverMails } from '../notifications/deliver-mail.ts'
import { isQuiet, nextMorning } from '../notifications/quiet-hours.ts'
import { tellToday } from './notices.ts'
import { silentDeciders } from './silent.ts'
import { tellRounds } from './tell-rounds.ts'

/** So many people are mailed in one step: who answers between two steps is not reminded any more. */
const AT_ONCE = 1000

interface Reached {
  /** Nobody up to this one is mailed again. */
  after: string
  mails: number
}

/**
 * Mails who has not answered, some at a time, in the order of their ids. Never in the quiet hours: what they interrupt goes
 * on in the morning. Never to who has answered, nor about a question to which anybody said no (D01); never beyond the
 * ration of the day.
 */
export const remindInJob: JobHandler = async (deps, job) => {
  const { boardId } = job
  const { roundId, reminders } = job.payload as { roundId: RoundId; reminders: number }
  let reached = job.reached as Reached | null
  if (!reached) await tellRounds(deps, boardId)
  for (;;) {
    const at = deps.now()
    if (isQuiet(at)) return await job.postpone(nextMorning(at))
    const before: Reached = reached ?? { after: '', mails: 0 }
    const begins = reached === null
    const step = await job.step(async (tx) => {
      if (begins && !(await beginReminder(tx, boardId, { roundId, reminders }, at))) return { reached: { ...before }, is: undefined }
      const silent = await silentDeciders(tx, boardId, roundId, at)
      const some = silent.filter((personId) => personId > before.after).slice(0, AT_ONCE)
      const mails = before.mails + (await tellToday(tx, deps, at, boardId, some, 'reminder', '/questions', roundId))
      const after: Reached = { after: some.at(-1) ?? before.after, mails }
      return { reached: { ...after }, is: { ...after, ...placeOf(silent, after.after) } }
    })
    if (!step) return
    const { after, mails, done, total } = step
    reached = { after, mails }
    await job.progress(done, total)
    if (done < total) continue
    await job.last(async (tx) => {
      const entry = {
        boardId,
        approach: 'organisation',
        at,
        event: 'round_reminded',
        actor: 'job',
        ref: roundId,
        facts: { mails },
      } as const
      await append(tx, entry)
      return { mails }
    })
    await deliverMails(deps)
    return
  }
}

/** @returns false when the round is over by now, or this reminder of it has gone out */
async function beginReminder(
  tx: Tx,
  boardId: BoardId,
  { roundId, reminders }: { roundId: RoundId; reminders: number },
  at: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('rounds')
    .set({ remind_at: null, reminded_at: at, reminders: sql<number>`reminders + 1` })
    .where('board_id', '=', boardId)
    .where('round_id', '=', roundId) // rounds_pkey
    .where('reminders', '=', reminders)
    .where('told_at', 'is not', null)
    .where('ends_at', '>', at)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** How far the list is done. Who answered meanwhile is not on it any more. */
function placeOf(silent: readonly PersonId[], after: string): { done: number; total: number } {
  return { done: silent.filter((personId) => personId <= after).length, total: silent.length }
}

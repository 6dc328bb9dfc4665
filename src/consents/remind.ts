import { type RawBuilder, sql } from 'kysely'
import type { PersonActor } from '../actors.ts'
import { amsterdamDay } from '../clock.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, RoundId } from '../ids.ts'
import { enqueueJob } from '../jobs/enqueue.ts'
import { append, type LedgerActor } from '../ledger/append.ts'
import { isQuiet, nextMorning } from '../notifications/quiet-hours.ts'
import { Refusal } from '../refusal.ts'
import { holdRound } from './hold-draft.ts'
import { isRunning } from './progress.ts'

/** So many days after it was told, a round is reminded of by itself. */
const REMINDED_AFTER_DAYS = [7, 21] as const
/** Nobody is reminded again within so many days. */
export const DAYS_BETWEEN_REMINDERS = 3

const DAY = 86_400_000

/**
 * Staff have those who have not answered reminded, in a job: now, or when the quiet hours are over. Who that is, is found
 * when it is sent.
 *
 * @returns when it goes out
 * @throws Refusal `mandate_missing`, `round_not_found`, `round_not_published`, `round_not_open`, `reminded_lately`
 */
export async function remindRound(deps: Deps, actor: PersonActor, roundId: RoundId): Promise<Date> {
  const at = deps.now()
  const { boardId } = actor
  const remindAt = isQuiet(at) ? nextMorning(at) : at
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const round = await holdRound(tx, actor, roundId, at)
    if (!round.publishedAt || round.endsAt <= at) throw new Refusal('round_not_published')
    if (!isRunning(round, at)) throw new Refusal('round_not_open')
    const lately = round.remindedAt && round.remindedAt.getTime() + DAYS_BETWEEN_REMINDERS * DAY > at.getTime()
    if (round.remindAt || lately) throw new Refusal('reminded_lately')
    await tx.updateTable('rounds').set({ remind_at: remindAt }).where('board_id', '=', boardId).where('round_id', '=', roundId).execute() // rounds_pkey
    await enqueueReminder(tx, {
      boardId,
      roundId,
      reminders: round.reminders,
      askedBy: `person:${actor.personId}`,
      at,
      notBefore: remindAt,
    })
    const facts = { remindAt }
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'round_reminded',
      actor: `person:${actor.personId}`,
      ref: roundId,
      facts,
    })
  })
  return remindAt
}

/**
 * Puts the reminders in the queue that are due by themselves: one a week and one three weeks after a round was told. A job
 * of the board.
 *
 * @returns of how many rounds
 */
export async function remindByItself(deps: Deps, boardId: BoardId): Promise<number> {
  const at = deps.now()
  if (isQuiet(at)) return 0
  return await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const due = await tx
      .selectFrom('rounds')
      .select(['round_id', 'reminders'])
      .where('board_id', '=', boardId) // rounds_pkey
      .where('told_at', 'is not', null)
      .where('ends_at', '>', at)
      .where(isDue(at))
      .execute()
    let put = 0
    for (const { round_id: roundId, reminders } of due)
      if (await enqueueReminder(tx, { boardId, roundId, reminders, askedBy: 'job', at })) put += 1
    return put
  })
}

interface DueReminder {
  boardId: BoardId
  roundId: RoundId
  /** How many there were before this one. */
  reminders: number
  askedBy: LedgerActor
  at: Date
  notBefore?: Date
}

/** Once for each reminder; one that was given up may be tried again another day. */
async function enqueueReminder(tx: Tx, { boardId, roundId, reminders, askedBy, at, notBefore }: DueReminder): Promise<boolean> {
  const dedupKey = `remind:${roundId}:${reminders + 1}:${amsterdamDay(notBefore ?? at)}`
  const job = { boardId, kind: 'round_reminder', payload: { roundId, reminders }, askedBy, at, dedupKey } as const
  return (await enqueueJob(tx, { ...job, ...(notBefore && { notBefore }) })).isNew
}

function isDue(at: Date): RawBuilder<boolean> {
  const before = (days: number) => new Date(at.getTime() - days * DAY)
  const byItself = REMINDED_AFTER_DAYS.map((days, nr) => sql<boolean>`(reminders <= ${nr} and told_at <= ${before(days)})`)
  return sql<boolean>`(remind_at <= ${at} or (
    (${sql.join(byItself, sql` or `)}) and (reminded_at is null or reminded_at <= ${before(DAYS_BETWEEN_REMINDERS)})))`
}

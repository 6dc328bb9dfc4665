import { type Selectable, sql } from 'kysely'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, DeliveryId, PersonId } from '../ids.ts'
import { noteInformed } from './informed.ts'
import { isQuiet } from './quiet-hours.ts'
import type { Reminds } from './reminds.ts'
import type { DeliveryTable } from './tables.ts'

const LEASE_SECONDS = 120
const BATCH = 20
const MOST_ATTEMPTS = 10
const LONGEST_WAIT_SECONDS = 3600

export interface Claimed {
  delivery_id: DeliveryId
  payload: string
  attempts: number
  board_id: BoardId | null
  informs: PersonId[]
  reminds: Reminds | null
}

type Kind = Selectable<DeliveryTable>['kind']

/**
 * Sends what waits of one kind, until nothing is due. Any number of processes may do this at once: each delivery is claimed
 * for a while, and whoever claims it later than its lease takes it over. It can go out twice when a process dies between
 * sending and saying so; it never gets lost. What was sent or given up is erased.
 *
 * @param send rejects when it is to be tried again later
 * @param holds whether it is still to be sent; what is not is erased, and nobody was told anything
 * @param atOnce how many this process sends at the same time
 * @returns how many were sent
 */
export async function deliverWaiting(
  deps: Deps,
  kind: Kind,
  send: (claimed: Claimed) => Promise<void>,
  holds: (claimed: Claimed) => Promise<boolean> = () => Promise.resolve(true),
  atOnce: number = BATCH,
): Promise<number> {
  let sent = 0
  for (;;) {
    const claimed = await claim(deps, kind, atOnce)
    if (claimed.length === 0) return sent
    const done = await Promise.all(claimed.map((delivery) => deliver(deps, kind, delivery, { send, holds })))
    sent += done.filter(Boolean).length
  }
}

async function claim({ db, now }: Deps, kind: Kind, atOnce: number): Promise<Claimed[]> {
  const at = now()
  const { rows } = await sql<Claimed>`
    update deliveries set locked_until = ${new Date(at.getTime() + LEASE_SECONDS * 1000)}, attempts = attempts + 1
    where delivery_id in (
      select delivery_id from deliveries
      where done_at is null and dead_at is null and kind = ${kind} and run_at <= ${at} -- deliveries_waiting
        and (locked_until is null or locked_until <= ${at}) and (not by_day or ${!isQuiet(at)})
      order by run_at limit ${atOnce} for update skip locked
    )
    returning delivery_id, payload, attempts, board_id, informs, reminds`.execute(db)
  return rows
}

/** Tries one. `attempts` fences: whoever lost the lease meanwhile changes nothing. */
async function deliver(
  deps: Deps,
  kind: Kind,
  claimed: Claimed,
  { send, holds }: { send: (claimed: Claimed) => Promise<void>; holds: (claimed: Claimed) => Promise<boolean> },
): Promise<boolean> {
  const { delivery_id, attempts, board_id, informs } = claimed
  const mine = deps.db.updateTable('deliveries').where('delivery_id', '=', delivery_id).where('attempts', '=', attempts)
  let stillHolds = false
  try {
    stillHolds = await holds(claimed)
    if (stillHolds) await send(claimed)
  } catch (error) {
    const at = deps.now()
    const gaveUp = attempts >= MOST_ATTEMPTS
    // The error of a server can quote an address, so only its kind goes into the log.
    deps.log[gaveUp ? 'error' : 'warning'](`${kind}_not_sent`, { deliveryId: delivery_id, attempts, gaveUp, kind: (error as Error).name })
    const wait = Math.min(LONGEST_WAIT_SECONDS, 5 * 2 ** attempts) * (0.5 + Math.random())
    await mine
      .set(
        gaveUp ? { dead_at: at, payload: null, locked_until: null } : { run_at: new Date(at.getTime() + wait * 1000), locked_until: null },
      )
      .execute()
    return false
  }
  const sent = { done_at: deps.now(), payload: null, locked_until: null }
  if (!stillHolds || !board_id || informs.length === 0) await mine.set(sent).execute()
  else {
    await inTransaction(deps.db, { actor: 'job', boards: [board_id] }, async (tx) => {
      await tx.updateTable('deliveries').set(sent).where('delivery_id', '=', delivery_id).where('attempts', '=', attempts).execute()
      await noteInformed(tx, board_id, informs, { at: sent.done_at, how: 'mail' })
    })
  }
  return stillHolds
}

import { sql } from 'kysely'
import type { Deps, Mail } from '../deps.ts'
import type { DeliveryId } from '../ids.ts'
import { unseal } from '../sealing.ts'

const LEASE_SECONDS = 120
const BATCH = 20
const MOST_ATTEMPTS = 10
const LONGEST_WAIT_SECONDS = 3600

interface Claimed {
  delivery_id: DeliveryId
  payload: string
  attempts: number
}

/**
 * Sends the mails that wait, until none is due. Any number of processes may do this at once: each mail is claimed for a
 * while, and whoever claims it later than its lease takes it over. A mail can go out twice when a process dies between
 * sending and saying so; it never gets lost. What was sent or given up is erased.
 *
 * @returns how many were sent
 */
export async function deliverMails(deps: Deps): Promise<number> {
  let sent = 0
  for (;;) {
    const claimed = await claim(deps)
    if (claimed.length === 0) return sent
    const done = await Promise.all(claimed.map((delivery) => deliver(deps, delivery)))
    sent += done.filter(Boolean).length
  }
}

async function claim({ db, now }: Deps): Promise<Claimed[]> {
  const at = now()
  const { rows } = await sql<Claimed>`
    update deliveries set locked_until = ${new Date(at.getTime() + LEASE_SECONDS * 1000)}, attempts = attempts + 1
    where delivery_id in (
      select delivery_id from deliveries
      where done_at is null and dead_at is null and run_at <= ${at} -- deliveries_waiting
        and (locked_until is null or locked_until <= ${at})
      order by run_at limit ${BATCH} for update skip locked
    )
    returning delivery_id, payload, attempts`.execute(db)
  return rows
}

/** Tries one mail. `attempts` fences: whoever lost the lease meanwhile changes nothing. */
async function deliver(deps: Deps, { delivery_id, payload, attempts }: Claimed): Promise<boolean> {
  const mine = deps.db.updateTable('deliveries').where('delivery_id', '=', delivery_id).where('attempts', '=', attempts)
  try {
    await deps.sendMail(JSON.parse(await unseal(deps.secret, `mail:${delivery_id}`, payload)) as Mail)
  } catch (error) {
    const at = deps.now()
    const gaveUp = attempts >= MOST_ATTEMPTS
    // The error of a mail server can quote the address, so only its kind goes into the log.
    deps.log[gaveUp ? 'error' : 'warning']('mail_not_sent', { deliveryId: delivery_id, attempts, gaveUp, kind: (error as Error).name })
    const wait = Math.min(LONGEST_WAIT_SECONDS, 5 * 2 ** attempts) * (0.5 + Math.random())
    await mine
      .set(
        gaveUp ? { dead_at: at, payload: null, locked_until: null } : { run_at: new Date(at.getTime() + wait * 1000), locked_until: null },
      )
      .execute()
    return false
  }
  await mine.set({ done_at: deps.now(), payload: null, locked_until: null }).execute()
  return true
}

import { sql } from 'kysely'
import type { Db } from '../database.ts'
import { Gather, perDatabase } from '../gather.ts'

/** A jti that may be seen once, by whose it is: a client's assertion or request object, or a DPoP key's proof. */
export interface OneUse {
  kind: 'assertion' | 'request_object' | 'dpop'
  owner: string
  jti: string
  /** Until then it would be accepted again if it were not kept. */
  expiresAt: Date
}

/** Longer than this is no random id; the row stays small. */
export const LONGEST_JTI = 200

/** Kept a little longer than it could be accepted: the process that sweeps may have another clock. */
const CLOCK_DIFFERENCE_MS = 120_000

/**
 * Uses these up, together, in one statement committed by itself, before the command makes anything: a refusal that rolls
 * the command back does not give them back, and no other process or restart accepts them again (INV-11).
 *
 * @param flushed false where a commit follows that makes whatever this is for: that one flushes this too, being earlier in
 *   the log. After a crash in between nothing was made, and nothing answered
 * @returns those that had been used before
 */
export async function useUp(db: Db, uses: OneUse[], { flushed = true } = {}): Promise<OneUse[]> {
  return await deskOf(db).do({ db, uses, flushed }, flushed ? 'flushed' : 'later', '')
}

interface Using {
  db: Db
  uses: OneUse[]
  flushed: boolean
}

const deskOf = perDatabase(() => new Gather(useUpTogether, { lanes: 2, most: 64 }))

async function useUpTogether(using: Using[]): Promise<PromiseSettledResult<OneUse[]>[]> {
  const { db, flushed } = using[0]!
  const rows = using.flatMap(({ uses }) =>
    uses.map(({ kind, owner, jti, expiresAt }) => ({
      kind,
      owner,
      jti,
      expires_at: new Date(expiresAt.getTime() + CLOCK_DIFFERENCE_MS).toISOString(),
    })),
  )
  const { rows: fresh } = await sql<{ kind: string; owner: string; jti: string }>`
    insert into replay (kind, owner, jti, expires_at)
    select u.kind, u.owner, u.jti, u.expires_at
    from jsonb_to_recordset(${sql.val(rows)}::jsonb) as u (kind text, owner text, jti text, expires_at timestamptz)
    ${flushed ? sql`` : sql`, (select set_config('synchronous_commit', 'off', true)) later`}
    on conflict (kind, owner, jti) do nothing
    returning kind, owner, jti`.execute(db)
  const unused = new Set(fresh.map(nameOf))
  // Of the same twice in here the first takes it: `delete` tells whether it was still there.
  return using.map(({ uses }) => ({ status: 'fulfilled', value: uses.filter((use) => !unused.delete(nameOf(use))) }))
}

const nameOf = ({ kind, owner, jti }: { kind: string; owner: string; jti: string }) => JSON.stringify([kind, owner, jti])

import type { Db } from '../database.ts'
import type { Deps } from '../deps.ts'

/** A jti that may be seen once, by whose it is: a client's assertion, or a DPoP key's proof. */
export interface OneUse {
  kind: 'assertion' | 'dpop'
  owner: string
  jti: string
  /** Until then the proof would otherwise be accepted again. */
  expiresAt: Date
}

/** Longer than this is no random id; the row stays small. */
export const LONGEST_JTI = 200

/**
 * Uses these up, together, in one statement committed by itself, before the command runs: a refusal that rolls the command
 * back does not give them back, and no other process or restart accepts them again (INV-11).
 *
 * @returns those that had been used before
 */
export async function useUp(db: Db, uses: OneUse[]): Promise<OneUse[]> {
  const fresh = await db
    .insertInto('replay')
    .values(uses.map(({ kind, owner, jti, expiresAt }) => ({ kind, owner, jti, expires_at: expiresAt })))
    .onConflict((conflict) => conflict.columns(['kind', 'owner', 'jti']).doNothing())
    .returning(['kind', 'owner', 'jti'])
    .execute()
  return uses.filter(({ kind, owner, jti }) => !fresh.some((row) => row.kind === kind && row.owner === owner && row.jti === jti))
}

/** Forgets what could no longer be replayed. */
export async function sweepUsed(deps: Deps): Promise<void> {
  const longAgo = new Date(deps.now().getTime() - 600_000)
  await deps.db.deleteFrom('replay').where('expires_at', '<', longAgo).execute() // replay_expired
}

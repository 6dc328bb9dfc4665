import type { Db } from '../database.ts'

/** A jti that may be seen once, by whose it is: a client's assertion, or a DPoP key's proof. */
export interface OneUse {
  kind: 'assertion' | 'dpop'
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
 * Uses these up, together, in one statement committed by itself, before the command runs: a refusal that rolls the command
 * back does not give them back, and no other process or restart accepts them again (INV-11).
 *
 * @returns those that had been used before
 */
export async function useUp(db: Db, uses: OneUse[]): Promise<OneUse[]> {
  const fresh = await db
    .insertInto('replay')
    .values(
      uses.map(({ kind, owner, jti, expiresAt }) => ({
        kind,
        owner,
        jti,
        expires_at: new Date(expiresAt.getTime() + CLOCK_DIFFERENCE_MS),
      })),
    )
    .onConflict((conflict) => conflict.columns(['kind', 'owner', 'jti']).doNothing())
    .returning(['kind', 'owner', 'jti'])
    .execute()
  return uses.filter(({ kind, owner, jti }) => !fresh.some((row) => row.kind === kind && row.owner === owner && row.jti === jti))
}

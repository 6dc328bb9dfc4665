import { type Expression, sql } from 'kysely'
import type { Db } from '../database.ts'

const CLOCK_DIFFERENCE_MS = 120_000

/**
 * Notes that a client gave back an access token for our own REST API: those have no row of their own, so their `jti` is kept
 * among the used ones until the token would be over anyway.
 */
export async function revokeRestToken(db: Db, clientId: string, jti: string, expiresAt: Date): Promise<void> {
  await db
    .insertInto('replay')
    .values({ kind: 'revoked', owner: clientId, jti, expires_at: new Date(expiresAt.getTime() + CLOCK_DIFFERENCE_MS) })
    .onConflict((conflict) => conflict.columns(['kind', 'owner', 'jti']).doNothing())
    .execute()
}

/** SQL: the note that this token was given back, if it was. */
export function revoked(clientId: string, jti: string): Expression<unknown> {
  return sql`(select from replay where kind = 'revoked' and owner = ${clientId} and jti = ${jti})` // replay_pkey
}

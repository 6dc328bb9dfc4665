import type { ReplayStore } from './replay-store.ts'

/** The table the store works on: put it in your migrations. */
export const REPLAY_TABLE = `create table if not exists used_proofs (
  key text primary key,
  expires_at timestamptz not null
);
create index if not exists used_proofs_expired on used_proofs (expires_at);`

/**
 * Runs one statement and gives its rows: `(text, values) => pool.query(text, values).then(({ rows }) => rows)` with pg,
 * `(text, values) => sql.unsafe(text, values)` with postgres.js.
 */
export type RunQuery = (text: string, values: (string | Date)[]) => Promise<ArrayLike<unknown>>

const SWEEP_EVERY_MS = 60_000
const SWEEP_AT_ONCE = 5_000

/**
 * A replay store for many processes on one PostgreSQL database: the unique key lets one of many at once through, also after a
 * restart. The statement must commit by itself: do not give it a transaction of yours, for a rollback would give the proof
 * back. Expired keys are removed now and then.
 */
export function postgresReplayStore(run: RunQuery, { now = Date.now }: { now?: () => number } = {}): ReplayStore {
  let sweptAt = now()
  return {
    async useOnce(key, expiresAt) {
      const rows = await run('insert into used_proofs (key, expires_at) values ($1, $2) on conflict (key) do nothing returning 1', [
        key,
        expiresAt,
      ])
      if (now() > sweptAt + SWEEP_EVERY_MS) {
        sweptAt = now()
        await run(
          `delete from used_proofs where ctid = any (array(select ctid from used_proofs where expires_at < $1 limit ${SWEEP_AT_ONCE}))`,
          [new Date(now() - SWEEP_EVERY_MS)],
        )
      }
      return rows.length === 1
    },
  }
}

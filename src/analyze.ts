import { sql } from 'kysely'
import type { Tables } from './database.ts'
import type { Deps } from './deps.ts'

/** The tables that long work fills by the thousand: the runtime role may have these looked at (sql/070-analyze-what-grew.sql). */
type Filled = Extract<keyof Tables, 'persons' | 'enrolments' | 'employments' | 'guardianships' | 'consents' | 'round_tallies'>

/**
 * Has the planner look anew at tables that have just grown a lot, as autovacuum would a minute later, by its own measure.
 * After the commit, and for speed alone: that it fails is logged and changes nothing.
 *
 * @param written how many rows each got
 */
export async function analyzeWhatGrew({ db, log }: Pick<Deps, 'db' | 'log'>, written: Partial<Record<Filled, number>>): Promise<void> {
  const names = Object.keys(written)
  try {
    const { rows } = await sql<{ relname: Filled }>`
      select c.relname from pg_class c
      join unnest(${names}::text[], ${Object.values(written)}::int[]) as w (relname, written) on w.relname = c.relname
      where c.relnamespace = 'public'::regnamespace and w.written > 50 + 0.1 * greatest(c.reltuples, 0)
      order by c.relname`.execute(db)
    for (const { relname } of rows) await sql`analyze ${sql.table(relname)}`.execute(db)
  } catch (error) {
    log.warning('analyze_failed', { tables: names, error })
  }
}

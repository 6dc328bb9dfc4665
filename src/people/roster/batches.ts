import { type RawBuilder, sql } from 'kysely'

/** Rows in one statement: enough to make the round trip small, few enough to keep the text well under a megabyte or ten. */
const BATCH = 10_000

/**
 * Runs a statement for the rows, some thousands at a time, as JSON that the database turns into a table. Not COPY: when
 * the server refuses a row the driver waits for ever.
 */
export async function inBatches<Row>(rows: readonly Row[], run: (batch: RawBuilder<unknown>) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < rows.length; from += BATCH) {
    await run(sql`${JSON.stringify(rows.slice(from, from + BATCH))}::text::jsonb`)
  }
}

import { type RawBuilder, sql } from 'kysely'

/** Rows in one statement: enough to make the round trip small, few enough to keep the text well under a megabyte or ten. */
const BATCH = 10_000

/** Told after every batch, with its number of rows. */
export type Written = (rows: number) => Promise<void>

/**
 * Runs a statement for the rows, some thousands at a time, as JSON that the database turns into a table; the next are
 * written down while it does. Not COPY: when the server refuses a row the driver waits for ever.
 */
export async function inBatches<Row>(
  rows: readonly Row[],
  run: (batch: RawBuilder<unknown>) => Promise<unknown>,
  written: Written = async () => {},
): Promise<void> {
  let before: Promise<void> = Promise.resolve()
  for (let from = 0; from < rows.length; from += BATCH) {
    const batch = rows.slice(from, from + BATCH)
    const text = JSON.stringify(batch)
    await before
    before = run(sql`${text}::text::json`).then(() => written(batch.length))
    before.catch(() => {})
  }
  await before
}

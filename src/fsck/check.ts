import type { Db } from '../database.ts'
import { readCheckpoints, writeCheckpoints } from './checkpoints.ts'
import { fsck, reportOf } from './fsck.ts'

/**
 * Checks a database as whoever keeps it running does: with the checkpoints of last time, where there is a file for them, and
 * those of now in their place when every chain of the ledger was whole.
 *
 * @throws Error when the file cannot be read or written
 */
export async function check(db: Db, checkpoints: string | undefined): Promise<{ report: string; whole: boolean }> {
  const checked = await fsck(db, checkpoints === undefined ? undefined : await readCheckpoints(checkpoints))
  if (checkpoints !== undefined && checked.findings['INV-04'].length === 0) await writeCheckpoints(checkpoints, checked.heads)
  return { report: reportOf(checked), whole: Object.values(checked.findings).every((found) => found.length === 0) }
}

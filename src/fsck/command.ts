import { parseArgs } from 'node:util'
import { readDatabaseConfig } from '../config.ts'
import { openDatabase } from '../database.ts'
import { startEmbeddedPostgres } from '../embedded-postgres.ts'
import { check } from './check.ts'

/** `npm run fsck`: the database of DATABASE_URL, or the embedded one. Exit code 1 when an invariant is broken. */
async function main() {
  const { checkpoints } = parseArgs({ options: { checkpoints: { type: 'string' } } }).values
  const { databaseUrl, dataFolder } = readDatabaseConfig(process.env)
  const embedded = databaseUrl ? undefined : await startEmbeddedPostgres({ folder: dataFolder })
  const db = openDatabase({ url: databaseUrl ?? embedded!.url, max: 1, statementTimeout: 0 })
  try {
    const { report, whole } = await check(db, checkpoints)
    process.stdout.write(`${report}\n`)
    if (!whole) process.exitCode = 1
  } finally {
    await db.destroy()
    await embedded?.stop()
  }
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 2
}

import { readDatabaseConfig } from './config.ts'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import { migrate } from './migrate.ts'

/** `npm run db:migrate`: the database of DATABASE_OWNER_URL, or the embedded one. */
async function main() {
  const { databaseUrl, databaseOwnerUrl, dataFolder } = readDatabaseConfig(process.env)
  if (databaseUrl && !databaseOwnerUrl) throw new Error('DATABASE_OWNER_URL is needed: the runtime role cannot migrate')
  const embedded = databaseUrl ? undefined : await startEmbeddedPostgres({ folder: dataFolder })
  const url = databaseUrl ?? embedded!.url
  try {
    const applied = await migrate(databaseOwnerUrl ?? embedded!.ownerUrl, decodeURIComponent(new URL(url).username))
    process.stdout.write(applied.length > 0 ? `applied ${applied.join(', ')}\n` : 'nothing to apply\n')
  } finally {
    await embedded?.stop()
  }
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 1
}

import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded-postgres.ts'
import { migrate } from '../../src/migrate.ts'
import { removeCluster } from '../../src/postgres-programs.ts'

export interface BenchDatabase {
  cluster: EmbeddedPostgres
  folder: string
  owner: postgres.Sql
  stop: () => Promise<void>
}

/** A migrated cluster of its own, as durable as in production: nothing about fsync or commit is relaxed. */
export async function benchDatabase(): Promise<BenchDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'consent-broker-bench-'))
  await chmod(folder, 0o755)
  const cluster = await startEmbeddedPostgres({ folder })
  await migrate(cluster.ownerUrl, 'broker')
  const owner = postgres(cluster.ownerUrl, { max: 2, onnotice: () => {} })
  return {
    cluster,
    folder,
    owner,
    stop: async () => {
      await owner.end({ timeout: 5 })
      await cluster.stop()
      await removeCluster(folder)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

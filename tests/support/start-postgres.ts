import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { removeEmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded-postgres.ts'
import { migrate } from '../../src/migrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    ownerUrl: string
    runtimeUrl: string
  }
}

/** One PostgreSQL for the whole run, with a migrated database `broker` that every test file copies. */
export default async function start(project: TestProject) {
  const folder = await mkdtemp(join(tmpdir(), 'consent-broker-test-'))
  // A vacuum of the template is somebody connected to it: on a busy machine it was there for longer than a copy waits for.
  const postgres = await startEmbeddedPostgres({ folder, settings: { fsync: 'off', full_page_writes: 'off', autovacuum: 'off' } })
  await migrate(postgres.ownerUrl, 'broker')
  project.provide('ownerUrl', postgres.ownerUrl)
  project.provide('runtimeUrl', postgres.url)
  return async () => {
    await postgres.stop()
    // For root the cluster is not in the folder, which only leads to it.
    await removeEmbeddedPostgres(folder)
    await rm(folder, { recursive: true, force: true })
  }
}

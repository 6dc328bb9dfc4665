import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeEmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded-postgres.ts'
import { migrate } from '../../src/migrate.ts'
import { dumpSchema } from './dump-schema.ts'

const folder = await mkdtemp(join(tmpdir(), 'schema-'))
const cluster = await startEmbeddedPostgres({ folder, settings: { fsync: 'off' } })
try {
  await migrate(cluster.ownerUrl, 'broker')
  await writeFile(new URL('../../sql/schema.sql', import.meta.url), await dumpSchema(cluster.ownerUrl))
} finally {
  await cluster.stop()
  await removeEmbeddedPostgres(folder)
  await rm(folder, { recursive: true, force: true })
}

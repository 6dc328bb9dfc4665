import { randomBytes } from 'node:crypto'
import { freePort } from '../../src/embedded-postgres.ts'
import type { BenchDatabase } from './database.ts'
import { startChild, stopChild } from './processes.ts'

/** The broker as it is served, in a process of its own on this database. */
export async function benchBroker({ cluster }: BenchDatabase): Promise<{ issuer: string; pid: number; stop: () => Promise<void> }> {
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  const child = await startChild(['dist/node.js'], `${issuer}/health/ready`, {
    PORT: String(port),
    ISSUER: issuer,
    DATABASE_URL: cluster.url,
    DATABASE_OWNER_URL: cluster.ownerUrl,
    BROKER_SECRET: randomBytes(32).toString('base64url'),
    DATABASE_POOL: '16',
    LOG_LEVEL: 'warning',
    SMTP_URL: 'smtp://127.0.0.1:9',
  })
  return { issuer, pid: child.pid!, stop: () => stopChild(child) }
}

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createTestHarness } from 'wrangler'

/** The broker under workerd, on this database; Hyperdrive's local connection stands in for Hyperdrive. */
export async function startWorker(url: string, vars: Record<string, string>) {
  process.env.CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE = url
  const harness = createTestHarness({
    root: join(import.meta.dirname, '../..'),
    workers: [
      {
        configPath: './wrangler.toml',
        vars: { BROKER_SECRET: randomBytes(32).toString('base64url'), SMTP_URL: 'smtp://127.0.0.1:1', LOG_LEVEL: 'warning', ...vars },
      },
    ],
  })
  await harness.listen()
  return harness
}

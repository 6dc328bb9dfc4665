import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from './clock.ts'
import type { Config } from './config.ts'
import { type Db, openDatabase } from './database.ts'
import type { Deps } from './deps.ts'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import { holderKit } from './holder-kit.ts'
import { jsonLog } from './json-log.ts'
import { keptSecret } from './kept-secret.ts'
import { mailFolder } from './mail-folder.ts'
import { migrate, mustObeyRowSecurity, pendingMigrations } from './migrate.ts'
import { nodeOutsideFetch } from './outside-fetch.ts'
import { smtpSender } from './smtp.ts'

export interface OpenBroker {
  deps: Deps
  db: Db
  /** Waits for what goes on after answers, then lets go of the database. */
  close: () => Promise<void>
}

/**
 * Everything commands need, from the configuration: for the server, the operator's commands and the demo. Starts the
 * embedded PostgreSQL when no DATABASE_URL is given, and migrates.
 *
 * @throws Error that tells the operator what to do, when migrations are pending and DATABASE_OWNER_URL is not given, or
 *   the runtime role could see past row-level security
 */
export async function openBroker(config: Config): Promise<OpenBroker> {
  const log = jsonLog(config.logLevel)
  const database = await openedDatabase(config)
  try {
    const applied = await migrated(database)
    if (applied.length > 0) log.info('migrated', { applied })
    await mustObeyRowSecurity(database.url)
    const secret = config.brokerSecret ?? (await secretIn(config.dataFolder))
    const db = openDatabase({ url: database.url, max: config.databasePool })
    const running = new Set<Promise<unknown>>()
    const deps: Deps = {
      db,
      now: systemClock,
      log,
      issuer: config.issuer,
      secret,
      afterwards: (work) => {
        const promise = work().catch((error: unknown) => log.error('afterwards_failed', { error }))
        running.add(promise)
        void promise.then(() => running.delete(promise))
      },
      trustedProxies: config.trustedProxies,
      outsideFetch: nodeOutsideFetch(config.allowedLoopback),
      allowedLoopback: config.allowedLoopback,
      identityProviders: config.identityProviders,
      ...(import.meta.filename.endsWith('.js') && { holderKit: () => holderKit(import.meta.dirname) }),
      ...mailOf(config),
    }
    return {
      deps,
      db,
      close: async () => {
        while (running.size > 0) await Promise.all(running)
        await db.destroy()
        await database.stop()
      },
    }
  } catch (error) {
    await database.stop()
    throw error
  }
}

interface Database {
  url: string
  ownerUrl: string | undefined
  stop: () => Promise<void>
}

async function openedDatabase({ databaseUrl, databaseOwnerUrl, dataFolder }: Config): Promise<Database> {
  if (!databaseUrl) return await startEmbeddedPostgres({ folder: dataFolder })
  return { url: databaseUrl, ownerUrl: databaseOwnerUrl, stop: async () => {} }
}

async function migrated({ url, ownerUrl }: Database): Promise<string[]> {
  if (ownerUrl) return await migrate(ownerUrl, decodeURIComponent(new URL(url).username))
  const pending = await pendingMigrations(url)
  if (pending.length === 0) return []
  throw new Error(
    `The database lacks ${pending.length} migration(s): ${pending.join(', ')}.\n` +
      'Run `npm run db:migrate` with DATABASE_OWNER_URL, or start with DATABASE_OWNER_URL set.',
  )
}

/** The secret of an installation that was given none: made once, kept beside the data it protects. */
async function secretIn(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  return await keptSecret(join(folder, 'secret'))
}

function mailOf({ smtpUrl, mailFrom, developmentMailbox, dataFolder }: Config): Pick<Deps, 'sendMail' | 'mailbox'> {
  if (developmentMailbox) return mailFolder(join(dataFolder, 'mail'), systemClock)
  if (smtpUrl) return { sendMail: smtpSender(smtpUrl, mailFrom) }
  return { sendMail: () => Promise.reject(new Error('no SMTP_URL is set')) }
}

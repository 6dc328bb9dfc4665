import { randomBytes } from 'node:crypto'
import { type CompiledQuery, Kysely } from 'kysely'
import postgres from 'postgres'
import { inject } from 'vitest'
import type { Db } from '../../src/database.ts'
import type { Deps, Mail } from '../../src/deps.ts'
import type { Log } from '../../src/log.ts'
import { nodeOutsideFetch } from '../../src/outside-fetch.ts'
import { PostgresDialect, type PostgresDialectConfig } from '../../src/postgres-dialect.ts'

export interface TestBroker {
  deps: Deps
  db: Db
  /** Runtime role on this file's database, for a second process or a pool of one's own. */
  url: string
  ownerUrl: string
  /** SQL as the owner, past row-level security: to look and to sabotage, never in what is tested. */
  owner: postgres.Sql
  clock: {
    now: () => Date
    set: (at: string | Date) => void
    pass: (time: { days?: number; hours?: number; minutes?: number; seconds?: number }) => void
  }
  mails: Mail[]
  /** The ledger tells of everything in it, so that fsck finds nothing (`tellWorld`). */
  told: boolean
  /** What becomes of each statement of the broker before it is sent: for saboteurs. */
  rewrite: ((statement: string) => string) | undefined
  /** What the database did not understand of what became of a statement. */
  misspelt: Error | undefined
  /** Waits for everything that goes on after answers. */
  settled: () => Promise<void>
  /** A pool of its own on the same database, as another process has. */
  beside: () => Db
  close: () => Promise<void>
}

/** The brokers of this test file that are not closed yet. */
export const openBrokers = new Set<TestBroker>()

let lastLook: (broker: TestBroker) => Promise<void> = async () => {}

/** What is done with each broker of this test file before it closes. */
export function beforeClosing(look: typeof lastLook): void {
  lastLook = look
}

const quiet: Log = { debug() {}, info() {}, warning() {}, error() {} }

/**
 * A broker of its own: a copy of the migrated database, a clock that stands still, the runtime role's rights.
 *
 * @param template another database to copy, to which nobody is connected
 */
export async function freshBroker({
  at = '2026-11-16T10:00:00+01:00',
  issuer = 'https://broker.test',
  template = 'broker',
  allowedLoopback = [] as string[],
} = {}): Promise<TestBroker> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await withAdmin((sql) => sql`create database ${sql(name)} template ${sql(template)}`)
  const url = inject('runtimeUrl').replace(/\/broker$/, `/${name}`)
  const ownerUrl = inject('ownerUrl').replace(/\/broker$/, `/${name}`)
  const db: Db = new Kysely({ dialect: new RewritingDialect({ url, max: 8 }, () => broker) })
  const owner = postgres(ownerUrl, { max: 2, onnotice: () => {} })
  let now = new Date(at)
  const mails: Mail[] = []
  const running = new Set<Promise<unknown>>()
  const others: Db[] = []
  const deps: Deps = {
    db,
    now: () => now,
    log: quiet,
    issuer,
    secret: randomBytes(32).toString('base64url'),
    afterwards: (work) => {
      const promise = work().catch(() => {})
      running.add(promise)
      void promise.then(() => running.delete(promise))
    },
    trustedProxies: 0,
    outsideFetch: nodeOutsideFetch(allowedLoopback),
    allowedLoopback,
    identityProviders: [],
    sendMail: async (mail) => {
      mails.push(mail)
    },
  }
  const broker: TestBroker = {
    deps,
    db,
    url,
    ownerUrl,
    owner,
    clock: {
      now: () => now,
      set: (to) => {
        now = new Date(to)
      },
      pass: ({ days = 0, hours = 0, minutes = 0, seconds = 0 }) => {
        now = new Date(now.getTime() + (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000)
      },
    },
    mails,
    told: false,
    rewrite: undefined,
    misspelt: undefined,
    settled: async () => {
      while (running.size > 0) await Promise.all(running)
    },
    beside: () => {
      const other: Db = new Kysely({ dialect: new RewritingDialect({ url, max: 4 }, () => broker) })
      others.push(other)
      return other
    },
    close: async () => {
      await Promise.all(running)
      openBrokers.delete(broker)
      try {
        await lastLook(broker)
      } finally {
        for (const pool of [db, ...others]) await pool.destroy()
        await owner.end({ timeout: 5 })
        await withAdmin((sql) => sql`drop database if exists ${sql(name)} with (force)`)
      }
    },
  }
  openBrokers.add(broker)
  return broker
}

class RewritingDialect extends PostgresDialect {
  readonly #broker: () => TestBroker

  constructor(config: PostgresDialectConfig, broker: () => TestBroker) {
    super(config)
    this.#broker = broker
  }

  override createDriver() {
    const driver = super.createDriver()
    const acquire = driver.acquireConnection.bind(driver)
    driver.acquireConnection = async () => {
      const connection = await acquire()
      const send = connection.executeQuery.bind(connection)
      connection.executeQuery = async <R>(query: CompiledQuery) => {
        const broker = this.#broker()
        const sql = broker.rewrite?.(query.sql) ?? query.sql
        try {
          return await send<R>({ ...query, sql })
        } catch (error) {
          // Class 42 is SQL that says nothing, or that nobody has a right to.
          if (sql !== query.sql && (error as { code?: string }).code?.startsWith('42')) broker.misspelt = error as Error
          throw error
        }
      }
      return connection
    }
    return driver
  }
}

async function withAdmin(work: (sql: postgres.Sql) => Promise<unknown>) {
  const sql = postgres(inject('ownerUrl').replace(/\/broker$/, '/postgres'), { max: 1, onnotice: () => {} })
  try {
    await work(sql)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from 'kysely'
import { Pool } from 'tarn'
import { Connection, type ConnectionConfig } from './postgres-connection.ts'

export interface PostgresDialectConfig extends ConnectionConfig {
  /** Most connections at once. On Workers 3 to 5, because every request has a pool of its own. */
  max: number
}

/** A statement that begins with this is sent at once and not waited for: the next one waits for both. Its rows are not to be had. */
export const AHEAD = '/* ahead */ '

/** A statement that begins with this waits, and goes down the socket together with its COMMIT. Its rows are not to be had. */
export const WITH_COMMIT = '/* with commit */ '

/** A connection retires after this long, so that what a backend remembers (plans, prepared statements) stays bounded. */
const LIFETIME_MS = 30 * 60_000

/**
 * Kysely on postgres.js, one client with `max: 1` per pooled connection.
 *
 * postgres.js with a pool of its own reconnects behind a transaction's back when a backend dies: what follows then runs
 * outside the transaction, or inside somebody else's. Here a connection that closed is dead: it takes no further
 * statement, a COMMIT included, what it was doing counts as failed, and the pool throws it away. Whoever holds a
 * transaction holds a `Lease`, which ends with it: a statement that comes late, because its promise was not awaited,
 * cannot land in the next request's transaction.
 */
export class PostgresDialect implements Dialect {
  readonly #config: PostgresDialectConfig

  constructor(config: PostgresDialectConfig) {
    this.#config = config
  }

  createAdapter() {
    return new PostgresAdapter()
  }
  createDriver() {
    return new PostgresDriver(this.#config)
  }
  createIntrospector(db: Parameters<Dialect['createIntrospector']>[0]) {
    return new PostgresIntrospector(db)
  }
  createQueryCompiler() {
    return new PostgresQueryCompiler()
  }
}

class PostgresDriver implements Driver {
  readonly #pool: Pool<Connection>

  constructor(config: PostgresDialectConfig) {
    this.#pool = new Pool<Connection>({
      create: () => Connection.open(config),
      destroy: (connection) => connection.close(),
      validate: (connection) => !connection.dead && Date.now() - connection.openedAt < LIFETIME_MS,
      min: 0,
      max: config.max,
      acquireTimeoutMillis: 15_000,
      idleTimeoutMillis: 30_000,
      propagateCreateError: true,
    })
  }

  async init() {}

  async acquireConnection() {
    return new Lease(await this.#pool.acquire().promise)
  }

  async beginTransaction(lease: Lease, { isolationLevel, accessMode }: TransactionSettings) {
    lease.begin(['begin', isolationLevel && `isolation level ${isolationLevel}`, accessMode].filter(Boolean).join(' '))
  }

  async commitTransaction(lease: Lease) {
    await lease.commit()
  }

  async rollbackTransaction(lease: Lease) {
    await lease.rollback()
  }

  async savepoint(lease: Lease, name: string) {
    await lease.run(`savepoint ${quoted(name)}`)
  }
  async rollbackToSavepoint(lease: Lease, name: string) {
    await lease.run(`rollback to savepoint ${quoted(name)}`)
  }
  async releaseSavepoint(lease: Lease, name: string) {
    await lease.run(`release savepoint ${quoted(name)}`)
  }

  async releaseConnection(lease: Lease) {
    this.#pool.release(lease.giveBack())
  }

  async destroy() {
    await this.#pool.destroy()
  }
}

function quoted(name: string) {
  return `"${name.replaceAll('"', '""')}"`
}

/** A connection for as long as one request or transaction holds it. */
class Lease implements DatabaseConnection {
  readonly #connection: Connection
  /** Set when its transaction is being ended. A next `begin` opens it again. */
  #over = false
  /** What goes with the COMMIT. Undefined outside a transaction. */
  #lastWords: CompiledQuery[] | undefined
  #givenBack = false

  constructor(connection: Connection) {
    this.#connection = connection
  }

  begin(statement: string) {
    this.#mustBeHeld()
    this.#over = false
    this.#lastWords = []
    this.#connection.ahead(statement, [])
  }

  async commit() {
    this.#over = true
    for (const { sql, parameters } of this.#lastWords ?? []) this.#connection.ahead(sql, parameters)
    this.#lastWords = undefined
    const { command } = await this.#connection.run('commit', [])
    // A transaction in which a statement failed answers COMMIT with ROLLBACK, and no error.
    if (command !== 'COMMIT') throw new Error(`nothing was committed: a statement had failed (${command})`)
  }

  /** Never fails: a connection that cannot even roll back is closed, and then the server rolls back. */
  async rollback() {
    this.#over = true
    this.#lastWords = undefined
    if (this.#connection.dead) return
    try {
      await this.#connection.run('rollback', [])
    } catch {
      await this.#connection.close()
    }
  }

  giveBack(): Connection {
    this.#givenBack = true
    return this.#connection
  }

  #mustBeHeld() {
    if (this.#givenBack) throw new Error('this statement came after its connection was given back')
  }

  #mustBeOpen() {
    this.#mustBeHeld()
    if (this.#over) throw new Error('this statement came after its transaction had ended')
  }

  async run(statement: string, parameters: readonly unknown[] = []) {
    this.#mustBeOpen()
    return await this.#connection.run(statement, parameters)
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { sql, parameters } = query
    if (sql.startsWith(AHEAD) || sql.startsWith(WITH_COMMIT)) {
      this.#mustBeOpen()
      if (!this.#lastWords) throw new Error('this statement belongs in a transaction')
      if (sql.startsWith(AHEAD)) this.#connection.ahead(sql, parameters)
      else this.#lastWords.push(query)
      return { rows: [] }
    }
    const result = await this.run(sql, parameters)
    const counts = result.command !== 'SELECT' && result.count !== null && result.count !== undefined
    return { rows: Array.from(result) as R[], ...(counts ? { numAffectedRows: BigInt(result.count) } : {}) }
  }

  async *streamQuery<R>({ sql, parameters }: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    this.#mustBeOpen()
    for await (const rows of this.#connection.stream(sql, parameters, chunkSize)) yield { rows: rows as unknown as R[] }
  }
}

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
import postgres from 'postgres'
import { Pool } from 'tarn'

export interface PostgresDialectConfig {
  url: string
  /** Most connections at once. On Workers 3 to 5, because every request has a pool of its own. */
  max: number
  /** A statement that runs longer than this many milliseconds is cancelled by the server. */
  statementTimeout?: number
}

/**
 * Kysely on postgres.js, one client with `max: 1` per pooled connection.
 *
 * postgres.js with a pool of its own reconnects behind a transaction's back when a backend dies: what follows then runs
 * outside the transaction, or inside somebody else's. Here a connection that closed is dead: it takes no further
 * statement, a COMMIT included, what it was doing counts as failed, and the pool throws it away.
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

/** Thrown when the database connection went away. Nothing of its transaction was kept, or it is unknown whether a COMMIT was. */
export class ConnectionLost extends Error {
  override name = 'ConnectionLost'
}

class PostgresDriver implements Driver {
  readonly #pool: Pool<Connection>

  constructor(config: PostgresDialectConfig) {
    this.#pool = new Pool<Connection>({
      create: () => Connection.open(config),
      destroy: (connection) => connection.close(),
      validate: (connection) => !connection.dead,
      min: 0,
      max: config.max,
      acquireTimeoutMillis: 15_000,
      idleTimeoutMillis: 30_000,
      propagateCreateError: true,
    })
  }

  async init() {}

  acquireConnection() {
    return this.#pool.acquire().promise
  }

  async beginTransaction(connection: Connection, { isolationLevel }: TransactionSettings) {
    connection.begin(isolationLevel ? `begin isolation level ${isolationLevel}` : 'begin')
  }

  async commitTransaction(connection: Connection) {
    const { command } = await connection.run('commit', [])
    // A transaction in which a statement failed answers COMMIT with ROLLBACK, and no error.
    if (command !== 'COMMIT') throw new ConnectionLost(`commit was answered with ${command}`)
  }

  async rollbackTransaction(connection: Connection) {
    if (!connection.dead) await connection.run('rollback', [])
  }

  async savepoint(connection: Connection, name: string) {
    await connection.run(`savepoint "${name}"`, [])
  }
  async rollbackToSavepoint(connection: Connection, name: string) {
    await connection.run(`rollback to savepoint "${name}"`, [])
  }
  async releaseSavepoint(connection: Connection, name: string) {
    await connection.run(`release savepoint "${name}"`, [])
  }

  async releaseConnection(connection: Connection) {
    this.#pool.release(connection)
  }

  async destroy() {
    await this.#pool.destroy()
  }
}

/** One-dimensional arrays of these element types, by the oid of the array: named here, so that no connection has to ask for them. */
const arrayTypes = Object.fromEntries(
  Object.entries({ text: 1009, uuid: 2951, integer: 1007, timestamptz: 1185, bytea: 1001 }).map(([name, oid]) => [
    `${name}Array`,
    { to: oid, from: [oid], serialize: writeArray, parse: name === 'integer' ? (text: string) => readArray(text).map(Number) : readArray },
  ]),
)

function writeArray(elements: readonly unknown[]): string {
  return `{${elements.map((element) => (element === null ? 'NULL' : `"${writeElement(element).replace(/["\\]/g, '\\$&')}"`)).join(',')}}`
}

function writeElement(element: unknown): string {
  if (element instanceof Date) return element.toISOString()
  if (element instanceof Uint8Array) return `\\x${Buffer.from(element).toString('hex')}`
  return String(element)
}

function readArray(text: string): string[] {
  return Array.from(text.matchAll(/"((?:[^"\\]|\\.)*)"|[^,{}]+/g), ([bare, quoted]) => quoted?.replace(/\\(.)/g, '$1') ?? bare)
}

class Connection implements DatabaseConnection {
  /** True from the moment the socket closed. Only `onclose` and `close` set it; nothing clears it. */
  dead = false
  readonly #client: postgres.Sql
  #begun: Promise<unknown> | undefined

  private constructor({ url, statementTimeout = 30_000 }: PostgresDialectConfig) {
    this.#client = postgres(url, {
      max: 1,
      fetch_types: false,
      idle_timeout: 0,
      max_lifetime: null,
      connect_timeout: 10,
      onnotice: () => {},
      onclose: () => {
        this.dead = true
        void this.#client.end({ timeout: 0 })
      },
      connection: { application_name: 'consent-broker', statement_timeout: statementTimeout },
      types: { isoDate: { to: 1082, from: [1082], serialize: String, parse: String }, ...arrayTypes },
    })
  }

  static async open(config: PostgresDialectConfig): Promise<Connection> {
    const connection = new Connection(config)
    try {
      await connection.run('select 1', [])
      return connection
    } catch (error) {
      await connection.close()
      throw error
    }
  }

  async close(): Promise<void> {
    this.dead = true
    await this.#client.end({ timeout: 1 })
  }

  /** Sends BEGIN without waiting: the next statement follows it down the same socket and waits for both. */
  begin(statement: string): void {
    this.#begun = this.#send(statement, [])
    this.#begun.catch(() => {})
  }

  async run(statement: string, parameters: readonly unknown[]) {
    const begun = this.#begun
    this.#begun = undefined
    const result = this.#send(statement, parameters)
    if (begun) {
      const [, answer] = await Promise.all([begun, result])
      return answer
    }
    return await result
  }

  async #send(statement: string, parameters: readonly unknown[]) {
    if (this.dead) throw new ConnectionLost('the database connection is closed')
    const result = await this.#client.unsafe(statement, parameters as postgres.ParameterOrJSON<never>[], { prepare: true })
    if (this.dead) throw new ConnectionLost('the database connection closed meanwhile')
    return result
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const result = await this.run(sql, parameters)
    const counts = result.command !== 'SELECT' && result.count !== null && result.count !== undefined
    return { rows: Array.from(result) as R[], ...(counts ? { numAffectedRows: BigInt(result.count) } : {}) }
  }

  async *streamQuery<R>({ sql, parameters }: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    if (this.dead) throw new ConnectionLost('the database connection is closed')
    const cursor = this.#client.unsafe(sql, parameters as postgres.ParameterOrJSON<never>[]).cursor(chunkSize)
    for await (const rows of cursor) yield { rows: rows as unknown as R[] }
  }
}

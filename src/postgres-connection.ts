import { connect, type Socket } from 'node:net'
import postgres from 'postgres'

/** Thrown when the database connection went away. Nothing of its transaction was kept, or it is unknown whether a COMMIT was. */
class ConnectionLost extends Error {
  override name = 'ConnectionLost'
}

export interface ConnectionConfig {
  url: string
  /** The server cancels a statement after this many milliseconds; with 0 never, for migrations. */
  statementTimeout?: number
  /** A pooler stands in between that takes no settings at the start of a connection (Hyperdrive). */
  pooled?: boolean
}

const CONNECT_MS = 10_000
/** A server that neither answers nor cancels by then is gone: a cable that was pulled sends no goodbye. */
const GRACE_MS = 5_000
const DEFAULT_STATEMENT_MS = 30_000
/** Statements with more parameters than this come in too many lengths to keep each prepared on the server. */
const MOST_PREPARED_PARAMETERS = 50

/**
 * One backend, over one socket, for ever: a postgres.js client with `max: 1` whose socket is opened once. When that
 * socket closes the connection is dead and takes nothing further, and postgres.js, which would quietly reconnect and send
 * the rest of a transaction to another backend, finds no second socket to do it with.
 */
export class Connection {
  /** True from the moment the socket closed. Nothing clears it. */
  dead = false
  readonly openedAt = Date.now()
  readonly #client: postgres.Sql
  readonly #deadline: number
  #socket: Socket | undefined
  /** Sent and not waited for yet, in order: the next statement waits for them too. */
  #ahead: Promise<unknown>[] = []

  private constructor({ url, statementTimeout = DEFAULT_STATEMENT_MS, pooled = false }: ConnectionConfig) {
    this.#deadline = statementTimeout && statementTimeout + GRACE_MS
    const options = {
      max: 1,
      fetch_types: false,
      idle_timeout: 0,
      max_lifetime: null,
      onnotice: () => {},
      onclose: () => this.#lose(),
      connection: { application_name: 'consent-broker', ...(pooled ? {} : { statement_timeout: statementTimeout }) },
      types: { isoDate: { to: 1082, from: [1082], serialize: String, parse: String }, ...arrayTypes },
      // In postgres.js, though not in its types: how it opens a socket.
      socket: (to: Address) => this.#openSocket(to),
    }
    this.#client = postgres(url, options)
  }

  static async open(config: ConnectionConfig): Promise<Connection> {
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
    this.#socket?.destroy()
  }

  /** Sends a statement without waiting: the next one follows it down the same socket and waits for both. */
  ahead(statement: string, parameters: readonly unknown[]): void {
    const sent = this.#send(statement, parameters)
    sent.catch(() => {})
    this.#ahead.push(sent)
  }

  /** @throws ConnectionLost; what PostgreSQL refused, as postgres.js tells it: of the first statement that it refused */
  async run(statement: string, parameters: readonly unknown[]) {
    const ahead = this.#ahead
    const result = this.#send(statement, parameters)
    if (ahead.length === 0) return await result
    this.#ahead = []
    result.catch(() => {})
    for (const sent of ahead) await sent
    return await result
  }

  async *stream(statement: string, parameters: readonly unknown[], chunkSize: number) {
    if (this.#ahead.length > 0) await this.run('select 1', [])
    if (this.dead) throw new ConnectionLost('the database connection is closed')
    const cursor = this.#client.unsafe(statement, parameters as postgres.ParameterOrJSON<never>[]).cursor(chunkSize)
    for await (const rows of cursor) {
      if (this.dead) throw new ConnectionLost('the database connection closed meanwhile')
      yield rows
    }
  }

  async #send(statement: string, parameters: readonly unknown[]) {
    if (this.dead) throw new ConnectionLost('the database connection is closed')
    const overdue = this.#deadline ? setTimeout(() => this.#lose(), this.#deadline) : undefined
    try {
      const result = await this.#client.unsafe(statement, parameters as postgres.ParameterOrJSON<never>[], {
        prepare: parameters.length <= MOST_PREPARED_PARAMETERS,
      })
      if (this.dead) throw new ConnectionLost('the database connection closed meanwhile')
      return result
    } catch (error) {
      if (this.dead && !(error instanceof ConnectionLost)) throw new ConnectionLost('the database connection closed', { cause: error })
      throw error
    } finally {
      clearTimeout(overdue)
    }
  }

  #lose() {
    this.dead = true
    this.#socket?.destroy()
    void this.#client.end({ timeout: 0 })
  }

  async #openSocket({ host, port, path }: Address): Promise<Socket> {
    if (this.#socket) throw new ConnectionLost('the database connection is closed')
    const socket = path ? connect(path) : connect(port[0]!, host[0]!)
    this.#socket = socket
    // postgres.js asks for `host` to check a certificate against.
    Object.assign(socket, { host: host[0] })
    const overdue = setTimeout(() => socket.destroy(new ConnectionLost('the database did not answer in time')), CONNECT_MS)
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve)
        socket.once('error', reject)
        socket.once('close', () => reject(new ConnectionLost('the database hung up')))
      })
    } finally {
      clearTimeout(overdue)
    }
    return socket
  }
}

interface Address {
  host: string[]
  port: number[]
  path: string | false
}

/** One-dimensional arrays of these element types, by the oid of the array: named here, so that no connection has to ask for them. */
const arrayTypes = Object.fromEntries(
  Object.entries({ text: 1009, uuid: 2951, integer: 1007, timestamptz: 1185, bytea: 1001 }).map(([name, oid]) => [
    `${name}Array`,
    { to: oid, from: [oid], serialize: writeArray, parse: (text: string) => readArray(text, elementReaders[name] ?? String) },
  ]),
)

const elementReaders: Record<string, (text: string) => unknown> = {
  integer: Number,
  timestamptz: (text) => new Date(text),
  bytea: (text) => Buffer.from(text.slice(2), 'hex'),
}

function writeArray(elements: readonly unknown[]): string {
  return `{${elements.map((element) => (element === null ? 'NULL' : `"${writeElement(element).replace(/["\\]/g, '\\$&')}"`)).join(',')}}`
}

function writeElement(element: unknown): string {
  if (element instanceof Date) return element.toISOString()
  if (element instanceof Uint8Array) return `\\x${Buffer.from(element).toString('hex')}`
  return String(element)
}

function readArray(text: string, read: (element: string) => unknown): unknown[] {
  return Array.from(text.matchAll(/"((?:[^"\\]|\\.)*)"|[^,{}]+/g), ([bare, quoted]) => {
    if (quoted !== undefined) return read(quoted.replace(/\\(.)/g, '$1'))
    return bare === 'NULL' ? null : read(bare)
  })
}

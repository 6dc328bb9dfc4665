import postgres from 'postgres'

interface DescribedError {
  kind: string
  message: string
  code?: string
  constraint?: string
  table?: string
  stack: string[]
  cause?: DescribedError
}

/**
 * An error for the log: whole, but for what may be input. PostgreSQL and parsers quote the value they stumbled over, so
 * what stands between quotes goes; its `detail`, the row itself, is never taken.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { kind: typeof error, message: '', stack: [] }
  const { code } = error as { code?: unknown }
  return {
    kind: error.name,
    message: error.message
      .replace(/"[^"]*"|'[^']*'|`[^`]*`/g, '"…"')
      .replace(/[A-Za-z0-9_-]{40,}/g, '…')
      .slice(0, 300),
    ...(typeof code === 'string' ? { code } : {}),
    ...(error instanceof postgres.PostgresError ? { constraint: error.constraint_name, table: error.table_name } : {}),
    stack: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .map((line) => line.trim())
      .slice(0, 12),
    ...(error.cause !== undefined && depth < 3 ? { cause: describeError(error.cause, depth + 1) } : {}),
  }
}

import { writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'

export interface Row {
  what: string
  ours: string
  peer: string
  ratio: number | undefined
  aim: string
}

/** The share of `peer` that `ours` reaches, both in the same unit. */
export const share = (ours: number, peer: number): number => ours / peer

/** A figure that says when some of it failed: an error is quickly given. */
export const perSecond = ({ requestsPerSecond, p99, failures }: { requestsPerSecond: number; p99: number; failures: number }): string =>
  `${Math.round(requestsPerSecond)}/s, p99 ${p99} ms${failures > 0 ? `, ${failures} FAILED` : ''}`

/** Prints the rows as a table, with the size of the machine they were measured on. @returns what it printed */
export function printReport(rows: Row[]): { machine: string; table: string } {
  const table = [
    '| what | ours | beside | ratio | aim |',
    '|---|---|---|---|---|',
    ...rows.map(
      ({ what, ours, peer, ratio, aim }) => `| ${what} | ${ours} | ${peer} | ${ratio === undefined ? '' : ratio.toFixed(2)} | ${aim} |`,
    ),
  ].join('\n')
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`
  console.log(`\n${table}\n\n${machine}`)
  return { machine, table }
}

/** What the figures do not say by themselves; the shares are from profiles of that load (`node --cpu-prof`, `pg_stat_statements`). */
const NOTES = `## What bounds redemption

A redemption is kept before it is answered: two single uses, a lock on what it leans on, a new look at the facts, the token with what
supports it, and an entry in the ledger's chain. oidc-provider in memory keeps nothing. Load, broker and PostgreSQL share the machine's
cores, and all of them are busy: processor time bounds the number, not the disk and not waiting for locks. Redemptions of one board go
together in one transaction, so one board with many at once is cheaper than twelve with a few each.

Of the broker's main thread about a fifth hands signatures to the thread pool (two checked, one made, as oidc-provider does too) and a
quarter writes to sockets, to PostgreSQL and to the client; our own code and postgres.js take less than a quarter together. In PostgreSQL
two fifths is the one statement that reads the facts (some twenty tables by key), a fifth the ledger's chain, the rest locks, single uses
and inserts.

## Why (b) is held against two signatures

Checking a token that is bound to a key is two signatures to check: the token's, and the proof's by its own key. \`jose.jwtVerify\` of the
token alone would be half the work, and is given to know.
`

/** As `printReport`, and writes it to `latest.md`. */
export async function writeReport(rows: Row[]): Promise<void> {
  const { machine, table } = printReport(rows)
  await writeFile(
    new URL('latest.md', import.meta.url),
    `# Latest benchmark\n\nWritten by \`npm run bench\`. Figures are ratios within one run; load, service and database share the machine.\n\n${machine}\n\n${table}\n\n${NOTES}`,
  )
}

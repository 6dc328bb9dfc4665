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

/** As `printReport`, and writes it to `latest.md`. */
export async function writeReport(rows: Row[]): Promise<void> {
  const { machine, table } = printReport(rows)
  await writeFile(
    new URL('latest.md', import.meta.url),
    `# Latest benchmark\n\nWritten by \`npm run bench\`. Figures are ratios within one run; load, service and database share the machine.\n\n${machine}\n\n${table}\n`,
  )
}

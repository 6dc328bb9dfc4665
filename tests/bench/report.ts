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

export const perSecond = ({ requestsPerSecond, p99 }: { requestsPerSecond: number; p99: number }): string =>
  `${Math.round(requestsPerSecond)}/s, p99 ${p99} ms`

/** Prints the rows as a table and writes them to `latest.md`, with the size of the machine they were measured on. */
export async function writeReport(rows: Row[]): Promise<void> {
  const table = [
    '| what | ours | beside | ratio | aim |',
    '|---|---|---|---|---|',
    ...rows.map(
      ({ what, ours, peer, ratio, aim }) => `| ${what} | ${ours} | ${peer} | ${ratio === undefined ? '' : ratio.toFixed(2)} | ${aim} |`,
    ),
  ].join('\n')
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`
  console.log(`\n${table}\n\n${machine}`)
  await writeFile(
    new URL('latest.md', import.meta.url),
    `# Latest benchmark\n\nWritten by \`npm run bench\`. Figures are ratios within one run; load, service and database share the machine.\n\n${machine}\n\n${table}\n`,
  )
}

import { readdir, readFile } from 'node:fs/promises'
import type postgres from 'postgres'

/** Processor time in milliseconds, user and system: of a whole process, and of its first thread alone. */
export interface Cpu {
  all: number
  main: number
}

/** Ticks of the clock by which Linux counts, in milliseconds. */
const TICK_MS = 10

/** What a process has used until now. NaN where there is no /proc. */
export async function cpuOf(pid: number): Promise<Cpu> {
  return { all: await used(`/proc/${pid}/stat`), main: await used(`/proc/${pid}/task/${pid}/stat`) }
}

/** What all backends and helpers of the server behind `sql` have used until now, in milliseconds; those that ended do not count. */
export async function cpuOfServer(sql: postgres.Sql): Promise<number> {
  const [{ pid } = { pid: 0 }] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`
  const server = (await fieldsOf(`/proc/${pid}/stat`))[1]
  let sum = 0
  for (const other of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(other)) continue
    const fields = await fieldsOf(`/proc/${other}/stat`)
    if (server !== undefined && fields[1] === server) sum += timeIn(fields)
  }
  return sum || Number.NaN
}

const used = async (path: string) => timeIn(await fieldsOf(path))

const timeIn = (fields: string[]) => (Number(fields[11]) + Number(fields[12])) * TICK_MS

/** What follows the name of the program (proc(5)): state, parent, …, of which 11 and 12 are user and system time. */
async function fieldsOf(path: string): Promise<string[]> {
  return (await readFile(path, 'utf8').catch(() => '')).split(') ').at(-1)!.split(' ')
}

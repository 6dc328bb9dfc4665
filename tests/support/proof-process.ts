// A process of a holder that takes proofs at a replay store in PostgreSQL. Started by `holder-replay-store.test.ts`.
import postgres from 'postgres'
import { postgresReplayStore } from '../../src/holder/postgres-replay-store.ts'

/** What it is asked: to use a key so often at once. It says how often the key was taken. */
export interface UseAtOnce {
  key: string
  times: number
}

const sql = postgres(process.argv[2]!, { max: 10, onnotice: () => {} })
const store = postgresReplayStore((text, values) => sql.unsafe(text, values))

async function use({ key, times }: UseAtOnce) {
  const soon = new Date(Date.now() + 60_000)
  const answers = await Promise.all(Array.from({ length: times }, async () => await store.useOnce(key, soon)))
  process.send!(answers.filter(Boolean).length)
}

process.on('message', (asked: UseAtOnce) => void use(asked))
await sql`select 1`
process.send!('ready')

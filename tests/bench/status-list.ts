import { deflateSync } from 'node:zlib'
import { generateKeyPair, SignJWT } from 'jose'
import { openDatabase } from '../../src/database.ts'
import type { StatusListId } from '../../src/ids.ts'
import { deflated, statusList } from '../../src/tokens/status-list.ts'
import { benchDatabase } from './database.ts'
import type { Row } from './report.ts'

const ENTRIES = 1_000_000
const ROUNDS = 20

/** (g) A status list of a million entries of which one in a hundred ended: read, packed, deflated and signed, as for one request. */
export async function benchStatusList(): Promise<Row[]> {
  const database = await benchDatabase()
  const db = openDatabase({ url: database.cluster.url, max: 2 })
  const listId = '01939d2e-0000-7000-8000-000000000000' as StatusListId
  const { owner } = database
  await owner`set session_replication_role = replica`
  await owner`insert into status_lists (list_id, holder_id, bucket, number, size, opened_at)
    values (${listId}, gen_random_uuid(), date_trunc('hour', now()), 1, ${ENTRIES}, now())`
  // Half of a list is given out; of those one in fifty ended, which is one in a hundred of all.
  await owner`insert into status_entries (list_id, index, token_id, board_id, set_at)
    select ${listId}, n * 2 + (random() * 1)::int, gen_random_uuid(), ${listId}, case when random() < 0.02 then now() end
    from generate_series(0, ${ENTRIES / 2 - 1}) n`
  await owner`vacuum analyze status_entries`
  const { privateKey } = await generateKeyPair('EdDSA')
  const sign = async (lst: string) =>
    await new SignJWT({ status_list: { bits: 1, lst } }).setProtectedHeader({ alg: 'EdDSA', typ: 'statuslist+jwt' }).sign(privateKey)
  const build = async () => {
    const list = await statusList(db, listId)
    return await sign(await deflated(list!.bytes))
  }
  const read = async () =>
    await db.selectFrom('status_entries').select('index').where('list_id', '=', listId).where('set_at', 'is not', null).execute()
  const { bytes } = (await statusList(db, listId))!
  const ended = (await read()).length
  const lst = deflateSync(bytes).toString('base64url')
  const [ours, bareRead] = [await took(build), await took(read)]
  const [bareDeflate, bareSign] = [await took(async () => deflateSync(bytes)), await took(() => sign(lst))]
  const size = Buffer.byteLength(await build())
  await db.destroy()
  await database.stop()
  const ms = (time: number) => `${time.toFixed(1)} ms`
  return [
    {
      what: `(g) status list of ${ENTRIES.toLocaleString('en')} entries, ${ended.toLocaleString('en')} set`,
      ours: `${ms(ours)}, ${(size / 1024).toFixed(1)} kB signed`,
      peer: `${ms(bareRead)} bare indexed read, ${ms(bareDeflate)} bare deflate, ${ms(bareSign)} bare signature`,
      ratio: (bareRead + bareDeflate + bareSign) / ours,
      aim: 'to know',
    },
  ]
}

/** Milliseconds for one, the middle of several, after a few to warm up. */
async function took(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < ROUNDS + 3; round++) {
    const started = performance.now()
    await work()
    if (round >= 3) times.push(performance.now() - started)
  }
  return times.toSorted((a, b) => a - b)[ROUNDS / 2]!
}

import { randomBytes } from 'node:crypto'
import { sha256 } from '../../src/canonical.ts'
import { openDatabase } from '../../src/database.ts'
import { freePort } from '../../src/embedded-postgres.ts'
import { benchDatabase } from './database.ts'
import { grantsWorld } from './grants-world.ts'
import { startChild, stopChild } from './processes.ts'
import { perSecond, type Row, share } from './report.ts'
import { benchKey, loadTokens } from './token-load.ts'

const BATCHES = 400
const POLLS = 3_000

/** (h) Fifty pupils in one token, beside one pupil in each; (i) a CIBA poll that has to wait, beside one bare update by key. */
export async function benchBatchAndPoll(): Promise<Row[]> {
  const [supplier, holder] = [await benchKey('c1'), await benchKey('h1')]
  const database = await benchDatabase()
  const { owner, cluster } = database
  const world = await grantsWorld(owner, { boards: 4, pupils: 50, supplierKey: supplier.publicJwk, holderKey: holder.publicJwk })
  await owner`insert into clients (client_id, supplier_id, way, name, jwks, registered_at)
    select 'bench-ciba', supplier_id, 'ciba', name, jwks, registered_at from clients where client_id = ${world.clientId}`
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  const broker = await startChild(['dist/node.js'], `${issuer}/health/ready`, {
    PORT: String(port),
    ISSUER: issuer,
    DATABASE_URL: cluster.url,
    DATABASE_OWNER_URL: cluster.ownerUrl,
    BROKER_SECRET: randomBytes(32).toString('base64url'),
    DATABASE_POOL: '16',
    LOG_LEVEL: 'warning',
    SMTP_URL: 'smtp://127.0.0.1:9',
  })
  const common = { issuer, tokenUrl: `${issuer}/token`, key: supplier }
  const redeem = async (requests: number, of: (n: number) => object, answers?: string[]) =>
    await loadTokens({
      ...common,
      ...(answers && { answers }),
      clientId: world.clientId,
      requests,
      form: (n) => ({
        grant_type: 'client_credentials',
        authorization_details: JSON.stringify([
          {
            type: 'pupil-data',
            locations: [world.resource],
            actions: ['read'],
            datatypes: ['arithmetic-results'],
            purpose: '5.1.a',
            ...of(n),
          },
        ]),
      }),
    })
  const fifty = (n: number) => ({ identifiers: world.subjects[n % 4] })
  const one = (n: number) => ({ identifier: world.subjects[n % 4]![n % 50] })
  await redeem(128, fifty)
  await owner`analyze`
  await redeem(128, fifty)
  const answers: string[] = []
  const batch = await redeem(BATCHES, fifty, answers)
  const single = await redeem(BATCHES * 5, one)
  const { length } = (JSON.parse(answers[0]!) as { access_token: string }).access_token

  const ids = Array.from({ length: POLLS + 256 }, () => randomBytes(32).toString('base64url'))
  const rows = ids.map((id) => sha256(id).toString('hex'))
  await owner`insert into ciba_requests (auth_req_id_hash, client_id, supplier_id, scope, interval_seconds, made_at, expires_at)
    select decode(h, 'hex'), c.client_id, c.supplier_id, 'openid', 5, now(), now() + interval '1 day'
    from unnest(${rows}::text[]) h, clients c where c.client_id = 'bench-ciba'`
  const poll = async (from: number, requests: number) =>
    await loadTokens({
      ...common,
      clientId: 'bench-ciba',
      requests,
      form: (n) => ({ grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: ids[from + n]! }),
    })
  await poll(0, 256)
  const polled = await poll(256, POLLS)
  const updates = await bareUpdates(cluster.url, rows)
  await stopChild(broker)
  await database.stop()
  return [
    {
      what: '(h) batch redemption, 50 pupils in one token',
      ours: `${perSecond(batch)}; ${Math.round(batch.requestsPerSecond * 50)} pupils/s, ${length} characters`,
      peer: `${perSecond(single)} one pupil in each`,
      ratio: share(batch.requestsPerSecond * 50, single.requestsPerSecond),
      aim: '> 1; below 8 kB',
    },
    {
      what: '(i) CIBA poll, nobody has answered yet',
      ours: perSecond(polled),
      peer: `${Math.round(updates)}/s bare update by key, same driver`,
      ratio: share(polled.requestsPerSecond, updates),
      aim: 'to know',
    },
  ]
}

/** One row updated by its key, through the same driver and from as many askers, in this process. */
async function bareUpdates(url: string, hashes: string[]): Promise<number> {
  const db = openDatabase({ url, max: 16 })
  let next = 0
  const started = performance.now()
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (next < POLLS) {
        const hash = Buffer.from(hashes[next++]!, 'hex')
        await db.updateTable('ciba_requests').set({ last_polled_at: new Date() }).where('auth_req_id_hash', '=', hash).execute()
      }
    }),
  )
  const perSecond = POLLS / ((performance.now() - started) / 1000)
  await db.destroy()
  return perSecond
}

import { openDatabase } from '../../src/database.ts'
import type { ClientId } from '../../src/ids.ts'
import { benchBroker } from './broker.ts'
import { benchDatabase } from './database.ts'
import { grantsWorld } from './grants-world.ts'
import { oidcProvider } from './oidc-provider.ts'
import { overAll, redeemAt } from './redeem.ts'
import { perSecond, type Row, share } from './report.ts'
import { type BenchKey, benchKey, type Load, loadTokens } from './token-load.ts'

const CONNECTIONS = 64
const TOKENS = 400
const WARM_UP = 600
const MEASURED = 3_000

/** (c) Introspection from 64 connections, standing looked at again each time, beside one indexed read and beside oidc-provider's. */
export async function benchIntrospection(): Promise<Row[]> {
  const [supplier, holder] = [await benchKey('c1'), await benchKey('h1')]
  const database = await benchDatabase()
  const { owner } = database
  const world = await grantsWorld(owner, { boards: 12, pupils: 50, supplierKey: supplier.publicJwk, holderKey: holder.publicJwk })
  const { issuer, stop } = await benchBroker(database)
  const answers: string[] = []
  const spread = overAll(world.subjects)
  await redeemAt(issuer, supplier, TOKENS, (n) => ({ identifier: spread[n]! }), answers)
  const tokens = answers.map((answer) => (JSON.parse(answer) as { access_token: string }).access_token)
  await owner`analyze`
  await introspectAt(issuer, holder, tokens, WARM_UP)
  const ours = await introspectAt(issuer, holder, tokens, MEASURED)
  const read = await bareReads(database.cluster.url, MEASURED)
  await stop()
  await database.stop()
  const peer = await oidcProvider(holder)
  const opaque = await peer.prepare('token', TOKENS)
  await introspectAt(peer.issuer, holder, opaque, WARM_UP)
  const theirs = await introspectAt(peer.issuer, holder, opaque, MEASURED)
  await peer.stop()
  const row = (beside: string, rate: number): Row => ({
    what: `(c) introspection, ${CONNECTIONS} connections`,
    ours: perSecond(ours),
    peer: beside,
    ratio: share(ours.requestsPerSecond, rate),
    aim: 'to know',
  })
  return [
    row(`${Math.round(read)}/s bare read by key, same driver`, read),
    row(`${perSecond(theirs)} oidc-provider in memory, opaque tokens`, theirs.requestsPerSecond),
  ]
}

/** Asks about each in turn. All of them are good, so that any other answer is a failure. */
async function introspectAt(issuer: string, key: BenchKey, tokens: string[], requests: number): Promise<Load> {
  const answers: string[] = []
  const load = await loadTokens({
    issuer,
    tokenUrl: `${issuer}/introspect`,
    clientId: 'bench-holder',
    key,
    requests,
    connections: CONNECTIONS,
    answers,
    form: (n) => ({ token: tokens[n % tokens.length]! }),
  })
  return { ...load, failures: answers.filter((answer) => !answer.includes('"active":true')).length }
}

/** One row by its key, through the same driver and from as many askers, in this process: the database's share of an answer. */
async function bareReads(url: string, count: number): Promise<number> {
  const db = openDatabase({ url, max: 16 })
  const read = () =>
    db
      .selectFrom('clients')
      .select(['client_id', 'way'])
      .where('client_id', '=', 'bench' as ClientId)
      .executeTakeFirst()
  const readers = async (each: number) =>
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        for (let n = 0; n < each; n++) await read()
      }),
    )
  await readers(1)
  const started = performance.now()
  const each = Math.ceil(count / CONNECTIONS)
  await readers(each)
  const rate = (each * CONNECTIONS) / ((performance.now() - started) / 1000)
  await db.destroy()
  return rate
}

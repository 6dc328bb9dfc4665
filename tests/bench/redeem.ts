import { benchBroker } from './broker.ts'
import { cpuOf, cpuOfServer } from './cpu.ts'
import { benchDatabase } from './database.ts'
import { RESOURCE } from './exchange.ts'
import { grantsWorld } from './grants-world.ts'
import { oidcProvider } from './oidc-provider.ts'
import { perSecond, type Row, share } from './report.ts'
import { type BenchKey, benchKey, type Load, loadTokens } from './token-load.ts'

const WARM_UP = 600
const MEASURED = 6_000

/** (a) Redeeming just in time, over twelve boards and over one, beside oidc-provider's client_credentials in memory. */
export async function benchRedeem(): Promise<Row[]> {
  const [supplier, holder] = [await benchKey('c1'), await benchKey('h1')]
  const database = await benchDatabase()
  const world = await grantsWorld(database.owner, { boards: 12, pupils: 50, supplierKey: supplier.publicJwk, holderKey: holder.publicJwk })
  const { issuer, pid, stop } = await benchBroker(database)
  const redeem = async (subjects: string[], requests: number) =>
    await redeemAt(issuer, supplier, requests, (n) => ({ identifier: subjects[n % subjects.length]! }))
  const spread = overAll(world.subjects)
  await redeem(spread, WARM_UP)
  // As autovacuum would have done within the minute: plans made while the tables were empty read them whole.
  await database.owner`analyze`
  await redeem(spread, WARM_UP)
  const before = { broker: await cpuOf(pid), server: await cpuOfServer(database.owner) }
  const over12 = await redeem(spread, MEASURED)
  const after = { broker: await cpuOf(pid), server: await cpuOfServer(database.owner) }
  const over1 = await redeem(world.subjects[0]!, MEASURED)
  await stop()
  await database.stop()
  const peer = await oidcProvider(supplier)
  const load = async (requests: number) => await peerTokens(peer.issuer, supplier, requests)
  await load(2 * WARM_UP)
  const peerBefore = await cpuOf(peer.pid)
  const theirs = await load(MEASURED)
  const peerAfter = await cpuOf(peer.pid)
  await peer.stop()
  const each = (to: number, from: number) => (to - from) / MEASURED
  const ours = { broker: each(after.broker.all, before.broker.all), server: each(after.server, before.server) }
  const peers = each(peerAfter.all, peerBefore.all)
  const row = (what: string, ours: Load, aim: string): Row => ({
    what,
    ours: perSecond(ours),
    peer: `${perSecond(theirs)} oidc-provider in memory`,
    ratio: share(ours.requestsPerSecond, theirs.requestsPerSecond),
    aim,
  })
  return [
    row('(a) just-in-time redemption, 12 boards', over12, '≥ 1; below 0.5 is not done'),
    row('(a) just-in-time redemption, one board', over1, 'to know'),
    {
      what: '(a) what one costs of the processors, 12 boards',
      ours: `broker ${ours.broker.toFixed(2)} ms (${each(after.broker.main, before.broker.main).toFixed(2)} in its main thread), PostgreSQL ${ours.server.toFixed(2)} ms`,
      peer: `${peers.toFixed(2)} ms oidc-provider in memory`,
      ratio: share(ours.broker + ours.server, peers),
      aim: 'to know',
    },
  ]
}

/** As many tokens by client_credentials at oidc-provider, one after the other on every connection. */
export async function peerTokens(issuer: string, key: BenchKey, requests: number): Promise<Load> {
  const form = () => ({ grant_type: 'client_credentials', scope: 'read' })
  return await loadTokens({ issuer, tokenUrl: `${issuer}/token`, clientId: 'bench', key, requests, form })
}

/** One pupil of each board, then the next of each. */
export const overAll = (subjects: string[][]): string[] =>
  Array.from({ length: subjects.length * subjects[0]!.length }, (_, n) => subjects[n % subjects.length]![Math.floor(n / subjects.length)]!)

/** Redeems `requests` times, for whom `of` says. */
export const redeemAt = async (
  issuer: string,
  key: BenchKey,
  requests: number,
  of: (n: number) => { identifier: string } | { identifiers: string[] },
  answers?: string[],
): Promise<Load> =>
  await loadTokens({
    ...(answers && { answers }),
    issuer,
    tokenUrl: `${issuer}/token`,
    clientId: 'bench',
    key,
    requests,
    form: (n) => ({
      grant_type: 'client_credentials',
      authorization_details: JSON.stringify([
        {
          type: 'pupil-data',
          locations: [RESOURCE],
          actions: ['read'],
          datatypes: ['arithmetic-results'],
          purpose: '5.1.a',
          ...of(n),
        },
      ]),
    }),
  })

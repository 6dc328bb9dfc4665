import { benchBroker } from './broker.ts'
import { benchDatabase } from './database.ts'
import { grantsWorld } from './grants-world.ts'
import { oidcProvider } from './oidc-provider.ts'
import { peerTokens, redeemAt } from './redeem.ts'
import { perSecond, type Row, share } from './report.ts'
import { benchKey } from './token-load.ts'

const BATCHES = 400

/** (h) Fifty pupils in one token, beside a token of oidc-provider, which has no batches, and beside one pupil in each of ours. */
export async function benchBatch(): Promise<Row[]> {
  const [supplier, holder] = [await benchKey('c1'), await benchKey('h1')]
  const database = await benchDatabase()
  const { owner } = database
  const world = await grantsWorld(owner, { boards: 4, pupils: 50, supplierKey: supplier.publicJwk, holderKey: holder.publicJwk })
  const { issuer, stop } = await benchBroker(database)
  const fifty = (requests: number, answers?: string[]) =>
    redeemAt(issuer, supplier, requests, (n) => ({ identifiers: world.subjects[n % 4]! }), answers)
  await fifty(128)
  await owner`analyze`
  await fifty(128)
  const answers: string[] = []
  const batch = await fifty(BATCHES, answers)
  const single = await redeemAt(issuer, supplier, BATCHES * 5, (n) => ({ identifier: world.subjects[n % 4]![n % 50]! }))
  const { length } = (JSON.parse(answers[0]!) as { access_token: string }).access_token
  await stop()
  await database.stop()
  const peer = await oidcProvider(supplier)
  await peerTokens(peer.issuer, supplier, BATCHES)
  const theirs = await peerTokens(peer.issuer, supplier, BATCHES * 5)
  await peer.stop()
  return [
    {
      what: '(h) batch redemption, 50 pupils in one token',
      ours: `${perSecond(batch)}, ${length} characters`,
      peer: `${perSecond(theirs)} client_credentials of oidc-provider in memory, about nobody`,
      ratio: share(batch.requestsPerSecond, theirs.requestsPerSecond),
      aim: 'to know; below 8 kB',
    },
    {
      what: '(h) pupils in batches of 50',
      ours: `${Math.round(batch.requestsPerSecond * 50)} pupils/s`,
      peer: `${perSecond(single)} our own, one pupil in each`,
      ratio: share(batch.requestsPerSecond * 50, single.requestsPerSecond),
      aim: '> 1',
    },
  ]
}

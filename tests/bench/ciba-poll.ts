import { benchBroker } from './broker.ts'
import { benchDatabase } from './database.ts'
import { directConsents, makeAuthReqIds } from './direct-world.ts'
import { grantsWorld } from './grants-world.ts'
import { oidcProvider } from './oidc-provider.ts'
import { perSecond, type Row, share } from './report.ts'
import { type BenchKey, benchKey, type Load, loadTokens } from './token-load.ts'

const WARM_UP = 600
const MEASURED = 2_400

/** (i) A CIBA poll while nobody has answered, and one that finds a yes, beside oidc-provider's. */
export async function benchCibaPoll(): Promise<Row[]> {
  const [supplier, holder] = [await benchKey('c1'), await benchKey('h1')]
  const database = await benchDatabase()
  const { owner } = database
  const world = await grantsWorld(owner, { boards: 12, pupils: 50, supplierKey: supplier.publicJwk, holderKey: holder.publicJwk })
  await directConsents(owner, world)
  const { issuer, stop } = await benchBroker(database)
  const poll = async (count: number, answered: boolean) =>
    await pollAt(issuer, supplier, await makeAuthReqIds(owner, count, { answered }), { waiting: !answered })
  await poll(WARM_UP, true)
  await owner`analyze`
  await poll(WARM_UP, true)
  await poll(WARM_UP, false)
  const [waiting, found] = [await poll(MEASURED, false), await poll(MEASURED, true)]
  await stop()
  await database.stop()
  const peer = await oidcProvider(supplier)
  const beside = async (what: 'asked' | 'answered', count: number) =>
    await pollAt(peer.issuer, supplier, await peer.prepare(what, count), { waiting: what === 'asked' })
  await beside('answered', WARM_UP)
  await beside('asked', WARM_UP)
  const [theirWaiting, theirFound] = [await beside('asked', MEASURED), await beside('answered', MEASURED)]
  await peer.stop()
  const row = (what: string, ours: Load, theirs: Load): Row => ({
    what,
    ours: perSecond(ours),
    peer: `${perSecond(theirs)} oidc-provider in memory`,
    ratio: share(ours.requestsPerSecond, theirs.requestsPerSecond),
    aim: 'to know',
  })
  return [
    row('(i) CIBA poll, nobody has answered yet', waiting, theirWaiting),
    row('(i) CIBA poll that finds a yes: access, refresh and ID token', found, theirFound),
  ]
}

/** Polls once with each. That nobody has answered is what is expected of those that wait, and anything else a failure. */
async function pollAt(issuer: string, key: BenchKey, ids: string[], { waiting = false } = {}): Promise<Load> {
  const answers: string[] = []
  const load = await loadTokens({
    issuer,
    tokenUrl: `${issuer}/token`,
    clientId: 'bench-ciba',
    key,
    requests: ids.length,
    answers,
    form: (n) => ({ grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: ids[n]! }),
  })
  return waiting ? { ...load, failures: answers.filter((answer) => !answer.includes('authorization_pending')).length } : load
}

import { benchBroker } from './broker.ts'
import { benchDatabase } from './database.ts'
import { directConsents, makeCodes } from './direct-world.ts'
import { REDIRECT_URI, VERIFIER } from './exchange.ts'
import { grantsWorld } from './grants-world.ts'
import { oidcProvider } from './oidc-provider.ts'
import { perSecond, type Row, share } from './report.ts'
import { type BenchKey, benchKey, type Load, loadTokens } from './token-load.ts'

const WARM_UP = 600
const MEASURED = 2_400

/** (j) A code for an access token and a refresh token, each on a consent that is looked at again, beside oidc-provider's code exchange. */
export async function benchCodeExchange(): Promise<Row[]> {
  const [supplier, holder] = [await benchKey('c1'), await benchKey('h1')]
  const database = await benchDatabase()
  const { owner } = database
  const world = await grantsWorld(owner, { boards: 12, pupils: 50, supplierKey: supplier.publicJwk, holderKey: holder.publicJwk })
  await directConsents(owner, world)
  const { issuer, stop } = await benchBroker(database)
  const exchange = async (requests: number) => {
    const codes = await makeCodes(owner, requests, supplier.publicJwk)
    return await exchangeAt(issuer, supplier, codes)
  }
  await exchange(WARM_UP)
  await owner`analyze`
  await exchange(WARM_UP)
  const ours = await exchange(MEASURED)
  await stop()
  await database.stop()
  const peer = await oidcProvider(supplier)
  await exchangeAt(peer.issuer, supplier, await peer.prepare('code', WARM_UP))
  const theirs = await exchangeAt(peer.issuer, supplier, await peer.prepare('code', MEASURED))
  await peer.stop()
  return [
    {
      what: '(j) code exchange, 12 boards',
      ours: perSecond(ours),
      peer: `${perSecond(theirs)} oidc-provider in memory`,
      ratio: share(ours.requestsPerSecond, theirs.requestsPerSecond),
      aim: 'to know',
    },
  ]
}

const exchangeAt = async (issuer: string, key: BenchKey, codes: string[]): Promise<Load> =>
  await loadTokens({
    issuer,
    tokenUrl: `${issuer}/token`,
    clientId: 'bench-redirect',
    key,
    requests: codes.length,
    form: (n) => ({ grant_type: 'authorization_code', code: codes[n]!, code_verifier: VERIFIER, redirect_uri: REDIRECT_URI }),
  })

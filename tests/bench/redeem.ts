import { randomBytes } from 'node:crypto'
import { exportJWK } from 'jose'
import { openDatabase } from '../../src/database.ts'
import { freePort } from '../../src/embedded-postgres.ts'
import type { ClientId } from '../../src/ids.ts'
import { benchDatabase } from './database.ts'
import { grantsWorld } from './grants-world.ts'
import { startChild, stopChild } from './processes.ts'
import { perSecond, type Row, share } from './report.ts'
import { benchKey, type Load, loadTokens } from './token-load.ts'

const WARM_UP = 600
const MEASURED = 3_000

/** (a) Redeeming just in time, over twelve boards and over one, beside oidc-provider's client_credentials in memory; (c) introspection. */
export async function benchRedeem(): Promise<Row[]> {
  const [supplier, holder] = [await benchKey('c1'), await benchKey('h1')]
  const database = await benchDatabase()
  const twelve = await grantsWorld(database.owner, { boards: 12, pupils: 50, supplierKey: supplier.publicJwk, holderKey: holder.publicJwk })
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  const broker = await startChild(['dist/node.js'], `${issuer}/health/ready`, {
    PORT: String(port),
    ISSUER: issuer,
    DATABASE_URL: database.cluster.url,
    DATABASE_OWNER_URL: database.cluster.ownerUrl,
    BROKER_SECRET: randomBytes(32).toString('base64url'),
    DATABASE_POOL: '16',
    LOG_LEVEL: 'warning',
    SMTP_URL: 'smtp://127.0.0.1:9',
  })
  const redeem = (subjects: string[], requests: number, answers?: string[]) =>
    loadTokens({
      ...(answers && { answers }),
      issuer,
      tokenUrl: `${issuer}/token`,
      clientId: twelve.clientId,
      key: supplier,
      requests,
      form: (n) => ({
        grant_type: 'client_credentials',
        authorization_details: JSON.stringify([
          {
            type: 'pupil-data',
            locations: [twelve.resource],
            actions: ['read'],
            datatypes: ['arithmetic-results'],
            purpose: '5.1.a',
            identifier: subjects[n % subjects.length],
          },
        ]),
      }),
    })
  const spread = Array.from({ length: 600 }, (_, n) => twelve.subjects[n % 12]![Math.floor(n / 12)]!)
  await redeem(spread, WARM_UP)
  // As autovacuum would have done within the minute: plans made while the tables were empty read them whole.
  await database.owner`analyze`
  await redeem(spread, WARM_UP)
  const over12 = await redeem(spread, MEASURED)
  const over1 = await redeem(twelve.subjects[0]!, MEASURED)
  const answers: string[] = []
  await redeem(spread, 400, answers)
  const tokens = answers.map((answer) => (JSON.parse(answer) as { access_token: string }).access_token)
  const introspection = await loadTokens({
    issuer,
    tokenUrl: `${issuer}/introspect`,
    clientId: twelve.holderClientId,
    key: holder,
    requests: MEASURED,
    form: (n) => ({ token: tokens[n % tokens.length]! }),
  })
  const read = await bareReads(database.cluster.url, MEASURED)
  await stopChild(broker)
  await database.stop()
  const peer = await oidcProvider()
  return [
    {
      what: '(a) just-in-time redemption, 12 boards',
      ours: perSecond(over12),
      peer: `${perSecond(peer)} oidc-provider in memory`,
      ratio: share(over12.requestsPerSecond, peer.requestsPerSecond),
      aim: '≥ 1; below 0.5 is not done',
    },
    {
      what: '(a) just-in-time redemption, one board',
      ours: perSecond(over1),
      peer: `${perSecond(peer)} oidc-provider in memory`,
      ratio: share(over1.requestsPerSecond, peer.requestsPerSecond),
      aim: 'to know',
    },
    {
      what: '(c) introspection',
      ours: perSecond(introspection),
      peer: `${Math.round(read)}/s bare read by key, same driver`,
      ratio: share(introspection.requestsPerSecond, read),
      aim: 'to know',
    },
  ]
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
  await Promise.all(Array.from({ length: 16 }, read))
  const started = performance.now()
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (let n = 0; n < count / 16; n++) await read()
    }),
  )
  const perSecond = count / ((performance.now() - started) / 1000)
  await db.destroy()
  return perSecond
}

/** The same shape of request at oidc-provider: `private_key_jwt`, DPoP, EdDSA, a JWT access token; nothing durable. */
async function oidcProvider(): Promise<Load> {
  const [client, provider] = [await benchKey('c1'), await benchKey('p1')]
  const port = await freePort()
  const signing = JSON.stringify({ ...(await exportJWK(provider.privateKey)), kid: 'p1', alg: 'EdDSA', use: 'sig' })
  const issuer = `http://127.0.0.1:${port}`
  const child = await startChild(
    ['tests/bench/oidc-provider-peer.ts', String(port), JSON.stringify(client.publicJwk), signing],
    `${issuer}/.well-known/openid-configuration`,
  )
  const load = (requests: number) =>
    loadTokens({
      issuer,
      tokenUrl: `${issuer}/token`,
      clientId: 'bench',
      key: client,
      requests,
      form: () => ({ grant_type: 'client_credentials', scope: 'read' }),
    })
  await load(WARM_UP)
  const measured = await load(MEASURED)
  await stopChild(child)
  return measured
}

import { openDatabase } from '../../src/database.ts'
import { nodeOutsideFetch } from '../../src/outside-fetch.ts'
import { pushEvents } from '../../src/streams/push.ts'

/**
 * A process that pushes events until it is killed: `event-pusher.ts <url> <secret> <origins> <began>`. Its clock runs twenty times as
 * fast from `began` on, so that leases and waiting times pass within a test; of all processes alike, so that none waits for what
 * one that was killed had put in its own future.
 */
const [url, secret, origins, since] = process.argv.slice(2) as [string, string, string, string]
const allowedLoopback = origins.split(',')
const began = Number(since)
const deps = {
  db: openDatabase({ url, max: 6 }),
  now: () => new Date(began + (Date.now() - began) * 20),
  log: { debug() {}, info() {}, warning() {}, error: (...what: unknown[]) => console.error(...what) },
  issuer: 'https://broker.test',
  secret,
  afterwards: () => {},
  trustedProxies: 0,
  outsideFetch: nodeOutsideFetch(allowedLoopback),
  allowedLoopback,
  identityProviders: [],
  sendMail: async () => {},
}
for (;;) {
  await pushEvents(deps)
  await new Promise((resolve) => setTimeout(resolve, 50))
}

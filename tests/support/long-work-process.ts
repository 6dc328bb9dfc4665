import { openDatabase } from '../../src/database.ts'
import type { Deps } from '../../src/deps.ts'
import { runLongWork } from '../../src/long-work.ts'

/** A process of its own that does the long work that waits, until it is killed. */
const [url, now, secret] = process.argv.slice(2)
const at = new Date(now!)
const silent = () => {}
const deps: Deps = {
  db: openDatabase({ url: url!, max: 4 }),
  now: () => at,
  log: { debug: silent, info: silent, warning: silent, error: silent },
  issuer: 'https://broker.test',
  secret: secret!,
  afterwards: silent,
  trustedProxies: 0,
  outsideFetch: () => Promise.reject(new Error('not in this process')),
  allowedLoopback: [],
  identityProviders: [],
  sendMail: () => Promise.reject(new Error('not from this process')),
}
await runLongWork(deps)

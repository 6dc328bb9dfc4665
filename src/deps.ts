import type { Clock } from './clock.ts'
import type { Db } from './database.ts'
import type { IdentityProvider } from './identity-providers.ts'
import type { Log } from './log.ts'
import type { OutsideFetch } from './outside.ts'

/** What commands and edges need from outside. Made once per process on Node, once per request on Workers. */
export interface Deps {
  db: Db
  now: Clock
  log: Log
  /** The OAuth issuer and public origin, without trailing slash. */
  issuer: string
  /** 32 bytes in base64url; see `sealing.ts`. */
  secret: string
  /** Goes on after the answer was sent: mails, sweeping. Failures are logged, never thrown. */
  afterwards: (work: () => Promise<unknown>) => void
  /** Proxies in front whose X-Forwarded-For entries count. */
  trustedProxies: number
  /** For addresses that somebody outside named: clients' key sets and notification endpoints. */
  outsideFetch: OutsideFetch
  /** Origins on this machine that such an address may name as well: the demo's and a developer's. */
  allowedLoopback: readonly string[]
  /** By which people may sign in besides a code by mail and a passkey. */
  identityProviders: readonly IdentityProvider[]
  /** Sends one mail, or rejects and will be asked again later. */
  sendMail: (mail: Mail) => Promise<void>
  /** The holder kit as a package for npm; absent where there are no built files to make it of (Workers, the tests). */
  holderKit?: () => Promise<Uint8Array>
  /** The demo's mailbox: every mail to an address, the oldest first. Nothing but the demo has one. */
  mailbox?: (address: string) => Promise<SentMail[]>
}

export interface Mail {
  to: string
  subject: string
  text: string
}

export interface SentMail extends Mail {
  at: string
}

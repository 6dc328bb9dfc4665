import { exportJWK } from 'jose'
import { freePort } from '../../src/embedded-postgres.ts'
import { startChild, stopChild } from './processes.ts'
import { type BenchKey, benchKey } from './token-load.ts'

/** What the peer can make beforehand, each good for one request. */
export type Prepared = 'code' | 'asked' | 'answered' | 'token'

/** oidc-provider in a process of its own, with everything in memory, and the one key of all its clients. */
export interface Peer {
  issuer: string
  key: BenchKey
  pid: number
  prepare: (what: Prepared, count: number) => Promise<string[]>
  stop: () => Promise<void>
}

export async function oidcProvider(key: BenchKey): Promise<Peer> {
  const provider = await benchKey('p1')
  const port = await freePort()
  const signing = JSON.stringify({ ...(await exportJWK(provider.privateKey)), kid: 'p1', alg: 'EdDSA', use: 'sig' })
  const issuer = `http://127.0.0.1:${port}`
  const child = await startChild(
    ['tests/bench/oidc-provider-peer.ts', String(port), JSON.stringify(key.publicJwk), signing],
    `${issuer}/.well-known/openid-configuration`,
  )
  return {
    issuer,
    key,
    pid: child.pid!,
    prepare: async (what, count) => (await (await fetch(`${issuer}/prepare/${what}/${count}`)).json()) as string[],
    stop: () => stopChild(child),
  }
}

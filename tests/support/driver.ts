import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import * as client from 'openid-client'
import { vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { TestBroker } from './broker.ts'
import type { SmallWorld } from './world.ts'

/** Lets a test sign what says that `urn:x` must be understood. */
export const UNKNOWN_CRITICAL = { crit: { 'urn:x': true } }

export type WorldClient = 'organisation' | 'ciba' | 'redirect' | 'holder'

/** Whatever answers requests: the app itself, or a server somewhere. */
export type Answering = Pick<ReturnType<typeof createApp>, 'request'>

/**
 * Drives the broker with openid-client, unmodified, through the app. `Date` is the broker's clock for everybody, so that a
 * library's `iat` is now.
 */
export async function drive(broker: TestBroker, world: SmallWorld) {
  vi.useFakeTimers({ toFake: ['Date'], now: broker.clock.now() })
  return driveThrough(
    createApp(() => broker.deps),
    broker,
    world,
  )
}

/** As `drive`, through whatever answers, by the clock as it is. */
export function driveThrough<App extends Answering>(app: App, broker: TestBroker, world: SmallWorld) {
  const request = async (url: string | Request, init?: RequestInit) => {
    const answer = await app.request(url, init)
    if (new URL(url instanceof Request ? url.url : url).pathname === '/bc-authorize') await questionsAsked(broker)
    return answer
  }
  const fetch = async (url: string | URL | Request, init?: RequestInit) => await request(url instanceof URL ? url.href : url, init)
  const overHttp = broker.deps.issuer.startsWith('http:') ? { execute: [client.allowInsecureRequests] } : {}
  const connect = async (name: WorldClient) =>
    await client.discovery(
      new URL(broker.deps.issuer),
      world.clients[name],
      {},
      client.PrivateKeyJwt({ key: world.keys[name].privateKey, kid: 'k1' }),
      { [client.customFetch]: fetch as client.CustomFetch, algorithm: 'oauth2', ...overHttp },
    )

  return {
    app,
    fetch,
    connect,
    /** Time passes for the broker and for the libraries. */
    pass: (time: Parameters<TestBroker['clock']['pass']>[0]) => {
      broker.clock.pass(time)
      vi.setSystemTime(broker.clock.now())
    },
    /** A form post with whatever headers: what a library would not send. */
    post: async (path: string, form: Record<string, string> | [string, string][], headers: Record<string, string> = {}) => {
      const answer = await request(broker.deps.issuer + path, { method: 'POST', body: new URLSearchParams(form), headers })
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown>, headers: answer.headers }
    },
    /** A client assertion, right unless told otherwise; `undefined` takes a claim out. */
    assertion: async (name: WorldClient, claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}, key?: CryptoKey) => {
      const now = Math.floor(broker.clock.now().getTime() / 1000)
      const payload = {
        iss: world.clients[name],
        sub: world.clients[name],
        aud: broker.deps.issuer,
        iat: now,
        exp: now + 60,
        jti: crypto.randomUUID(),
        ...claims,
      } as JWTPayload
      return {
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await new SignJWT(payload)
          .setProtectedHeader({ alg: 'EdDSA', kid: 'k1', ...header })
          .sign(key ?? world.keys[name].privateKey, UNKNOWN_CRITICAL),
      }
    },
  }
}

/** Waits until whatever was asked by hints has been asked: that goes on after the answer. */
export async function questionsAsked({ owner, clock }: TestBroker): Promise<void> {
  const waiting = async () =>
    await owner`select from deliveries where kind in ('question', 'prepared_question') and done_at is null and dead_at is null and run_at <= ${clock.now()}`
  while ((await waiting()).length > 0) await new Promise((resolve) => setTimeout(resolve, 2))
}

/** The app or server does not matter to whoever drives it. */
export type Driver = ReturnType<typeof driveThrough<Answering>>

/** A DPoP key that makes proofs, right unless told otherwise. */
export async function dpopKey(broker: TestBroker, alg: 'ES256' | 'EdDSA' = 'ES256') {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(publicKey)
  return {
    jwk,
    privateKey,
    proof: async (claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}) => {
      const payload = {
        htm: 'POST',
        htu: `${broker.deps.issuer}/token`,
        iat: Math.floor(broker.clock.now().getTime() / 1000),
        jti: crypto.randomUUID(),
        ...claims,
      } as JWTPayload
      return await new SignJWT(payload).setProtectedHeader({ typ: 'dpop+jwt', alg, jwk, ...header }).sign(privateKey, UNKNOWN_CRITICAL)
    },
  }
}

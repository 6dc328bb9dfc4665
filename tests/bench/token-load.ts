import { randomUUID } from 'node:crypto'
import autocannon from 'autocannon'
import { exportJWK, type JWK, SignJWT } from 'jose'

export interface BenchKey {
  privateKey: CryptoKey
  publicJwk: JWK
}

export async function benchKey(kid: string): Promise<BenchKey> {
  const { privateKey, publicKey } = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  return { privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' } }
}

export interface Load {
  requestsPerSecond: number
  p99: number
  failures: number
}

interface TokenLoad {
  issuer: string
  tokenUrl: string
  clientId: string
  key: BenchKey
  /** Form fields of the n-th request, beside the client's authentication. */
  form: (n: number) => Record<string, string>
  requests: number
  connections?: number
  /** Gets every answer that came. */
  answers?: string[]
}

/** Fires `requests` token requests, each with its own assertion and DPoP proof, all signed before the clock starts. */
export async function loadTokens({ issuer, tokenUrl, clientId, key, form, requests, connections = 64, answers }: TokenLoad): Promise<Load> {
  const now = Math.floor(Date.now() / 1000)
  const { kid, kty, crv, x } = key.publicJwk
  const jwk = { kty, crv, x }
  const prepared = await Promise.all(
    Array.from({ length: requests }, async (_, n) => {
      const assertion = await new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: 'EdDSA', kid })
        .setIssuer(clientId)
        .setSubject(clientId)
        .setAudience(issuer)
        .setIssuedAt(now)
        .setExpirationTime(now + 60)
        .sign(key.privateKey)
      const proof = await new SignJWT({ jti: randomUUID(), htm: 'POST', htu: tokenUrl })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'dpop+jwt', jwk })
        .setIssuedAt(now)
        .sign(key.privateKey)
      const body = new URLSearchParams({
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
        ...form(n),
      }).toString()
      return {
        method: 'POST' as const,
        path: new URL(tokenUrl).pathname,
        headers: { 'content-type': 'application/x-www-form-urlencoded', dpop: proof },
        body,
      }
    }),
  )
  return await fire(new URL(tokenUrl).origin, prepared, connections, answers)
}

/** Sends each prepared request once over `connections` kept-alive connections. */
export async function fire(url: string, prepared: autocannon.Request[], connections: number, answers?: string[]): Promise<Load> {
  const share = Math.floor(prepared.length / connections)
  let next = 0
  let example = ''
  const started = performance.now()
  // autocannon itself ends at its next whole second.
  let answered = started
  const result = await autocannon({
    url,
    connections,
    amount: share * connections,
    timeout: 30,
    setupClient: (client) => {
      client.setRequests(prepared.slice(next, next + share))
      next += share
      client.on('body', (body: Buffer) => {
        answered = performance.now()
        answers?.push(body.toString())
        if (!example && /"error"/.test(body.toString())) example = body.toString()
      })
    },
  })
  const seconds = (answered - started) / 1000
  if (example) console.error(`  example of a failure: ${example.slice(0, 300)}`)
  return { requestsPerSecond: (share * connections) / seconds, p99: result.latency.p99, failures: result.non2xx + result.errors }
}

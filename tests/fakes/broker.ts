import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import type { Fetch } from '../../src/holder/bounded-fetch.ts'

export const ISSUER = 'https://broker.test'
export const RESOURCE = 'https://api.rekenrijk.example/'
export const STATUS_URI = `${ISSUER}/status/l1`

type Claims = Record<string, unknown>
interface Made {
  claims?: Claims
  header?: Claims
  key?: CryptoKey
}

/** A key pair with its public JWK and thumbprint, as a supplier or the broker has them. */
export async function keyPair(alg: 'EdDSA' | 'ES256' = 'EdDSA') {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const publicJwk = await exportJWK(publicKey)
  return { alg, privateKey, publicJwk, privateJwk: await exportJWK(privateKey), jkt: await calculateJwkThumbprint(publicJwk) }
}
export type KeyPair = Awaited<ReturnType<typeof keyPair>>

/** A status list as bytes, 1 bit each unless told otherwise: the least significant bit of each byte first. */
export function packed(values: number[], bits = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.ceil((values.length * bits) / 8))
  values.forEach((value, index) => {
    bytes[Math.floor((index * bits) / 8)]! |= value << ((index * bits) % 8)
  })
  return bytes
}

export async function deflated(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'))
  return Buffer.from(await new Response(stream).arrayBuffer()).toString('base64url')
}

/**
 * The broker as a data holder sees it: documents, status lists, a token endpoint for the holder's own client and the
 * list of uses it was told of. It signs whatever a test wants signed, and can be down.
 */
export async function fakeBroker({ at = '2026-11-16T10:00:00+01:00' } = {}) {
  let now = Date.parse(at)
  const keys = { access: await keyPair('EdDSA'), status: await keyPair('ES256') }
  const supplier = await keyPair('ES256')
  const holder = await keyPair('EdDSA')
  const calls: string[] = []
  const uses: { jti: string; delivered_at: string; datatypes: string[]; records: number }[] = []
  const reports: Request[] = []
  const state = {
    down: false,
    jwks: [
      { ...keys.access.publicJwk, kid: 'access', alg: 'EdDSA', use: 'sig' },
      { ...keys.status.publicJwk, kid: 'status', alg: 'ES256', use: 'sig' },
    ] as JWK[],
    metadata: { issuer: ISSUER, jwks_uri: `${ISSUER}/jwks`, token_endpoint: `${ISSUER}/token` } as Claims,
    /** Answers of `/status/l1`; the default is a list of 64 in which number 7 is ended. */
    status: undefined as undefined | (() => Promise<Response> | Response),
    /** Answers of `/v1/uses` before the default one. */
    onUses: undefined as undefined | ((body: { uses: typeof uses }) => Response | undefined),
    subjectPages: [] as Claims[],
  }
  const seconds = () => Math.floor(now / 1000)

  const sign = async (claims: Claims, header: Claims, key: CryptoKey) =>
    new SignJWT(claims).setProtectedHeader(header as { alg: string }).sign(key)

  const token = ({ claims = {}, header = {}, key = keys.access.privateKey }: Made = {}) =>
    sign(
      {
        iss: ISSUER,
        aud: RESOURCE,
        sub: 'hs_fatima',
        client_id: 'rekenplus-org',
        azp: 'rekenplus-org',
        jti: crypto.randomUUID(),
        iat: seconds(),
        exp: seconds() + 600,
        grant_id: 'grant-1',
        txn: 'txn-1',
        cnf: { jkt: supplier.jkt },
        status: { status_list: { idx: 3, uri: STATUS_URI } },
        authorization_details: [pupilData()],
        ...claims,
      },
      { alg: 'EdDSA', typ: 'at+jwt', kid: 'access', ...header },
      key,
    )

  const proof = async (accessToken: string, { claims = {}, header = {}, key = supplier.privateKey }: Made = {}) =>
    sign(
      {
        htm: 'GET',
        htu: `${RESOURCE}results`,
        jti: crypto.randomUUID(),
        iat: seconds(),
        ath: Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(accessToken))).toString('base64url'),
        ...claims,
      },
      { alg: 'ES256', typ: 'dpop+jwt', jwk: supplier.publicJwk, ...header },
      key,
    )

  const statusList = async ({
    claims = {},
    header = {},
    key = keys.status.privateKey,
    list,
    type = 'application/statuslist+jwt',
    headers = {},
  }: Made & { list?: Claims; type?: string; headers?: Record<string, string> } = {}) =>
    new Response(
      await sign(
        {
          sub: STATUS_URI,
          iat: seconds(),
          exp: seconds() + 300,
          ttl: 60,
          status_list: list ?? { bits: 1, lst: await deflated(packed(Array.from({ length: 64 }, (_, index) => (index === 7 ? 1 : 0)))) },
          ...claims,
        },
        { alg: 'ES256', typ: 'statuslist+jwt', kid: 'status', ...header },
        key,
      ),
      { headers: { 'content-type': type, ...headers } },
    )

  const fetch: Fetch = async (url, init) => {
    const { pathname, search } = new URL(url)
    calls.push(`${init.method ?? 'GET'} ${pathname}${search}`)
    if (state.down) throw new TypeError('fetch failed')
    const json = (body: unknown, status = 200) => Response.json(body, { status })
    if (pathname === '/.well-known/oauth-authorization-server') return json(state.metadata)
    if (pathname === '/jwks') return json({ keys: state.jwks })
    if (pathname === '/status/l1') return state.status ? state.status() : statusList()
    if (pathname === '/token') return json({ access_token: `opaque-${calls.length}`, token_type: 'DPoP', expires_in: 300 })
    if (pathname === '/v1/subjects') return json(state.subjectPages[Number(new URL(url).searchParams.get('cursor') ?? 0)])
    if (pathname === '/v1/uses') {
      reports.push(new Request(url, init))
      const body = JSON.parse(init.body as string) as { uses: typeof uses }
      const answer = state.onUses?.(body)
      if (answer) return answer
      uses.push(...body.uses)
      return json({}, 201)
    }
    return json({}, 404)
  }

  return {
    keys,
    supplier,
    holder,
    state,
    calls,
    uses,
    reports,
    fetch,
    token,
    proof,
    statusList,
    now: () => new Date(now),
    pass: (secondsLater: number) => {
      now += secondsLater * 1000
    },
    /** A request as the supplier sends it, with anything in it made otherwise. */
    async request(made: { token?: Made; proof?: Made; url?: string; method?: string } = {}) {
      const accessToken = await token(made.token)
      return requestWith(accessToken, await proof(accessToken, made.proof), made)
    },
  }
}
export type FakeBroker = Awaited<ReturnType<typeof fakeBroker>>

export const pupilData = (other: Claims = {}) => ({
  type: 'pupil-data',
  locations: [RESOURCE],
  actions: ['read'],
  datatypes: ['arithmetic-results'],
  purpose: '5.1.a',
  identifier: 'hs_fatima',
  ...other,
})

export const requestWith = (
  token: string,
  proof: string,
  { url = 'http://10.0.0.7:3000/results?page=2', method = 'GET' }: { url?: string; method?: string } = {},
) => new Request(url, { method, headers: { authorization: `DPoP ${token}`, dpop: proof } })

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { CompactEncrypt, decodeJwt, importJWK, jwtVerify } from 'jose'
import type { Config } from './config.ts'
import { type Claims, type SigningKey, seconds, signed, signingKey } from './signing.ts'
import { statusLists } from './status-lists.ts'

/** What a holder told about the data it handed over. */
export interface ReportedUse {
  jti: string
  datatypes: string[]
  records: number
}

const MAX_BODY_BYTES = 1_048_576

/** Makes the keys of one run. `foreign` has the name of a good key, for whoever goes by the name alone. */
async function makeKeys() {
  const [access, next, status, introspection, foreign] = await Promise.all([
    signingKey('EdDSA', 'access'),
    signingKey('ES256', 'access-next'),
    signingKey('EdDSA', 'status'),
    signingKey('EdDSA', 'introspection'),
    signingKey('EdDSA', 'access'),
  ])
  return { access, next, status, introspection, foreign }
}

/**
 * A broker for one run: its documents, keys and status lists, introspection, and the token endpoint and REST calls a holder
 * uses itself. It issues whatever a case wants issued, good and bad; for a holder there is nothing to tell it from a broker.
 *
 * @throws Error when the address is taken
 */
export async function startTestIssuer(config: Config) {
  const keys = await makeKeys()
  /** Keys that stand in the key set; a case adds one to see that it is found. */
  const published: SigningKey[] = [keys.access, keys.status, keys.introspection]
  const lists = statusLists(config.issuer, keys, config.statusTtlSeconds)
  const uses: ReportedUse[] = []
  /** Why calls of the holder itself were refused. */
  const refusals: string[] = []
  /** What the issuer itself issued, by the token as the holder sees it, and by what is inside. */
  const known = new Map<string, Claims>()
  let lastIndex = 0

  const metadata = (): Response =>
    Response.json({
      issuer: config.issuer,
      jwks_uri: `${config.issuer}/jwks`,
      token_endpoint: `${config.issuer}/token`,
      introspection_endpoint: `${config.issuer}/introspect`,
      response_types_supported: ['code'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['EdDSA', 'ES256'],
      dpop_signing_alg_values_supported: ['EdDSA', 'ES256'],
    })

  const jwks = (): Response => Response.json({ keys: published.map(({ publicJwk, kid, alg }) => ({ ...publicJwk, kid, alg, use: 'sig' })) })

  async function status(name: string): Promise<Response> {
    const list = await lists.at(name)
    return new Response(list ?? '', { status: list ? 200 : 503, headers: { 'content-type': 'application/statuslist+jwt' } })
  }

  /** A holder's own call: who it is, by `private_key_jwt`. The signature is checked where the key is known. */
  async function isHolder({ client_assertion: assertion = '' }: Record<string, string>): Promise<boolean> {
    const { issuer, clientId, clientJwk } = config
    try {
      const { iss, sub, aud } = decodeJwt(assertion)
      if (iss !== clientId || sub !== clientId || aud !== issuer) throw new Error('iss and sub are the client id, aud is the issuer alone')
      if (clientJwk) {
        const key = await importJWK(clientJwk, clientJwk.kty === 'EC' ? 'ES256' : 'EdDSA')
        await jwtVerify(assertion, key, { requiredClaims: ['exp', 'jti'] })
      }
      return true
    } catch (error) {
      refusals.push(`client assertion: ${(error as Error).message}`)
      return false
    }
  }

  function isActive(claims: Claims | undefined): boolean {
    const index = (claims?.status as { status_list: { idx: number } } | undefined)?.status_list.idx
    if (!claims || index === undefined || lists.hasEnded(index)) return false
    return claims.aud === config.resource && claims.iss === config.issuer && (claims.exp as number) > seconds()
  }

  async function introspect(fields: Record<string, string>, accept: string): Promise<Response> {
    if (!(await isHolder(fields))) return Response.json({ error: 'invalid_client' }, { status: 401 })
    const claims = known.get(fields.token ?? '')
    const answer = isActive(claims) ? { active: true, token_type: 'DPoP', ...claims } : { active: false }
    if (!accept.includes('application/token-introspection+jwt')) return Response.json(answer)
    const told = { iss: config.issuer, aud: config.clientId, iat: seconds(), token_introspection: answer }
    const jwt = await signed(told, { typ: 'token-introspection+jwt', kid: keys.introspection.kid }, keys.introspection)
    return new Response(jwt, { headers: { 'content-type': 'application/token-introspection+jwt' } })
  }

  async function token(fields: Record<string, string>, hasProof: boolean): Promise<Response> {
    if (!(await isHolder(fields))) return Response.json({ error: 'invalid_client' }, { status: 401 })
    if (!hasProof) return Response.json({ error: 'invalid_dpop_proof' }, { status: 400 })
    return Response.json({ access_token: crypto.randomUUID(), token_type: 'DPoP', expires_in: 300, scope: fields.scope })
  }

  function subjects(sub: string | null): Response {
    const all = config.pupils.map(({ identifier }, number) => ({ identifier, sub: pseudonymOf(number) }))
    return Response.json({ subjects: all.filter((subject) => sub === null || subject.sub === sub) })
  }

  async function route(request: IncomingMessage): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url ?? '/', config.issuer)
    const base = new URL(config.issuer).pathname.replace(/\/$/, '')
    if (pathname.startsWith('/.well-known/oauth-authorization-server')) return metadata()
    const path = pathname.slice(base.length)
    if (path.startsWith('/status/')) return await status(path.slice('/status/'.length))
    switch (path) {
      case '/.well-known/openid-configuration':
        return metadata()
      case '/jwks':
        return jwks()
      case '/introspect':
        return await introspect(await form(request), request.headers.accept ?? '')
      case '/token':
        return await token(await form(request), request.headers.dpop !== undefined)
      case '/v1/subjects':
        return subjects(searchParams.get('sub'))
      case '/v1/uses':
        uses.push(...(JSON.parse(await body(request)) as { uses: ReportedUse[] }).uses)
        return Response.json({ accepted: true }, { status: 201 })
      default:
        return Response.json({ title: 'There is no such thing here' }, { status: 404 })
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const given = await route(request).catch((error: unknown) => {
      refusals.push(String(error))
      return Response.json({ error: 'server_error' }, { status: 500 })
    })
    response.writeHead(given.status, Object.fromEntries(given.headers))
    response.end(await given.text())
  }

  async function inItsForm(jwt: string, { jti }: Claims): Promise<string> {
    if (config.tokens === 'opaque') return `opaque-${crypto.randomUUID()}`
    if (config.tokens === 'jwt') return jwt
    const to = config.encryptionJwk!
    const header = { alg: 'ECDH-ES', enc: 'A256GCM', cty: 'JWT', jti, ...(to.kid && { kid: to.kid }) }
    return await new CompactEncrypt(new TextEncoder().encode(jwt)).setProtectedHeader(header).encrypt(await importJWK(to, 'ECDH-ES'))
  }

  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((listening, failed) => {
    server.once('error', failed).listen(config.listen.port, config.listen.host, listening)
  })
  return {
    keys,
    published,
    lists,
    uses,
    refusals,
    newIndex: () => ++lastIndex,
    /** Gives a signed token the form in which this holder takes its tokens. `issued`: the issuer stands for it when asked. */
    async inFormat(jwt: string, claims: Claims, { issued }: { issued: boolean }): Promise<string> {
      const formed = await inItsForm(jwt, claims)
      if (issued) for (const form of [jwt, formed]) known.set(form, claims)
      return formed
    },
    async stop(): Promise<void> {
      server.closeAllConnections()
      await new Promise((stopped) => server.close(stopped))
    },
  }
}

export type TestIssuer = Awaited<ReturnType<typeof startTestIssuer>>

/** The pseudonyms of the two test pupils at this holder. */
export const pseudonymOf = (pupil: number) => `ph_conformance_pupil_${pupil + 1}`

async function body(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk
    if (text.length > MAX_BODY_BYTES) throw new Error('a call of the holder is longer than 1 MB')
  }
  return text
}

const form = async (request: IncomingMessage): Promise<Record<string, string>> =>
  Object.fromEntries(new URLSearchParams(await body(request)))

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'
import type { IdentityProvider } from '../../src/identity-providers.ts'

/** Who signs in at the provider next, and how. */
interface Next {
  /** The subject; nobody goes through with it when absent. */
  as?: string
  email?: string
  acr?: string
}

/**
 * An identity provider of somebody else's making (oidc-provider) on this machine. It asks nothing: whoever comes is signed in
 * as `next` says, with a session of the provider's own that is used again unless it is asked not to.
 *
 * @param issuer its name where it is reached by another one than its port, as by way of a stand-in for the network
 */
export async function startIdentityProvider({ issuer: named, id = 'portaal' }: { issuer?: string; id?: string } = {}) {
  const next: Next = {}
  const emails = new Map<string, string>()
  const asked: URLSearchParams[] = []
  let provider: Provider | undefined
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  const issuer = named ?? origin
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const warn = console.warn
  console.warn = () => {}
  provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'broker',
        client_secret: 'een-geheim-van-de-test',
        redirect_uris: ['https://broker.test', 'http://localhost:8787', 'http://localhost:1'].map(
          (at) => `${at}/sign-in/with/portaal/back`,
        ),
        id_token_signed_response_alg: 'ES256',
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'k1' }] },
    cookies: { keys: ['test'] },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 86_400 },
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    acrValues: ['laag', 'hoog'],
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ sub, email: emails.get(sub) ?? `${sub}@portaal.example`, email_verified: true }),
    }),
    loadExistingGrant: async (context) => {
      const grant = new context.oidc.provider.Grant({
        accountId: context.oidc.session!.accountId!,
        clientId: context.oidc.client!.clientId,
      })
      grant.addOIDCScope('openid email')
      await grant.save()
      return grant
    },
  })
  provider.proxy = named !== undefined
  console.warn = warn

  async function handle(request: IncomingMessage, response: ServerResponse) {
    if (!request.url?.startsWith('/interaction/')) return await provider!.callback()(request, response)
    const { as, email, acr } = next
    if (as && email) emails.set(as, email)
    const result = as ? { login: { accountId: as, ...(acr && { acr }) } } : { error: 'access_denied' }
    await provider!.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
  }

  const config: IdentityProvider = {
    id,
    name: 'Ouderportaal',
    issuer,
    clientId: 'broker',
    clientSecret: 'een-geheim-van-de-test',
    scope: 'openid email',
    acr: [],
  }
  return {
    origin,
    config,
    next,
    /** The authorization requests that came. */
    asked,
    /** Goes there as a browser does, and comes back with where it is sent. The jar keeps the provider's own session. */
    visit: async (authorizeUrl: string, jar = new Map<string, string>()): Promise<URL> => {
      asked.push(new URL(authorizeUrl).searchParams)
      let at = authorizeUrl.replace(issuer, origin)
      for (let hops = 0; hops < 10; hops += 1) {
        const headers = { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '), ...forwarded(named) }
        const answer = await fetch(at, { redirect: 'manual', headers })
        for (const cookie of answer.headers.getSetCookie()) {
          const [name = '', value = ''] = cookie.split(';', 1)[0]!.split('=')
          if (value) jar.set(name, value)
          else jar.delete(name)
        }
        const location = answer.headers.get('location')
        if (!location) throw new Error(`the provider answers ${answer.status}: ${(await answer.text()).slice(0, 300)}`)
        const to = new URL(location, at)
        if (to.pathname.startsWith('/sign-in/with/')) return to
        at = to.href.replace(issuer, origin)
      }
      throw new Error('the provider sends its visitor round and round')
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

export function forwarded(named: string | undefined): Record<string, string> {
  if (!named) return {}
  const { host, protocol } = new URL(named)
  return { 'x-forwarded-host': host, 'x-forwarded-proto': protocol.replace(':', '') }
}

export type TestIdentityProvider = Awaited<ReturnType<typeof startIdentityProvider>>

import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  type ServerMetadata,
} from 'openid-client'
import type { Deps } from '../deps.ts'
import type { IdentityProvider } from '../identity-providers.ts'

/** What a provider publishes about itself is asked again after so long. */
const KEPT_MS = 10 * 60_000
const kept = new Map<string, { metadata: ServerMetadata; at: number }>()

/**
 * The client for one provider, with what it publishes (OpenID Connect Discovery). Everything goes by `outsideFetch`: public
 * addresses, three seconds, no redirects. The signature of the ID token is checked besides the channel it comes over.
 *
 * @throws Error of openid-client or the network when it cannot be reached or says something else than it should
 */
export async function providerClient(deps: Pick<Deps, 'outsideFetch'>, provider: IdentityProvider): Promise<Configuration> {
  const known = kept.get(provider.issuer)
  const fetching = fetchBy(deps)
  const insecure = provider.issuer.startsWith('http:')
  if (known && Date.now() - known.at < KEPT_MS) {
    const config = new Configuration(known.metadata, provider.clientId, {}, authenticationAt(known.metadata, provider))
    config[customFetch] = fetching
    if (insecure) allowInsecureRequests(config)
    enableNonRepudiationChecks(config)
    return config
  }
  const found = await discovery(new URL(provider.issuer), provider.clientId, {}, ClientSecretBasic(provider.clientSecret), {
    [customFetch]: fetching,
    ...(insecure && { execute: [allowInsecureRequests] }),
  })
  kept.set(provider.issuer, { metadata: found.serverMetadata(), at: Date.now() })
  return await providerClient(deps, provider)
}

function authenticationAt({ token_endpoint_auth_methods_supported: methods }: ServerMetadata, { clientSecret }: IdentityProvider) {
  const basic = !methods || methods.includes('client_secret_basic')
  return basic ? ClientSecretBasic(clientSecret) : ClientSecretPost(clientSecret)
}

function fetchBy({ outsideFetch }: Pick<Deps, 'outsideFetch'>) {
  return async (url: string, options: { method: string; headers: Record<string, string>; body?: unknown }): Promise<Response> => {
    const { status, text, contentType } = await outsideFetch(url, {
      method: options.method === 'POST' ? 'POST' : 'GET',
      headers: options.headers,
      ...((typeof options.body === 'string' || options.body instanceof URLSearchParams) && { body: options.body.toString() }),
    })
    if (status >= 500) throw new Error('the provider fails')
    return new Response(status === 204 ? null : text, { status, headers: contentType ? { 'content-type': contentType } : {} })
  }
}

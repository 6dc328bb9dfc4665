// The peer of the token benchmark, in a process of its own: oidc-provider with its in-memory store, issuing JWT access
// tokens for client_credentials with private_key_jwt, DPoP and EdDSA. Usage: node oidc-provider-peer.ts PORT CLIENT_JWK PROVIDER_JWK
import Provider from 'oidc-provider'

const [port, clientJwk, providerJwk] = process.argv.slice(2) as [string, string, string]
const issuer = `http://127.0.0.1:${port}`
const warn = console.warn
console.warn = () => {}
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'bench',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'EdDSA',
      dpop_bound_access_tokens: true,
      jwks: { keys: [JSON.parse(clientJwk)] },
    },
  ],
  jwks: { keys: [JSON.parse(providerJwk)] },
  enabledJWA: { clientAuthSigningAlgValues: ['EdDSA'], dPoPSigningAlgValues: ['EdDSA'], idTokenSigningAlgValues: ['EdDSA'] },
  clientDefaults: { id_token_signed_response_alg: 'EdDSA' },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    dPoP: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => 'https://api.rekenrijk.example/',
      getResourceServerInfo: () => ({
        scope: 'read',
        audience: 'https://api.rekenrijk.example/',
        accessTokenTTL: 600,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'EdDSA' } },
      }),
    },
  },
})
provider.on('server_error', (_context, error) => warn(error))
provider.listen(Number(port), '127.0.0.1')

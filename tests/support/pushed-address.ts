import * as oauth from 'openid-client'
import type { ToldDemo } from './told-demo.ts'

/** Where Reken Plus sends a browser whose owner is to decide there: a pushed request of theirs, with openid-client as it is. */
export async function pushedAddress({ issuer, world }: ToldDemo): Promise<string> {
  const { clientId, privateJwk, redirectUris } = world.suppliers.rekenplus!.clients.redirect!
  const { resource, datatypes } = world.holders.rekenrijk!
  const key = await crypto.subtle.importKey('jwk', { ...privateJwk, alg: undefined, key_ops: undefined } as JsonWebKey, 'Ed25519', false, [
    'sign',
  ])
  const config = await oauth.discovery(new URL(issuer), clientId, undefined, oauth.PrivateKeyJwt({ key, kid: privateJwk.kid! }), {
    algorithm: 'oauth2',
    execute: [oauth.allowInsecureRequests],
  })
  const details = { type: 'pupil-data', locations: [resource], actions: ['read'], datatypes: datatypes.slice(0, 1), purpose: '5.1.a' }
  const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)
  const url = await oauth.buildAuthorizationUrlWithPAR(
    config,
    {
      redirect_uri: redirectUris![0]!,
      code_challenge: await oauth.calculatePKCECodeChallenge(oauth.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
      state: oauth.randomState(),
      resource,
      authorization_details: JSON.stringify([{ ...details, period: { until } }]),
    },
    { DPoP: oauth.getDPoPHandle(config, await oauth.randomDPoPKeyPair('ES256')) },
  )
  return url.pathname + url.search
}

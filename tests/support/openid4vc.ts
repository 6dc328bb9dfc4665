import { createHash } from 'node:crypto'
import { type AuthorizationServerMetadata, Oauth2ResourceServer } from '@openid4vc/oauth2'
import { compactVerify, importJWK, type JWK } from 'jose'
import type { TestBroker } from './broker.ts'
import type { Driver } from './driver.ts'
import type { SmallWorld } from './world.ts'

/** A resource server on @openid4vc/oauth2, unmodified: a second opinion beside oauth4webapi and our own kit. */
export async function secondResourceServer(broker: TestBroker, world: SmallWorld, driver: Pick<Driver, 'fetch' | 'assertion'>) {
  const metadata = (await (await driver.fetch(`${broker.deps.issuer}/.well-known/oauth-authorization-server`)).json()) as object
  const server = new Oauth2ResourceServer({
    callbacks: {
      fetch: (url, init) => driver.fetch(url, init),
      hash: (data, algorithm) => createHash(algorithm.replace('-', '')).update(data).digest(),
      // It knows shared secrets only; the rest is for whoever uses it to add.
      clientAuthentication: async ({ body }) => {
        Object.assign(body, await driver.assertion('holder'))
      },
      verifyJwt: async (signer, { compact }) => {
        if (signer.method !== 'jwk') return { verified: false }
        try {
          await compactVerify(compact, await importJWK(signer.publicJwk as JWK, signer.alg))
          return { verified: true, signerJwk: signer.publicJwk }
        } catch {
          return { verified: false }
        }
      },
    },
  })
  return async (token: string, proof: string) =>
    await server.verifyResourceRequest({
      request: {
        method: 'GET',
        url: new URL('results', world.resource).href,
        headers: new Headers({ authorization: `DPoP ${token}`, dpop: proof }),
      },
      resourceServer: world.resource,
      authorizationServers: [metadata as AuthorizationServerMetadata],
      now: broker.clock.now(),
    })
}

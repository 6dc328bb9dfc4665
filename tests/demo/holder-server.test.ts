import { exportJWK, generateKeyPair } from 'jose'
import { expect, test } from 'vitest'
import { startHolder } from '../../src/demo/holder-server.ts'
import { freePort } from '../../src/embedded-postgres.ts'

test('RFC 9728: whoever comes to the demo publisher without a token, or with a wrong one, is told where to get one', async () => {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true })
  const resource = `http://localhost:${await freePort()}/`
  const issuer = 'http://localhost:1'
  const holder = await startHolder({
    issuer,
    resource,
    clientId: 'rekenrijk',
    privateJwk: { ...(await exportJWK(privateKey)), kid: 'k1', alg: 'EdDSA' },
    name: 'Rekenrijk Oefenen',
    records: {},
  })
  try {
    for (const headers of [{}, { authorization: 'Bearer x' }] as Record<string, string>[]) {
      for (const path of ['', 'arithmetic-results']) {
        const refused = await fetch(resource + path, { headers })
        expect(refused.status).toBe(401)
        const named = /^DPoP .*resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate')!)![1]!
        expect(named).toBe(`${resource}.well-known/oauth-protected-resource`)
        expect(await (await fetch(named)).json()).toEqual({
          resource,
          authorization_servers: [issuer],
          bearer_methods_supported: ['header'],
          authorization_details_types_supported: ['pupil-data'],
          dpop_bound_access_tokens_required: true,
          dpop_signing_alg_values_supported: ['EdDSA', 'Ed25519', 'ES256'],
          resource_name: 'Rekenrijk Oefenen',
        })
      }
    }
  } finally {
    await holder.stop()
  }
})

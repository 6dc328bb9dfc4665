import { compactVerify, EmbeddedJWK, importJWK, jwtVerify } from 'jose'
import { createVerifier } from '../../src/holder/verifier.ts'
import { fakeBroker, ISSUER, RESOURCE } from '../fakes/broker.ts'
import { type Row, share } from './report.ts'

const COUNT = 3_000

/**
 * The holder kit verifying one request (token, proof, replay, status, details) beside bare jose doing the same two
 * signatures and nothing else, and beside `jwtVerify` of the token alone.
 */
export async function benchVerify(): Promise<Row[]> {
  const broker = await fakeBroker({ at: new Date().toISOString() })
  const verifier = createVerifier({
    issuer: ISSUER,
    resource: RESOURCE,
    clientId: 'rekenrijk',
    privateJwk: broker.holder.privateJwk,
    fetch: broker.fetch,
    now: broker.now,
  })
  const pairs = await Promise.all(
    Array.from({ length: COUNT }, async () => {
      const token = await broker.token()
      return { token, proof: await broker.proof(token) }
    }),
  )
  const requests = pairs.map(
    ({ token, proof }) => new Request(`${RESOURCE}results`, { headers: { authorization: `DPoP ${token}`, dpop: proof } }),
  )
  const accessKey = await importJWK(broker.keys.access.publicJwk, 'EdDSA')

  await verifier.verifyAccess(requests[0]!)
  await Promise.all(pairs.slice(0, 500).map(({ token }) => jwtVerify(token, accessKey, { algorithms: ['EdDSA'] })))

  const kit = await rate(requests.slice(1), (request) => verifier.verifyAccess(request))
  const both = await rate(pairs, async ({ token, proof }) => {
    await jwtVerify(token, accessKey, { algorithms: ['EdDSA'], issuer: ISSUER, audience: RESOURCE, typ: 'at+jwt' })
    await compactVerify(proof, EmbeddedJWK, { algorithms: ['ES256', 'EdDSA'] })
  })
  const alone = await rate(pairs, ({ token }) =>
    jwtVerify(token, accessKey, { algorithms: ['EdDSA'], issuer: ISSUER, audience: RESOURCE, typ: 'at+jwt' }),
  )
  const figure = (perSecond: number) => `${Math.round(perSecond)}/s`
  return [
    {
      what: '(b) holder kit, token and proof',
      ours: figure(kit),
      peer: `${figure(both)} jose, the same two signatures`,
      ratio: share(kit, both),
      aim: '≥ 0.80',
    },
    {
      what: '(b) holder kit, token and proof',
      ours: figure(kit),
      peer: `${figure(alone)} jose jwtVerify, the token alone`,
      ratio: share(kit, alone),
      aim: 'to know',
    },
  ]
}

async function rate<T>(inputs: T[], work: (input: T) => Promise<unknown>): Promise<number> {
  const started = performance.now()
  for (let n = 0; n < inputs.length; n += 8) await Promise.all(inputs.slice(n, n + 8).map(work))
  return inputs.length / ((performance.now() - started) / 1000)
}

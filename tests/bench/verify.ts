import { compactVerify, EmbeddedJWK, importJWK, jwtVerify } from 'jose'
import { createVerifier } from '../../src/holder/verifier.ts'
import { fakeBroker, ISSUER, RESOURCE } from '../fakes/broker.ts'
import { type Row, share } from './report.ts'

const WARM_UP = 500
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
    Array.from({ length: WARM_UP + COUNT }, async () => {
      const token = await broker.token()
      return { token, proof: await broker.proof(token) }
    }),
  )
  const requests = pairs.map(
    ({ token, proof }) => new Request(`${RESOURCE}results`, { headers: { authorization: `DPoP ${token}`, dpop: proof } }),
  )
  const accessKey = await importJWK(broker.keys.access.publicJwk, 'EdDSA')

  const token = (compact: string) =>
    jwtVerify(compact, accessKey, { algorithms: ['EdDSA'], issuer: ISSUER, audience: RESOURCE, typ: 'at+jwt' })
  const bare = async (pair: { token: string; proof: string }) => {
    await token(pair.token)
    await compactVerify(pair.proof, EmbeddedJWK, { algorithms: ['ES256', 'EdDSA'] })
  }
  const racers: ((nr: number) => Promise<unknown>)[] = [
    (nr) => verifier.verifyAccess(requests[nr]!),
    (nr) => bare(pairs[nr]!),
    (nr) => token(pairs[nr]!.token),
  ]
  const [kit, both, alone] = (await rates(racers)) as [number, number, number]
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

const SLICE = 250
const AT_ONCE = 8

/**
 * How many of each a second. They take turns, slice by slice, so that whatever else the machine does at the moment slows
 * all of them; the first slices only warm up.
 */
async function rates(racers: ((nr: number) => Promise<unknown>)[]): Promise<number[]> {
  const spent = racers.map(() => 0)
  for (let from = 0; from < WARM_UP + COUNT; from += SLICE) {
    for (const [racer, work] of racers.entries()) {
      const started = performance.now()
      for (let nr = from; nr < from + SLICE; nr += AT_ONCE) {
        await Promise.all(Array.from({ length: Math.min(AT_ONCE, from + SLICE - nr) }, (_, step) => work(nr + step)))
      }
      if (from >= WARM_UP) spent[racer]! += performance.now() - started
    }
  }
  return spent.map((ms) => COUNT / (ms / 1000))
}

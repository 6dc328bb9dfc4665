import { Hono } from 'hono'
import type { createApp } from '../../src/app.ts'
import type { Deps } from '../../src/deps.ts'
import { type AccessVariables, requireAccess } from '../../src/holder/hono.ts'
import { AccessError, createVerifier, entryFor } from '../../src/holder/verifier.ts'
import { MOST_BYTES } from '../../src/outside.ts'
import type { TestBroker } from './broker.ts'
import type { SmallWorld } from './world.ts'

/** What the publisher has about everybody. */
export const SUM = 'zeven maal acht is zesenvijftig'

export interface HostedPublisher {
  /** How a broker without a program of the supplier's reaches it. */
  outsideFetch: Deps['outsideFetch']
  /** What happens while it gets its data together. */
  meanwhile: () => Promise<unknown>
  /** How many results it has about everybody. */
  has: number
  /** The pseudonyms it was asked with. */
  saw: string[]
}

/** The publisher of the small world, on the holder kit, asked by the hosted clients of suppliers. */
export function hostedPublisher(broker: TestBroker, world: SmallWorld, app: () => ReturnType<typeof createApp>): HostedPublisher {
  const verifier = createVerifier({
    issuer: broker.deps.issuer,
    resource: world.resource,
    clientId: world.clients.holder,
    privateJwk: { ...world.keys.holder.privateJwk, kid: 'k1', alg: 'EdDSA' },
    ended: 'introspection',
    fetch: async (url, init) => await app().request(url, init),
    now: () => broker.clock.now(),
  })
  const server = new Hono<{ Variables: AccessVariables }>()
  server.get('/:datatype', requireAccess(verifier), async (c) => {
    const { access } = c.var
    publisher.saw.push(...access.subjects)
    if (!entryFor(access, access.subjects[0]!, c.req.param('datatype'))) throw new AccessError('insufficient_scope', 'not these')
    await publisher.meanwhile()
    const results = Array.from({ length: publisher.has }, () => ({ exercise: SUM, right: 3, of: 5, lastTry: '2026-11-12' }))
    return c.json({ subject: access.subjects[0], results, madeWith: 'Rekenrijk' })
  })
  const publisher: HostedPublisher = {
    meanwhile: async () => {},
    has: 1,
    saw: [],
    outsideFetch: async (url, request) => {
      const answer = await server.request(url, { method: request?.method ?? 'GET', headers: request?.headers ?? {} })
      const text = await answer.text()
      if (text.length > (request?.mostBytes ?? MOST_BYTES)) throw new Error('the answer is too large')
      return { status: answer.status, text, contentType: answer.headers.get('content-type') ?? undefined }
    },
  }
  return publisher
}

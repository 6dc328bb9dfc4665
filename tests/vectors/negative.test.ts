import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { drive } from '../support/driver.ts'
import { smallWorld } from '../support/world.ts'
import { ours } from './ours.ts'
import { peer } from './peer.ts'
import type { Answer, Target } from './target.ts'
import { VECTORS } from './vectors.ts'

let broker: TestBroker
let mine: Target
let other: Awaited<ReturnType<typeof peer>>
const warn = console.warn
beforeAll(async () => {
  console.warn = () => {}
  broker = await freshBroker()
  const world = await smallWorld(broker)
  mine = await ours(broker, world, await drive(broker, world))
  other = await peer(world)
})
afterAll(async () => {
  console.warn = warn
  vi.useRealTimers()
  await other?.close()
  await broker.close()
})

const told = ({ status, body }: Answer) => (body.error === undefined ? [status] : [status, body.error])

describe('What must be refused, each by the words that refuse it', () => {
  test.each(VECTORS)('$proves · $what', async ({ send, ours }) => {
    const answer = await send(mine)
    expect(told(answer), JSON.stringify(answer.body)).toEqual(ours)
    if (answer.body.error !== undefined) {
      expect(answer.headers.get('cache-control'), 'RFC 6749 §5.2').toBe('no-store')
      expect(String(answer.body.error_description), 'RFC 6749 §5.2').toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
    }
  })
})

describe('The same against oidc-provider 9, so that the vectors themselves are tried', () => {
  test.each(VECTORS.filter(({ peer }) => peer === 'same' || 'answers' in peer))('$proves · $what', async ({ send, ours, peer }) => {
    const answer = await send(other.target)
    expect(told(answer), JSON.stringify(answer.body)).toEqual(typeof peer === 'object' && 'answers' in peer ? peer.answers : ours)
  })
})

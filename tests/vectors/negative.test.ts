import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { drive } from '../support/driver.ts'
import { smallWorld } from '../support/world.ts'
import { ours } from './ours.ts'
import { peer } from './peer.ts'
import type { Answer, Target } from './target.ts'
import type { Outcome, Says } from './vector.ts'
import { VECTORS } from './vectors.ts'

let broker: TestBroker
let mine: Target
let other: Awaited<ReturnType<typeof peer>>
const warn = console.warn
beforeAll(async () => {
  console.warn = () => {}
  broker = await freshBroker()
  const world = await smallWorld(broker)
  const driver = await drive(broker, world)
  mine = await ours(broker, world, driver)
  other = await peer(world, driver.pass)
})
afterAll(async () => {
  console.warn = warn
  vi.useRealTimers()
  await other?.close()
  await broker.close()
})

const told = ({ status, body }: Answer): Outcome => (body.error === undefined ? [status] : [status, body.error as string])

/** The answer is this outcome, and all that its section says of it. */
function expectAnswer(answer: Answer, outcome: Outcome, { body, headers = {}, location }: Says = {}): void {
  expect(told(answer), JSON.stringify(answer.body)).toEqual(outcome)
  if (body !== undefined) expect(answer.body).toEqual(body)
  for (const [name, pattern] of Object.entries(headers)) {
    const value = answer.headers.get(name)
    if (pattern === null) expect(value, name).toBeNull()
    else expect(value, name).toMatch(pattern)
  }
  if (location) expect(Object.fromEntries(new URL(answer.headers.get('location')!).searchParams)).toEqual(location)
}

/** What RFC 6749 §5.2 wants of every error: an error and its words, in the characters of a header, that nobody keeps. */
function expectError({ body, headers }: Answer): void {
  if (body.error === undefined || headers.has('www-authenticate')) return
  expect(Object.keys(body)).toEqual(['error', 'error_description'])
  expect(body.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
  expect(headers.get('content-type')).toBe('application/json')
  expect(headers.get('cache-control')).toBe('no-store')
}

/** Every standard that says how a supplier or a holder deals with us, and its own way to write a section. */
const STANDARDS = [
  'FAPI 2.0 §',
  'RFC 9449 §', // DPoP
  'CIBA §',
  'RFC 9126 §', // PAR
  'RFC 9396 §', // RAR
  'RFC 7636 §', // PKCE
  'RFC 9101 §', // JAR
  'RFC 9068 §',
  'RFC 7009 §',
  'RFC 7662 §',
  'RFC 9207 §',
  'RFC 8707 §',
  'Token Status List §',
  'RFC 8725 §3.11', // one kind of JWT for another: see kinds.test.ts too
]

describe('The table itself', () => {
  test.each(STANDARDS)('%s has its rows', (standard) => {
    expect(VECTORS.filter(({ proves }) => proves.includes(standard)).length).toBeGreaterThan(2)
  })

  test('every row names its section, and each has a name of its own', () => {
    expect(VECTORS.filter(({ proves }) => !proves.includes(' §'))).toEqual([])
    expect(new Set(VECTORS.map(({ proves, what }) => proves + what)).size).toBe(VECTORS.length)
  })

  const said = (body: object, headers: Record<string, string> = {}, status = 200) =>
    ({ status, body, headers: new Headers(headers) }) as Answer
  test.each<[string, Answer, Outcome, Says]>([
    ['another status', said({}, {}, 201), [200], {}],
    ['another error', said({ error: 'invalid_grant' }, {}, 400), [400, 'invalid_request'], {}],
    ['no error', said({}, {}, 400), [400, 'invalid_request'], {}],
    ['a word more than active: false', said({ active: false, sub: 'ps_1' }), [200], { body: { active: false } }],
    ['no challenge', said({}, {}, 401), [401], { headers: { 'www-authenticate': /^DPoP / } }],
    [
      'a challenge for another scheme',
      said({}, { 'www-authenticate': 'Bearer' }, 401),
      [401],
      { headers: { 'www-authenticate': /^DPoP / } },
    ],
    ['a nonce for who needs none', said({}, { 'dpop-nonce': 'x' }), [200], { headers: { 'dpop-nonce': null } }],
    ['no iss', said({}, { location: 'https://a.example/?code=x' }, 303), [303], { location: { iss: 'https://b.example' } }],
    ['a code beside an error', said({}, { location: 'https://a.example/?code=x' }, 303), [303], { location: {} }],
  ])('a row is not content with %s', (_what, answer, outcome, says) => {
    expect(() => expectAnswer(answer, outcome, says)).toThrow()
  })
})

describe('What must be refused, each by the words that refuse it', () => {
  test.each(VECTORS)('$proves · $what', async ({ send, ours, says }) => {
    const answer = await send(mine)
    expectAnswer(answer, ours, says?.(mine))
    expectError(answer)
  })
})

describe('The same against oidc-provider 9, so that the vectors themselves are tried', () => {
  test.each(VECTORS.filter(({ peer }) => peer === 'same' || 'answers' in peer))('$proves · $what', async ({ send, ours, says, peer }) => {
    const answer = await send(other.target)
    if (typeof peer === 'object' && 'answers' in peer) expectAnswer(answer, peer.answers)
    else expectAnswer(answer, ours, says?.(other.target))
  })
})

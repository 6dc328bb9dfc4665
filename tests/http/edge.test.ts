import { createRoute } from '@hono/zod-openapi'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createApp } from '../../src/app.ts'
import { jsonRoutes } from '../../src/http.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'

let broker: TestBroker
let app: ReturnType<typeof createApp>
const logged: string[] = []

beforeAll(async () => {
  broker = await freshBroker()
  const log = { ...broker.deps.log, error: (message: string) => logged.push(message) }
  app = createApp(() => ({ ...broker.deps, log }))
  const routes = jsonRoutes()
  const body = {
    required: true,
    content: { 'application/json': { schema: z.strictObject({ name: z.string(), age: z.int().optional() }) } },
  }
  routes.openapi(createRoute({ method: 'post', path: '/v1/things', request: { body }, responses: { 200: { description: 'ok' } } }), (c) =>
    c.json(c.req.valid('json')),
  )
  routes.get('/v1/broken', () => {
    throw new Error('something of ours')
  })
  app.route('/', routes)
})
afterAll(() => broker.close())

const post = (body: BodyInit | null, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  app.request('/v1/things', { method: 'POST', body, headers, ...(body instanceof ReadableStream ? { duplex: 'half' } : {}) })

describe('What comes in at /v1 is strict JSON of bounded size', () => {
  test('and what is right is answered with the API version and never cached', async () => {
    const answer = await post('{"name":"a","age":3}')
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({ name: 'a', age: 3 })
    expect(answer.headers.get('api-version')).toMatch(/^\d+\.\d+\.\d+$/)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test.each([
    ['no JSON', '{"name":', 400, 'input_invalid'],
    ['a key twice', '{"name":"a","name":"b"}', 400, 'input_invalid'],
    ['a key twice, once escaped', '{"name":"a","n\\u0061me":"b"}', 400, 'input_invalid'],
    ['a key twice, far from its colon', `{"name":"a","name"${' '.repeat(200)}:"b"}`, 400, 'input_invalid'],
    ['a NUL', '{"name":"a\\u0000b"}', 400, 'input_invalid'],
    ['half a character', '{"name":"a\\uD800b"}', 400, 'input_invalid'],
    ['__proto__', '{"name":"a","__proto__":{"age":3}}', 400, 'input_invalid'],
    ['a pile of brackets', `{"name":${'['.repeat(40)}${']'.repeat(40)}}`, 400, 'input_invalid'],
    ['an unknown field', '{"name":"a","board_id":"x"}', 400, 'input_invalid'],
    ['a wrong type', '{"name":3}', 400, 'input_invalid'],
    ['nothing', '', 400, 'input_invalid'],
    ['an array', '[]', 400, 'input_invalid'],
    ['too much', `{"name":"${'a'.repeat(300_000)}"}`, 413, 'body_too_large'],
  ])('%s is refused', async (_, body, status, code) => {
    const answer = await post(body)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.headers.get('api-version')).toBeTruthy()
    expect(await answer.json()).toMatchObject({ code, status })
  })

  test('bytes that are not UTF-8 are refused', async () => {
    expect((await post(new Uint8Array([0x22, 0xff, 0x22]))).status).toBe(400)
  })

  test('too much in chunks without a length is refused as well', async () => {
    let sent = 0
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 16_384
        controller.enqueue(new Uint8Array(16_384).fill(0x20))
      },
    })
    expect((await post(endless)).status).toBe(413)
    expect(sent).toBeLessThan(600_000)
  })

  test.each([[{}], [{ 'content-type': 'text/plain' }], [{ 'content-type': 'application/x-www-form-urlencoded' }]])(
    'content type %j is refused',
    async (headers) => {
      expect((await post(new TextEncoder().encode('{"name":"a"}'), headers)).status).toBe(415)
    },
  )

  test('a refusal names the wrong fields together, and never repeats their values', async () => {
    const refused = await (await post('{"name":12345,"age":"geheim","extra":1}')).text()
    expect(refused).not.toMatch(/12345|geheim/)
    expect(
      JSON.parse(refused)
        .errors.map((error: { field: string }) => error.field)
        .sort(),
    ).toEqual(['age', 'extra', 'name'])
  })
})

describe('What goes wrong', () => {
  test('is told bare when it is our fault, and logged whole', async () => {
    const answer = await app.request('/v1/broken')
    expect(answer.status).toBe(500)
    expect(await answer.text()).not.toContain('something of ours')
    expect(logged).toContain('unexpected')
  })

  test('a path that is not there is a problem too, under the same headers', async () => {
    const answer = await app.request('/v1/nowhere')
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({ code: 'not_found' })
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(answer.headers.get('referrer-policy')).toBe('same-origin')
  })

  test('somebody with a browser reads a page, also when the address itself is wrong', async () => {
    for (const [path, status] of [
      ['/nowhere', 404],
      ['/sign-in?next=%00', 400],
      ['/v1/broken', 500],
    ] as const) {
      const answer = await app.request(path, { headers: { accept: 'text/html,*/*' } })
      expect([path, answer.status]).toEqual([path, status])
      expect(answer.headers.get('content-type')).toContain('text/html')
    }
  })

  test('health answers live without, and ready with the database', async () => {
    expect((await app.request('/health/live')).status).toBe(200)
    expect((await app.request('/health/ready')).status).toBe(200)
  })
})

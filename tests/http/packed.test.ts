import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { packed } from '../../src/packed.ts'

const page = (type = 'text/html; charset=UTF-8', body = '<p>ja</p>'.repeat(500)) =>
  new Response(body, { headers: { 'content-type': type, 'set-cookie': 'a=b', 'x-request-id': '1' } })
const asking = (accept?: string) => new Request('http://localhost/', accept === undefined ? {} : { headers: { 'accept-encoding': accept } })

test('A page goes out packed to whoever takes that, with all its headers', async () => {
  const answer = await packed(asking('br;q=1, gzip;q=0.8'), page())
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-encoding': 'gzip',
    vary: 'Accept-Encoding',
    'set-cookie': 'a=b',
    'x-request-id': '1',
  })
  const bytes = Buffer.from(await answer.arrayBuffer())
  expect(bytes.length).toBeLessThan(200)
  expect(gunzipSync(bytes).toString()).toBe('<p>ja</p>'.repeat(500))
})

test.each([undefined, 'br', 'gzip;q=0', 'gzip; q=0.0'])('and as it is to who asks for %s', async (accept) => {
  const answer = await packed(asking(accept), page())
  expect(answer.headers.get('content-encoding')).toBeNull()
  expect(answer.headers.get('vary')).toBe('Accept-Encoding')
  expect(await answer.text()).toContain('<p>ja</p>')
})

test('What machines read, what is small and what has no body stays as it is', async () => {
  const token = page('application/json')
  expect(await packed(asking('gzip'), token)).toBe(token)
  expect((await packed(asking('gzip'), page('text/html', '<p>'))).headers.get('content-encoding')).toBeNull()
  const moved = new Response(null, { status: 303, headers: { location: '/', 'content-type': 'text/html' } })
  expect(await packed(asking('gzip'), moved)).toMatchObject({ status: 303, body: null })
})

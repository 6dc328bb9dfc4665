import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const pack = promisify(gzip)
const SMALLEST_BYTES = 1024

/**
 * Pages, styles and scripts go out packed (gzip) to whoever takes that; on Workers the edge does it. What machines get goes
 * as it is. A session comes along with no request that another site makes in secret (`SameSite=Lax`), so what such a site
 * could guess from the length of a packed page (BREACH) it cannot ask for.
 */
export async function packed(request: Request, response: Response): Promise<Response> {
  if (!/^text\/(html|css|javascript)/.test(response.headers.get('content-type') ?? '')) return response
  const headers = new Headers(response.headers)
  headers.append('Vary', 'Accept-Encoding')
  const { status } = response
  if (!response.body || !takesGzip(request) || headers.has('content-encoding')) return new Response(response.body, { status, headers })
  const bytes = new Uint8Array(await response.arrayBuffer())
  if (bytes.length < SMALLEST_BYTES) return new Response(bytes, { status, headers })
  headers.set('Content-Encoding', 'gzip')
  headers.delete('Content-Length')
  return new Response(await pack(bytes), { status, headers })
}

function takesGzip(request: Request): boolean {
  const named = (request.headers.get('accept-encoding') ?? '').split(',').find((part) => part.trim().startsWith('gzip'))
  return named !== undefined && !/;\s*q=0(\.0*)?\s*$/.test(named)
}

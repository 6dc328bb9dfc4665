import { AccessError } from './access-error.ts'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/**
 * Fetches from the broker: no redirects, not longer than `timeoutMs`, not more than `maxBytes`.
 *
 * @throws AccessError `broker_unavailable` for whatever is not a 200 of a permitted size
 */
export async function fetchBytes(
  fetch: Fetch,
  url: string,
  { accept, maxBytes, timeoutMs }: { accept: string; maxBytes: number; timeoutMs: number },
): Promise<{ headers: Headers; bytes: Uint8Array<ArrayBuffer> }> {
  try {
    const response = await fetch(url, { headers: { accept }, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
    if (response.status !== 200) {
      await response.body?.cancel()
      throw new Error(`answered ${response.status}`)
    }
    if (!response.body) throw new Error('answered nothing')
    return { headers: response.headers, bytes: await readAtMost(response.body, maxBytes) }
  } catch (cause) {
    throw new AccessError('broker_unavailable', `the broker cannot be reached for ${new URL(url).pathname}`, { cause })
  }
}

/** How many seconds the answer lay in a cache on its way (RFC 9111 §5.1). */
export const ageIn = (headers: Headers): number => Math.max(0, Number(headers.get('age')) || 0)

/** @throws Error as soon as the stream is longer than `maxBytes`; the rest is not read */
export async function readAtMost(stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    length += chunk.byteLength
    if (length > maxBytes) throw new Error(`longer than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes
}

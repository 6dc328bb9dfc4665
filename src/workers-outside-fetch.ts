import { MOST_BYTES, type OutsideFetch, TIMEOUT_MS } from './outside.ts'
import { isOutsideUrl } from './outside-url.ts'

/** On Workers: `global_fetch_strictly_public` in wrangler.toml keeps the platform's fetch away from private addresses. */
export const workersOutsideFetch: OutsideFetch = async (
  url,
  { method = 'GET', headers = {}, body, mostBytes = MOST_BYTES, timeoutMs = TIMEOUT_MS } = {},
) => {
  if (!isOutsideUrl(url, [])) throw new Error('this address may not be fetched')
  const given = { method, headers, redirect: 'manual' as const, signal: AbortSignal.timeout(timeoutMs) }
  const answer = await fetch(url, body === undefined ? given : { ...given, body })
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.body ?? []) {
    size += chunk.length
    if (size > mostBytes) throw new Error('the answer is too large')
    chunks.push(chunk)
  }
  const text = Buffer.concat(chunks).toString('utf8')
  return { status: answer.status, text, contentType: answer.headers.get('content-type') ?? undefined }
}

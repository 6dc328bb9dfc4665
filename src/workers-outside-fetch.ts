import { MOST_BYTES, type OutsideAnswer, OutsideError, type OutsideFetch, type OutsideRequest, TIMEOUT_MS } from './outside.ts'
import { isOutsideUrl } from './outside-url.ts'

/**
 * On Workers: `global_fetch_strictly_public` in wrangler.toml keeps the platform's fetch away from private addresses. What went
 * wrong the platform does not say, so that all but a late answer is "unreachable".
 */
export const workersOutsideFetch: OutsideFetch = async (url, request = {}) => {
  if (!isOutsideUrl(url, [])) throw new OutsideError('not_allowed', 'this address may not be fetched')
  try {
    return await fetched(url, request)
  } catch (cause) {
    if (cause instanceof OutsideError) throw cause
    const isLate = cause instanceof Error && cause.name === 'TimeoutError'
    throw new OutsideError(isLate ? 'too_slow' : 'unreachable', 'there is no answer', { cause })
  }
}

async function fetched(
  url: string,
  { method = 'GET', headers = {}, body, mostBytes = MOST_BYTES, timeoutMs = TIMEOUT_MS }: OutsideRequest,
): Promise<OutsideAnswer> {
  const given = { method, headers, redirect: 'manual' as const, signal: AbortSignal.timeout(timeoutMs) }
  const answer = await fetch(url, body === undefined ? given : { ...given, body })
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.body ?? []) {
    size += chunk.length
    if (size > mostBytes) throw new OutsideError('too_large', 'the answer is too large')
    chunks.push(chunk)
  }
  const text = Buffer.concat(chunks).toString('utf8')
  return { status: answer.status, text, contentType: answer.headers.get('content-type') ?? undefined }
}

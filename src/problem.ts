import { type Refusal, refusals } from './refusal.ts'

export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  code: string
  [member: string]: unknown
}

/** A refusal as RFC 9457 problem details. `detail` repeats the title unless the refusal brings a sentence of its own. */
export function problemOf(refusal: Refusal): Problem {
  const known: { status: number; title: string; as?: string } = refusals[refusal.code]
  const code = known.as ?? refusal.code
  const { detail, ...members } = refusal.details as { detail?: string }
  return {
    type: `urn:consent-broker:problem:${code}`,
    title: known.title,
    status: known.status,
    detail: detail ?? known.title,
    code,
    ...members,
  }
}

/** A problem as an HTTP response of type `application/problem+json`, never cached. */
export function problemResponse(problem: Problem, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  })
}

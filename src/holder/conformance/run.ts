import { type Bench, benchFor } from './bench.ts'
import { endedCases } from './cases-ended.ts'
import { goodCases } from './cases-good.ts'
import { proofCases } from './cases-proof.ts'
import { tokenCases } from './cases-token.ts'
import { whatForCases } from './cases-what-for.ts'
import type { Config } from './config.ts'
import { startTestIssuer } from './test-issuer.ts'
import type { Case } from './verdict.ts'

/** All cases, in the order in which they are played: what is good first, for without that a no proves nothing. */
export const CASES: readonly Case[] = [...goodCases, ...tokenCases, ...proofCases, ...endedCases, ...whatForCases]

export interface Result {
  id: string
  title: string
  source: string
  result: 'good' | 'fault' | 'advice' | 'left out'
  /** What was seen, and what to do, when it was not as it should be. */
  seen?: string
  todo?: string
}

/** The holder does not even answer an honest supplier: whatever it refuses then proves nothing. */
const FIRST = 'good-token'

/**
 * Plays good and bad suppliers against a holder that trusts the issuer of the configuration. Stops after the first case when
 * that fails. Does NOT change anything at the holder, and asks only about the two pupils of the configuration.
 *
 * @param tell is told of each result as it comes
 * @throws Error when the test issuer cannot listen
 */
export async function runConformance(config: Config, tell: (result: Result) => void = () => {}): Promise<Result[]> {
  const issuer = await startTestIssuer(config)
  try {
    const bench = await benchFor(config, issuer)
    const results: Result[] = []
    for (const one of CASES) {
      const result = await play(bench, one)
      results.push(result)
      tell(result)
      if (one.id === FIRST && result.result === 'fault') break
    }
    return results
  } finally {
    await issuer.stop()
  }
}

async function play(bench: Bench, { id, title, source, advice, level, applies, play }: Case): Promise<Result> {
  if (applies && !applies(bench)) return { id, title, source, result: 'left out' }
  const seen = await play(bench).catch(
    (error: Error) => `no answer: ${[error.message, (error.cause as Error | undefined)?.message].filter(Boolean).join(', ')}`,
  )
  if (seen === undefined) return { id, title, source, result: 'good' }
  return { id, title, source, result: level === 'should' ? 'advice' : 'fault', seen, todo: advice }
}

import type { Context } from 'hono'
import type { Verdict } from '../../requests/verdict.ts'
import { Notice } from '../blocks.tsx'
import type { PageEnv } from '../page.tsx'
import { publicCodeOf } from '../texts/public-code.ts'

/** What a request comes to: nothing to ask, to be asked, or not allowed, and then why not. */
export function WhatItIs({ c, verdict }: { c: Context<PageEnv>; verdict: Verdict }) {
  return (
    <Notice kind={verdict.is === 'covered' ? 'ok' : verdict.is === 'not_allowed' ? 'warning' : 'info'}>
      {verdictIn(c.var.t, verdict)}
    </Notice>
  )
}

/** The same in a sentence. */
export function verdictIn(t: PageEnv['Variables']['t'], verdict: Verdict): string {
  const words = t.school.verdict
  if (verdict.is === 'not_allowed') return words.notAllowed(t.errors.refusals[publicCodeOf(verdict.because)])
  if (verdict.is !== 'unforeseen') return verdict.is === 'covered' ? words.covered : words.toMatch
  const { ask, covered } = verdict.of ?? { ask: 0, covered: 0 }
  return ask === 0 ? words.unforeseen : words.unforeseenOf(String(ask), covered > 0 ? String(covered) : undefined)
}

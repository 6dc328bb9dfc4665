import type { Context } from 'hono'
import type { BoardId } from '../../ids.ts'
import type { PageEnv } from '../page.tsx'
import { type MyCase, myCases } from './my-rights.ts'

/** What happened to a request about rights: somebody took it up, it takes longer, it has its answer, a company did its part. */
export interface CaseNews {
  kind: 'case_taken' | 'case_extended' | 'case_answered' | 'case_done'
  at: Date
  of: MyCase
}

/** What others did about the requests of this account since each board was visited; of a case its latest only. */
export async function caseNews(c: Context<PageEnv>, since: ReadonlyMap<BoardId, Date>): Promise<CaseNews[]> {
  return (await myCases(c)).flatMap((of) => {
    const before = since.get(of.one.boardId)
    const news = before && stepsOf(of).filter(({ at }) => at > before)
    return news?.toSorted((a, b) => b.at.getTime() - a.at.getTime()).slice(0, 1) ?? []
  })
}

function stepsOf(of: MyCase): CaseNews[] {
  const { taken, extended, closed } = of.one
  const done = of.duties.map(({ confirmedAt }) => confirmedAt)
  const answered = closed?.outcome === 'withdrawn' ? undefined : closed?.at
  const steps = [
    ['case_answered', answered],
    ['case_extended', extended?.at],
    ['case_taken', taken?.at],
  ] as const
  return [...steps, ...done.map((at) => ['case_done', at] as const)].flatMap(([kind, at]) => (at ? [{ kind, at, of }] : []))
}

import type { PageEnv } from '../../page.tsx'
import type { Brief } from '../../parent/brief.ts'
import { askerOf, dataIn } from '../../parent/question.tsx'

/** What an item is, in one line: for lists of the school. */
export function nameOfItem(t: PageEnv['Variables']['t'], brief: Brief): string {
  const medium = brief.image && t.question.media[brief.image.medium]
  if (brief.image && medium) return `${medium[0]!.toUpperCase()}${medium.slice(1)}: ${brief.image.channel}`
  return t.question.one(askerOf(brief), dataIn(brief))
}

import { type ReadingLevel, readingLevelOf } from '../../../catalog/reading-level.ts'
import type { Item } from '../../../consents/item.ts'
import type { PageEnv } from '../../page.tsx'
import type { Brief } from '../../parent/brief.ts'
import { askerOf, dataIn } from '../../parent/question.tsx'

/** What an item is, in one line: for lists of the school. */
export function nameOfItem(t: PageEnv['Variables']['t'], brief: Brief): string {
  const medium = brief.image && t.question.media[brief.image.medium]
  if (brief.image && medium) return `${medium[0]!.toUpperCase()}${medium.slice(1)}: ${brief.image.channel}`
  return t.question.one(askerOf(brief), dataIn(brief))
}

/** How the words that the school wrote read, in Dutch: the English ones are for who reads no Dutch. */
export function levelOf({ occasion, reason, alternative }: Pick<Item, 'occasion' | 'reason' | 'alternative'>): ReadingLevel {
  return readingLevelOf([occasion, reason.nl, alternative.nl].join('\n'))
}

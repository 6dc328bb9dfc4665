import { type ReadingLevel, readingLevelOf } from '../catalog/reading-level.ts'
import type { Item } from './item.ts'

type Words = Pick<Item, 'occasion' | 'reason' | 'alternative'>

/** How the words that the school wrote read, in Dutch: the English ones are for who reads no Dutch. */
export function levelOf({ occasion, reason, alternative }: Words): ReadingLevel {
  return readingLevelOf([occasion, reason.nl, alternative.nl].join('\n'))
}

/** The items of a round that many will find hard to read (P14). A measure, not a judge: staff may know better, and say why. */
export const hardToRead = <One extends Words>(items: readonly One[]): One[] => items.filter((item) => !levelOf(item).isB1)

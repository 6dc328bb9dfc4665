import { type ReadingLevel, readingLevelOf } from '../catalog/reading-level.ts'
import type { Item } from './item.ts'
import type { Round } from './rounds.ts'

type Words = Pick<Item, 'occasion' | 'reason' | 'alternative'>

const wordsOf = ({ occasion, reason, alternative }: Words) => [occasion, reason.nl, alternative.nl]

/** How the words that the school wrote read, in Dutch: the English ones are for who reads no Dutch. */
export const levelOf = (item: Words): ReadingLevel => readingLevelOf(wordsOf(item).join('\n'))

/** As `levelOf`, of a whole round: what the school undertakes, asks and tells. */
export function levelOfRound({ undertakings }: Pick<Round, 'undertakings'>, items: readonly Words[]): ReadingLevel {
  return readingLevelOf([undertakings, ...items.flatMap(wordsOf)].join('\n'))
}

/** The items of a round that many will find hard to read (P14). A measure, not a judge: staff may know better, and say why. */
export const hardToRead = <One extends Words>(items: readonly One[]): One[] => items.filter((item) => !levelOf(item).isB1)

import type { Context } from 'hono'
import { type ReadingLevel, readingLevelOf } from '../../../catalog/reading-level.ts'
import type { Item } from '../../../consents/item.ts'
import { Notice, P } from '../../blocks.tsx'
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

/** How hard it is to read, and what would make it easier. */
export function ReadingLevelNote({ c, level }: { c: Context<PageEnv>; level: ReadingLevel }) {
  const words = c.var.t.rounds.preview
  const { isB1, tooLong, hardWords, wordsPerSentence } = level
  const count = new Intl.NumberFormat(c.var.language, { maximumFractionDigits: 0 }).format(wordsPerSentence)
  return (
    <Notice kind={isB1 ? 'ok' : 'warning'}>
      <P>
        <strong>{words.level}</strong> {isB1 ? words.isB1 : words.notB1} {words.words(count)}
      </P>
      {!isB1 && (
        <ul class="utrecht-unordered-list">
          {tooLong.map((sentence) => (
            <li class="utrecht-unordered-list__item">{words.tooLong(sentence)}</li>
          ))}
          {hardWords.map(({ word, plain }) => (
            <li class="utrecht-unordered-list__item">{words.hard(word, plain)}</li>
          ))}
          {tooLong.length === 0 && hardWords.length === 0 && <li class="utrecht-unordered-list__item">{words.longWords}</li>}
        </ul>
      )}
    </Notice>
  )
}

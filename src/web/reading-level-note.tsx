import type { Context } from 'hono'
import type { ReadingLevel } from '../catalog/reading-level.ts'
import { Notice, P } from './blocks.tsx'
import type { PageEnv } from './page.tsx'

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

import type { Context } from 'hono'
import type { BoardId } from '../../ids.ts'
import { type Suggestion, suggestedFor } from '../../requests/suggest.ts'
import { Link, P } from '../blocks.tsx'
import type { PageEnv } from '../page.tsx'
import { inMyBoards } from './my-consents.ts'
import { Written } from './question.tsx'

export interface Suggested extends Suggestion {
  boardId: BoardId
  board: string
}

/** What schools point this person to, for the children they decide for and for themselves (K14). */
export async function suggestedToMe(c: Context<PageEnv>): Promise<Suggested[]> {
  const at = c.var.deps.now()
  return await inMyBoards(c, async (tx) => {
    const found: Suggested[] = []
    for (const { actor, boardName, subjects } of c.var.around) {
      const ids = subjects.filter(({ mayGive, belongs }) => mayGive && belongs).map(({ personId }) => personId)
      found.push(...(await suggestedFor(tx, actor.boardId, ids, at)).map((one) => ({ ...one, boardId: actor.boardId, board: boardName })))
    }
    return [...new Map(found.map((one) => [one.suggestionId, one])).values()]
  })
}

/** Nothing here sends anything: the links lead to what the company says, and to a code that lets it ask. */
export function SuggestedServices({ c, suggested }: { c: Context<PageEnv>; suggested: readonly Suggested[] }) {
  const { t, language } = c.var
  if (suggested.length === 0) return null
  const words = t.home.suggested
  return (
    <section id="tips">
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.title}</h2>
      <P>{words.intro}</P>
      {suggested.map(({ name, supplierId, supplier, words: why, link, board }) => (
        <article class="card">
          <p class="over-title">{words.from(board)}</p>
          <h3 class="utrecht-heading-3 card__title">
            <Written language={language}>{`${name}, ${supplier}`}</Written>
          </h3>
          <P>
            <Written language={language}>{why}</Written>
          </P>
          <p class="links">
            {link && /^https?:/.test(link) && <Link href={link}>{words.read}</Link>}
            <Link href={`/link-codes?supplier=${supplierId}#supplier`}>{words.code}</Link>
          </p>
        </article>
      ))}
    </section>
  )
}

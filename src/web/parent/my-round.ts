import type { Context } from 'hono'
import { type SeenConsent, seenBy, waits } from '../../consents/questions.ts'
import { type Round, roundById } from '../../consents/rounds.ts'
import { isVerySensitive, itemText, keepShown, mayKeepSome, type ShownText } from '../../consents/shown-text.ts'
import type { Tx } from '../../database.ts'
import { idOf } from '../../http.ts'
import type { PersonId, RoundId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import type { Around, Subject } from '../around.ts'
import type { PageEnv } from '../page.tsx'
import { inMyBoards, OVER, subjectOf } from './my-consents.ts'
import { type StaffToKnow, staffNotice } from './staff-notice.tsx'

/** An item of a round about one person, with all that is shown of it. */
export interface RoundItem {
  consent: SeenConsent
  shown: ShownText
  /** May be answered in the list. What weighs most is answered on its own page, with explicit words; so is what has more answers than yes and no. */
  inline: boolean
  /** What this person said to the very same about another child of theirs: to be taken over for this one, if they say so. */
  elsewhere: { subject: Subject; consent: SeenConsent }[]
}

export interface MyRound {
  around: Around
  subject: Subject
  round: Round
  items: RoundItem[]
  /** Of a round of staff. */
  staff: StaffToKnow | undefined
}

/**
 * The round of the path about the person of the path, as whoever is signed in sees it, with what else `more` reads or keeps.
 *
 * @throws Refusal `round_not_found` also when they have nothing to do with it
 */
export async function myRound<T = undefined>(
  c: Context<PageEnv>,
  more?: (tx: Tx, mine: MyRound) => Promise<T>,
): Promise<MyRound & { more: T }> {
  const { deps, language } = c.var
  const at = deps.now()
  const [roundId, subjectId] = [idOf<RoundId>().safeParse(c.req.param('roundId')), idOf<PersonId>().safeParse(c.req.param('subjectId'))]
  if (!roundId.success || !subjectId.success) throw new Refusal('round_not_found')
  return await inMyBoards(c, async (tx) => {
    for (const around of c.var.around) {
      const subject = around.subjects.find(({ personId }) => personId === subjectId.data)
      const { boardId, personId } = around.actor
      const round = subject && (await roundById(tx, boardId, roundId.data))
      if (!round) continue
      const all = (await seenBy(tx, boardId, personId, at)).filter(({ item }) => item.roundId === round.roundId)
      const items: RoundItem[] = []
      // In the order in which the school added them: ids of items grow with time.
      const about = all.filter((one) => one.subjectId === subject.personId).toSorted((a, b) => (a.itemId < b.itemId ? -1 : 1))
      for (const consent of about) {
        const shown = await itemText(tx, consent.item, language)
        if (waits(consent)) await keepShown(tx, consent.item, shown, at)
        const elsewhere = all.flatMap((other) => {
          const sibling = other.itemId === consent.itemId && other !== consent && other.mine ? subjectOf(around, other) : undefined
          return sibling && !OVER.has(other.state.state) ? [{ subject: sibling, consent: other }] : []
        })
        items.push({ consent, shown, inline: !isVerySensitive(shown.question) && !mayKeepSome(shown.question), elsewhere })
      }
      if (items.length === 0) continue
      const mine = { around, subject, round, items, staff: await staffNotice(tx, boardId, items) }
      return { ...mine, more: (await more?.(tx, mine)) as T }
    }
    throw new Refusal('round_not_found')
  })
}

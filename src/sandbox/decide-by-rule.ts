import { answerConsent } from '../consents/answer.ts'
import { itemText, questionText } from '../consents/shown-text.ts'
import { consentsAbout } from '../consents/store.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { decide } from '../oauth/decide.ts'
import { askOf, type InBrowser, type PushedRequest } from '../oauth/pushed-request.ts'
import { Refusal } from '../refusal.ts'
import { presentQuestion } from '../requests/ask-present.ts'
import { parentsOf } from './link-code.ts'
import { actorOf, rulesOf, type Sandbox, type SandboxPupil } from './sandbox.ts'

/**
 * Whoever tries a program at its own site chose a fictional pupil: the parent decides by their rule, and who would be slow or stop later
 * says yes. Where parents disagree the other one says no right after, so that the code comes to nothing.
 *
 * @returns where the browser goes
 * @throws Refusal `authorization_over`, `person_not_found`; and as `decide`
 */
export async function decideByRule(
  deps: Deps,
  { boardId }: Sandbox,
  pushed: PushedRequest,
  inBrowser: InBrowser,
  { personId: subjectId, rule }: SandboxPupil,
): Promise<string> {
  const at = deps.now()
  const { first, other, shownHash } = await inTransaction(deps.db, { actor: 'account', boards: [boardId] }, async (tx) => {
    const parents = await parentsOf(tx, boardId, subjectId, at)
    const rules = await rulesOf(tx, boardId, parents)
    const [first, other] = parents.toSorted((a, b) => (rules.get(a)?.nr ?? 0) - (rules.get(b)?.nr ?? 0))
    const question = await presentQuestion(tx, at, askOf(pushed), { boardId, subjectId })
    const shown = await itemText(tx, 'asked' in question ? question.asked.item : question.item, 'nl')
    return { first, other, shownHash: shown.hash }
  })
  if (!first) throw new Refusal('person_not_found')
  const reply = { datatypes: null, untilAt: null, language: 'nl' } as const
  const answer = rule === 'no' ? 'no' : 'yes'
  const goesTo = await decide(deps, actorOf(boardId, first, at), inBrowser, { ...reply, answer, shownHash, subjectId })
  if (rule === 'conflict' && other) {
    const asked = await inTransaction(deps.db, { actor: 'account', boards: [boardId] }, async (tx) => {
      const consent = (await consentsAbout(tx, boardId, [subjectId])).find(({ item }) => item.requestId === pushed.request_id)
      return consent && { consentId: consent.consentId, shownHash: (await questionText(tx, boardId, consent.consentId, 'nl'))!.hash }
    })
    if (asked) await answerConsent(deps, actorOf(boardId, other, at), { ...reply, ...asked, answer: 'no' })
  }
  return goesTo
}

import type { Context } from 'hono'
import type { SeenConsent } from '../../consents/questions.ts'
import { Button } from '../fields.tsx'
import { type PageEnv, sessionIn } from '../page.tsx'
import { OVER } from './my-consents.ts'

/** Takes one's own answer back with one press, as long as one stays signed in; afterwards it can only be changed or stopped. */
export function Undo({ c, consent }: { c: Context<PageEnv>; consent: SeenConsent }) {
  const { done } = c.var.t.question
  const { mine, mayAnswer, state } = consent
  if (!mine || mine.byStaff || !mayAnswer || mine.answeredAt < sessionIn(c).begunAt || OVER.has(state.state)) return null
  return (
    <form method="post" action={`/questions/${consent.consentId}/undo`}>
      <p class="utrecht-paragraph soft">{done.undoHint}</p>
      <Button primary={false}>{done.undo}</Button>
    </form>
  )
}

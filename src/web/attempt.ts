import type { Context } from 'hono'
import type { PersonActor } from '../actors.ts'
import type { Approach } from '../approach.ts'
import { recordRefused } from '../ledger/refused.ts'
import { runLongWork } from '../long-work.ts'
import { deliverMails } from '../notifications/deliver-mail.ts'
import { Refusal, type RefusalCode } from '../refusal.ts'
import type { PageEnv } from './page.tsx'

/** What happens to honest people at their own page is no attempt at what they may not do. */
const HONEST: ReadonlySet<RefusalCode> = new Set([
  'sign_in_again',
  'form_used',
  'shown_text_differs',
  'changed_meanwhile',
  'input_invalid',
  'roster_invalid',
  'roster_ends_too_much',
])

/** Does what somebody asked, and sends what there is to tell; what is refused is put in the ledger, after the rollback, and then told. */
export async function attempt<T>(c: Context<PageEnv>, actor: PersonActor, approach: Approach, work: () => Promise<T>): Promise<T> {
  try {
    const done = await work()
    c.var.deps.afterwards(() => deliverMails(c.var.deps))
    c.var.deps.afterwards(() => runLongWork(c.var.deps))
    return done
  } catch (error) {
    if (error instanceof Refusal && !HONEST.has(error.code)) {
      await recordRefused(c.var.deps, { boardId: actor.boardId, approach, actor: `person:${actor.personId}`, code: error.code })
    }
    throw error
  }
}

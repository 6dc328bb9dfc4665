import type { Context } from 'hono'
import { takeForm } from '../accounts/forms.ts'
import type { PersonActor } from '../actors.ts'
import type { Approach } from '../approach.ts'
import { type RefusedAttempt, recordAttempt } from '../ledger/refused.ts'
import { runLongWork } from '../long-work.ts'
import { deliverMails } from '../notifications/deliver-mail.ts'
import { Refusal } from '../refusal.ts'
import { type PageEnv, sessionIn } from './page.tsx'

/** Does what somebody asked, and sends what there is to tell; what is refused is put in the ledger, after the rollback, and then told. */
export async function attempt<T>(c: Context<PageEnv>, actor: PersonActor, approach: Approach, work: () => Promise<T>): Promise<T> {
  return await attemptBy(c, { boardId: actor.boardId, approach, actor: `person:${actor.personId}` }, work)
}

/** As `attempt`, by an account that stands for nobody yet, or for somebody only what was asked could tell. */
export async function attemptOfAccount<T>(c: Context<PageEnv>, work: () => Promise<T>): Promise<T> {
  return await attemptBy(c, { boardId: null, approach: 'operator', actor: `account:${sessionIn(c).accountId}` }, work)
}

/** As `attempt`, by whoever it is. */
export async function attemptBy<T>(c: Context<PageEnv>, by: Omit<RefusedAttempt, 'code'>, work: () => Promise<T>): Promise<T> {
  const { deps } = c.var
  try {
    const done = await work()
    deps.afterwards(() => deliverMails(deps))
    deps.afterwards(() => runLongWork(deps))
    return done
  } catch (error) {
    await recordAttempt(deps, by, error)
    throw error
  }
}

/**
 * Does what somebody asked for, once per rendered form, and goes back to the page it stands on, which says that it was done.
 * The second press of the same button does nothing and shows the first.
 *
 * @param told.more what came of it, for that page to say too; asked for when it was done
 */
export async function once(
  c: Context<PageEnv>,
  { form, back, done, more = () => ({}) }: { form: string; back: string; done: string; more?: () => Record<string, string> },
  work: () => Promise<unknown>,
): Promise<Response> {
  try {
    await takeForm(c.var.deps.db, sessionIn(c).accountId, form, c.var.deps.now())
  } catch (error) {
    if (error instanceof Refusal && error.code === 'form_used') return c.redirect(back, 303)
    throw error
  }
  await work()
  return c.redirect(`${back}${back.includes('?') ? '&' : '?'}${new URLSearchParams({ done, ...more() }).toString()}`, 303)
}

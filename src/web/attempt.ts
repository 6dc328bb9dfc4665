import type { Context } from 'hono'
import { useForm } from '../accounts/forms.ts'
import type { PersonActor } from '../actors.ts'
import type { Approach } from '../approach.ts'
import { type RefusedAttempt, recordAttempt } from '../ledger/refused.ts'
import { runLongWork } from '../long-work.ts'
import { deliverMails } from '../notifications/deliver-mail.ts'
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

/** Where a form leads that counts once: to the page it stands on, which says that it was done, or to one that `to` names. */
export type Told<T> = { form: string; back: string } & (
  | { done: string /** What came of it, for that page to say too. */; more?: () => Record<string, string> }
  | { to: (made: T) => string }
)

/**
 * Does what somebody asked for, once per rendered form, and goes on. The second press of the same button does nothing and leads
 * where the first led; where the first was refused, it is refused again.
 */
export async function once<T>(c: Context<PageEnv>, told: Told<T>, work: () => Promise<T>): Promise<Response> {
  const { to } = await useForm(c.var.deps, sessionIn(c).accountId, told, async () => {
    const made = await work()
    if ('to' in told) return told.to(made)
    const { back, done, more = () => ({}) } = told
    return `${back}${back.includes('?') ? '&' : '?'}${new URLSearchParams({ done, ...more() }).toString()}`
  })
  return c.redirect(to, 303)
}

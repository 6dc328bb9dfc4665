import type { Context } from 'hono'
import type { PropsWithChildren } from 'hono/jsx'
import { z } from 'zod'
import { newFormToken, secretOfForm } from '../accounts/forms.ts'
import { type PageEnv, sessionIn } from './page.tsx'

/** The token of a form that counts once, as it comes back. */
export const formToken = z.string().min(20).max(100)

/** A form that counts once. */
export function OnceForm({ action, children }: PropsWithChildren<{ action: string }>) {
  return (
    <form method="post" action={action} novalidate>
      <input type="hidden" name="form" value={newFormToken()} />
      {children}
    </form>
  )
}

/** What a code that is shown and kept nowhere is made of: the second press of the button shows the first (`secretOfForm`). */
export function secretOf(c: Context<PageEnv>, formToken: string, what: string): string {
  return secretOfForm(c.var.deps.secret, { accountId: sessionIn(c).accountId, formToken, what })
}

import type { Context } from 'hono'
import type { PropsWithChildren } from 'hono/jsx'
import { z } from 'zod'
import { newFormToken, secretOfForm } from '../accounts/forms.ts'
import { Button } from './fields.tsx'
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

/** An act that few come for, behind a line that names it: what it means, and one button that counts once. */
export function FoldedAct({ title, action, button, children }: PropsWithChildren<{ title: string; action: string; button: string }>) {
  return (
    <details class="more">
      <summary>{title}</summary>
      <div class="more__body">
        {children}
        <OnceForm action={action}>
          <Button primary={false}>{button}</Button>
        </OnceForm>
      </div>
    </details>
  )
}

/** What a code that is shown and kept nowhere is made of: the second press of the button shows the first (`secretOfForm`). */
export function secretOf(c: Context<PageEnv>, formToken: string, what: string): string {
  return secretOfForm(c.var.deps.secret, { accountId: sessionIn(c).accountId, formToken, what })
}

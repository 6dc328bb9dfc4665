import type { PropsWithChildren } from 'hono/jsx'
import { z } from 'zod'
import { newFormToken } from '../accounts/forms.ts'

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

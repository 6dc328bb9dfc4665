import type { Context } from 'hono'
import { readCookie } from '../../accounts/cookies.ts'
import { useForm, whereFormLed } from '../../accounts/forms.ts'
import { canonical } from '../../canonical.ts'
import type { AccountId, ConsentId } from '../../ids.ts'
import { consentOfSpentCode } from '../../oauth/decide.ts'
import { Refusal } from '../../refusal.ts'
import type { PageEnv } from '../page.tsx'

/** Decides, and tells where the browser goes. */
export type Send = (decide: () => Promise<string>) => Promise<Response>

export interface Press {
  /** Who is signed in; nobody in a sandbox. */
  accountId: AccountId | null
  /** What was decided: something else is no second press. */
  what: unknown
  /** Shows what was answered, where the code that came of it cannot be sent on any more: one that comes twice ends what it gave. */
  spent: (consentId: ConsentId) => Response | Promise<Response>
}

/**
 * Sends the browser on with what was decided about a pushed request. The second press of the very same button leads where the first
 * led; once the supplier collected what it brought, it is shown what was answered.
 */
export async function onceDecided(
  c: Context<PageEnv>,
  { accountId, what, spent }: Press,
  press: (send: Send) => Promise<Response>,
): Promise<Response> {
  const { deps } = c.var
  const form = { form: canonical([c.req.path, readCookie(c, 'browser'), accountId, what]), back: c.req.path.replace(/\/back$/, '') }
  const again = async (to: string) => {
    const consentId = await consentOfSpentCode(deps, to)
    return consentId ? await spent(consentId) : c.redirect(to, 303)
  }
  try {
    return await press(async (decide) => {
      const { to, first } = await useForm(deps, accountId, form, decide)
      return first ? c.redirect(to, 303) : await again(to)
    })
  } catch (error) {
    const led = error instanceof Refusal && (await whereFormLed(deps, form))
    if (!led) throw error
    return await again(led)
  }
}

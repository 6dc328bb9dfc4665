import type { PersonActor } from './actors.ts'
import { Refusal } from './refusal.ts'

/** How long a sign-in counts as fresh: long enough to read a question or an agreement to its end. */
export const FRESH_MINUTES = 20

/** Whether somebody proved who they are a short while ago. */
export function isFresh({ signedInAt }: Pick<PersonActor, 'signedInAt'>, at: Date): boolean {
  return signedInAt !== undefined && at.getTime() - signedInAt.getTime() <= FRESH_MINUTES * 60_000
}

/**
 * For acts that a phone left on a table must not do: giving about very sensitive data, signing for the board. Never for
 * stopping, which has to work for whoever may (design §6).
 *
 * @throws Refusal `sign_in_again`
 */
export function mustBeFresh(actor: Pick<PersonActor, 'signedInAt'>, at: Date): void {
  if (!isFresh(actor, at)) throw new Refusal('sign_in_again')
}

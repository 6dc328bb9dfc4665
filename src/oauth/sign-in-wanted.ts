import type { PersonActor } from '../actors.ts'
import { Refusal } from '../refusal.ts'
import { OAuthError } from './oauth-error.ts'

const PROMPTS = ['none', 'login', 'consent']

/**
 * What a supplier wants of how somebody signs in (OpenID Connect Core §3.1.2.1). `prompt=consent` is how it always is here;
 * `acr_values` is a wish (§5.5.1.1) that nothing here answers to, and is left unread.
 *
 * @throws OAuthError `invalid_request`
 */
export function signInWanted(request: Map<string, string>, at: Date): { silent: boolean; signed_in_since: Date | null } {
  const prompts = (request.get('prompt') ?? '').split(' ').filter(Boolean)
  if (prompts.some((prompt) => !PROMPTS.includes(prompt)) || (prompts.includes('none') && prompts.length > 1))
    throw new OAuthError('invalid_request', 'prompt is none, or login and consent')
  const maxAge = request.get('max_age')
  if (maxAge !== undefined && !/^\d{1,9}$/.test(maxAge)) throw new OAuthError('invalid_request', 'max_age is a number of seconds')
  const age = prompts.includes('login') ? 0 : maxAge === undefined ? undefined : Number(maxAge)
  return { silent: prompts.includes('none'), signed_in_since: age === undefined ? null : new Date(at.getTime() - age * 1000) }
}

/**
 * For a yes alone: a no goes back to the supplier from whoever is there.
 *
 * @throws Refusal `sign_in_again`
 */
export function mustHaveSignedIn({ signedInAt }: PersonActor, since: Date | null): void {
  if (since && !(signedInAt && signedInAt >= since)) throw new Refusal('sign_in_again')
}

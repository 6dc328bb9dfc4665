import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type AccountId, newId } from '../ids.ts'
import type { Language } from '../languages.ts'
import { acceptInvitationIn, boardOfInvitation } from '../people/invitations.ts'
import { type AtBrowser, startSession } from './sessions.ts'

/**
 * Somebody without an address signs in with the code from a letter: an account of their own comes of it, bound to the
 * person the letter was for. The code is used up by it, so they do well to add another way in at once.
 *
 * Tries are not counted, so that nobody uses up those of a school where all share one address. A code is one of 2⁸⁰: with a million
 * letters out, ten thousand guesses a second for a year find one of them with 1 chance in 4 million.
 *
 * @returns the session's token
 * @throws Refusal `invitation_invalid`, also for a code that went by mail
 */
export async function signInWithLetter(deps: Deps, input: { code: string; language: Language } & AtBrowser): Promise<string> {
  const { db } = deps
  const at = deps.now()
  const boardId = await boardOfInvitation(db, input.code)
  const accountId = newId<AccountId>(at)
  return await inTransaction(db, { actor: 'account', boards: [boardId] }, async (tx) => {
    await tx
      .insertInto('accounts')
      .values({ account_id: accountId, email: null, language: input.language, created_at: at, last_seen_at: at })
      .execute()
    const token = await startSession(tx, accountId, at, { ...input, method: 'paper' })
    await acceptInvitationIn(tx, at, boardId, accountId, input.code)
    return token
  })
}

import { type DeleteResult, sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { mustBeFresh } from '../fresh-sign-in.ts'
import type { AccountId } from '../ids.ts'
import type { Language } from '../languages.ts'
import { enqueueMail } from '../notifications/enqueue.ts'
import { Refusal } from '../refusal.ts'
import type { Session } from './sessions.ts'

/** The words of a mail in somebody's language. */
export type MailWords = (language: Language) => { subject: string; text: string }

/**
 * Holds the account, so that of two who change how one comes in at the same moment the second sees what the first did.
 *
 * @returns the account's address, if it has one
 */
export async function holdAccount(tx: Tx, accountId: AccountId): Promise<{ email: string | null; language: Language }> {
  return await tx
    .selectFrom('accounts')
    .select(['email', 'language'])
    .where('account_id', '=', accountId) // accounts_pkey
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
}

/** Tells the owner of an account that how one comes in has changed: it may have been somebody else at their phone. */
export async function tellOwner(
  tx: Tx,
  deps: Pick<Deps, 'secret'>,
  at: Date,
  { email, language }: { email: string | null; language: Language },
  words: MailWords,
): Promise<void> {
  if (email) await enqueueMail(tx, deps, { to: email, ...words(language), at })
}

/**
 * Takes a way in away from one's own account, and tells the owner.
 *
 * @param remove takes its row, and says how many there were
 * @throws Refusal `sign_in_again`, `not_found`, `last_way_in`
 */
export async function takeWayIn(
  deps: Deps,
  session: Pick<Session, 'accountId' | 'signedInAt'>,
  mail: MailWords,
  remove: (tx: Tx, accountId: AccountId) => Promise<DeleteResult>,
): Promise<void> {
  const at = deps.now()
  mustBeFresh(session, at)
  const { accountId } = session
  await deps.db.transaction().execute(async (tx) => {
    const owner = await holdAccount(tx, accountId)
    const { numDeletedRows } = await remove(tx, accountId)
    if (numDeletedRows === 0n) throw new Refusal('not_found')
    await mustStillComeIn(tx, accountId)
    await tellOwner(tx, deps, at, owner, mail)
  })
}

/**
 * After a way in was taken away, in the same transaction: another one is left.
 *
 * @throws Refusal `last_way_in`
 */
async function mustStillComeIn(tx: Tx, accountId: AccountId): Promise<void> {
  const { rows } = await sql<{ left: boolean }>`
    select email is not null
      or exists (select from provider_subjects p where p.account_id = a.account_id) -- provider_subjects_one_per_account
      or exists (select from passkeys k where k.account_id = a.account_id) as left -- passkeys_by_account
    from accounts a where account_id = ${accountId}
  `.execute(tx)
  if (!rows[0]?.left) throw new Refusal('last_way_in')
}

import type { Deps } from '../deps.ts'
import type { AccountId } from '../ids.ts'
import { Refusal } from '../refusal.ts'

/**
 * Gives an account that has none the address that its owner proved to read. An address is of one account only: who shares
 * one with another parent needs another.
 *
 * @param email from `addressOfCode`
 * @throws Refusal `address_taken`, `changed_meanwhile` when the account has one already
 */
export async function addAddress({ db }: Pick<Deps, 'db'>, accountId: AccountId, email: string): Promise<void> {
  const taken = await db.selectFrom('accounts').select('account_id').where('email', '=', email).executeTakeFirst() // accounts_email_key
  if (taken) throw new Refusal('address_taken')
  try {
    const { numUpdatedRows } = await db
      .updateTable('accounts')
      .set({ email })
      .where('account_id', '=', accountId) // accounts_pkey
      .where('email', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('changed_meanwhile')
  } catch (error) {
    // Somebody signed in with it for the first time at this very moment.
    if ((error as { constraint_name?: string }).constraint_name === 'accounts_email_key') throw new Refusal('address_taken')
    throw error
  }
}

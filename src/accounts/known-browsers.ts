import { sha256 } from '../canonical.ts'
import type { Db } from '../database.ts'
import type { AccountId } from '../ids.ts'

/** Notes that an account signed in with this browser. Given `Tx` or the pool. */
export async function knowBrowser(db: Db, accountId: AccountId, browser: string, at: Date): Promise<void> {
  await db
    .insertInto('known_browsers')
    .values({ account_id: accountId, browser_hash: sha256(browser), last_seen_at: at })
    .onConflict((conflict) => conflict.columns(['browser_hash', 'account_id']).doUpdateSet({ last_seen_at: at })) // known_browsers_pkey
    .execute()
}

/** The addresses of the accounts that signed in with this browser before; an account may have none. */
export async function addressesKnownAt(db: Db, browser: string): Promise<(string | null)[]> {
  const rows = await db
    .selectFrom('known_browsers as k')
    .innerJoin('accounts as a', 'a.account_id', 'k.account_id')
    .select('a.email')
    .where('k.browser_hash', '=', sha256(browser)) // known_browsers_pkey
    .execute()
  return rows.map(({ email }) => email)
}

import { sha256 } from '../canonical.ts'
import type { Db } from '../database.ts'
import type { AccountId } from '../ids.ts'
import { withinRate } from '../rates.ts'
import { Refusal } from '../refusal.ts'

/** All strangers at one network together: a school, or all who phone over one mast. */
const STRANGERS = { most: 1200, seconds: 900 }
/** One browser that somebody signed in with before. */
const BROWSER = { most: 60, seconds: 900 }

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

/**
 * Counts one try to begin a sign-in. A browser that somebody signed in with before counts for itself, so that no stranger on the
 * same network keeps them out; all others count for their network.
 *
 * @param what kind of sign-in
 * @returns the addresses known at this browser
 * @throws Refusal `too_many_requests`
 */
export async function countTry(
  db: Db,
  at: Date,
  what: string,
  { browser, network }: { browser: string; network: string },
): Promise<(string | null)[]> {
  const known = await addressesKnownAt(db, browser)
  const within =
    known.length > 0
      ? await withinRate(db, at, `${what}:browser:${sha256(browser).toString('base64url')}`, BROWSER)
      : await withinRate(db, at, `${what}:${network}`, STRANGERS)
  if (!within) throw new Refusal('too_many_requests')
  return known
}

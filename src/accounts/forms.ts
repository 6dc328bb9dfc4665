import { createHash, createHmac } from 'node:crypto'
import type { Db } from '../database.ts'
import { type AccountId, newSecret } from '../ids.ts'
import { Refusal } from '../refusal.ts'

/** The token of one rendered form. */
export const newFormToken = newSecret

/**
 * Takes a form once (INV-06). Given the pool, so that it is committed before the command runs.
 *
 * @throws Refusal `form_used` for the second press of the same button
 */
export async function takeForm(db: Db, accountId: AccountId, formToken: string, at: Date): Promise<void> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('used_forms')
    .values({ form_hash: createHash('sha256').update(formToken).digest(), account_id: accountId, used_at: at })
    .onConflict((conflict) => conflict.column('form_hash').doNothing())
    .executeTakeFirstOrThrow()
  if (numInsertedOrUpdatedRows !== 1n) throw new Refusal('form_used')
}

/**
 * 32 bytes that one rendered form always gives, in base64url: a code made of them is kept nowhere, and the second press of the
 * button gives the first code again. Nobody makes them without the broker's secret and the page that this account has open.
 *
 * @param what the kind of thing, and whom it is for: another choice on the same page makes another code
 */
export function secretOfForm(
  secret: string,
  { accountId, formToken, what }: { accountId: AccountId; formToken: string; what: string },
): string {
  return createHmac('sha256', Buffer.from(secret, 'base64url')).update(`form\n${what}\n${accountId}\n${formToken}`).digest('base64url')
}

import type { Tx } from '../database.ts'
import { Refusal } from '../refusal.ts'
import type { AskedItem } from './store.ts'

/** How a consent ends for good. A later yes needs a new one. */
export type EndedAs = 'withdrawn' | 'invalidated' | 'lapsed' | 'expired'

/**
 * Ends the consent's row, if it is still as it was read. Does NOT check that it may end so, nor do what follows.
 *
 * @param by as the ledger names who did it
 * @throws Refusal `changed_meanwhile`
 */
export async function endConsent(tx: Tx, at: Date, before: AskedItem, as: EndedAs, by: string): Promise<AskedItem> {
  const { boardId, consentId, revision } = before
  const { numUpdatedRows } = await tx
    .updateTable('consents')
    .set({ revision: revision + 1, ended_at: at, ended_as: as, ended_by: by })
    .where('board_id', '=', boardId)
    .where('consent_id', '=', consentId) // consents_pkey
    .where('revision', '=', revision)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new Refusal('changed_meanwhile')
  return { ...before, revision: revision + 1, ended: { at, as, by } }
}

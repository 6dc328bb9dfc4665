import type { Db } from '../database.ts'
import type { Deps } from '../deps.ts'
import { mustBeFresh } from '../fresh-sign-in.ts'
import type { AccountId, VisitId } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import { hashOf, VISIT_SECONDS } from './provider-answer.ts'
import type { Session } from './sessions.ts'
import { holdAccount, type MailWords, takeWayIn, tellOwner } from './ways-in.ts'

/** Somebody came back from a provider whom nobody knows yet, and may bind what they proved there to their account. */
export interface WaitingVisit {
  provider: string
  /** What they know themselves by there. */
  label: string
  next: string
}

/** The visit that waits for this browser's owner; nothing for another browser, an older one, or one that was bound. */
export async function waitingVisit(db: Db, visitId: VisitId, browser: string, at: Date): Promise<WaitingVisit | undefined> {
  const row = await db
    .selectFrom('provider_visits')
    .select(['provider', 'label', 'next_path'])
    .where('visit_id', '=', visitId) // provider_visits_pkey
    .where('browser_hash', '=', hashOf(browser))
    .where('subject_mac', 'is not', null)
    .where('bound_at', 'is', null)
    .where('used_at', '>', since(at))
    .executeTakeFirst()
  return row && { provider: row.provider, label: row.label ?? '', next: row.next_path }
}

/**
 * Binds the subject that somebody proved at a provider to the account they are signed in to, after they saw which account
 * that is and said so. Only they can: no address that a provider names does it for them.
 *
 * @returns where they were going
 * @throws Refusal `sign_in_again` without a fresh sign-in, `visit_over`
 * @throws Refusal `provider_taken` when it is bound to another account, `provider_bound_already` when the account has another
 *   subject of this provider
 */
export async function bindProvider(
  deps: Deps,
  session: Pick<Session, 'accountId' | 'signedInAt'>,
  { visitId, browser, mail }: { visitId: VisitId; browser: string; mail: MailWords },
): Promise<string> {
  const at = deps.now()
  mustBeFresh(session, at)
  const { accountId } = session
  return await deps.db.transaction().execute(async (tx) => {
    const owner = await holdAccount(tx, accountId)
    const visit = await tx
      .updateTable('provider_visits')
      .set({ bound_at: at })
      .where('visit_id', '=', visitId) // provider_visits_pkey
      .where('browser_hash', '=', hashOf(browser))
      .where('subject_mac', 'is not', null)
      .where('bound_at', 'is', null)
      .where('used_at', '>', since(at))
      .where((where) => where.or([where('account_id', 'is', null), where('account_id', '=', accountId)]))
      .returning(['issuer', 'provider', 'subject_mac', 'next_path'])
      .executeTakeFirst()
    if (!visit?.subject_mac) throw new Refusal('visit_over')
    const { issuer, provider, subject_mac: subjectMac } = visit
    const bound = await tx
      .insertInto('provider_subjects')
      .values({ issuer, subject_mac: subjectMac, account_id: accountId, provider, bound_at: at, last_used_at: at })
      .onConflict((conflict) => conflict.doNothing())
      .returning('account_id')
      .executeTakeFirst()
    if (!bound) {
      const holder = await tx
        .selectFrom('provider_subjects')
        .select('account_id')
        .where('issuer', '=', issuer)
        .where('subject_mac', '=', subjectMac) // provider_subjects_pkey
        .executeTakeFirst()
      if (!holder) throw new Refusal('provider_bound_already')
      if (holder.account_id !== accountId) throw new Refusal('provider_taken')
      return visit.next_path
    }
    await tellOwner(tx, deps, at, owner, mail)
    return visit.next_path
  })
}

/** The providers by which somebody can come in to this account. */
export async function boundProviders(
  db: Db,
  accountId: AccountId,
): Promise<{ provider: string; boundAt: Date; lastUsedAt: Date | null }[]> {
  const rows = await db
    .selectFrom('provider_subjects')
    .select(['provider', 'bound_at', 'last_used_at'])
    .where('account_id', '=', accountId) // provider_subjects_one_per_account
    .orderBy('bound_at')
    .execute()
  return rows.map(({ provider, bound_at, last_used_at }) => ({ provider, boundAt: bound_at, lastUsedAt: last_used_at }))
}

/**
 * Takes a provider away as a way in to this account.
 *
 * @throws Refusal `sign_in_again`, `not_found`, `last_way_in`
 */
export async function unbindProvider(
  deps: Deps,
  session: Pick<Session, 'accountId' | 'signedInAt'>,
  { provider, mail }: { provider: string; mail: MailWords },
): Promise<void> {
  await takeWayIn(deps, session, mail, (tx, accountId) =>
    tx
      .deleteFrom('provider_subjects')
      .where('account_id', '=', accountId) // provider_subjects_one_per_account
      .where('provider', '=', provider)
      .executeTakeFirst(),
  )
}

function since(at: Date): Date {
  return new Date(at.getTime() - VISIT_SECONDS * 1000)
}

import { sql } from 'kysely'
import { startDestruction } from '../agreements/start-duty.ts'
import { coverageOf } from '../agreements/store.ts'
import type { AskedItem } from '../consents/store.ts'
import { consentsById } from '../consents/store.ts'
import type { Tx } from '../database.ts'
import { type AgreementId, type ConsentId, type DutyId, newId, type PersonId, type ReleaseId, type TokenId } from '../ids.ts'
import type { LedgerActor, LedgerEntry } from '../ledger/append.ts'
import type { NewEvent } from '../notifications/enqueue.ts'
import { Refusal } from '../refusal.ts'
import { endTokens } from '../tokens/end-tokens.ts'
import { mayBeReleased } from './may-be-released.ts'
import { type AccessRequest, namedConsents } from './store.ts'

/** A subject as a release names it: the consent that carries it, and what the supplier calls it. */
export interface Named {
  reference: string
  consent: AskedItem
}

/**
 * The agreement in force that covers what a request is for. The supplier's agreements are held until commit: who ends or
 * changes one waits, and then finds the release.
 */
export async function heldCoverage(tx: Tx, { boardId, ...use }: AccessRequest, at: Date): Promise<AgreementId | undefined> {
  await tx
    .selectFrom('supplier_agreements')
    .select('agreement_id')
    .where('board_id', '=', boardId)
    .where('supplier_id', '=', use.supplierId) // supplier_agreements_by_supplier
    .orderBy('agreement_id')
    .forShare()
    .execute()
  return (await coverageOf(tx, boardId, use, at))?.agreementId
}

/** Holds consents until commit, so that nobody stops one while it is released; then reads them. */
export async function heldConsents(
  tx: Tx,
  { boardId }: AccessRequest,
  consentIds: readonly ConsentId[],
): Promise<Map<ConsentId, AskedItem>> {
  await tx
    .selectFrom('consents')
    .select('consent_id')
    .where('board_id', '=', boardId)
    .where('consent_id', '=', sql<ConsentId>`any(${consentIds}::uuid[])`) // consents_pkey
    .orderBy('consent_id')
    .forShare()
    .execute()
  return await consentsById(tx, boardId, consentIds)
}

/**
 * Writes a release (K09, step 4). Does NOT check anything: the caller has, with everything held. The events and the entry
 * are the caller's to write, in that order, last.
 */
export async function insertRelease(
  tx: Tx,
  at: Date,
  { boardId, requestId, supplierId, datatypes }: AccessRequest,
  { agreementId, coversLater, by, named }: { agreementId: AgreementId; coversLater: boolean; by: LedgerActor; named: readonly Named[] },
): Promise<{ releaseId: ReleaseId; events: NewEvent[]; entry: LedgerEntry }> {
  const releaseId = newId<ReleaseId>(at)
  await tx
    .insertInto('releases')
    .values({
      board_id: boardId,
      release_id: releaseId,
      request_id: requestId,
      agreement_id: agreementId,
      covers_later: coversLater,
      released_at: at,
      released_by: by,
    })
    .execute()
  if (named.length > 0) {
    await tx
      .insertInto('release_subjects')
      .values(
        named.map(({ reference, consent }) => ({
          board_id: boardId,
          release_id: releaseId,
          consent_id: consent.consentId,
          reference,
          joined_at: at,
        })),
      )
      .execute()
  }
  const approach = 'organisation'
  const events = named
    .filter(({ consent }) => mayBeReleased(consent, datatypes, at))
    .map(({ reference, consent }): NewEvent => {
      const facts = { requestId, reference, consentId: consent.consentId }
      return { boardId, approach, receiverId: supplierId, event: 'released', subjectId: subjectOf(consent), ref: releaseId, facts, at }
    })
  const facts = { requestId, agreementId, coversLater, consents: named.map(({ consent }) => consent.consentId).toSorted() }
  return { releaseId, events, entry: { boardId, approach, at, event: 'released', actor: by, ref: releaseId, facts } }
}

/** What followed from the end of releases, for the caller's events and ledger entry. */
export interface Stopped {
  releaseIds: ReleaseId[]
  endedTokens: TokenId[]
  dutyIds: DutyId[]
  events: NewEvent[]
}

/**
 * Withdraws every standing release of a request: tokens under them end, the supplier must destroy what it got about those
 * whose yes stood, and it and the holders are told. Who is released by way of another request stays so.
 *
 * @throws Refusal `changed_meanwhile`
 */
export async function stopReleases(tx: Tx, at: Date, request: AccessRequest, by: LedgerActor, because: string): Promise<Stopped> {
  const { boardId, requestId, supplierId, leafletId } = request
  const stopped: Stopped = { releaseIds: [], endedTokens: [], dutyIds: [], events: [] }
  const standing = request.releases.filter(({ withdrawnAt }) => !withdrawnAt)
  if (standing.length === 0) return stopped
  const named = await namedConsents(tx, request)
  for (const { releaseId } of standing) {
    const { numUpdatedRows } = await tx
      .updateTable('releases')
      .set({ withdrawn_at: at, withdrawn_by: by })
      .where('board_id', '=', boardId)
      .where('release_id', '=', releaseId) // releases_pkey
      .where('withdrawn_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('changed_meanwhile')
    stopped.releaseIds.push(releaseId)
    stopped.endedTokens.push(...(await endTokens(tx, boardId, at, { releaseId }, because)))
  }
  const others = await releasedElsewhere(tx, request, [...named.keys()])
  for (const [consentId, consent] of await consentsById(tx, boardId, [...named.keys()])) {
    if (others.has(consentId) || !mayBeReleased(consent, request.datatypes, at)) continue
    const dutyId = await startDestruction(tx, boardId, 'organisation', supplierId, { consentId }, [leafletId], at)
    stopped.dutyIds.push(dutyId)
    const about = { boardId, approach: 'organisation', event: 'release_withdrawn', subjectId: subjectOf(consent), at } as const
    stopped.events.push(
      { ...about, receiverId: supplierId, ref: requestId, facts: { consentId, dutyId } },
      { ...about, receiverId: request.holderId, ref: consentId },
    )
  }
  return stopped
}

/** Which of these consents another standing release names too. */
async function releasedElsewhere(tx: Tx, { boardId, requestId }: AccessRequest, consentIds: readonly ConsentId[]): Promise<Set<ConsentId>> {
  const rows = await tx
    .selectFrom('release_subjects as rs')
    .innerJoin('releases as r', (join) => join.onRef('r.board_id', '=', 'rs.board_id').onRef('r.release_id', '=', 'rs.release_id')) // releases_pkey
    .select('rs.consent_id')
    .where('rs.board_id', '=', boardId)
    .where('rs.consent_id', '=', sql<ConsentId>`any(${consentIds}::uuid[])`) // release_subjects_by_consent
    .where('r.withdrawn_at', 'is', null)
    .where('r.request_id', '<>', requestId)
    .execute()
  return new Set(rows.map(({ consent_id }) => consent_id))
}

const subjectOf = ({ question }: AskedItem): PersonId => question.subject.personId

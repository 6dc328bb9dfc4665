import { sql } from 'kysely'
import { startDestruction, startTakeDown } from '../agreements/start-duty.ts'
import type { Tx } from '../database.ts'
import type { BoardId, ConsentId, DutyId, TokenId } from '../ids.ts'
import type { LedgerEvent } from '../ledger/events.ts'
import { enqueueEvent, type NewEvent } from '../notifications/enqueue.ts'
import { signalDecided } from '../notifications/signals.ts'
import { endTokens } from '../tokens/end-tokens.ts'
import { isDecided } from './consent.ts'
import { factsOf } from './facts.ts'
import type { AskedItem } from './store.ts'

/** What followed from an act, for its ledger entry. */
export interface Aftermath {
  endedTokens: TokenId[]
  dutyIds: DutyId[]
}

export interface Change {
  before: AskedItem
  after: AskedItem
  /** The last moment at which `before` held, where that is not the moment of the act: it ran out by itself. */
  beforeAt?: Date
}

/**
 * Does what follows when acts changed consents, in their transaction, after their rows were updated: what gives less than
 * it did ends the tokens that lean on it; what gives nothing any more starts the supplier's duty to destroy, or to take the
 * picture down; and whoever may know is told, also who waits for the decision. The caller's ledger entry comes next.
 *
 * Who may know: the supplier where it asked directly or the school released to it, and the holders that a grant names.
 */
export async function settle(tx: Tx, at: Date, boardId: BoardId, event: LedgerEvent, changes: readonly Change[]): Promise<Aftermath> {
  const less = changes.filter((change) => givesLess(change, at))
  const endedTokens =
    less.length > 0 ? await endTokens(tx, boardId, at, { consentIds: less.map(({ after }) => after.consentId) }, event) : []
  const changed = changes.filter((change) => givesLess(change, at) || givesMore(change, at))
  const receivers = await receiversOf(
    tx,
    boardId,
    changed.map(({ after }) => after.consentId),
  )
  const dutyIds: DutyId[] = []
  const events: NewEvent[] = []
  for (const { before, after, beforeAt = at } of changed) {
    const { supplierId, leafletId } = after.item
    const { released, holders } = receivers.get(after.consentId) ?? { released: false, holders: [] }
    const stands = factsOf(after, at).gives !== null
    const supplierKnows = supplierId !== null && (after.approach === 'subject' || released)
    let dutyId: DutyId | undefined
    const ends = factsOf(before, beforeAt).gives !== null && !stands
    if (supplierKnows && ends) {
      const about = { consentId: after.consentId }
      dutyId = await startDestruction(tx, boardId, after.approach, supplierId, about, leafletId ? [leafletId] : [], at)
      dutyIds.push(dutyId)
    }
    if (after.item.image && after.approach === 'organisation' && ends) {
      dutyIds.push(
        await startTakeDown(tx, boardId, { consentId: after.consentId, supplierId: supplierKnows ? supplierId : null, leafletId }, at),
      )
    }
    const facts = { itemId: after.itemId, requestId: after.item.requestId, stands }
    const about = { boardId, approach: after.approach, event, subjectId: after.question.subject.personId, ref: after.consentId, at }
    if (supplierKnows) events.push({ ...about, receiverId: supplierId, facts: { ...facts, dutyId } })
    for (const receiverId of holders) events.push({ ...about, receiverId, facts })
  }
  await signalDecided(
    tx,
    at,
    changes.flatMap(({ after }) => (after.approach === 'subject' && isDecided(after, at) ? [after.consentId] : [])),
  )
  await enqueueEvent(tx, ...events)
  return { endedTokens, dutyIds }
}

type Gives = ReturnType<typeof factsOf>['gives']

function givesLess({ before, after, beforeAt }: Change, at: Date): boolean {
  return isLess(factsOf(before, beforeAt ?? at).gives, factsOf(after, at).gives)
}

function givesMore({ before, after, beforeAt }: Change, at: Date): boolean {
  return isLess(factsOf(after, at).gives, factsOf(before, beforeAt ?? at).gives)
}

function isLess(had: Gives, has: Gives): boolean {
  if (had === null) return false
  return has === null || has.until < had.until || had.datatypes.some((datatype) => !has.datatypes.includes(datatype))
}

/** To whom a consent matters: whether the school released it to the supplier, and the holders at which it was ever a grant. */
async function receiversOf(
  tx: Tx,
  boardId: BoardId,
  consentIds: readonly ConsentId[],
): Promise<Map<ConsentId, { released: boolean; holders: string[] }>> {
  if (consentIds.length === 0) return new Map()
  const { rows } = await sql<{ consent_id: ConsentId; released: boolean; holders: string[] }>`
    select c.consent_id,
      exists (
        select from release_subjects s join releases r on r.board_id = s.board_id and r.release_id = s.release_id
        where s.board_id = c.board_id and s.consent_id = c.consent_id and r.withdrawn_at is null -- release_subjects_by_consent
      ) or exists (
        select from request_subjects s join releases r on r.board_id = s.board_id and r.request_id = s.request_id
        where s.board_id = c.board_id and s.consent_id = c.consent_id and r.covers_later and r.withdrawn_at is null -- request_subjects_by_consent
      ) as released,
      array(
        select distinct g.holder_id from grants g where g.board_id = c.board_id and g.consent_id = c.consent_id -- grants_one_per_consent
        order by g.holder_id
      ) as holders
    from consents c where c.board_id = ${boardId} and c.consent_id = any(${consentIds}::uuid[]) -- consents_pkey
  `.execute(tx)
  return new Map(rows.map(({ consent_id, released, holders }) => [consent_id, { released, holders }]))
}

import { sql } from 'kysely'
import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { ApprovalId, BoardId, ItemId, PersonId, RoundId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { askAll, askedFacts } from './ask.ts'
import { type Audience, personsIn } from './audience.ts'
import { ROUND_SIDE } from './draft-round.ts'
import { mustBeAgreed } from './item-use.ts'
import { tellDeciders } from './notices.ts'
import { itemOf } from './store.ts'

export interface Publication {
  roundId: RoundId
  /** Which of the draft's items are asked; absent is all of them. */
  itemIds?: ItemId[]
  audience: Audience
  /** Data of staff need the council's consent first. */
  councilApprovalId?: ApprovalId
}

/**
 * Publishes a round: every item is asked of (or told to) everybody in the audience, each on its own, none answered
 * beforehand. One act with one ledger entry, however many it concerns, and one mail to each decider.
 *
 * @returns how many were asked, and how many consents that made
 * @throws Refusal `mandate_missing`, `round_not_found`, `round_already_published`, `item_not_found` when there is none
 * @throws Refusal `agreement_not_in_force`, `onward_clause_missing`, `basis_is_not_consent` when that changed since the draft
 * @throws Refusal `council_approval_missing` for a round of staff
 */
export async function publishRound(
  deps: Deps,
  actor: PersonActor,
  { roundId, itemIds, audience, councilApprovalId }: Publication,
): Promise<{ subjects: number; consents: number }> {
  const at = deps.now()
  const { boardId, personId } = actor
  return await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, ROUND_SIDE, at)
    const round = await tx
      .updateTable('rounds')
      .set({ published_at: at, published_by: personId, audience, council_approval_id: councilApprovalId ?? null })
      .where('board_id', '=', boardId)
      .where('round_id', '=', roundId) // rounds_pkey
      .where('published_at', 'is', null)
      .where('ends_at', '>', at)
      .returning('subject_kind')
      .executeTakeFirst()
    if (!round) throw await whyNot(tx, boardId, roundId)
    if (round.subject_kind === 'employee') await mustBeApproved(tx, boardId, councilApprovalId)
    const items = await itemsOf(tx, boardId, roundId, itemIds)
    for (const { supplierId, serviceId, leafletId, ...item } of items) {
      const use = supplierId && serviceId && leafletId ? { ...item, supplierId, serviceId, leafletId } : undefined
      await mustBeAgreed(tx, at, boardId, { approach: 'organisation', legalBasis: item.legalBasis, use })
    }
    const { rows: persons } = await personsIn(audience, round.subject_kind, boardId, at).execute(tx)
    const subjectIds = persons.map(({ person_id }) => person_id)
    const ids = items.map((item) => item.itemId)
    const asked = await askAll(tx, at, { boardId, approach: 'organisation', itemIds: ids }, subjectIds)
    await tellDeciders(tx, deps, at, boardId, subjectIds)
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'round_published',
      actor: `person:${personId}`,
      ref: roundId,
      facts: { itemIds: ids, audience, subjects: subjectIds.length, ...askedFacts(asked), councilApprovalId },
    })
    return { subjects: subjectIds.length, consents: asked.length }
  })
}

/**
 * Asks who came to the school since a round was published what the others were asked. A job; asks nobody twice.
 *
 * @returns how many consents that made
 */
export async function askNewcomers(deps: Deps, boardId: BoardId): Promise<number> {
  const at = deps.now()
  return await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const rounds = await tx
      .selectFrom('rounds')
      .select(['round_id', 'subject_kind', 'audience'])
      .where('board_id', '=', boardId) // rounds_pkey
      .where('published_at', 'is not', null)
      .where('ends_at', '>', at)
      .orderBy('round_id')
      .forNoKeyUpdate()
      .execute()
    const entries: { roundId: RoundId; facts: Record<string, unknown>; subjectIds: PersonId[]; count: number }[] = []
    for (const { round_id: roundId, subject_kind, audience } of rounds) {
      if (!audience) throw new Error(`round ${roundId} was published to nobody`)
      const { rows } = await sql<{ person_id: PersonId; item_ids: ItemId[] }>`
        select p.person_id, array_agg(i.item_id order by i.item_id) as item_ids
        from (${personsIn(audience, subject_kind, boardId, at)}) p
        join items i on i.board_id = ${boardId} and i.round_id = ${roundId} and i.ends_at > ${at}
          and exists (select from consents c where c.board_id = i.board_id and c.item_id = i.item_id and c.ended_at is null) -- consents_one_open
        where not exists (
          select from consents c where c.board_id = ${boardId} and c.item_id = i.item_id and c.subject_id = p.person_id -- consents_by_subject
        )
        group by p.person_id order by p.person_id`.execute(tx)
      const alike = Map.groupBy(rows, ({ item_ids }) => item_ids.join())
      const asked = []
      for (const group of alike.values()) {
        const ids = group.map(({ person_id }) => person_id)
        asked.push(...(await askAll(tx, at, { boardId, approach: 'organisation', itemIds: group[0]!.item_ids }, ids)))
      }
      if (asked.length === 0) continue
      const subjectIds = [...new Set(asked.map(({ subjectId }) => subjectId))]
      entries.push({ roundId, subjectIds, count: asked.length, facts: { newcomers: subjectIds.length, ...askedFacts(asked) } })
    }
    await tellDeciders(tx, deps, at, boardId, [...new Set(entries.flatMap(({ subjectIds }) => subjectIds))])
    await append(
      tx,
      ...entries.map(({ roundId, facts }) => {
        return { boardId, approach: 'organisation', at, event: 'consents_asked', actor: 'job', ref: roundId, facts } as const
      }),
    )
    return entries.reduce((sum, { count }) => sum + count, 0)
  })
}

async function whyNot(tx: Tx, boardId: BoardId, roundId: RoundId): Promise<Refusal> {
  const known = await tx
    .selectFrom('rounds')
    .select('published_at')
    .where('board_id', '=', boardId)
    .where('round_id', '=', roundId)
    .executeTakeFirst()
  return new Refusal(known?.published_at ? 'round_already_published' : 'round_not_found')
}

/** @throws Refusal `item_not_found` when one is not of this round, or there is none */
async function itemsOf(tx: Tx, boardId: BoardId, roundId: RoundId, itemIds: ItemId[] | undefined) {
  const rows = await tx
    .selectFrom('items')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('round_id', '=', roundId) // items_by_round
    .orderBy('item_id')
    .execute()
  const chosen = rows.map(itemOf).filter(({ itemId }) => itemIds?.includes(itemId) ?? true)
  if (chosen.length === 0 || (itemIds && new Set(itemIds).size !== chosen.length)) throw new Refusal('item_not_found')
  return chosen
}

/** @throws Refusal `council_approval_missing` */
async function mustBeApproved(tx: Tx, boardId: BoardId, approvalId: ApprovalId | undefined): Promise<void> {
  const approval = approvalId
    ? await tx
        .selectFrom('council_approvals')
        .select('approval_id')
        .where('board_id', '=', boardId)
        .where('approval_id', '=', approvalId) // council_approvals_pkey
        .executeTakeFirst()
    : undefined
  if (!approval) throw new Refusal('council_approval_missing')
}

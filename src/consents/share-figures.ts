import type { PersonActor } from '../actors.ts'
import { canonical, sha256 } from '../canonical.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type BoardId, type FigureShareId, newId, type RoundId } from '../ids.ts'
import { append, type LedgerEntry } from '../ledger/append.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { figuresOf, type ItemFigures } from './figures.ts'
import { heldRound } from './hold-draft.ts'
import type { Round } from './rounds.ts'

/** Figures of a round that the board shares with everybody, as they were counted at that moment. */
export interface SharedFigures {
  shareId: FigureShareId
  roundId: RoundId
  sharedAt: Date
  figures: ItemFigures[]
}

/**
 * The board lets everybody read the figures of a round, as they are shown to its own people now (D12). What was shared of the
 * round before ends. Does NOT ask anybody whose answers they are: they tell of no fewer than five (`figuresOf`).
 *
 * @param seen the figures as whoever shares saw them (`hashOfFigures`)
 * @param complete that every questionnaire that belongs to it was handed in, as whoever shares says (D09)
 * @throws Refusal `mandate_missing` for everybody but a signatory of the board, `round_not_found`, `round_not_published`
 * @throws Refusal `input_invalid` when it is not complete; `changed_meanwhile` when the figures are not as they were seen
 */
export async function shareFigures(
  deps: Deps,
  actor: PersonActor,
  { roundId, complete, seen }: { roundId: RoundId; complete: boolean; seen: string },
): Promise<FigureShareId> {
  const at = deps.now()
  const { boardId, personId } = actor
  if (!complete) throw new Refusal('input_invalid', { errors: [{ field: 'complete', reason: 'is not so' }] })
  const shareId = newId<FigureShareId>(at)
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const round = await holdForBoard(tx, actor, roundId, at)
    if (!round.publishedAt) throw new Refusal('round_not_published')
    const figures = await figuresOf(tx, round, at)
    if (hashOfFigures(figures) !== seen) throw new Refusal('changed_meanwhile')
    const before = await endOpen(tx, actor, roundId, at)
    await tx
      .insertInto('figure_shares')
      .values({ board_id: boardId, share_id: shareId, round_id: roundId, figures, shared_at: at, shared_by: personId })
      .execute()
    const facts = { roundId, figuresHash: seen }
    await append(tx, ...before, entryOf(actor, at, 'figures_shared', shareId, facts))
  })
  return shareId
}

/** By which somebody can say that these are the figures they saw. */
export const hashOfFigures = (figures: ItemFigures[]): string => sha256(canonical(figures)).toString('hex')

/**
 * The board stops sharing the figures of a round. What somebody copied meanwhile is out of its hands.
 *
 * @throws Refusal `mandate_missing`, `round_not_found`
 */
export async function stopSharingFigures(deps: Deps, actor: PersonActor, roundId: RoundId): Promise<void> {
  const at = deps.now()
  await inTransaction(deps.db, { actor: 'staff', boards: [actor.boardId] }, async (tx) => {
    await holdForBoard(tx, actor, roundId, at)
    const [ended] = await endOpen(tx, actor, roundId, at)
    if (ended) await append(tx, ended)
  })
}

/** What the board shares now, the newest first. Does NOT check who looks: anybody may. */
export async function sharedFigures(tx: Tx, boardId: BoardId): Promise<SharedFigures[]> {
  const rows = await tx
    .selectFrom('figure_shares')
    .select(['share_id as shareId', 'round_id as roundId', 'shared_at as sharedAt', 'figures'])
    .where('board_id', '=', boardId)
    .where('ended_at', 'is', null) // figure_shares_one_open
    .orderBy('shared_at', 'desc')
    .orderBy('share_id')
    .execute()
  return rows
}

/** Whoever else shares or stops waits. @throws Refusal `mandate_missing`, `round_not_found` */
async function holdForBoard(tx: Tx, actor: PersonActor, roundId: RoundId, at: Date): Promise<Round> {
  await mustHold(tx, actor, ['signatory'], at)
  return await heldRound(tx, actor.boardId, roundId)
}

async function endOpen(tx: Tx, actor: PersonActor, roundId: RoundId, at: Date): Promise<LedgerEntry[]> {
  const open = await tx
    .updateTable('figure_shares')
    .set({ ended_at: at, ended_by: actor.personId })
    .where('board_id', '=', actor.boardId)
    .where('round_id', '=', roundId)
    .where('ended_at', 'is', null) // figure_shares_one_open
    .returning('share_id')
    .execute()
  return open.map(({ share_id }) => entryOf(actor, at, 'figures_unshared', share_id, { roundId }))
}

function entryOf(
  { boardId, personId }: PersonActor,
  at: Date,
  event: 'figures_shared' | 'figures_unshared',
  ref: FigureShareId,
  facts: Record<string, unknown>,
): LedgerEntry {
  return { boardId, approach: 'organisation', at, event, actor: `person:${personId}`, ref, facts }
}

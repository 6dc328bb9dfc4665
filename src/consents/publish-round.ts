import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { ApprovalId, BoardId, ItemId, RoundId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { deliverMails } from '../notifications/deliver-mail.ts'
import { boardById } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import { type AskedConsent, askAll, askedFacts } from './ask.ts'
import { type Audience, mustBeWithin, personsIn } from './audience.ts'
import { hardToRead } from './hard-to-read.ts'
import { holdDraft, type Staff } from './hold-draft.ts'
import { mustBeAgreed } from './item-use.ts'
import { itemsOfRound, type Round } from './rounds.ts'
import { tellRounds } from './tell-rounds.ts'

export interface Publication {
  roundId: RoundId
  /** Which of the draft's items are asked; absent is all of them. */
  itemIds?: ItemId[]
  /** Absent: whom the draft names. */
  audience?: Audience
  /** Absent: the one that was recorded with the draft. */
  councilApprovalId?: ApprovalId
  /** The revision of the draft that whoever publishes has seen. */
  seen?: number
  /** Why it goes out although some of it is hard to read (`hardToRead`). */
  hardBecause?: string | undefined
}

/** Told how many people were asked, of how many. */
type Progress = (done: number, total: number) => Promise<void>

/** So many people are asked in one statement: enough to be quick, few enough to tell how far it is. */
const AT_ONCE = 500

/**
 * Publishes a round: every item is asked of (or told to) everybody in the audience, each on its own, none answered
 * beforehand. One act with one ledger entry, however many it concerns. The deciders are mailed after it, when it is open
 * (`tellRounds`). Staff have it done in a job (`askToPublish`).
 *
 * @returns how many were asked, and how many consents that made
 * @throws Refusal as `publishIn`
 */
export async function publishRound(
  deps: Deps,
  actor: PersonActor,
  publication: Publication,
): Promise<{ subjects: number; consents: number }> {
  const at = deps.now()
  const { boardId } = actor
  const published = await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, (tx) => publishIn(tx, actor, publication, at))
  deps.afterwards(() => tellPublished(deps, boardId))
  return published
}

/** Mails whoever has something to answer now. What this does not reach, a job of the board does. */
export async function tellPublished(deps: Deps, boardId: BoardId): Promise<void> {
  await tellRounds(deps, boardId)
  await deliverMails(deps)
}

/**
 * As `publishRound`, in the caller's transaction.
 *
 * @throws Refusal as `mustBePublishable`
 */
export async function publishIn(
  tx: Tx,
  actor: Staff,
  publication: Publication,
  at: Date,
  progress: Progress = async () => {},
): Promise<{ subjects: number; consents: number }> {
  const { boardId, personId } = actor
  const { roundId } = publication
  const hardBecause = publication.hardBecause ?? null
  const { round, audience, councilApprovalId, items } = await mustBePublishable(tx, actor, publication, at)
  await tx
    .updateTable('rounds')
    .set({ published_at: at, published_by: personId, audience, council_approval_id: councilApprovalId, hard_because: hardBecause })
    .where('board_id', '=', boardId)
    .where('round_id', '=', roundId) // rounds_pkey
    .execute()
  const { rows: persons } = await personsIn(audience, round.subjectKind, boardId, at).execute(tx)
  const subjectIds = persons.map(({ person_id }) => person_id).sort()
  const ids = items.map((item) => item.itemId).sort()
  const asked: AskedConsent[] = []
  for (let from = 0; from < subjectIds.length; from += AT_ONCE) {
    const some = subjectIds.slice(from, from + AT_ONCE)
    asked.push(...(await askAll(tx, at, { boardId, approach: 'organisation', itemIds: ids }, some, { nobodyYet: true })))
    await progress(from + some.length, subjectIds.length)
  }
  await append(tx, {
    boardId,
    approach: 'organisation',
    at,
    event: 'round_published',
    actor: `person:${personId}`,
    ref: roundId,
    facts: {
      itemIds: ids,
      audience,
      subjects: subjectIds.length,
      ...askedFacts(asked),
      councilApprovalId,
      ...(hardBecause && { hardToRead: hardToRead(items).length }),
    },
  })
  return { subjects: subjectIds.length, consents: asked.length }
}

/**
 * Holds the draft and looks whether it may go out as it is.
 *
 * @throws Refusal as `holdDraft`, `mustBeWithin`; `item_not_found` when there is none, `audience_missing` when it is for nobody
 * @throws Refusal `agreement_not_in_force`, `onward_clause_missing`, `basis_is_not_consent` when that changed since the draft
 * @throws Refusal `council_approval_missing` for a round of staff, and for parents where the board's policy wants it (P22)
 */
export async function mustBePublishable(tx: Tx, actor: Staff, { roundId, itemIds, seen, ...given }: Publication, at: Date) {
  const { boardId } = actor
  const round = await holdDraft(tx, actor, roundId, at, seen)
  if (round.endsAt <= at) throw new Refusal('round_not_found')
  const audience = given.audience ?? round.audience
  if (!audience) throw new Refusal('audience_missing')
  await mustBeWithin(tx, boardId, audience, round, at)
  const councilApprovalId = given.councilApprovalId ?? round.councilApprovalId
  if (await needsCouncil(tx, boardId, round)) await mustBeApproved(tx, boardId, councilApprovalId)
  const items = await itemsOf(tx, boardId, roundId, itemIds)
  for (const { supplierId, serviceId, leafletId, ...item } of items) {
    const use = supplierId && serviceId && leafletId ? { ...item, supplierId, serviceId, leafletId } : undefined
    const when = item.startsAt > at ? item.startsAt : at
    await mustBeAgreed(tx, when, boardId, { approach: 'organisation', legalBasis: item.legalBasis, use })
  }
  return { round, audience, councilApprovalId, items }
}

/** Data of staff always need the council's consent; what parents are asked does where the board's policy says so. */
export async function needsCouncil(tx: Tx, boardId: BoardId, { subjectKind }: Pick<Round, 'subjectKind'>): Promise<boolean> {
  return subjectKind === 'employee' || (await boardById(tx, boardId)).councilForRounds
}

/** @throws Refusal `item_not_found` when one is not of this round, or there is none */
async function itemsOf(tx: Tx, boardId: BoardId, roundId: RoundId, itemIds: ItemId[] | undefined) {
  const chosen = (await itemsOfRound(tx, boardId, roundId)).filter(({ itemId }) => itemIds?.includes(itemId) ?? true)
  if (chosen.length === 0 || (itemIds && new Set(itemIds).size !== chosen.length)) throw new Refusal('item_not_found')
  return chosen
}

/** @throws Refusal `council_approval_missing` */
async function mustBeApproved(tx: Tx, boardId: BoardId, approvalId: ApprovalId | null): Promise<void> {
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

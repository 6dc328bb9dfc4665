import { sql } from 'kysely'
import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type BoardId, newId, type PersonId, type ProposalId, type SchoolId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { commitment } from '../ledger/commitment.ts'
import type { MandateRole } from '../people/mandate.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'

/** Who works with services, and so may propose one. */
export const PROPOSERS: MandateRole[] = ['teacher', 'school_leader', 'consent_officer', 'administrator', 'signatory']

/** Who says what becomes of it. Saying that it will be arranged activates nothing: that takes a signed agreement (C01, P16). */
export const PROPOSAL_DECIDERS: MandateRole[] = ['school_leader', 'consent_officer']

export type ProposalOutcome = 'taken_up' | 'declined'

/** A service somebody on the staff would like to use (A04). */
export interface Proposal {
  proposalId: ProposalId
  schoolId: SchoolId | null
  proposedBy: PersonId
  proposedAt: Date
  name: string
  link: string | null
  why: string
  settled: { at: Date; by: PersonId; outcome: ProposalOutcome; words: string } | null
}

/**
 * A teacher proposes a service for a school; nobody gets any data by it (A04, C01).
 *
 * @param schoolId where it would be used; null: at every school of the board
 * @throws Refusal `mandate_missing`, `proposed_already` while the same name waits for an answer at that school
 */
export async function proposeService(
  deps: Deps,
  actor: PersonActor,
  { schoolId, name, link, why }: { schoolId: SchoolId | null; name: string; link: string | null; why: string },
): Promise<ProposalId> {
  const at = deps.now()
  const { boardId, personId } = actor
  const proposalId = newId<ProposalId>(at)
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, PROPOSERS, at, schoolId ?? undefined)
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('service_proposals')
      .values({
        board_id: boardId,
        proposal_id: proposalId,
        school_id: schoolId,
        proposed_by: personId,
        proposed_at: at,
        name: name.trim(),
        link,
        why: why.trim(),
      })
      .onConflict((conflict) => conflict.doNothing()) // service_proposals_one_open
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows !== 1n) throw new Refusal('proposed_already')
    const words = await commitment(tx, boardId, personId, JSON.stringify({ name: name.trim(), link, why: why.trim() }))
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'service_proposed',
      actor: `person:${personId}`,
      ref: proposalId,
      facts: { schoolId, words },
    })
  })
  return proposalId
}

/**
 * The school answers a proposal, once; whoever comes second is told so.
 *
 * @throws Refusal `proposal_not_found`, `mandate_missing`, `proposal_settled`
 */
export async function settleProposal(
  deps: Deps,
  actor: PersonActor,
  { proposalId, outcome, words }: { proposalId: ProposalId; outcome: ProposalOutcome; words: string },
): Promise<void> {
  const at = deps.now()
  const { boardId, personId } = actor
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const proposal = (await proposalsOf(tx, boardId)).find((one) => one.proposalId === proposalId)
    await mustHold(tx, actor, PROPOSAL_DECIDERS, at, proposal ? (proposal.schoolId ?? undefined) : 'any')
    if (!proposal) throw new Refusal('proposal_not_found')
    const { numUpdatedRows } = await tx
      .updateTable('service_proposals')
      .set({ settled_at: at, settled_by: personId, outcome, answer: words.trim() })
      .where('board_id', '=', boardId)
      .where('proposal_id', '=', proposalId) // service_proposals_pkey
      .where('settled_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('proposal_settled')
    const said = await commitment(tx, boardId, proposal.proposedBy, words.trim())
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'service_proposal_settled',
      actor: `person:${personId}`,
      ref: proposalId,
      facts: { outcome, words: said },
    })
  })
}

/** All proposals of a board, those that wait first, then the newest. Does NOT check who asks. */
export async function proposalsOf(tx: Tx, boardId: BoardId): Promise<Proposal[]> {
  const rows = await tx
    .selectFrom('service_proposals')
    .selectAll()
    .where('board_id', '=', boardId) // service_proposals_pkey
    .orderBy(sql`settled_at is not null`)
    .orderBy('proposed_at', 'desc')
    .execute()
  return rows.map((row) => ({
    proposalId: row.proposal_id,
    schoolId: row.school_id,
    proposedBy: row.proposed_by,
    proposedAt: row.proposed_at,
    name: row.name,
    link: row.link,
    why: row.why,
    settled:
      row.settled_at && row.settled_by && row.outcome && row.answer !== null
        ? { at: row.settled_at, by: row.settled_by, outcome: row.outcome, words: row.answer }
        : null,
  }))
}

import { sql } from 'kysely'
import { z } from 'zod'
import type { SupplierActor } from '../actors.ts'
import type { Approach } from '../approach.ts'
import { plainText } from '../catalog/plain-text.ts'
import { supplierById } from '../catalog/store.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { addHandles, locate } from '../handles.ts'
import { type AssignmentId, type BoardId, type MemberId, newId, type PersonId, type SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { commitment } from '../ledger/commitment.ts'
import { actorName, mustActFor } from '../members/acting.ts'
import { Refusal } from '../refusal.ts'
import { type Assignment, runningAssignments } from './assignments.ts'

export type NewAssignment = {
  /** The supplier's own pseudonym of the subject. */
  identifier: string
  /** Absent: until the supplier ends it. */
  endsAt?: Date | undefined
} & (
  | {
      /** Who guides, as parents and the school will read it. */
      guide: string
      memberId?: undefined
    }
  | {
      /** One of its own case workers, who then sees the data in the web app. Others read the name they have here. */
      memberId: MemberId
      guide?: undefined
    }
)

const guideName = plainText(100)

/**
 * A supplier assigns one of its guides to somebody it has a grant about (K19). Where an item names it, access holds only while one is
 * assigned: the school said that it must be so, the supplier knows who it is. About whom no school released anything, no school
 * learns of it.
 *
 * The same guide for the same pupil until the same moment is the same assignment: a retry does no harm.
 *
 * @returns the assignment, and whether it was made now
 * @throws Refusal `supplier_not_found` when suspended
 * @throws Refusal `person_not_found` when the pseudonym is not one of this supplier's
 * @throws Refusal `member_not_found` for who is no case worker of this supplier
 * @throws Refusal `already_assigned` when this guide is assigned to this pupil until another moment; `input_invalid`, `member_role_missing`
 */
export async function startAssignment(
  { db, now }: Deps,
  supplier: SupplierActor,
  { identifier, guide, memberId, endsAt }: NewAssignment,
): Promise<{ assignment: Assignment; made: boolean }> {
  const at = now()
  mustBeAhead(endsAt, at)
  const named = guide === undefined ? undefined : readGuide(guide)
  const { supplierId } = supplier
  const organisation = await supplierById(db, supplierId)
  if (!organisation || organisation.suspendedAt) throw new Refusal('supplier_not_found')
  const located = await locate(db, 'pseudonym', supplierId, identifier)
  if (!located) throw new Refusal('person_not_found')
  const { boardId } = located
  const subjectId = located.ref as PersonId
  return await inTransaction(db, { actor: 'client', boards: [boardId] }, async (tx) => {
    await mustActFor(tx, supplier, ['contracts'])
    await sql`select pg_advisory_xact_lock(hashtextextended(${`assign:${boardId}:${supplierId}:${subjectId}`}, 0))`.execute(tx)
    const name = named ?? (await caseWorkerName(tx, supplierId, memberId!))
    const approach = await approachTo(tx, boardId, supplierId, subjectId)
    const running = (await runningAssignments(tx, boardId, supplierId, [subjectId], at)).find(
      (one) => one.guide === name && one.memberId === (memberId ?? null) && one.approach === approach,
    )
    if (running) {
      if (running.endsAt?.getTime() !== endsAt?.getTime()) throw new Refusal('already_assigned')
      return { assignment: { ...running, identifier }, made: false }
    }
    const assignmentId = newId<AssignmentId>(at)
    await tx
      .insertInto('assignments')
      .values({
        board_id: boardId,
        assignment_id: assignmentId,
        approach,
        supplier_id: supplierId,
        subject_id: subjectId,
        guide: name,
        member_id: memberId ?? null,
        starts_at: at,
        ends_at: endsAt ?? null,
      })
      .execute()
    await addHandles(tx, 'assignment', [{ owner: supplierId, handle: assignmentId, boardId, ref: assignmentId }])
    const facts = {
      supplierId,
      subjectId,
      guide: await commitment(tx, boardId, subjectId, name),
      endsAt: endsAt ?? null,
      ...(memberId && { memberId }),
    }
    await append(tx, {
      boardId,
      approach,
      at,
      event: 'assignment_started',
      actor: actorName(supplier),
      ref: assignmentId,
      facts,
    })
    const assignment = {
      assignmentId,
      subjectId,
      identifier,
      guide: name,
      approach,
      memberId: memberId ?? null,
      startsAt: at,
      endsAt: endsAt ?? null,
    }
    return { assignment, made: true }
  })
}

/** By way of the school where what one released about them to this supplier may still stand; otherwise no school has a part in it. */
async function approachTo(tx: Tx, boardId: BoardId, supplierId: SupplierId, subjectId: PersonId): Promise<Approach> {
  const released = await tx
    .selectFrom('consents as c')
    .innerJoin('release_subjects as rs', (join) => join.onRef('rs.board_id', '=', 'c.board_id').onRef('rs.consent_id', '=', 'c.consent_id')) // release_subjects_by_consent
    .innerJoin('releases as r', (join) => join.onRef('r.board_id', '=', 'rs.board_id').onRef('r.release_id', '=', 'rs.release_id'))
    .innerJoin('supplier_agreements as a', (join) =>
      join.onRef('a.board_id', '=', 'r.board_id').onRef('a.agreement_id', '=', 'r.agreement_id'),
    )
    .select('c.consent_id')
    .where('c.board_id', '=', boardId)
    .where('c.subject_id', '=', subjectId) // consents_by_subject
    .where('a.supplier_id', '=', supplierId)
    .where('a.ended_at', 'is', null)
    .where('r.withdrawn_at', 'is', null)
    .where('c.ended_at', 'is', null)
    .executeTakeFirst()
  return released ? 'organisation' : 'subject'
}

function readGuide(guide: string): string {
  const read = z.object({ guide: guideName }).safeParse({ guide })
  if (!read.success) throw new Refusal('input_invalid', { errors: [{ field: 'guide', reason: 'is not plain text' }] })
  return read.data.guide
}

function mustBeAhead(endsAt: Date | undefined, at: Date): void {
  if (endsAt && endsAt <= at) throw new Refusal('input_invalid', { errors: [{ field: 'until', reason: 'is past' }] })
}

/** The name of a colleague who may see data, held until commit. */
async function caseWorkerName(tx: Tx, supplierId: SupplierId, memberId: MemberId): Promise<string> {
  const row = await tx
    .selectFrom('members')
    .select(['name', 'roles'])
    .where('member_id', '=', memberId) // members_pkey
    .where('supplier_id', '=', supplierId)
    .where('ended_at', 'is', null)
    .forShare()
    .executeTakeFirst()
  if (!row?.roles.includes('case_worker')) throw new Refusal('member_not_found')
  return row.name
}

import type { MemberActor } from '../actors.ts'
import type { Approach } from '../approach.ts'
import type { Db } from '../database.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { grantsAskedDirectly } from '../grants/grants-asked-directly.ts'
import { type GrantPlace, grantsOfAgreement } from '../grants/grants-of-agreement.ts'
import type { ListedGrant } from '../grants/list-grants.ts'
import { locate } from '../handles.ts'
import type { AgreementId, AssignmentId, MemberId, PersonId, SupplierId } from '../ids.ts'

/** Somebody whose data a supplier may have, by way of the school or by their own yes, under the supplier's own reference and pseudonym. */
export interface ReleasedSubject {
  identifier: string
  reference: string
  grants: ListedGrant[]
  /** The supplier's people who are assigned now. */
  assigned: { assignmentId: AssignmentId; memberId: MemberId; name: string; approach: Approach }[]
}

const PAGE = 100
/** Who has more than so many under one agreement has a program. */
const MOST_PAGES = 5

/**
 * Everybody whose data a school released to this supplier, or who said yes to it in person, and who can be told of, with who is
 * assigned to them. A grant that is over stays listed without data. Does NOT check what the member may do: whoever calls has.
 */
export async function releasedSubjects(deps: Deps, actor: MemberActor): Promise<ReleasedSubject[]> {
  const grants: ListedGrant[] = []
  for (const agreementId of await agreementsOf(deps.db, actor.supplierId)) grants.push(...(await allGrants(deps, actor, agreementId)))
  grants.push(...(await grantsAskedDirectly(deps, actor)))
  const subjects = new Map<string, ReleasedSubject>()
  for (const grant of grants) {
    const { identifier, reference } = grant
    const subject = subjects.get(identifier) ?? { identifier, reference, grants: [], assigned: [] }
    subject.grants.push(grant)
    subjects.set(identifier, subject)
  }
  const all = [...subjects.values()].toSorted((a, b) => a.reference.localeCompare(b.reference))
  for (const subject of all) subject.assigned = await assignedTo(deps, actor.supplierId, subject.identifier)
  return all
}

async function agreementsOf(db: Db, supplierId: SupplierId): Promise<AgreementId[]> {
  const rows = await db
    .selectFrom('handles')
    .select('handle')
    .where('kind', '=', 'agreement')
    .where('owner', '=', supplierId) // handles_pkey
    .orderBy('handle')
    .execute()
  return rows.map(({ handle }) => handle as AgreementId)
}

async function allGrants(deps: Deps, actor: MemberActor, agreementId: AgreementId): Promise<ListedGrant[]> {
  const all: ListedGrant[] = []
  let after: GrantPlace | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const { grants, next } = await grantsOfAgreement(deps, actor, agreementId, { ...(after && { after }), limit: PAGE })
    all.push(...grants)
    if (!next) break
    after = next
  }
  return all
}

/** Whether one of a supplier's people may look at this grant now: what a school released, only who is assigned with its knowledge. */
export const mayLook = ({ assigned }: ReleasedSubject, { approach }: ListedGrant, memberId: MemberId): boolean =>
  assigned.some((one) => one.memberId === memberId && (approach === 'subject' || one.approach === 'organisation'))

/** The people of a supplier who are assigned to a subject now. Does NOT tell guides that a program named. */
async function assignedTo(deps: Deps, supplierId: SupplierId, identifier: string): Promise<ReleasedSubject['assigned']> {
  const at = deps.now()
  const located = await locate(deps.db, 'pseudonym', supplierId, identifier)
  if (!located) return []
  const { boardId, ref } = located
  return await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, async (tx) => {
    const rows = await tx
      .selectFrom('assignments as a')
      .innerJoin('members as m', 'm.member_id', 'a.member_id')
      .select(['a.assignment_id', 'a.approach', 'm.member_id', 'm.name'])
      .where('a.board_id', '=', boardId)
      .where('a.subject_id', '=', ref as PersonId) // assignments_by_subject
      .where('a.supplier_id', '=', supplierId)
      .where('m.ended_at', 'is', null)
      .where('a.starts_at', '<=', at)
      .where((eb) => eb.or([eb('a.ends_at', 'is', null), eb('a.ends_at', '>', at)]))
      .orderBy('m.name')
      .execute()
    return rows.map((row) => ({ assignmentId: row.assignment_id, memberId: row.member_id, name: row.name, approach: row.approach }))
  })
}

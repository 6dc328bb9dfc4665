import { sql } from 'kysely'
import type { MemberActor } from '../actors.ts'
import type { Approach } from '../approach.ts'
import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { grantsOfSubjects } from '../grants/grants-of-subjects.ts'
import type { ListedGrant } from '../grants/list-grants.ts'
import { locate } from '../handles.ts'
import type { AssignmentId, BoardId, MemberId, PersonId, SupplierId } from '../ids.ts'

/** Somebody whose data a supplier may have, by way of the school or by their own yes, under the supplier's own reference and pseudonym. */
export interface ReleasedSubject {
  identifier: string
  reference: string
  grants: ListedGrant[]
  /** The supplier's people who are assigned now. */
  assigned: { assignmentId: AssignmentId; memberId: MemberId; name: string; approach: Approach }[]
}

/** Where a page of the list ended: at a reference, of which so many were shown. No person's id leaves with it. */
export interface SubjectPlace {
  reference: string
  shown: number
}

export interface WhichSubjects {
  /** Those to whom who asks is assigned; or those to whom nobody is. */
  only?: 'mine' | 'unassigned' | undefined
  /** A part of what the supplier calls them. */
  called?: string | undefined
  after?: SubjectPlace | undefined
  limit: number
}

/**
 * A page of everybody whose data a school released to this supplier, or who said yes to it in person, in the order of its own
 * references, with who is assigned to them. A grant that is over stays listed without data; who has none that can be told of is left
 * out, so a page may be shorter than asked and not be the last. Does NOT check what the member may do: whoever calls has.
 */
export async function releasedSubjects(
  deps: Deps,
  actor: MemberActor,
  which: WhichSubjects,
): Promise<{ subjects: ReleasedSubject[]; next: SubjectPlace | undefined }> {
  const at = deps.now()
  const boards = await boardsOfSupplier(deps.db, actor.supplierId)
  if (boards.length === 0) return { subjects: [], next: undefined }
  return await inTransaction(deps.db, { actor: 'client', boards }, async (tx) => {
    const found = await named(tx, boards, actor, which, at)
    const page = found.slice(0, which.limit)
    const subjects: ReleasedSubject[] = []
    for (const [boardId, ofBoard] of Map.groupBy(page, ({ boardId }) => boardId)) {
      const subjectIds = ofBoard.map(({ subjectId }) => subjectId)
      subjects.push(...(await withTheirGrants(tx, boardId, actor.supplierId, subjectIds, at)))
    }
    const order = new Map(page.map(({ reference }, nr) => [reference, nr]))
    const place = (subject: ReleasedSubject) => Math.min(...subject.grants.map(({ reference }) => order.get(reference) ?? page.length))
    return {
      subjects: subjects.toSorted((a, b) => place(a) - place(b)),
      next: found.length > which.limit ? placeAfter(page, which.after) : undefined,
    }
  })
}

/** One of them, by the pseudonym that the supplier has. Does NOT check what the member may do. */
export async function releasedSubject(deps: Deps, actor: MemberActor, identifier: string): Promise<ReleasedSubject | undefined> {
  const located = await locate(deps.db, 'pseudonym', actor.supplierId, identifier)
  if (!located) return undefined
  const { boardId, ref } = located
  return await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, async (tx) => {
    const [subject] = await withTheirGrants(tx, boardId, actor.supplierId, [ref as PersonId], deps.now())
    return subject
  })
}

/** Whether one of a supplier's people may look at this grant now: what a school released, only who is assigned with its knowledge. */
export const mayLook = ({ assigned }: ReleasedSubject, { approach }: ListedGrant, memberId: MemberId): boolean =>
  assigned.some((one) => one.memberId === memberId && (approach === 'subject' || one.approach === 'organisation'))

interface Named {
  boardId: BoardId
  subjectId: PersonId
  reference: string
}

function placeAfter(page: readonly Named[], before: SubjectPlace | undefined): SubjectPlace {
  const { reference } = page.at(-1)!
  const shown = page.filter((one) => one.reference === reference).length
  return { reference, shown: before?.reference === reference ? before.shown + shown : shown }
}

async function named(
  tx: Tx,
  boards: readonly BoardId[],
  { supplierId, memberId }: MemberActor,
  { only, called = '', after, limit }: WhichSubjects,
  at: Date,
): Promise<Named[]> {
  const assignment = sql`select from assignments s -- assignments_by_subject
    join members m on m.member_id = s.member_id and m.ended_at is null
    where s.board_id = n.board_id and s.subject_id = n.subject_id and s.supplier_id = ${supplierId}
      and s.starts_at <= ${at} and (s.ends_at is null or s.ends_at > ${at})`
  const kept = {
    mine: sql`exists (${assignment} and s.member_id = ${memberId})`,
    unassigned: sql`not exists (${assignment})`,
    all: sql`true`,
  }
  const { rows } = await sql<Named>`
    with n as (
      select r.board_id, c.subject_id, rs.reference
      from supplier_agreements a -- supplier_agreements_by_supplier
      join releases r on r.board_id = a.board_id and r.agreement_id = a.agreement_id -- releases_by_agreement
      join release_subjects rs on rs.board_id = r.board_id and rs.release_id = r.release_id -- release_subjects_pkey
      join consents c on c.board_id = rs.board_id and c.consent_id = rs.consent_id -- consents_pkey
      where a.board_id = any(${boards}::uuid[]) and a.supplier_id = ${supplierId}
      union
      select q.board_id, c.subject_id, q.reference
      from prepared_asks q -- prepared_asks_by_supplier
      join consents c on c.board_id = q.board_id and c.consent_id = q.consent_id and c.approach = 'subject' -- consents_pkey
      where q.supplier_id = ${supplierId} and q.board_id = any(${boards}::uuid[])
    )
    select board_id as "boardId", subject_id as "subjectId", min(reference) as reference from n
    where strpos(lower(reference), lower(${called})) > 0 and ${kept[only ?? 'all']}
    group by board_id, subject_id
    having min(reference) >= ${after?.reference ?? ''}
    order by min(reference), subject_id limit ${limit + 1} offset ${after?.shown ?? 0}`.execute(tx)
  return rows
}

async function withTheirGrants(
  tx: Tx,
  boardId: BoardId,
  supplierId: SupplierId,
  subjectIds: PersonId[],
  at: Date,
): Promise<ReleasedSubject[]> {
  const subjects = new Map<string, ReleasedSubject>()
  for (const grant of await grantsOfSubjects(tx, { boardId, supplierId }, subjectIds, at)) {
    const { identifier, reference } = grant
    const subject = subjects.get(identifier) ?? { identifier, reference, grants: [], assigned: [] }
    subject.grants.push(grant)
    subjects.set(identifier, subject)
  }
  const assigned = await assignedTo(tx, boardId, supplierId, subjectIds, at)
  for (const { identifier, ...one } of assigned) subjects.get(identifier)?.assigned.push(one)
  return [...subjects.values()]
}

/** The people of a supplier who are assigned to these subjects now. Does NOT tell guides that a program named. */
async function assignedTo(tx: Tx, boardId: BoardId, supplierId: SupplierId, subjectIds: readonly PersonId[], at: Date) {
  const rows = await tx
    .selectFrom('assignments as a')
    .innerJoin('members as m', 'm.member_id', 'a.member_id')
    .innerJoin('pseudonyms as p', (join) => join.onRef('p.board_id', '=', 'a.board_id').onRef('p.subject_id', '=', 'a.subject_id'))
    .select(['p.pseudonym', 'a.assignment_id', 'a.approach', 'm.member_id', 'm.name'])
    .where('a.board_id', '=', boardId)
    .where('a.subject_id', '=', sql<PersonId>`any(${subjectIds}::uuid[])`) // assignments_by_subject
    .where('a.supplier_id', '=', supplierId)
    .where('p.audience_id', '=', supplierId) // pseudonyms_pkey
    .where('m.ended_at', 'is', null)
    .where('a.starts_at', '<=', at)
    .where((eb) => eb.or([eb('a.ends_at', 'is', null), eb('a.ends_at', '>', at)]))
    .orderBy('m.name')
    .execute()
  return rows.map((row) => ({
    identifier: row.pseudonym,
    assignmentId: row.assignment_id,
    memberId: row.member_id,
    name: row.name,
    approach: row.approach,
  }))
}

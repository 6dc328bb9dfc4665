import { sql } from 'kysely'
import type { HolderActor } from '../actors.ts'
import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, PersonId } from '../ids.ts'

/** Which of its pupils or staff a pseudonym of a holder is: `identifier` is what the school gave the holder. */
export interface KnownSubject {
  identifier: string
  sub: string
}

export interface SubjectPlace {
  boardId: BoardId
  subjectId: PersonId
}

/**
 * The pseudonyms of a holder with the identifier each stands for: the ECK iD of a pupil, or the id of a member of staff in
 * the roster. Only subjects a grant was made about, and only of boards whose agreement with the holder is in force: who
 * is not of the board any more, or has no such identifier, is not told.
 *
 * @param sub only this one, when a holder meets a pseudonym it does not know
 */
export async function knownSubjects(
  deps: Deps,
  { holderId }: HolderActor,
  { after, limit, sub }: { after?: SubjectPlace; limit: number; sub?: string },
): Promise<{ subjects: KnownSubject[]; next?: SubjectPlace }> {
  const at = deps.now()
  const { supplier_id } = await deps.db
    .selectFrom('holders')
    .select('supplier_id')
    .where('holder_id', '=', holderId)
    .executeTakeFirstOrThrow() // holders_pkey
  const boards = await boardsOfSupplier(deps.db, supplier_id)
  return await inTransaction(deps.db, { actor: 'client', boards }, async (tx) => {
    const { rows } = await sql<{ board_id: BoardId; subject_id: PersonId; pseudonym: string; identifier: string }>`
      select p.board_id, p.subject_id, p.pseudonym, coalesce(s.eck_id, s.source_id) as identifier
      from pseudonyms p -- pseudonyms_pkey
      join persons s on s.board_id = p.board_id and s.person_id = p.subject_id and s.erased_at is null
      where p.board_id = any (array(
          select a.board_id from supplier_agreements a -- supplier_agreements_by_supplier
          where a.board_id = any (${boards}::uuid[]) and a.supplier_id = ${supplier_id} and a.signed_at <= ${at} and a.ended_at is null
            and a.starts_at <= ${at} and a.ends_at > ${at}
        ))
        and p.audience_id = ${holderId} and coalesce(s.eck_id, s.source_id) is not null
        ${sub === undefined ? sql`` : sql`and p.pseudonym = ${sub}`}
        ${after ? sql`and (p.board_id, p.subject_id) > (${after.boardId}::uuid, ${after.subjectId}::uuid)` : sql``}
        and exists (
          select from enrolments e where e.board_id = p.board_id and e.person_id = p.subject_id and (e.ends_at is null or e.ends_at > ${at})
          union all
          select from employments e where e.board_id = p.board_id and e.person_id = p.subject_id and (e.ends_at is null or e.ends_at > ${at})
        )
      order by p.board_id, p.subject_id limit ${limit + 1}`.execute(tx)
    const page = rows.slice(0, limit)
    const last = rows.length > limit ? page.at(-1) : undefined
    return {
      subjects: page.map(({ pseudonym, identifier }) => ({ identifier, sub: pseudonym })),
      ...(last && { next: { boardId: last.board_id, subjectId: last.subject_id } }),
    }
  })
}

import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, PersonId } from '../ids.ts'

/**
 * Per pupil who looks after them now, by name. Who has no authority by the school's own word is left out, whatever else is
 * recorded of them; of whom it is not known yet may be called. Does NOT check who asks.
 */
export async function guardiansToCall(
  tx: Tx,
  boardId: BoardId,
  pupilIds: readonly PersonId[],
  at: Date,
): Promise<Map<PersonId, PersonId[]>> {
  const { rows } = await sql<{ pupil_id: PersonId; guardian_id: PersonId }>`
    select g.pupil_id, g.guardian_id
    from guardianships g join persons p on p.board_id = g.board_id and p.person_id = g.guardian_id -- persons_pkey
    where g.board_id = ${boardId} and g.pupil_id = any(${pupilIds}::uuid[]) -- guardianships_by_pupil
      and g.starts_at <= ${at} and (g.ends_at is null or g.ends_at > ${at}) and p.erased_at is null
    group by g.pupil_id, g.guardian_id, p.given_name, p.family_name
    having bool_and(g.authority <> 'no')
    order by p.given_name, p.family_name, g.guardian_id`.execute(tx)
  const perPupil = new Map<PersonId, PersonId[]>()
  for (const { pupil_id, guardian_id } of rows) perPupil.set(pupil_id, [...(perPupil.get(pupil_id) ?? []), guardian_id])
  return perPupil
}

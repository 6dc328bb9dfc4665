import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, PersonId, SchoolId } from '../ids.ts'

/** Somebody who belongs to a school now, as staff who look for them need it. */
export interface FoundPerson {
  personId: PersonId
  givenName: string
  familyName: string
  groupName: string | null
}

/** So many at most: who looks for one person among more looks better with another word. */
export const MOST_FOUND = 50

/**
 * Pupils or staff of a school (or of the whole board) now, of whom every word is found in name or group, or the ECK iD is
 * this one. Without words: the first by group and name. Does NOT check who asks.
 */
export async function findPersons(
  tx: Tx,
  boardId: BoardId,
  { schoolId, kind, words, at }: { schoolId: SchoolId | null; kind: 'pupil' | 'employee'; words: string; at: Date },
): Promise<FoundPerson[]> {
  const patterns = patternsOf(words)
  const tenures = kind === 'pupil' ? sql`enrolments` : sql`employments`
  const group = kind === 'pupil' ? sql`t.group_name` : sql`t.job_title`
  const { rows } = await sql<{ person_id: PersonId; given_name: string; family_name: string; group_name: string | null }>`
    select distinct p.person_id, p.given_name, p.family_name, ${group} as group_name
    from ${tenures} t
    join persons p on p.board_id = t.board_id and p.person_id = t.person_id -- persons_pkey
    where t.board_id = ${boardId} and t.starts_at <= ${at} and (t.ends_at is null or t.ends_at > ${at}) and p.erased_at is null
      and (${schoolId}::uuid is null or t.school_id = ${schoolId}::uuid) -- enrolments_by_school
      and (
        p.eck_id = ${words.trim()}
        or p.given_name || ' ' || p.family_name || ' ' || coalesce(${group}, '') ilike all (${patterns}::text[])
      )
    order by group_name nulls last, given_name, family_name, person_id
    limit ${MOST_FOUND}`.execute(tx)
  return rows.map((row) => ({
    personId: row.person_id,
    givenName: row.given_name,
    familyName: row.family_name,
    groupName: row.group_name,
  }))
}

/** For each word that somebody typed what finds it anywhere in a name. */
export function patternsOf(words: string): string[] {
  return words
    .normalize('NFKC')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .slice(0, 8)
    .map((word) => `%${word}%`)
}

import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, PersonId } from '../ids.ts'
import { subjectFacts } from '../people/store.ts'
import { whoMayAnswer } from '../people/who-may-answer.ts'
import { type Audience, personsIn } from './audience.ts'

/** What going out means, before it does. */
export interface Reach {
  subjects: number
  /** Who gets a mail, one each however many children. */
  mailed: number
  /** Who may answer and has no address and no account. */
  unreached: number
  /** Subjects for whom nobody may answer. */
  nobody: number
}

/** How many people an audience is, and how many of them a mail reaches. Does NOT check who asks. */
export async function reachOf(tx: Tx, boardId: BoardId, audience: Audience, kind: 'pupil' | 'employee', at: Date): Promise<Reach> {
  const { rows } = await personsIn(audience, kind, boardId, at).execute(tx)
  const subjects = rows.map(({ person_id }) => person_id)
  const deciders = new Set<PersonId>()
  let nobody = 0
  for (const subject of (await subjectFacts(tx, boardId, subjects)).values()) {
    const may = whoMayAnswer(subject, at)
    if (!may.known) nobody++
    else for (const { personId } of may.deciders) deciders.add(personId)
  }
  const reached = await sql<{ mailed: number; unreached: number }>`
    select count(distinct coalesce(a.account_id, p.person_id)) filter (where coalesce(a.email, p.email) is not null)::int as mailed,
      count(*) filter (where coalesce(a.email, p.email) is null and a.account_id is null)::int as unreached
    from persons p
    left join account_persons ap on ap.board_id = p.board_id and ap.person_id = p.person_id
    left join accounts a on a.account_id = ap.account_id
    where p.board_id = ${boardId} and p.person_id = any(${[...deciders]}::uuid[]) and p.erased_at is null -- persons_pkey`.execute(tx)
  return { subjects: subjects.length, nobody, ...reached.rows[0]! }
}

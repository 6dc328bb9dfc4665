import { sql } from 'kysely'
import { amsterdamDay } from '../clock.ts'
import type { Tx } from '../database.ts'
import type { BoardId, PersonId } from '../ids.ts'
import { addMonths } from './calendar.ts'

/** What a school keeps about a pupil: the administration, the dossier, and the dossier of a pupil who went to special education (P38). */
export const RETAINED = ['administration', 'dossier', 'dossier_special'] as const
export type Retained = (typeof RETAINED)[number]

export interface RetentionRule {
  /** Not deleted before, and not kept after: months since the pupil left. */
  minMonths: number
  maxMonths: number
}

/** The protocol's five, two and three years (P38), with three months to do it. */
export const PROTOCOL_TERMS: Record<Retained, RetentionRule> = {
  administration: { minMonths: 60, maxMonths: 63 },
  dossier: { minMonths: 24, maxMonths: 27 },
  dossier_special: { minMonths: 36, maxMonths: 39 },
}

/** `may`: the least term is over; `must`: the longest is over too. */
export type DueState = 'may' | 'must'

/** Data of a pupil who left, that may or must be deleted now. */
export interface DueDeletion {
  subjectId: PersonId
  name: string
  category: Retained
  leftOn: string
  /** The last day on which it may still be there. */
  deleteBy: string
  state: DueState
}

/** The rules of a board: its own, else the protocol's. */
export async function retentionRules(tx: Tx, boardId: BoardId): Promise<Record<Retained, RetentionRule & { own: boolean }>> {
  const rows = await tx.selectFrom('retention_rules').selectAll().where('board_id', '=', boardId).execute() // retention_rules_pkey
  const ruleOf = (category: Retained) => {
    const row = rows.find((one) => one.category === category)
    return row ? { minMonths: row.min_months, maxMonths: row.max_months, own: true } : { ...PROTOCOL_TERMS[category], own: false }
  }
  return { administration: ruleOf('administration'), dossier: ruleOf('dossier'), dossier_special: ruleOf('dossier_special') }
}

/** In which state data are that are counted from this day; undefined while they must be kept. */
export function dueStateOf({ minMonths, maxMonths }: RetentionRule, leftOn: string, today: string): DueState | undefined {
  if (today < addMonths(leftOn, minMonths)) return undefined
  return today > addMonths(leftOn, maxMonths) ? 'must' : 'may'
}

/**
 * What of pupils who left may or must be deleted and was not yet, what is late first. A dossier of a pupil who was or went on in
 * special education, here or at another board, has its own term. Does NOT check who asks.
 */
export async function dueDeletions(tx: Tx, boardId: BoardId, at: Date): Promise<DueDeletion[]> {
  const rules = await retentionRules(tx, boardId)
  const today = amsterdamDay(at)
  const { rows } = await sql<{ subject_id: PersonId; name: string; left_at: Date; special: boolean; deleted: Retained[] }>`
    select e.person_id as subject_id, p.given_name || ' ' || p.family_name as name, max(e.ends_at) as left_at,
      bool_or(s.sector in ('sbo', 'so')) or exists (
        select from transfers t -- transfers_by_subject
        where t.board_id = ${boardId} and t.subject_id = e.person_id and t.to_special and t.sent_at is not null) as special,
      array(select d.category from deletion_subjects d where d.board_id = ${boardId} and d.subject_id = e.person_id) as deleted -- deletion_subjects_pkey
    from enrolments e
    join persons p on p.board_id = e.board_id and p.person_id = e.person_id and p.erased_at is null -- persons_pkey
    join schools s on s.board_id = e.board_id and s.school_id = e.school_id
    where e.board_id = ${boardId}
    group by e.person_id, p.given_name, p.family_name
    having bool_and(e.ends_at is not null and e.ends_at <= ${at})`.execute(tx)
  const due = rows.flatMap(({ subject_id, name, left_at, special, deleted }): DueDeletion[] => {
    const leftOn = amsterdamDay(left_at)
    const kept: Retained[] = ['administration', special ? 'dossier_special' : 'dossier']
    return kept.flatMap((category) => {
      const state = dueStateOf(rules[category], leftOn, today)
      if (!state || deleted.includes(category)) return []
      return [{ subjectId: subject_id, name, category, leftOn, deleteBy: addMonths(leftOn, rules[category].maxMonths), state }]
    })
  })
  return due.toSorted((a, b) => a.deleteBy.localeCompare(b.deleteBy) || a.subjectId.localeCompare(b.subjectId))
}

/** So many deletions are listed. */
export const MOST_DELETIONS = 100

/** What was deleted, the newest first, `MOST_DELETIONS` at most: of how many, by whom and how. */
export async function deletionsOf(tx: Tx, boardId: BoardId) {
  const { rows } = await sql<{ category: Retained; deletedAt: Date; deletedBy: PersonId; how: string; subjects: number }>`
    select d.category, d.deleted_at as "deletedAt", d.deleted_by as "deletedBy", d.how, count(s.subject_id)::int as subjects
    from deletions d -- deletions_pkey
    join deletion_subjects s on s.board_id = d.board_id and s.deletion_id = d.deletion_id
    where d.board_id = ${boardId}
    group by d.deletion_id, d.category, d.deleted_at, d.deleted_by, d.how
    order by d.deleted_at desc limit ${MOST_DELETIONS}`.execute(tx)
  return rows
}

import type { Selectable } from 'kysely'
import type { Tx } from '../database.ts'
import type { ApprovalId, BoardId, PersonId, RoundId, SchoolId } from '../ids.ts'
import type { Audience } from './audience.ts'
import type { Item } from './item.ts'
import { itemOf } from './store.ts'
import type { RoundTable } from './tables.ts'

export interface Round {
  boardId: BoardId
  roundId: RoundId
  title: string
  subjectKind: 'pupil' | 'employee'
  schoolYear: string
  undertakings: string
  /** One school's own round; null is the board's. */
  schoolId: SchoolId | null
  startsAt: Date
  endsAt: Date
  /** Before this nobody is told and nothing is answered; null is from its publication. */
  opensAt: Date | null
  draftedAt: Date
  /** Counts every change of the draft: whoever acts on an older one has not seen the newer. */
  revision: number
  changed: { at: Date; by: PersonId } | null
  /** Last year's round, from which it was made. */
  copiedFrom: RoundId | null
  audience: Audience | null
  councilApprovalId: ApprovalId | null
  publishedAt: Date | null
  /** Why it went out although some of it is hard to read (P14). */
  hardBecause: string | null
  /** A reminder that waits for the end of the quiet hours. */
  remindAt: Date | null
  remindedAt: Date | null
  reminders: number
}

/** All rounds of the board, newest first. Does NOT check who asks. */
export async function roundsOf(tx: Tx, boardId: BoardId): Promise<Round[]> {
  const rows = await tx
    .selectFrom('rounds')
    .selectAll()
    .where('board_id', '=', boardId) // rounds_pkey
    .orderBy('drafted_at', 'desc')
    .orderBy('round_id')
    .execute()
  return rows.map(roundOf)
}

/** These rounds, in the order they begin. Does NOT check who asks. */
export async function roundsNamed(tx: Tx, boardId: BoardId, roundIds: readonly RoundId[]): Promise<Round[]> {
  if (roundIds.length === 0) return []
  const rows = await tx
    .selectFrom('rounds')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('round_id', 'in', roundIds) // rounds_pkey
    .orderBy('starts_at')
    .orderBy('round_id')
    .execute()
  return rows.map(roundOf)
}

/** Does NOT check who asks. */
export async function roundById(tx: Tx, boardId: BoardId, roundId: RoundId): Promise<Round | undefined> {
  const row = await tx
    .selectFrom('rounds')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('round_id', '=', roundId) // rounds_pkey
    .executeTakeFirst()
  return row && roundOf(row)
}

/** The items of a round that were not left out, also those of a draft that nobody was asked yet; in the order they were added. */
export async function itemsOfRound(tx: Tx, boardId: BoardId, roundId: RoundId): Promise<Item[]> {
  const rows = await tx
    .selectFrom('items')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('round_id', '=', roundId) // items_by_round
    .where('dropped_at', 'is', null)
    .orderBy('created_at')
    .orderBy('item_id')
    .execute()
  return rows.map(itemOf)
}

/** Rows of `rounds` become rounds here and nowhere else. */
export function roundOf(row: Selectable<RoundTable>): Round {
  return {
    boardId: row.board_id,
    roundId: row.round_id,
    title: row.title,
    subjectKind: row.subject_kind,
    schoolYear: row.school_year,
    undertakings: row.undertakings,
    schoolId: row.school_id,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    opensAt: row.opens_at,
    draftedAt: row.drafted_at,
    revision: row.revision,
    changed: row.changed_at && row.changed_by ? { at: row.changed_at, by: row.changed_by } : null,
    copiedFrom: row.copied_from,
    audience: row.audience,
    councilApprovalId: row.council_approval_id,
    hardBecause: row.hard_because,
    publishedAt: row.published_at,
    remindAt: row.remind_at,
    remindedAt: row.reminded_at,
    reminders: row.reminders,
  }
}

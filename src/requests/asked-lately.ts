import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, SchoolId } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import { type AskedMeaning, COOL_DOWN_DAYS, type EarlierAsk, MOST_WAITING, mayAsk } from './rationing.ts'

/**
 * Holds a supplier to its ration at a school, by what it asks and of whom as it names them: what waits for an answer is not
 * asked twice, and what the school refused rests for a while. Whether a *person* was asked lately is known only when the
 * school has said who they are: `forwardRequest` looks then.
 *
 * @throws Refusal `request_already_open`, `request_cooling_down`, `too_many_requests`
 */
export async function mustNotBeAskedLately(
  tx: Tx,
  boardId: BoardId,
  schoolId: SchoolId | null,
  ask: AskedMeaning,
  subjects: readonly string[] | 'school_picks',
  at: Date,
): Promise<void> {
  const rows = await tx
    .selectFrom('access_requests as q')
    .select(['q.datatypes', 'q.purpose', 'q.holder_id', 'q.refused_at', 'q.forwarded_at', 'q.school_picks'])
    .select((select) => [
      select
        .selectFrom('request_subjects as rs')
        .select(sql<string[]>`coalesce(array_agg(rs.reference), '{}')`.as('references'))
        .whereRef('rs.board_id', '=', 'q.board_id')
        .whereRef('rs.request_id', '=', 'q.request_id') // request_subjects_pkey
        .as('references'),
      select
        .exists(
          select
            .selectFrom('releases as r')
            .select('r.release_id')
            .whereRef('r.board_id', '=', 'q.board_id')
            .whereRef('r.request_id', '=', 'q.request_id') // releases_by_request
            .where('r.withdrawn_at', 'is', null),
        )
        .as('released'),
    ])
    .where('q.board_id', '=', boardId)
    .where('q.supplier_id', '=', ask.supplierId) // access_requests_by_supplier
    .where('q.approach', '=', 'organisation')
    .where('q.withdrawn_at', 'is', null)
    .where((where) => where.or([where('q.ends_at', '>', at), where('q.refused_at', 'is not', null)]))
    .where((where) => where.or([where('q.refused_at', 'is', null), where('q.refused_at', '>', restBegan(at))]))
    .$if(schoolId !== null, (query) =>
      query.where((where) => where.or([where('q.school_id', '=', schoolId), where('q.school_id', 'is', null)])),
    )
    .execute()
  const ofTheSame = (references: readonly string[] | null, schoolPicks: boolean) =>
    subjects === 'school_picks' ? schoolPicks : subjects.some((reference) => references?.includes(reference))
  const earlier = rows
    .filter(({ references, school_picks, released }) => !released && ofTheSame(references, school_picks))
    .map(
      ({ datatypes, purpose, holder_id, refused_at }): EarlierAsk => ({
        supplierId: ask.supplierId,
        holderId: holder_id,
        purpose,
        datatypes,
        ...(refused_at ? { was: 'refused', at: refused_at } : { was: 'open' }),
      }),
    )
  const may = mayAsk(ask, earlier, at)
  if (may === 'open') throw new Refusal('request_already_open')
  if (may === 'cooling_down') throw new Refusal('request_cooling_down')
  if (rows.filter(({ refused_at, forwarded_at }) => !refused_at && !forwarded_at).length >= MOST_WAITING)
    throw new Refusal('too_many_requests')
}

const restBegan = (at: Date) => new Date(at.getTime() - COOL_DOWN_DAYS * 86_400_000)

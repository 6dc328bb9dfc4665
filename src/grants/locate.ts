import type { JWK } from 'jose'
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database.ts'
import type { BoardId, HolderId, PersonId, SupplierId } from '../ids.ts'
import { drawIndexes, freePlace, type StatusPlace } from '../tokens/status-lists.ts'
import { LONGEST_MS, NotGranted, type Wish } from './wish.ts'

/** What the global tables know of a wish: which holder, which subjects at which boards, and a place in a status list. */
export interface Found {
  holderId: HolderId
  tokenFormat: 'jwt' | 'jwe' | 'opaque'
  encryptionJwk: JWK | null
  subjects: { boardId: BoardId; subjectId: PersonId }[]
  status: StatusPlace | null
}

/** A wish as a row of SQL, with where its token may stand. */
export interface SoughtRow {
  resource: string
  identifiers: string[]
  draws: number[]
}

export const soughtRow = ({ resource, identifiers }: Wish): SoughtRow => ({ resource, identifiers, draws: drawIndexes() })

/** SQL: the columns of a `SoughtRow`. */
export const SOUGHT_COLUMNS = sql.raw('resource text, identifiers text[], draws integer[]')

/** SQL: what is found of the sought row `w` of `supplier`, as jsonb; null without such a holder. To be read along with something else. */
export function foundFor(supplier: RawBuilder<unknown>, at: Date): RawBuilder<Found | null> {
  const place = freePlace(sql`h.holder_id`, new Date(at.getTime() + LONGEST_MS), sql`w.draws`)
  return sql`(
    select jsonb_build_object('holderId', h.holder_id, 'tokenFormat', h.token_format, 'encryptionJwk', h.encryption_jwk, 'status', ${place}, 'subjects', (
      select coalesce(jsonb_agg(jsonb_build_object('boardId', p.board_id, 'subjectId', p.ref)), '[]')
      from unnest(w.identifiers) as i (handle) cross join lateral (
        select board_id, ref from handles where kind = 'pseudonym' and owner = ${supplier} and handle = i.handle limit 1 -- handles_pkey
      ) p
    ))
    from holders h where h.resource = w.resource -- holders_resource_key
  )`
}

export async function find(db: Db, supplierId: SupplierId, wish: Wish, at: Date): Promise<Found | null> {
  const { rows } = await sql<{ found: Found | null }>`
    select ${foundFor(sql`${supplierId}::uuid`, at)} as found
    from jsonb_to_record(${sql.val(soughtRow(wish))}::jsonb) as w (${SOUGHT_COLUMNS})`.execute(db)
  return rows[0]!.found
}

/**
 * The holder and the one board of all the subjects.
 *
 * @throws NotGranted
 */
export function locate(found: Found | null, { identifiers }: Wish): { holderId: HolderId; boardId: BoardId; subjectIds: PersonId[] } {
  if (!found) throw new NotGranted('unknown_holder')
  const { holderId, subjects } = found
  const boardId = subjects[0]?.boardId
  if (!boardId || subjects.length < identifiers.length) throw new NotGranted('unknown_subject', boardId)
  if (subjects.some((subject) => subject.boardId !== boardId)) throw new NotGranted('several_boards')
  return { holderId, boardId, subjectIds: subjects.map(({ subjectId }) => subjectId) }
}

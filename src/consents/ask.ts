import { sql } from 'kysely'
import type { Approach } from '../approach.ts'
import { sha256 } from '../canonical.ts'
import type { Tx } from '../database.ts'
import { type BoardId, type ConsentId, type ItemId, newIds, type PersonId } from '../ids.ts'
import { oldEnough } from './too-young.ts'

export interface AskedConsent {
  consentId: ConsentId
  itemId: ItemId
  subjectId: PersonId
}

/**
 * Asks subjects an item, or tells them when it rests on another basis: one consent each, in one statement however many
 * there are. Whoever has an open consent on the item is not asked twice, and a pupil below the minimum age of the service is
 * not asked at all (P48). Does NOT check who asks whom, tell anybody or
 * write in the ledger: the caller appends one entry with `askedFacts` and calls `tellDeciders`.
 *
 * @param item made in this transaction or before, of this approach
 */
export async function askConsents(
  tx: Tx,
  at: Date,
  item: { boardId: BoardId; itemId: ItemId; approach: Approach },
  subjectIds: readonly PersonId[],
): Promise<AskedConsent[]> {
  return await askAll(tx, at, { boardId: item.boardId, approach: item.approach, itemIds: [item.itemId] }, subjectIds)
}

/**
 * As `askConsents`, every item of every subject.
 *
 * @param more.nobodyYet these items were asked of nobody before: spares looking for each whether it was
 */
export async function askAll(
  tx: Tx,
  at: Date,
  { boardId, approach, itemIds }: { boardId: BoardId; approach: Approach; itemIds: readonly ItemId[] },
  subjectIds: readonly PersonId[],
  more: { nobodyYet?: boolean } = {},
): Promise<AskedConsent[]> {
  const asked: AskedConsent[] = []
  for (const those of await oldEnough(tx, at, boardId, itemIds, subjectIds)) {
    asked.push(...(await askThose(tx, at, { boardId, approach, itemIds: those.itemIds }, those.subjectIds, more)))
  }
  return asked
}

async function askThose(
  tx: Tx,
  at: Date,
  { boardId, approach, itemIds }: { boardId: BoardId; approach: Approach; itemIds: readonly ItemId[] },
  subjectIds: readonly PersonId[],
  { nobodyYet = false }: { nobodyYet?: boolean },
): Promise<AskedConsent[]> {
  // In the order of the indexes and of the hash.
  const [items, subjects] = [[...new Set(itemIds)].sort(), [...new Set(subjectIds)].sort()]
  const ids = newIds<ConsentId>(at, items.length * subjects.length)
  const asked = items.flatMap((itemId, nr) =>
    subjects.map((subjectId, index) => ({ consentId: ids[nr * subjects.length + index]!, itemId, subjectId })),
  )
  if (asked.length === 0) return []
  const whoIsNot = nobodyYet ? sql`` : sql`on conflict (board_id, item_id, subject_id) where ended_at is null do nothing` // consents_one_open
  if (nobodyYet) await sql`select set_config('app.tallied', 'by itself', true)`.execute(tx)
  // The arrays go as text, and are read once: tens of thousands of ids bound as an array cost more than the rows themselves.
  const { numAffectedRows } = await sql`
    with named as materialized (
      select ${literal(items)}::text::uuid[] as items, ${literal(subjects)}::text::uuid[] as subjects
    )
    insert into consents (board_id, consent_id, approach, item_id, subject_id, asked_at)
    select ${boardId}::uuid, id, ${approach}, named.items[(nr - 1) / ${subjects.length}::int + 1],
      named.subjects[(nr - 1) % ${subjects.length}::int + 1], ${at}
    from named, unnest(${literal(ids)}::text::uuid[]) with ordinality as made (id, nr)
    ${whoIsNot}
  `.execute(tx)
  if (nobodyYet) await tallyAsked(tx, boardId, items, literal(subjects))
  if (Number(numAffectedRows ?? 0) === asked.length) return asked
  const written = await tx
    .selectFrom('consents')
    .select('consent_id')
    .where('board_id', '=', boardId)
    .where('consent_id', '=', sql<ConsentId>`any(${literal(ids)}::text::uuid[])`) // consents_pkey
    .execute()
  const fresh = new Set(written.map(({ consent_id }) => consent_id))
  return asked.filter(({ consentId }) => fresh.has(consentId))
}

/** How far the round of these items is with these subjects: asked, and nothing answered (sql/037-round-tallies.sql). */
async function tallyAsked(tx: Tx, boardId: BoardId, items: readonly ItemId[], subjects: string): Promise<void> {
  await sql`
    insert into round_tallies (board_id, round_id, subject_id, asked, answered, disputed, counted_in)
    select ${boardId}::uuid, r.round_id, s.subject_id, r.asked, '{}', '{}', '0'
    from (
      select round_id, array_agg(item_id order by item_id) as asked from items
      where board_id = ${boardId} and item_id = any(${literal(items)}::text::uuid[]) and round_id is not null and legal_basis = 'consent' -- items_pkey
      group by round_id
    ) r, unnest(${subjects}::text::uuid[]) as s (subject_id)`.execute(tx)
  await sql`select set_config('app.tallied', '', true)`.execute(tx)
}

/** What the ledger keeps of an ask, however large: how many, and the hash of who was asked what (a line each). */
export function askedFacts(asked: readonly AskedConsent[]): { count: number; hash: string } {
  return { count: asked.length, hash: askedHash(asked) }
}

/** Also for whoever checks it later, from the rows. */
export function askedHash(asked: readonly AskedConsent[]): string {
  const lines = asked.map(({ consentId, itemId, subjectId }) => `${itemId} ${subjectId} ${consentId}\n`)
  return sha256(lines.sort().join('')).toString('hex')
}

const literal = (ids: readonly string[]) => `{${ids.join(',')}}`

import { sql } from 'kysely'
import { type Db, inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, ConsentId, HolderId, PersonId, StatusListId } from '../ids.ts'
import { bucketOf, drawIndex, isTaken, type StatusPlace, statusPlace } from '../tokens/status-lists.ts'
import { hold, readFacts, type Wanted } from './facts.ts'
import type { Candidate } from './facts-row.ts'
import { type Chosen, type Issued, mint } from './mint.ts'
import { standingAt } from './standing.ts'
import { LONGEST_MS, NotGranted, type Redeemer, type Wish } from './wish.ts'

/**
 * Redeems grants that the school released, just in time, for one access token: re-evaluated now, on rows held until
 * commit. All subjects must stand, else there is nothing (batch). The token lives ten minutes at most and never past any
 * bound of any of them (INV-10).
 *
 * Does NOT authenticate the supplier nor sign: the edge does, the latter after this has committed.
 *
 * @throws NotGranted (Refusal `grant_not_found`)
 */
export async function redeem(deps: Deps, redeemer: Redeemer, wish: Wish): Promise<Issued> {
  const at = deps.now()
  const { supplierId } = redeemer
  const place = await locate(deps.db, redeemer, wish, at)
  const { boardId, holderId, subjectIds } = place
  let { status } = place
  const { datatypes, purpose } = wish
  const wanted: Wanted = { boardId, supplierId, holderId, purpose, datatypes, of: { approach: 'organisation', subjectIds } }
  return await again(async () => {
    const free = status ?? (await statusPlace(deps.db, holderId, new Date(at.getTime() + LONGEST_MS), at))
    status = undefined
    return await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, async (tx) => {
      const candidates = await heldCandidates(tx, wanted, at)
      const chosen = subjectIds.map((subjectId) => best(candidates, subjectId, wish, boardId, at))
      const { resource, batch, period } = wish
      const about = { boardId, holderId, resource, approach: 'organisation' as const, status: free, datatypes, purpose, batch, period }
      return await mint(tx, about, redeemer, chosen, at)
    })
  })
}

/** A consent given to a supplier directly, at one holder. */
export interface DirectGrant {
  boardId: BoardId
  holderId: HolderId
  consentId: ConsentId
}

/**
 * As `redeem`, for one consent that was given directly, with all the data that were given: perhaps fewer than asked.
 *
 * @param first runs in the transaction before anything is held: what makes it happen once
 * @throws NotGranted
 */
export async function redeemDirectly(
  deps: Deps,
  redeemer: Redeemer,
  { boardId, holderId, consentId }: DirectGrant,
  first: (tx: Tx) => Promise<void>,
): Promise<Issued> {
  const at = deps.now()
  return await again(async () => {
    const status = await statusPlace(deps.db, holderId, new Date(at.getTime() + LONGEST_MS), at)
    return await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, async (tx) => {
      await first(tx)
      const { datatypes, purpose, resource } = await tx
        .selectFrom('consents as c')
        .innerJoin('items as i', (join) => join.onRef('i.board_id', '=', 'c.board_id').onRef('i.item_id', '=', 'c.item_id'))
        .innerJoin('holders as h', 'h.holder_id', 'i.holder_id')
        .select(['i.datatypes', 'i.purpose', 'h.resource'])
        .where('c.board_id', '=', boardId)
        .where('c.consent_id', '=', consentId) // consents_pkey
        .where('i.holder_id', '=', holderId)
        .executeTakeFirstOrThrow()
      const wanted: Wanted = {
        boardId,
        supplierId: redeemer.supplierId,
        holderId,
        purpose,
        datatypes,
        of: { approach: 'subject', consentId },
      }
      const candidates = await heldCandidates(tx, wanted, at)
      const one = candidates[0]
      if (!one) throw new NotGranted('nothing_there', boardId, 'subject')
      const standing = standingAt(one.facts, at)
      if (!standing.stands) throw new NotGranted(standing.why, boardId, 'subject')
      const about = { boardId, holderId, resource, approach: 'subject' as const, status, purpose, batch: false }
      return await mint(tx, { ...about, datatypes: standing.datatypes }, redeemer, [{ candidate: one, until: standing.until }], at)
    })
  })
}

async function heldCandidates(tx: Tx, wanted: Wanted, at: Date): Promise<Candidate[]> {
  await hold(tx, wanted)
  // A statement of its own, after the locks: the one that waited for them sees the rest as it was before it waited.
  return await readFacts(tx, wanted, 'held here', at)
}

/** The candidate that stands for all that is wished about this subject, and longest. */
function best(candidates: Candidate[], subjectId: PersonId, { datatypes, purpose, period }: Wish, boardId: BoardId, at: Date): Chosen {
  const ofSubject = candidates.filter((candidate) => candidate.subjectId === subjectId && candidate.purpose === purpose)
  const judged = ofSubject.map((candidate) => ({ candidate, standing: standingAt(candidate.facts, at) }))
  const fitting = judged.flatMap(({ candidate, standing }) =>
    standing.stands && datatypes.every((datatype) => standing.datatypes.includes(datatype)) && covers(candidate, period)
      ? [{ candidate, until: standing.until }]
      : [],
  )
  const [longest] = fitting.toSorted((a, b) => b.until.getTime() - a.until.getTime())
  if (longest) return longest
  const refused = judged.map(({ standing }) => standing).find((standing) => !standing.stands)
  throw new NotGranted(refused ? refused.why : judged.length > 0 ? 'not_in_grant' : 'nothing_there', boardId)
}

/** A period, where one is named, lies within the windows that were agreed. */
function covers({ facts: { item, request } }: Candidate, period: Wish['period']): boolean {
  if (!period) return true
  return [item, request].every(
    (window) => !window || (period.startsAt >= window.startsAt && (window.endsAt === null || period.endsAt <= window.endsAt)),
  )
}

interface Place {
  holderId: HolderId
  boardId: BoardId
  subjectIds: PersonId[]
  /** Undefined when a list has to be opened. */
  status: StatusPlace | undefined
}

/** One look at the global tables: which holder, which board, which subjects, and the open status list. */
async function locate(db: Db, { supplierId }: Redeemer, { resource, identifiers }: Wish, at: Date): Promise<Place> {
  const index = drawIndex()
  const { rows } = await sql<{
    holder_id: HolderId
    list_id: StatusListId | null
    taken: boolean
    board_id: BoardId | null
    ref: PersonId | null
  }>`
    select h.holder_id, l.list_id, ${isTaken(sql`l.list_id`, index)} as taken, p.board_id, p.ref
    from holders h
    left join lateral (
      select list_id, taken, size from status_lists s
      where s.holder_id = h.holder_id and s.bucket = ${bucketOf(new Date(at.getTime() + LONGEST_MS))} -- status_lists_once
      order by s.number desc limit 1
    ) l on l.taken < l.size / 2
    left join handles p on p.kind = 'pseudonym' and p.owner = ${supplierId} and p.handle = any (${identifiers}::text[]) -- handles_pkey
    where h.resource = ${resource}`.execute(db)
  const [first] = rows
  if (!first) throw new NotGranted('unknown_holder')
  const boardId = first.board_id
  const subjectIds = rows.flatMap(({ ref }) => ref ?? [])
  if (!boardId || subjectIds.length < identifiers.length) throw new NotGranted('unknown_subject', boardId ?? undefined)
  if (rows.some((row) => row.board_id !== boardId)) throw new NotGranted('several_boards')
  return {
    holderId: first.holder_id,
    boardId,
    subjectIds,
    status: first.list_id && !first.taken ? { listId: first.list_id, index } : undefined,
  }
}

/**
 * Acts that end things may hold rows in another order than we do, and two may draw the same place in a status list; whom
 * PostgreSQL then sends away begins again.
 */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const { code, constraint_name } = error as { code?: string; constraint_name?: string }
      if ((code !== DEADLOCK && constraint_name !== 'status_entries_pkey') || attempt === 3) throw error
    }
  }
}

const DEADLOCK = '40P01'

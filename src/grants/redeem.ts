import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, ConsentId, HolderId, PersonId } from '../ids.ts'
import { statusPlace } from '../tokens/status-lists.ts'
import { hold, readFacts, type Wanted } from './facts.ts'
import type { Candidate } from './facts-row.ts'
import { type Found, find, locate } from './locate.ts'
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
 * @param found what `foundFor` told, where the caller has read it along with something else
 * @param once settles before anything is made: what the request may be used for only once
 * @throws NotGranted (Refusal `grant_not_found`); what `once` rejects with
 */
export async function redeem(
  deps: Deps,
  redeemer: Redeemer,
  wish: Wish,
  { found, once }: { found?: Found | null; once?: Promise<void> } = {},
): Promise<Issued> {
  const at = deps.now()
  const { supplierId } = redeemer
  const known = found === undefined ? await find(deps.db, supplierId, wish, at) : found
  const { boardId, holderId, subjectIds } = locate(known, wish)
  let status = known!.status
  const { resource, datatypes, purpose, batch, period } = wish
  const wanted: Wanted = { boardId, supplierId, holderId, purpose, datatypes, of: { approach: 'organisation', subjectIds } }
  return await again(async () => {
    const free = status ?? (await statusPlace(deps.db, holderId, new Date(at.getTime() + LONGEST_MS), at))
    status = null
    return await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, async (tx) => {
      const candidates = await heldCandidates(tx, wanted, at)
      const chosen = subjectIds.map((subjectId) => best(candidates, subjectId, wish, boardId, at))
      await once
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
  /** What was granted: a consent that was widened since gives no more than this. */
  atMost?: readonly string[]
  /** Less than that, where the supplier wants less. All of it must stand. */
  wished?: readonly string[]
}

/**
 * As `redeem`, for one consent that was given directly, with all the data that were given, perhaps fewer than asked, or
 * with those that are wished.
 *
 * @param first runs in the transaction before anything is held: what makes it happen once
 * @throws NotGranted
 */
export async function redeemDirectly(
  deps: Deps,
  redeemer: Redeemer,
  { boardId, holderId, consentId, atMost, wished }: DirectGrant,
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
      const granted = standing.datatypes.filter((datatype) => atMost?.includes(datatype) ?? true)
      const given = wished ? granted.filter((datatype) => wished.includes(datatype)) : granted
      if (given.length === 0 || given.length < (wished?.length ?? 0)) throw new NotGranted('not_in_grant', boardId, 'subject')
      const about = { boardId, holderId, resource, approach: 'subject' as const, status, purpose, batch: false }
      return await mint(tx, { ...about, datatypes: given }, redeemer, [{ candidate: one, until: standing.until }], at)
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

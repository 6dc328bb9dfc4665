import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { Gather, perDatabase } from '../gather.ts'
import type { BoardId, HolderId, PersonId, SupplierId } from '../ids.ts'
import { type StatusPlace, statusPlace } from '../tokens/status-lists.ts'
import { beginAgain } from './begin-again.ts'
import { holdAndRead } from './facts.ts'
import type { Candidate } from './facts-row.ts'
import { type Found, find, locate } from './locate.ts'
import { type Chosen, expiryOf, type Issued, type Minting, mint } from './mint.ts'
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
  const { supplierId } = redeemer
  const known = found === undefined ? await find(deps.db, supplierId, wish, deps.now()) : found
  const { boardId, holderId, subjectIds } = locate(known, wish)
  const one = { deps, boardId, supplierId, holderId, redeemer, wish, subjectIds, status: known!.status, once }
  const alike = [supplierId, holderId, wish.purpose, ...wish.datatypes.toSorted()].join(' ')
  return await deskOf(deps.db).do(one, boardId, alike)
}

/** One redemption, on its way to the transaction that it shares with those like it. */
interface Redemption {
  deps: Deps
  boardId: BoardId
  supplierId: SupplierId
  holderId: HolderId
  redeemer: Redeemer
  wish: Wish
  subjectIds: PersonId[]
  status: StatusPlace | null
  once: Promise<void> | undefined
}

/**
 * Transactions that run at once in one process, each at another board: those of one board wait for its ledger anyway. Few,
 * for what waits goes together: more at once would each carry less, and most of what one costs is the same for one and for ten.
 */
const BOARDS_AT_ONCE = 2
const MOST_TOGETHER = 32

const deskOf = perDatabase(() => new Gather(redeemTogether, { lanes: BOARDS_AT_ONCE, most: MOST_TOGETHER }))

/**
 * Redemptions of one supplier at one board and holder, for the same data and purpose, in one transaction: the rows they lean
 * on are held and read once. Each stands or falls by itself; they share only the commit.
 */
async function redeemTogether(redemptions: Redemption[]): Promise<PromiseSettledResult<Issued>[]> {
  const { deps, boardId, supplierId, holderId, wish } = redemptions[0]!
  const { purpose, datatypes } = wish
  const at = deps.now()
  const subjectIds = [...new Set(redemptions.flatMap((one) => one.subjectIds))]
  const wanted = { boardId, supplierId, holderId, purpose, datatypes, of: { approach: 'organisation' as const, subjectIds } }
  return await beginAgain(async (attempt) => {
    const places = await Promise.all(
      redemptions.map(async ({ status }) => (attempt === 1 && status) || (await freePlaceFor(deps, holderId, at))),
    )
    return await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, async (tx) => {
      const candidates = await holdAndRead(tx, wanted, at)
      const judged = await Promise.allSettled(
        redemptions.map(async ({ once, ...one }, n) => {
          const chosen = one.subjectIds.map((subjectId) => best(candidates, subjectId, one.wish, boardId, at))
          const expiresAt = expiryOf(chosen, at, boardId)
          await once
          return { ...one.wish, redeemer: one.redeemer, approach: 'organisation', chosen, expiresAt, status: places[n]! } satisfies Minting
        }),
      )
      const issued = await mint(
        tx,
        { boardId, supplierId, holderId },
        judged.filter((one) => one.status === 'fulfilled').map((one) => one.value),
        at,
      )
      return judged.map((one) => (one.status === 'fulfilled' ? { status: 'fulfilled', value: issued.shift()! } : one))
    })
  })
}

const freePlaceFor = (deps: Deps, holderId: HolderId, at: Date) => statusPlace(deps.db, holderId, new Date(at.getTime() + LONGEST_MS), at)

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

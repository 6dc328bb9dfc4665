import { type HandedOut, keptSince } from '../consents/kept-since.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, ConsentId, HolderId } from '../ids.ts'
import { statusPlace } from '../tokens/status-lists.ts'
import { beginAgain } from './begin-again.ts'
import { holdAndRead, type Wanted } from './facts.ts'
import { expiryOf, type Issued, type Minting, mint } from './mint.ts'
import { standingAt } from './standing.ts'
import { LONGEST_MS, NotGranted, type Redeemer } from './wish.ts'

/** A consent given to a supplier directly, at one holder. */
export interface DirectGrant {
  boardId: BoardId
  holderId: HolderId
  consentId: ConsentId
  /** What the supplier comes with, if it does: that gives no more than what has been given without a break since. */
  handedOut?: HandedOut
  /** What was granted: a consent that was widened since gives no more than this. */
  atMost?: readonly string[]
  /** Less than that, where the supplier wants less. All of it must stand. */
  wished?: readonly string[]
  /** Refuses what a token cannot carry, before there is one. */
  mustFit?: (tx: Tx, given: Pick<Minting, 'resource' | 'purpose' | 'datatypes'>) => Promise<void>
}

/**
 * As `redeem` (`redeem.ts`), for one consent that was given directly, with all the data that were given, perhaps fewer than asked, or
 * with those that are wished.
 *
 * @param first runs in the transaction before anything is held: what makes it happen once
 * @throws NotGranted; what `first` and `mustFit` reject with
 */
export async function redeemDirectly(
  deps: Deps,
  redeemer: Redeemer,
  { boardId, holderId, consentId, handedOut, atMost, wished, mustFit }: DirectGrant,
  first: (tx: Tx) => Promise<void>,
): Promise<Issued> {
  const at = deps.now()
  return await beginAgain(async () => {
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
      const candidates = await holdAndRead(tx, wanted, at)
      const one = candidates[0]
      if (!one) throw new NotGranted('nothing_there', boardId, 'subject')
      const standing = standingAt(one.facts, at)
      if (!standing.stands) throw new NotGranted(standing.why, boardId, 'subject')
      const kept = handedOut ? keptSince(one.facts.consent, handedOut, at) : standing.datatypes
      if (kept.length === 0) throw new NotGranted('given_anew', boardId, 'subject')
      const granted = standing.datatypes.filter((datatype) => kept.includes(datatype) && (atMost?.includes(datatype) ?? true))
      const given = wished ? granted.filter((datatype) => wished.includes(datatype)) : granted
      if (given.length === 0 || given.length < (wished?.length ?? 0)) throw new NotGranted('not_in_grant', boardId, 'subject')
      await mustFit?.(tx, { resource, purpose, datatypes: given })
      const chosen = [{ candidate: one, until: standing.until }]
      const expiresAt = expiryOf(chosen, at, boardId, 'subject')
      const minting = {
        resource,
        purpose,
        datatypes: given,
        batch: false,
        redeemer,
        approach: 'subject' as const,
        chosen,
        expiresAt,
        status,
      }
      const [issued] = await mint(tx, { boardId, supplierId: redeemer.supplierId, holderId }, [minting], at)
      return issued!
    })
  })
}

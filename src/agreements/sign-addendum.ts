import type { PersonActor } from '../actors.ts'
import { sha256 } from '../canonical.ts'
import { leafletById } from '../catalog/store.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { AddendumId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { enqueueEvent } from '../notifications/enqueue.ts'
import { Refusal } from '../refusal.ts'
import { endTokens } from '../tokens/end-tokens.ts'
import { signedAddendum } from './addendum.ts'
import { addendumById, addendumToChange } from './addendum-store.ts'
import { mustBeStanding } from './agreement.ts'
import { mustBeSignatory } from './mandates.ts'
import { bringIn } from './services.ts'
import { lockAgreement } from './store.ts'

/**
 * A signatory signs a checked addendum: what it brings in is covered from now on. Where it brings a leaflet version that
 * says something else to people, the old one covers nothing any more and tokens under it end (M26).
 *
 * @param textHash SHA-256 in hexadecimal of the addendum's `text` that was read
 * @throws Refusal `signatory_only`, `addendum_not_found`, `addendum_not_checked`, `addendum_already_signed`
 * @throws Refusal `agreement_not_in_force`, `agreement_ended`, `signed_text_differs`, `part_unknown`, `leaflet_superseded`
 */
export async function signAddendum(
  deps: Deps,
  actor: PersonActor,
  { addendumId, textHash }: { addendumId: AddendumId; textHash: string },
): Promise<void> {
  const at = deps.now()
  const { boardId } = actor
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustBeSignatory(tx, actor, at)
    const found = await addendumById(tx, boardId, addendumId)
    if (!found) throw new Refusal('addendum_not_found')
    const agreement = await lockAgreement(tx, boardId, found.agreementId, at)
    const hash = sha256(found.text)
    const signed = signedAddendum(await addendumToChange(tx, boardId, addendumId), actor.personId, hash, at)
    mustBeStanding(agreement)
    if (hash.toString('hex') !== textHash) throw new Refusal('signed_text_differs')
    const leaflet = await leafletById(tx, signed.content.leafletId)
    if (!leaflet) throw new Error(`addendum ${addendumId} brings in a leaflet that is not there`)
    const { numUpdatedRows } = await tx
      .updateTable('addenda')
      .set({ signed_at: signed.signedAt, signed_by: signed.signedBy, signed_hash: signed.signedHash })
      .where('board_id', '=', boardId)
      .where('addendum_id', '=', addendumId) // addenda_pkey
      .where('checked_at', 'is not', null)
      .where('rejected_at', 'is', null)
      .where('withdrawn_at', 'is', null)
      .where('signed_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('addendum_already_signed')
    const { superseded, parts } = await bringIn(tx, agreement, leaflet, signed.content.partIds, addendumId, at)
    const { agreementId } = agreement
    const endedTokens = superseded.length > 0 ? await endTokens(tx, boardId, at, { agreementId }, 'leaflet_superseded') : []
    await enqueueEvent(tx, {
      boardId,
      approach: 'organisation',
      receiverId: agreement.supplierId,
      event: 'addendum_signed',
      ref: addendumId,
      facts: { agreementId },
      at,
    })
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'addendum_signed',
      actor: `person:${actor.personId}`,
      ref: addendumId,
      facts: {
        agreementId,
        textHash,
        serviceId: leaflet.serviceId,
        leafletId: leaflet.leafletId,
        parts,
        superseded,
        endedTokens,
      },
    })
  })
}

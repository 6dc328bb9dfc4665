import { agreementById, coverageOf } from '../agreements/store.ts'
import type { LeafletContent } from '../catalog/leaflet.ts'
import type { LegalBasis } from '../catalog/legal-basis.ts'
import { leafletById } from '../catalog/store.ts'
import type { Tx } from '../database.ts'
import type { BoardId, HolderId } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import type { SupplierUse } from './item-use.ts'

/**
 * What may be done with a use in a round, before a word of it is written (K01, K02):
 *
 *     the board agreed another basis than consent     it is told: a no would change nothing
 *     the board agreed that it rests on consent       it is asked
 *     a part the service cannot do without            it is told: nobody can leave it out for one child
 *     all else                                        the school says whether it is needed for teaching
 */
export type Gate = { may: 'ask' } | { may: 'either' } | { may: 'tell'; because: 'agreed_basis' | 'inseparable'; basis: LegalBasis }

type Part = LeafletContent['parts'][number]

/**
 * @param boardBasis what the board agreed to be its basis, in an exchange between two controllers
 * @param part null is the service as a whole
 * @param holderId who hands over the data: then each pupil's can stay behind, whatever the part
 */
export function gateOf({
  boardBasis,
  part,
  holderId,
}: {
  boardBasis: LegalBasis | null
  part: Pick<Part, 'optional'> | null
  holderId: HolderId | null
}): Gate {
  if (boardBasis === 'consent') return { may: 'ask' }
  if (boardBasis) return { may: 'tell', because: 'agreed_basis', basis: boardBasis }
  if (part && !part.optional && !holderId) return { may: 'tell', because: 'inseparable', basis: 'public_task' }
  return { may: 'either' }
}

/**
 * Keeps a round from asking what rests on another basis, and from telling what was agreed to be asked. Does NOT check that
 * an agreement covers the use: `createItem` does.
 *
 * @param when the use begins: the agreement of then counts
 * @throws Refusal `basis_is_not_consent`, `basis_is_consent`
 */
export async function mustPassGate(
  tx: Tx,
  at: Date,
  boardId: BoardId,
  { use, legalBasis }: { use?: SupplierUse; legalBasis: LegalBasis },
  when: Date,
): Promise<void> {
  if (!use) return
  const covered = await coverageOf(tx, boardId, use, when > at ? when : at)
  const agreement = covered && (await agreementById(tx, boardId, covered.agreementId, at))
  const leaflet = await leafletById(tx, use.leafletId)
  const part = leaflet?.content.parts.find(({ partId }) => partId === use.partId) ?? null
  const gate = gateOf({ boardBasis: agreement?.boardBasis ?? null, part, holderId: use.holderId ?? null })
  if (gate.may === 'tell' && legalBasis === 'consent') throw new Refusal('basis_is_not_consent')
  if (gate.may === 'ask' && legalBasis !== 'consent') throw new Refusal('basis_is_consent')
}

import { sql } from 'kysely'
import type { LeafletContent } from '../catalog/leaflet.ts'
import { asksAgain } from '../catalog/leaflet-changes.ts'
import { leafletById } from '../catalog/store.ts'
import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import { type Db, inTransaction, type Tx } from '../database.ts'
import type { AgreementId, BoardId, LeafletId, ServiceId, SupplierId } from '../ids.ts'

/** What a new leaflet version would mean at one board with which there is an agreement about the service (M26). */
export interface LeafletEffect {
  agreementId: AgreementId
  board: string
  /** The version that holds there now. */
  version: number
  /** Whether it says something else to people: a signatory has to accept it, and what rests on consent is asked again. */
  asksAgain: boolean
  /** How many people have an open or answered question about the version that holds now. */
  asked: number
}

/**
 * For whom a new version of a leaflet changes what, before it is published: which boards have to accept it, and of how many
 * people the consents would be asked again. What was asked of people directly stays what was shown to them. Does NOT check who
 * asks.
 */
export async function leafletEffects(
  db: Db,
  supplierId: SupplierId,
  { serviceId, next }: { serviceId: ServiceId; next: LeafletContent },
  at: Date,
): Promise<LeafletEffect[]> {
  const boards = await boardsOfSupplier(db, supplierId)
  return await inTransaction(db, { actor: 'client', boards }, async (tx) => {
    const effects: LeafletEffect[] = []
    for (const { board_id, agreement_id, board, leaflet_id } of await holding(tx, boards, supplierId, serviceId, at)) {
      const now = await leafletById(tx, leaflet_id)
      if (!now) continue
      const again = asksAgain(now.content, next)
      const asked = again ? await askedUnder(tx, board_id, serviceId) : 0
      effects.push({ agreementId: agreement_id, board, version: now.version, asksAgain: again, asked })
    }
    return effects
  })
}

/** The newest version that holds in each agreement that is signed and not over. */
async function holding(tx: Tx, boards: readonly BoardId[], supplierId: SupplierId, serviceId: ServiceId, at: Date) {
  const { rows } = await sql<{ board_id: BoardId; agreement_id: AgreementId; board: string; leaflet_id: LeafletId }>`
    select distinct on (b.name, a.agreement_id) a.board_id, a.agreement_id, b.name as board, s.leaflet_id
    from supplier_agreements a -- supplier_agreements_by_supplier
    join boards b on b.board_id = a.board_id
    join agreement_services s on s.board_id = a.board_id and s.agreement_id = a.agreement_id and s.superseded_at is null
    join leaflets l on l.leaflet_id = s.leaflet_id
    where a.board_id = any(${boards}::uuid[]) and a.supplier_id = ${supplierId} and s.service_id = ${serviceId}
      and a.signed_at is not null and a.ended_at is null and a.ends_at > ${at}
    order by b.name, a.agreement_id, l.version desc`.execute(tx)
  return rows
}

async function askedUnder(tx: Tx, boardId: BoardId, serviceId: ServiceId): Promise<number> {
  const { rows } = await sql<{ asked: number }>`
    select count(distinct c.subject_id)::int as asked
    from items i
    join consents c on c.board_id = i.board_id and c.item_id = i.item_id and c.ended_at is null
    where i.board_id = ${boardId} and i.service_id = ${serviceId} and i.approach = 'organisation' and i.legal_basis = 'consent'`.execute(tx)
  return rows[0]!.asked
}

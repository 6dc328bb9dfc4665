import { sql } from 'kysely'
import { CATEGORIES, isCategory } from '../catalog/categories.ts'
import type { LeafletContent } from '../catalog/leaflet.ts'
import { asksAgain } from '../catalog/leaflet-changes.ts'
import type { LegalBasis } from '../catalog/legal-basis.ts'
import { purposeFor } from '../catalog/purposes.ts'
import { leafletById } from '../catalog/store.ts'
import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import { type Db, inTransaction, type Tx } from '../database.ts'
import type { AgreementId, BoardId, LeafletId, ServiceId, SupplierId } from '../ids.ts'
import { FEWEST_SHOWN } from './small-groups.ts'

/** What a new leaflet version would mean at one board with which there is an agreement about the service (M26). */
export interface LeafletEffect {
  agreementId: AgreementId
  board: string
  /** The version that holds there now. */
  version: number
  /** Whether it says something else to people: a signatory has to accept it, and each use of `uses` is asked or told again. */
  asksAgain: boolean
  uses: UseAgain[]
}

/** One use of data, and what becomes of it once the board accepts. */
export interface UseAgain {
  /** The part of the service as the version that holds now names it; null: the service as a whole. */
  part: string | null
  purpose: string
  /** Null: what the service gathers itself. */
  holder: string | null
  data: { nl: string; en: string }[]
  /** `asked`: it rests on consent; `told`: on another basis; `stops`: the new version has no such use any more. */
  becomes: 'asked' | 'told' | 'stops'
  /** Null for fewer than five. */
  people: number | null
}

/**
 * For whom a new version of a leaflet changes what, before it is published: which boards have to accept it, and which uses are
 * then asked again, or told again, of how many people. What was asked of people directly stays what was shown to them. Does NOT
 * check who asks.
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
    const standing = await holding(tx, boards, supplierId, serviceId, at)
    for (const [agreementId, rows] of Map.groupBy(standing, ({ agreement_id }) => agreement_id)) {
      const leaflets = (await Promise.all(rows.map(({ leaflet_id }) => leafletById(tx, leaflet_id)))).filter((one) => one !== undefined)
      const [newest] = leaflets
      if (!newest) continue
      const over = leaflets.filter(({ content }) => asksAgain(content, next)).map(({ leafletId }) => leafletId)
      const uses = over.length > 0 ? await usesUnder(tx, rows[0]!.board_id, agreementId, over, at) : []
      effects.push({
        agreementId,
        board: rows[0]!.board,
        version: newest.version,
        asksAgain: over.length > 0,
        uses: uses.map((use) => ({
          part: newest.content.parts.find(({ partId }) => partId === use.part_id)?.name ?? use.part_id,
          purpose: use.purpose,
          holder: use.holder,
          data: use.data.map(namesOf),
          becomes: !isStillIn(next, use) ? 'stops' : use.legal_basis === 'consent' ? 'asked' : 'told',
          people: use.people < FEWEST_SHOWN ? null : use.people,
        })),
      })
    }
    return effects
  })
}

const namesOf = ({ datatype, nl, en }: UseRow['data'][number]) =>
  nl === null && isCategory(datatype) ? CATEGORIES[datatype] : { nl: nl ?? datatype, en: en ?? datatype }

/** The versions that hold in each agreement that is signed and not over, the newest of each first. */
async function holding(tx: Tx, boards: readonly BoardId[], supplierId: SupplierId, serviceId: ServiceId, at: Date) {
  const { rows } = await sql<{ board_id: BoardId; agreement_id: AgreementId; board: string; leaflet_id: LeafletId }>`
    select a.board_id, a.agreement_id, b.name as board, s.leaflet_id
    from supplier_agreements a -- supplier_agreements_by_supplier
    join boards b on b.board_id = a.board_id
    join agreement_services s on s.board_id = a.board_id and s.agreement_id = a.agreement_id and s.superseded_at is null
    join leaflets l on l.leaflet_id = s.leaflet_id
    where a.board_id = any(${boards}::uuid[]) and a.supplier_id = ${supplierId} and s.service_id = ${serviceId}
      and a.signed_at is not null and a.ended_at is null and a.ends_at > ${at}
    order by b.name, a.agreement_id, l.version desc`.execute(tx)
  return rows
}

interface UseRow {
  part_id: string | null
  purpose: string
  holder: string | null
  data: { datatype: string; category: string; nl: string | null; en: string | null }[]
  legal_basis: LegalBasis
  people: number
}

/** What people have an open question about, or were told, under these versions, without whoever objected: `renewUnderNewLeaflets` passes them by. */
async function usesUnder(
  tx: Tx,
  boardId: BoardId,
  agreementId: AgreementId,
  leafletIds: readonly LeafletId[],
  at: Date,
): Promise<UseRow[]> {
  const { rows } = await sql<UseRow>`
    with uses as (
      select i.part_id, i.purpose, i.holder_id, i.datatypes, i.legal_basis, count(distinct c.subject_id)::int as people
      from items i
      join consents c on c.board_id = i.board_id and c.item_id = i.item_id and c.ended_at is null -- consents_one_open
      where i.board_id = ${boardId} and i.approach = 'organisation' and i.agreement_id = ${agreementId}
        and i.leaflet_id = any(${leafletIds}::uuid[]) and i.ends_at > ${at}
        and not exists (
          select from objections o where o.board_id = c.board_id and o.consent_id = c.consent_id and o.granted is distinct from false
        )
      group by 1, 2, 3, 4, 5
    )
    select u.part_id, u.purpose, h.name as holder, u.legal_basis, u.people, coalesce((
      select jsonb_agg(jsonb_build_object('datatype', d, 'category', coalesce(s.category, d), 'nl', s.name_nl, 'en', s.name_en) order by d)
      from unnest(u.datatypes) d
      left join data_sets s on s.holder_id = u.holder_id and s.datatype = d -- data_sets_pkey
    ), '[]') as data
    from uses u left join holders h on h.holder_id = u.holder_id
    order by u.legal_basis <> 'consent', u.purpose, u.part_id, h.name, u.datatypes`.execute(tx)
  return rows
}

/** Whether a version still has the part, the purpose and the data of a use (`mustBeInCatalog`). */
function isStillIn({ parts, purposes, data }: LeafletContent, use: UseRow): boolean {
  const named = new Set([...data.categories, ...data.optional].map(({ category }) => category))
  return (
    (use.part_id === null || parts.some(({ partId }) => partId === use.part_id)) &&
    purposes.purposes.some((id) => purposeFor(purposes.kind, id).id === use.purpose) &&
    use.data.every(({ category }) => named.has(category))
  )
}

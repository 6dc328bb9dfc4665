import type { LeafletContent } from '../../src/catalog/leaflet.ts'
import { registerSupplier } from '../../src/catalog/register-supplier.ts'
import type { SupplierId } from '../../src/ids.ts'
import type { TestBroker } from './broker.ts'
import { leafletContent, research } from './leaflet-content.ts'
import type { SmallWorld } from './world.ts'

/** What the bureau has written in another system. */
export const benchmarkLeaflet: LeafletContent = {
  ...leafletContent,
  general: {
    ...leafletContent.general,
    product: 'Benchmark administratie',
    processor: 'De school werkt B.V., Nijmegen',
    explanation: 'De school werkt vergelijkt hoe administraties van scholen werken. Uw naam komt niet in het rapport.',
    users: ['medewerkers'],
  },
  parts: [{ partId: 'benchmark', name: 'Benchmark', optional: false, explanation: 'Uw cijfers naast die van andere scholen.' }],
  purposes: { kind: 'II', purposes: ['5.2.f', '5.x.d'], plain: 'De administratie van scholen vergelijken.', research },
  data: {
    ...leafletContent.data,
    categories: [{ category: 'employee-data', why: 'Zonder cijfers over het werk is er niets te vergelijken.' }],
    optional: [],
    incidental: [],
  },
}

/** De school werkt, taken in by the operator; what it wants of staff is at the publisher, which the board lets hand it over. */
export async function researchBureau(
  broker: TestBroker,
  { boardId, holderId, holderAgreementId, people, since }: SmallWorld,
): Promise<SupplierId> {
  await broker.owner`
    insert into data_sets (holder_id, datatype, category, name_nl, name_en)
    values (${holderId}, 'staff-productivity', 'employee-data', 'productiviteitsgegevens', 'productivity data')`
  await broker.owner`
    insert into onward_clauses (board_id, clause_id, agreement_id, holder_id, datatype, instructed_at, instructed_by)
    values (${boardId}, gen_random_uuid(), ${holderAgreementId}, ${holderId}, 'staff-productivity', ${since}, ${people.ruud.id})`
  return await registerSupplier(broker.deps, { legalName: 'De school werkt B.V.', kind: 'research', domain: 'deschoolwerkt.example' })
}

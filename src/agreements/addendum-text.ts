import { type Leaflet, leafletById, type Service, serviceById } from '../catalog/store.ts'
import { amsterdamDay } from '../clock.ts'
import type { Db, Tx } from '../database.ts'
import { ADDENDUM, CONTRACT } from '../messages/contracts.ts'
import { boardById } from '../people/store.ts'
import { type Addendum, type AddendumContent, agreedBySupplier } from './addendum.ts'
import type { AgreementIn } from './agreement.ts'
import { annexLines, kindOf, supplierOf } from './text.ts'

/**
 * The text of an addendum, in the words and the order of the agreement's own: which agreement it belongs to, who agreed by
 * which act, what it brings in, and the leaflet of that in Annex 1. It is made once, when the addendum is drafted, and
 * signed byte for byte.
 */
export async function addendumText(
  tx: Tx,
  agreement: AgreementIn<'signed' | 'in_force'>,
  { addendumId, brings, ...from }: Pick<Addendum, 'addendumId' | 'requestId' | 'draftedBy'> & { brings: AddendumContent },
): Promise<string> {
  const { service, leaflet, parts } = await broughtIn(tx, brings)
  const supplier = await supplierOf(tx, agreement)
  const lines = [
    ADDENDUM.title(kindOf(agreement)),
    ADDENDUM.addendum(addendumId),
    ADDENDUM.to(agreement.agreementId, amsterdamDay(agreement.signedAt)),
    ADDENDUM.hashOfThat(Buffer.from(agreement.signedHash).toString('hex')),
    '',
    CONTRACT.board((await boardById(tx, agreement.boardId)).name),
    CONTRACT.supplier(supplier.legalName, supplier.country),
    ADDENDUM.agreed[agreedBySupplier(from) ?? 'not'],
    ...(from.requestId ? [ADDENDUM.request(from.requestId)] : []),
    '',
    ADDENDUM.brings(service.name, leaflet.version),
    ADDENDUM.parts(parts.join(', ')),
    ADDENDUM.restHolds,
    ADDENDUM.runs(amsterdamDay(new Date(agreement.endsAt.getTime() - 1))),
    ...annexLines(service, leaflet, brings.partIds),
  ]
  return `${lines.join('\n')}\n`
}

/** What an addendum brings in, by name: the service, the version of its leaflet, and the parts that go on. */
export async function broughtIn(
  db: Db | Tx,
  { serviceId, leafletId, partIds }: AddendumContent,
): Promise<{ service: Service; leaflet: Leaflet; parts: string[] }> {
  const [service, leaflet] = [await serviceById(db, serviceId), await leafletById(db, leafletId)]
  if (!service || !leaflet) throw new Error(`leaflet ${leafletId} of an addendum is not there`)
  const on = leaflet.content.parts.filter(({ partId, optional }) => !optional || partIds.includes(partId))
  return { service, leaflet, parts: on.map(({ name }) => name) }
}

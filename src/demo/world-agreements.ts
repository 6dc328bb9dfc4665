import { checkAgreement } from '../agreements/check-agreement.ts'
import { draftAgreement } from '../agreements/draft-agreement.ts'
import { instructOnward } from '../agreements/onward.ts'
import { signAgreement } from '../agreements/sign-agreement.ts'
import { agreementById } from '../agreements/store.ts'
import { agreementText } from '../agreements/text.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { AgreementId, BoardId } from '../ids.ts'
import { schoolYearOf } from '../people/school-year.ts'
import { boardById } from '../people/store.ts'
import { SUPPLIERS } from './suppliers.ts'
import { actorOf, type World } from './world.ts'

/**
 * The board's agreements for this school year: drafted by the operator for the supplier, checked by the school, signed by
 * the board; and its instruction to both holders to hand over their data on a subject's own consent.
 */
export async function makeAgreements(deps: Deps, world: World): Promise<void> {
  const { boardId, suppliers, holders } = world
  const ruud = actorOf(world, 'ruud')
  const { startsAt, endsAt } = await schoolYear(deps, boardId)
  for (const { key, agreement, services } of SUPPLIERS) {
    if (!agreement) continue
    const supplier = suppliers[key]!
    const { kind, productAgreement, retention, bases, optionalParts = [] } = agreement
    const covered = services.map((service) => supplier.services[service.key]!)
    const agreementId = await draftAgreement(deps, 'operator', {
      boardId,
      supplierId: supplier.supplierId,
      kind,
      productAgreement,
      retention,
      ...(bases && { supplierBasis: bases.supplier, boardBasis: bases.board }),
      security: { opslag: 'Versleuteld, in Nederland of Ierland.', toegang: 'Alleen voor wie ermee werkt.' },
      startsAt,
      endsAt,
      services: covered.map((serviceId) => ({ serviceId })),
    })
    await checkAgreement(deps, actorOf(world, 'mirjam'), {
      agreementId,
      optionalParts: optionalParts.length > 0 ? [{ serviceId: covered[0]!, partIds: optionalParts }] : [],
    })
    await signAgreement(deps, ruud, { agreementId, textHash: await hashOfText(deps, boardId, agreementId) })
    supplier.agreementId = agreementId
  }
  for (const { holderId, supplierKey, datatypes } of Object.values(holders)) {
    await instructOnward(deps, ruud, { agreementId: suppliers[supplierKey]!.agreementId!, holderId, datatypes })
  }
}

/** What a signatory has read. */
async function hashOfText(deps: Deps, boardId: BoardId, agreementId: AgreementId): Promise<string> {
  return await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const agreement = await agreementById(tx, boardId, agreementId, deps.now())
    if (!agreement) throw new Error(`there is no agreement ${agreementId}`)
    return (await agreementText(tx, agreement)).hash
  })
}

export async function schoolYear(deps: Deps, boardId: BoardId) {
  return await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) =>
    schoolYearOf(await boardById(tx, boardId), deps.now()),
  )
}

import { randomInt } from 'node:crypto'
import { checkAgreement } from '../agreements/check-agreement.ts'
import { draftAgreement } from '../agreements/draft-agreement.ts'
import { instructOnward } from '../agreements/onward.ts'
import { signAgreement } from '../agreements/sign-agreement.ts'
import { agreementById } from '../agreements/store.ts'
import { agreementText } from '../agreements/text.ts'
import { dataSetsOf, latestLeaflet, servicesOf } from '../catalog/store.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type BoardId, type HolderId, newId, type SchoolId, type SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { SANDBOX } from '../messages/sandbox.ts'
import { insertBoard } from '../people/create-board.ts'
import { giveMandate } from '../people/give-mandate.ts'
import { importRoster } from '../people/import-roster.ts'
import { setBoard } from '../people/set-board.ts'
import type { World } from '../worlds.ts'
import { castAsRoster } from './cast.ts'
import { actorOf, staffOf } from './sandbox.ts'

/** How long an agreement of a sandbox lasts; resetting makes another. */
const AGREEMENT_DAYS = 730

export interface Addresses {
  oin: string
  brin: string
}

/** Numbers that no school has: BRINs that begin with 99 and OINs of nines are nobody's. */
export function newAddresses(): Addresses {
  const digits = (count: number) => Array.from({ length: count }, () => randomInt(10)).join('')
  const letter = () => String.fromCharCode(65 + randomInt(26))
  return { oin: `99999999${digits(12)}`, brin: `99${letter()}${letter()}${digits(2)}` }
}

/**
 * A board for a sandbox, with everything that a program needs: a school, people, an agreement in force with the twin, all
 * optional parts on, and the instruction to its holder for all data sets. Made by the commands that make real ones. Nobody
 * finds it before it is entered in the directory.
 */
export async function newBoard(
  deps: Deps,
  { name, world, twinId, holderId, oin, brin }: { name: string; world: World; twinId: SupplierId; holderId: HolderId } & Addresses,
): Promise<{ boardId: BoardId; schoolId: SchoolId }> {
  const at = deps.now()
  const boardId = newId<BoardId>(at)
  const school = { name, brin, sector: 'po' as const }
  const administrator = { givenName: 'Kim', familyName: 'Oefenbestuur', email: null }
  const { schoolId, administratorId } = await inTransaction(deps.db, { actor: 'operator', boards: [boardId] }, async (tx) => {
    const board = await insertBoard(tx, at, { boardId, name, oin, schools: [school], administrator, world })
    await append(tx, ...board.entries)
    return { schoolId: board.schoolIds[0]!, administratorId: board.personId }
  })
  await setBoard(deps, 'operator', boardId, { rosterImpliesAuthority: true, ...SANDBOX.board })
  await importRoster(deps, { boardId, by: 'operator' }, castAsRoster(boardId, brin, at))
  const staffId = await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, (tx) => staffOf(tx, boardId))
  for (const role of ['school_leader', 'consent_officer', 'signatory'] as const) {
    await giveMandate(deps, actorOf(boardId, administratorId, deps.now()), { personId: staffId, role })
  }
  await agree(deps, { boardId, twinId, holderId, staff: actorOf(boardId, staffId, deps.now()) })
  return { boardId, schoolId }
}

async function agree(
  deps: Deps,
  { boardId, twinId, holderId, staff }: { boardId: BoardId; twinId: SupplierId; holderId: HolderId; staff: ReturnType<typeof actorOf> },
): Promise<void> {
  const at = deps.now()
  const services = await servicesOf(deps.db, twinId)
  const agreementId = await draftAgreement(deps, 'operator', {
    boardId,
    supplierId: twinId,
    kind: 'processor',
    productAgreement: SANDBOX.productAgreement,
    retention: SANDBOX.retention,
    supplierParty: SANDBOX.supplierParty,
    startsAt: at,
    endsAt: new Date(at.getTime() + AGREEMENT_DAYS * 86_400_000),
    services: services.map(({ serviceId }) => ({ serviceId })),
  })
  const optionalParts = []
  for (const { serviceId } of services) {
    const parts = (await latestLeaflet(deps.db, serviceId))?.content.parts ?? []
    optionalParts.push({ serviceId, partIds: parts.filter(({ optional }) => optional).map(({ partId }) => partId) })
  }
  await checkAgreement(deps, staff, { agreementId, optionalParts })
  const textHash = await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const agreement = await agreementById(tx, boardId, agreementId, deps.now())
    return (await agreementText(tx, agreement!)).hash
  })
  await signAgreement(deps, staff, { agreementId, textHash })
  const datatypes = (await dataSetsOf(deps.db, holderId)).map(({ datatype }) => datatype)
  await instructOnward(deps, staff, { agreementId, holderId, datatypes })
}

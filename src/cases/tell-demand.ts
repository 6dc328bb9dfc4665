import { randomBytes } from 'node:crypto'
import type { PersonActor, SupplierActor } from '../actors.ts'
import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import { type Db, inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type BoardId, type DemandId, newId, type SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { actorName, mustActFor } from '../members/acting.ts'
import type { MemberRole } from '../members/member.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { holdersOf, mailAboutCase } from './case-mails.ts'
import { hashUnder } from './incident-store.ts'
import type { NewLegalDemand } from './legal-demand.ts'
import { INCIDENT_DECIDERS } from './report-incident.ts'

/** Who of a supplier's people tells of a demand. */
export const DEMAND_TELLERS: MemberRole[] = ['contracts', 'administrator']

/**
 * A supplier tells a board that an authority demands data of it by law, if it can before it hands them over: on which ground, and
 * how it was checked who asks (C13, M07; model agreement art. 5.4). Whoever decides about leaks there gets a mail, and the data
 * protection officer.
 *
 * Does NOT look at whether the ground is good, nor at whether the supplier is suspended: it is told in any case.
 *
 * @throws Refusal `board_not_found` for a board with which it never had an agreement, `member_role_missing`
 * @throws Refusal `input_invalid` with the fields that do not fit
 */
export async function tellLegalDemand(deps: Deps, actor: SupplierActor, demand: NewLegalDemand): Promise<DemandId> {
  const at = deps.now()
  const { supplierId } = actor
  const { boardId, outcome, givenAt, groupSize, reference, secret } = demand
  if (!(await boardsOfSupplier(deps.db, supplierId)).includes(boardId)) throw new Refusal('board_not_found')
  const words = wordsOf(demand)
  mustBeSound(demand, words, at)
  const demandId = newId<DemandId>(at)
  const salt = randomBytes(32)
  await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, async (tx) => {
    await mustActFor(tx, actor, DEMAND_TELLERS)
    if ((await signedWith(tx, supplierId, [boardId])).length === 0) throw new Refusal('board_not_found')
    const readers = await holdersOf(tx, boardId, ['dpo', ...INCIDENT_DECIDERS], at)
    await mailAboutCase(tx, deps, at, boardId, readers, { mail: 'demand', path: '/school/demands', key: demandId })
    const { checkedHow, checkedBy, ...rest } = words
    await tx
      .insertInto('legal_demands')
      .values({
        board_id: boardId,
        demand_id: demandId,
        supplier_id: supplierId,
        told_by: actorName(actor),
        told_at: at,
        ...rest,
        checked_how: checkedHow,
        checked_by: checkedBy,
        group_size: groupSize,
        reference,
        outcome,
        given_at: givenAt,
        secret,
        salt,
      })
      .execute()
    const hash = hashUnder(salt, JSON.stringify({ ...words, reference }))
    const facts = { supplierId, outcome, givenAt, groupSize, secret, words: hash }
    await append(tx, { boardId, approach: 'organisation', at, event: 'legal_demand_told', actor: actorName(actor), ref: demandId, facts })
  })
  return demandId
}

/**
 * The school notes that it has seen what a supplier told, once: the first who does stands there.
 *
 * @throws Refusal `mandate_missing`, `changed_meanwhile` when a colleague did, also when there is no such demand
 */
export async function noteDemandSeen({ db, now }: Deps, actor: PersonActor, demandId: DemandId): Promise<void> {
  const at = now()
  const { boardId, personId } = actor
  await inTransaction(db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, INCIDENT_DECIDERS, at)
    const { numUpdatedRows } = await tx
      .updateTable('legal_demands')
      .set({ seen_at: at, seen_by: personId })
      .where('board_id', '=', boardId)
      .where('demand_id', '=', demandId) // legal_demands_pkey
      .where('seen_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('changed_meanwhile')
    await append(tx, { boardId, approach: 'organisation', at, event: 'legal_demand_seen', actor: `person:${personId}`, ref: demandId })
  })
}

/** The boards with which a supplier has an agreement that was signed, or had one: it may still have their data. Does NOT check who asks. */
export async function boardsWithAgreement(db: Db, supplierId: SupplierId): Promise<BoardId[]> {
  const boards = await boardsOfSupplier(db, supplierId)
  if (boards.length === 0) return []
  return await inTransaction(db, { actor: 'client', boards }, (tx) => signedWith(tx, supplierId, boards))
}

async function signedWith(tx: Tx, supplierId: SupplierId, boards: BoardId[]): Promise<BoardId[]> {
  const rows = await tx
    .selectFrom('supplier_agreements')
    .select('board_id')
    .distinct()
    .where('board_id', 'in', boards) // supplier_agreements_pkey
    .where('supplier_id', '=', supplierId)
    .where('signed_at', 'is not', null)
    .execute()
  return rows.map(({ board_id }) => board_id)
}

const wordsOf = ({ authority, ground, checkedHow, checkedBy, data }: NewLegalDemand) => ({
  authority: authority.trim(),
  ground: ground.trim(),
  checkedHow: checkedHow.trim(),
  checkedBy: checkedBy.trim(),
  data: data.trim(),
})

function mustBeSound({ outcome, givenAt, groupSize, reference }: NewLegalDemand, words: ReturnType<typeof wordsOf>, at: Date): void {
  const wrong = [
    ...Object.entries(words).flatMap(([field, said]) => (said === '' ? [field] : [])),
    ...((outcome === 'given') === (givenAt !== null) && (givenAt === null || givenAt <= at) ? [] : ['givenAt']),
    ...(groupSize === null && !reference ? ['groupSize'] : []),
    ...(groupSize !== null && !(Number.isSafeInteger(groupSize) && groupSize > 0) ? ['groupSize'] : []),
  ]
  if (wrong.length > 0) throw new Refusal('input_invalid', { fields: wrong })
}

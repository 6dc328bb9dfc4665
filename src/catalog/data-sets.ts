import type { MemberActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { HolderId } from '../ids.ts'
import { append, type LedgerEntry } from '../ledger/append.ts'
import { mustBeMember } from '../members/members.ts'
import { Refusal } from '../refusal.ts'
import { type CategoryId, isCategory } from './categories.ts'
import { mustNotAdvertise } from './screening.ts'
import { boardsOfSupplier } from './supplier-boards.ts'

/** What somebody reads of a data set, and where below the resource it is read; null: at its own name. */
export interface DataSetWords {
  nameNl: string
  nameEn: string
  path: string | null
}

export interface NewDataSet extends DataSetWords {
  datatype: string
  category: CategoryId
}

/** What a data set can be called on the wire. */
export const DATATYPE = /^[a-z][a-z0-9-]{2,60}$/

const PATH = /^[A-Za-z0-9._~-]+(\/[A-Za-z0-9._~-]+)*\/?$/

/**
 * An engineer offers another data set of their holder. Nothing of it goes out before a board instructs it.
 *
 * @throws Refusal `member_role_missing`, `holder_not_found` also for another supplier's, `data_set_known`
 * @throws Refusal `input_invalid` with the `fields` that are wrong; `purpose_forbidden`
 */
export async function addDataSet(deps: Deps, actor: MemberActor, holderId: HolderId, dataSet: NewDataSet): Promise<void> {
  const at = deps.now()
  const { datatype, category, nameNl, nameEn, path } = dataSet
  mustBeSound(dataSet, [...(DATATYPE.test(datatype) ? [] : ['datatype']), ...(isCategory(category) ? [] : ['category'])])
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    await mustHoldHolder(tx, actor, holderId)
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('data_sets')
      .values({ holder_id: holderId, datatype, category, name_nl: nameNl, name_en: nameEn, path })
      .onConflict((conflict) => conflict.columns(['holder_id', 'datatype']).doNothing()) // data_sets_pkey
      .executeTakeFirst()
    if (numInsertedOrUpdatedRows !== 1n) throw new Refusal('data_set_known')
    await append(tx, { ...entryOf(actor, holderId, at), event: 'data_set_added', facts: { ...dataSet } })
  })
}

/**
 * An engineer changes what a data set is called, or where it is read. Its words stay as they are once a board instructed it: what people said
 * yes to is not called something else afterwards. Its category never changes; that is another data set.
 *
 * @throws Refusal `member_role_missing`, `holder_not_found`, `datatype_unknown`, `data_set_instructed`
 * @throws Refusal `input_invalid` with the `fields` that are wrong; `purpose_forbidden`
 */
export async function changeDataSet(
  deps: Deps,
  actor: MemberActor,
  holderId: HolderId,
  datatype: string,
  words: DataSetWords,
): Promise<void> {
  const at = deps.now()
  mustBeSound(words)
  const { nameNl, nameEn, path } = words
  const boards = await boardsOfSupplier(deps.db, actor.supplierId)
  await inTransaction(deps.db, { actor: 'operator', boards }, async (tx) => {
    await mustHoldHolder(tx, actor, holderId)
    const before = await holdersDataSet(tx, holderId, datatype)
    const renamed = before.nameNl !== nameNl || before.nameEn !== nameEn
    if (renamed && (await isInstructed(tx, holderId, datatype))) throw new Refusal('data_set_instructed')
    await tx
      .updateTable('data_sets')
      .set({ name_nl: nameNl, name_en: nameEn, path })
      .where('holder_id', '=', holderId)
      .where('datatype', '=', datatype)
      .execute()
    await append(tx, { ...entryOf(actor, holderId, at), event: 'data_set_changed', facts: { datatype, ...words } })
  })
}

/** Whether any of the boards of the transaction ever let a holder hand over a data set. */
async function isInstructed(tx: Tx, holderId: HolderId, datatype: string): Promise<boolean> {
  const clause = await tx
    .selectFrom('onward_clauses')
    .select('clause_id')
    .where('holder_id', '=', holderId)
    .where('datatype', '=', datatype)
    .limit(1)
    .executeTakeFirst()
  return clause !== undefined
}

/**
 * A data set of a holder, on its list or not, held until commit.
 *
 * @throws Refusal `datatype_unknown`
 */
export async function holdersDataSet(
  tx: Tx,
  holderId: HolderId,
  datatype: string,
): Promise<{ nameNl: string; nameEn: string; withdrawnAt: Date | null }> {
  const row = await tx
    .selectFrom('data_sets')
    .select(['name_nl', 'name_en', 'withdrawn_at'])
    .where('holder_id', '=', holderId)
    .where('datatype', '=', datatype) // data_sets_pkey
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new Refusal('datatype_unknown')
  return { nameNl: row.name_nl, nameEn: row.name_en, withdrawnAt: row.withdrawn_at }
}

/** Lets an engineer of the supplier that the holder is. @throws Refusal `member_role_missing`, `holder_not_found` */
export async function mustHoldHolder(tx: Tx, actor: MemberActor, holderId: HolderId): Promise<void> {
  await mustBeMember(tx, actor, ['engineer'])
  const holder = await tx
    .selectFrom('holders')
    .select('holder_id')
    .where('holder_id', '=', holderId) // holders_pkey
    .where('supplier_id', '=', actor.supplierId)
    .executeTakeFirst()
  if (!holder) throw new Refusal('holder_not_found')
}

/** @throws Refusal `input_invalid`, `purpose_forbidden` */
function mustBeSound({ nameNl, nameEn, path }: DataSetWords, wrong: string[] = []): void {
  const fields = [
    ...wrong,
    ...(nameNl.trim() === '' ? ['nameNl'] : []),
    ...(nameEn.trim() === '' ? ['nameEn'] : []),
    ...(path === null || (path.length <= 200 && PATH.test(path) && !path.includes('..')) ? [] : ['path']),
  ]
  if (fields.length > 0) throw new Refusal('input_invalid', { fields })
  mustNotAdvertise({ name: `${nameNl}\n${nameEn}` })
}

function entryOf(
  { memberId }: MemberActor,
  holderId: HolderId,
  at: Date,
): Pick<LedgerEntry, 'boardId' | 'approach' | 'at' | 'actor' | 'ref'> {
  return { boardId: null, approach: 'operator', at, actor: `member:${memberId}`, ref: holderId }
}

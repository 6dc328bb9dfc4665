import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { ClientId } from '../ids.ts'
import { append, type LedgerActor } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import { detailTypes } from './detail-types.ts'
import { dataSetsOf, holderByResource } from './store.ts'

/** What a client may ask for: by types of `authorization_details`, at holders by their resources, and of data sets by their names; null for any. */
export interface ClientLimits {
  types?: readonly string[] | null
  holders: readonly string[] | null
  datatypes: readonly string[] | null
}

/**
 * The operator says for which types of details, holders and data sets a client may ask. Tokens that are out live out their minutes.
 *
 * @throws Refusal `client_not_found`, and as `limitIn`
 */
export async function limitClient(deps: Deps, { clientId, ...limits }: ClientLimits & { clientId: ClientId }): Promise<void> {
  const at = deps.now()
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    if (!(await limitIn(tx, at, clientId, limits, 'operator'))) throw new Refusal('client_not_found')
  })
}

/**
 * Limits a client, and writes it in the operator's ledger. Does NOT check whose it is.
 *
 * @returns whether there is such a client
 * @throws Refusal `holder_not_found`; `input_invalid` for an unknown type of details; `datatype_unknown` for what none of these holders offers
 */
export async function limitIn(
  tx: Tx,
  at: Date,
  clientId: ClientId,
  { types, holders, datatypes }: ClientLimits,
  actor: LedgerActor,
): Promise<boolean> {
  const detail_types = detailTypes(types)
  await mustBeOffered(tx, { holders, datatypes })
  const { numUpdatedRows } = await tx
    .updateTable('clients')
    .set({ detail_types, holder_resources: holders ? [...holders] : null, datatypes: datatypes ? [...datatypes] : null })
    .where('client_id', '=', clientId) // clients_pkey
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) return false
  const facts = { clientId, types: detail_types, holders, datatypes }
  await append(tx, { boardId: null, approach: 'operator', at, event: 'client_limited', actor, facts })
  return true
}

/**
 * Whether a client may ask for these data at this holder at all, as the OAuth endpoints have it (`mustBeAllowed`). It is told which
 * of its limits stands in the way: that is about its own registration and says nothing of anybody.
 *
 * @throws Refusal `not_allowed`
 */
export async function mustBeWithinLimits(tx: Tx, clientId: ClientId, resource: string, asked: readonly string[]): Promise<void> {
  const { detail_types, holder_resources, datatypes } = await tx
    .selectFrom('clients')
    .select(['detail_types', 'holder_resources', 'datatypes'])
    .where('client_id', '=', clientId) // clients_pkey
    .executeTakeFirstOrThrow()
  const notRegistered = (what: string) => new Refusal('not_allowed', { detail: `This client is not registered for ${what}` })
  if (!detail_types.includes('pupil-data')) throw notRegistered('authorization_details of this type')
  if (holder_resources && !holder_resources.includes(resource)) throw notRegistered('this holder')
  if (asked.some((datatype) => !(datatypes?.includes(datatype) ?? true))) throw notRegistered('these data')
}

/** @throws Refusal `holder_not_found`, `datatype_unknown` */
async function mustBeOffered(tx: Tx, { holders, datatypes }: ClientLimits): Promise<void> {
  const offered = new Set<string>()
  for (const resource of holders ?? []) {
    const holder = await holderByResource(tx, resource)
    if (!holder) throw new Refusal('holder_not_found')
    for (const { datatype } of await dataSetsOf(tx, holder.holderId)) offered.add(datatype)
  }
  if (!holders && datatypes) {
    for (const { datatype } of await tx
      .selectFrom('data_sets')
      .select('datatype')
      .where('datatype', 'in', [...datatypes])
      .execute()) {
      offered.add(datatype)
    }
  }
  if (datatypes?.some((datatype) => !offered.has(datatype))) throw new Refusal('datatype_unknown')
}

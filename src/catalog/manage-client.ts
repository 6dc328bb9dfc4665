import type { JWK } from 'jose'
import type { MemberActor } from '../actors.ts'
import { type Db, inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { ClientId, SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { mustBeMember } from '../members/members.ts'
import { Refusal } from '../refusal.ts'
import { mayHaveUsLook, mustServeKeys } from './keys-at-address.ts'
import { type ClientLimits, limitIn } from './limit-client.ts'
import { readSigningKeys } from './public-jwk.ts'
import { checkedClient, putClient } from './register-client.ts'
import type { ClientWay } from './tables.ts'

/** Where the public keys of a client are: given, or at an address of its own. */
export type ClientKeysGiven = { keys: readonly JWK[]; jwksUri?: undefined } | { jwksUri: string; keys?: undefined }

export type OwnClient = ClientKeysGiven & {
  name: string
  way: ClientWay
  redirectUris: readonly string[]
  /** For the sandbox of the supplier: it then meets nobody who exists. */
  inSandbox?: boolean
}

/**
 * An engineer of a supplier registers a client of it, without the operator: who they are is known. An address of keys is looked at
 * first: it serves keys that work, or is refused.
 *
 * @throws Refusal `member_role_missing`, `client_key_invalid`, `jwks_uri_invalid`, `redirect_uri_invalid`, `too_many_requests`
 * @throws Refusal `supplier_not_found` for a sandbox that was not made yet
 */
export async function registerOwnClient(
  deps: Deps,
  actor: MemberActor,
  { redirectUris, way, inSandbox, ...given }: OwnClient,
): Promise<ClientId> {
  const at = deps.now()
  const supplierId = inSandbox ? await twinOf(deps.db, actor.supplierId) : actor.supplierId
  if (way !== 'redirect' && redirectUris.length > 0) throw new Refusal('redirect_uri_invalid')
  const input = way === 'redirect' ? { ...given, way, supplierId, redirectUris } : { ...given, way, supplierId }
  if (given.jwksUri !== undefined) await mayHaveUsLook(deps, actor.supplierId, at)
  const client = await checkedClient(deps, input, at)
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    await mustBeMember(tx, actor, ['engineer'])
    await putClient(tx, client, input, at, `member:${actor.memberId}`)
  })
  return client.client_id
}

/**
 * An engineer gives a client other keys: the new and, while both are in use, the old. What is signed with a key that is not
 * among them is refused from now on, and with which algorithm it signs its new keys say; tokens that are out live out their minutes. An address that serves no keys that work is refused,
 * so that the client is not cut off.
 *
 * @throws Refusal `member_role_missing`, `client_not_found`, `client_key_invalid`, `jwks_uri_invalid`, `too_many_requests`
 */
export async function changeClientKeys(deps: Deps, actor: MemberActor, clientId: ClientId, given: ClientKeysGiven): Promise<void> {
  const at = deps.now()
  if (given.jwksUri !== undefined) {
    await mayHaveUsLook(deps, actor.supplierId, at)
    await mustServeKeys(deps, given.jwksUri)
  }
  const jwks = given.keys ? await readSigningKeys(given.keys) : { keys: [] }
  const jwksUri = given.jwksUri ?? null
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    await mustManage(tx, actor, clientId)
    await tx
      .updateTable('clients')
      .set({ jwks, jwks_uri: jwksUri, jwks_fetched_at: null, assertion_alg: null })
      .where('client_id', '=', clientId) // clients_pkey
      .execute()
    const kids = jwks.keys.map(({ kid }) => kid)
    const facts = { clientId, kids, ...(jwksUri && { jwksUri }) }
    await append(tx, { boardId: null, approach: 'operator', at, event: 'client_keys_changed', actor: `member:${actor.memberId}`, facts })
  })
}

/**
 * An engineer says for which holders and data sets a client may ask. Tokens that are out live out their minutes.
 *
 * @throws Refusal `member_role_missing`, `client_not_found`, and as `limitIn`
 */
export async function limitOwnClient(deps: Deps, actor: MemberActor, clientId: ClientId, limits: ClientLimits): Promise<void> {
  const at = deps.now()
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    await mustManage(tx, actor, clientId)
    await limitIn(tx, at, clientId, limits, `member:${actor.memberId}`)
  })
}

/**
 * An engineer takes a client out of use, for good: it authenticates no more.
 *
 * @throws Refusal `member_role_missing`, `client_not_found`
 */
export async function endOwnClient(deps: Deps, actor: MemberActor, clientId: ClientId): Promise<void> {
  const at = deps.now()
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    await mustManage(tx, actor, clientId)
    await tx
      .updateTable('clients')
      .set({ disabled_at: at })
      .where('client_id', '=', clientId) // clients_pkey
      .where('disabled_at', 'is', null)
      .execute()
    const facts = { clientId }
    await append(tx, { boardId: null, approach: 'operator', at, event: 'client_disabled', actor: `member:${actor.memberId}`, facts })
  })
}

/** @throws Refusal `supplier_not_found` */
async function twinOf(db: Db, supplierId: SupplierId): Promise<SupplierId> {
  const sandbox = await db.selectFrom('sandboxes').select('twin_id').where('supplier_id', '=', supplierId).executeTakeFirst() // sandboxes_pkey
  if (!sandbox) throw new Refusal('supplier_not_found')
  return sandbox.twin_id
}

/** Holds the client of this supplier, of its sandbox, or of a holder it is. The hosted client is the broker's to manage, and so nobody's here. */
async function mustManage(tx: Tx, actor: MemberActor, clientId: ClientId): Promise<void> {
  await mustBeMember(tx, actor, ['engineer'])
  const row = await tx
    .selectFrom('clients as c')
    .leftJoin('suppliers as s', 's.supplier_id', 'c.supplier_id')
    .leftJoin('holders as h', 'h.holder_id', 'c.holder_id')
    .select('c.client_id')
    .where('c.client_id', '=', clientId) // clients_pkey
    .where('c.disabled_at', 'is', null)
    .where((eb) =>
      eb.or([eb('c.supplier_id', '=', actor.supplierId), eb('s.world', '=', actor.supplierId), eb('h.supplier_id', '=', actor.supplierId)]),
    )
    .where((eb) =>
      eb.not(eb.exists(eb.selectFrom('hosted_clients as hc').select('hc.client_id').whereRef('hc.client_id', '=', 'c.client_id'))),
    )
    .forUpdate('c')
    .executeTakeFirst()
  if (!row) throw new Refusal('client_not_found')
}

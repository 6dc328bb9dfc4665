import type { JWK } from 'jose'
import type { Insertable } from 'kysely'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type ClientId, type HolderId, newId, type SupplierId } from '../ids.ts'
import { append, type LedgerActor } from '../ledger/append.ts'
import { isOutsideUrl } from '../outside-url.ts'
import { Refusal } from '../refusal.ts'
import { detailTypes } from './detail-types.ts'
import { mustServeKeys } from './keys-at-address.ts'
import { readSigningKeys } from './public-jwk.ts'
import { clientById, holderById, holderByResource, supplierById } from './store.ts'
import type { ClientTable } from './tables.ts'

export type NewClient = {
  /** Made up when not given. */
  clientId?: ClientId
  /** As its own people know it. */
  name: string
  /** Types of `authorization_details` it may ask for; any when not given. */
  types?: readonly string[]
  /** Resources of the holders it may ask for; any when not given. */
  holders?: readonly string[]
  /** With which algorithm it signs its assertions; whichever its keys are for when not given. */
  assertionAlg?: 'EdDSA' | 'Ed25519' | 'ES256' | undefined
} & ({ keys: readonly JWK[]; jwksUri?: undefined } | { jwksUri: string; keys?: undefined }) &
  (
    | { way: 'organisation'; supplierId: SupplierId }
    /** With a notification address it is told when there is an answer (CIBA ping); without, it polls. */
    | { way: 'ciba'; supplierId: SupplierId; notificationUri?: string | undefined; idTokenAlg?: 'EdDSA' | 'ES256' | undefined }
    | { way: 'redirect'; supplierId: SupplierId; redirectUris: readonly string[] }
    | { way: 'holder'; holderId: HolderId }
  )

type Unowned<T, Owner extends string> = T extends Record<Owner, unknown> ? Omit<T, Owner> : never
/** A client whose owner is taken in with it. */
export type FirstClient = Unowned<NewClient, 'supplierId'>
export type HoldersClient = Unowned<NewClient, 'holderId'>

/**
 * The operator takes in a client of a supplier, one client id per way of working, or of a holder. Public keys only: given, or at
 * an address of its own, which is tried now and fetched again when the client comes.
 *
 * @throws Refusal `supplier_not_found`, `holder_not_found`, `client_id_taken`, `client_key_invalid`,
 *   `jwks_uri_invalid`, `redirect_uri_invalid`, `notification_uri_invalid`
 */
export async function registerClient(deps: Deps, input: NewClient): Promise<ClientId> {
  const at = deps.now()
  const client = await checkedClient(deps, input, at)
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, (tx) => putClient(tx, client, input, at, 'operator'))
  return client.client_id
}

type ClientRow = Omit<Insertable<ClientTable>, 'supplier_id' | 'holder_id'> & {
  client_id: ClientId
  jwks: { keys: JWK[] }
  detail_types: string[]
}

/**
 * What can be said of a client by itself; an address of keys is fetched, so this is for before a transaction. Not checked: how often
 * somebody has us look.
 *
 * @throws Refusal as `registerClient`
 */
export async function checkedClient(deps: Deps, input: NewClient | FirstClient | HoldersClient, at: Date): Promise<ClientRow> {
  const clientId = input.clientId ?? (newId<never>(at) as unknown as ClientId)
  if (!/^[A-Za-z0-9._~-]{3,100}$/.test(clientId)) throw new Refusal('input_invalid', { fields: ['clientId'] })
  const jwksUri = input.jwksUri ?? null
  const jwks = input.keys ? await readSigningKeys(input.keys) : { keys: [] }
  const redirectUris = 'redirectUris' in input ? [...input.redirectUris] : []
  if ((input.way === 'redirect') !== redirectUris.length > 0 || !redirectUris.every(isRedirectUri))
    throw new Refusal('redirect_uri_invalid')
  const notificationUri = ('notificationUri' in input && input.notificationUri) || null
  if (notificationUri !== null && !isOutsideUrl(notificationUri, deps.allowedLoopback)) throw new Refusal('notification_uri_invalid')
  if (jwksUri !== null) await mustServeKeys(deps, jwksUri)
  const { way, name, types, holders, assertionAlg } = input
  return {
    client_id: clientId,
    way,
    name,
    jwks,
    jwks_uri: jwksUri,
    redirect_uris: redirectUris,
    notification_uri: notificationUri,
    assertion_alg: assertionAlg ?? null,
    ...('idTokenAlg' in input && input.idTokenAlg && { id_token_alg: input.idTokenAlg }),
    detail_types: detailTypes(types),
    holder_resources: holders ? [...holders] : null,
    registered_at: at,
  }
}

/**
 * Puts a checked client there, and in the operator's ledger.
 *
 * @throws Refusal `supplier_not_found`, `holder_not_found`, `client_id_taken`
 */
export async function putClient(tx: Tx, client: ClientRow, of: NewClient, at: Date, actor: LedgerActor, facts: object = {}): Promise<void> {
  const { client_id: clientId, way, jwks, jwks_uri: jwksUri, redirect_uris: redirectUris, holder_resources: holders } = client
  const notificationUri = client.notification_uri
  if ('supplierId' in of && !(await supplierById(tx, of.supplierId))) throw new Refusal('supplier_not_found')
  if ('holderId' in of && !(await holderById(tx, of.holderId))) throw new Refusal('holder_not_found')
  for (const resource of holders ?? []) if (!(await holderByResource(tx, resource))) throw new Refusal('holder_not_found')
  const owner = 'holderId' in of ? { holder_id: of.holderId } : { supplier_id: of.supplierId }
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('clients')
    .values({ ...client, ...owner })
    .onConflict((conflict) => conflict.column('client_id').doNothing()) // clients_pkey
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows !== 1n) throw new Refusal('client_id_taken')
  const kids = jwks.keys.map(({ kid }) => kid)
  await append(tx, {
    boardId: null,
    approach: 'operator',
    at,
    event: 'client_registered',
    actor,
    facts: {
      clientId,
      ...owner,
      way,
      kids,
      ...(jwksUri && { jwksUri }),
      redirectUris,
      ...(notificationUri && { notificationUri }),
      ...(client.assertion_alg && { assertionAlg: client.assertion_alg }),
      ...(client.id_token_alg && { idTokenAlg: client.id_token_alg }),
      types: client.detail_types,
      ...(holders && { holders }),
      ...facts,
    },
  })
}

/**
 * The operator takes a client out of use: it authenticates no more. Its tokens live out their minutes; to stop those
 * too, suspend the supplier.
 *
 * @throws Refusal `client_not_found` also when it is out of use already
 */
export async function disableClient(deps: Deps, { clientId }: { clientId: ClientId }): Promise<void> {
  const at = deps.now()
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    if (!(await clientById(tx, clientId))) throw new Refusal('client_not_found')
    const { numUpdatedRows } = await tx
      .updateTable('clients')
      .set({ disabled_at: at })
      .where('client_id', '=', clientId) // clients_pkey
      .where('disabled_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('client_not_found')
    await append(tx, { boardId: null, approach: 'operator', at, event: 'client_disabled', actor: 'operator', facts: { clientId } })
  })
}

const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost']

/** Absolute, https (http on the loopback only, for development), no fragment, no user information. */
function isRedirectUri(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password } = new URL(text)
  const secure = protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname))
  return secure && !text.includes('#') && username === '' && password === ''
}

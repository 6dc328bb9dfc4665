import type { JWK } from 'jose'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type ClientId, type HolderId, newId, type SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { isOutsideUrl } from '../outside-url.ts'
import { Refusal } from '../refusal.ts'
import { readSigningKeys } from './public-jwk.ts'
import { clientById, holderById, supplierById } from './store.ts'

export type NewClient = {
  /** Made up when not given. */
  clientId?: ClientId
  /** As its own people know it. */
  name: string
} & ({ keys: readonly JWK[]; jwksUri?: undefined } | { jwksUri: string; keys?: undefined }) &
  (
    | { way: 'organisation' | 'ciba'; supplierId: SupplierId }
    | { way: 'redirect'; supplierId: SupplierId; redirectUris: readonly string[] }
    | { way: 'holder'; holderId: HolderId }
  )

/**
 * The operator takes in a client of a supplier, one client id per way of working, or of a holder. Public keys only: given, or at
 * an address of its own that is fetched when the client comes.
 *
 * @throws Refusal `supplier_not_found`, `holder_not_found`, `client_id_taken`, `client_key_invalid`,
 *   `jwks_uri_invalid`, `redirect_uri_invalid`
 */
export async function registerClient(deps: Deps, input: NewClient): Promise<ClientId> {
  const at = deps.now()
  const clientId = input.clientId ?? (newId<never>(at) as unknown as ClientId)
  if (!/^[A-Za-z0-9._~-]{3,100}$/.test(clientId)) throw new Refusal('input_invalid', { fields: ['clientId'] })
  const jwksUri = input.jwksUri ?? null
  if (jwksUri !== null && !isOutsideUrl(jwksUri, deps.allowedLoopback)) throw new Refusal('jwks_uri_invalid')
  const jwks = input.keys ? await readSigningKeys(input.keys) : { keys: [] }
  const redirectUris = 'redirectUris' in input ? [...input.redirectUris] : []
  if ((input.way === 'redirect') !== redirectUris.length > 0 || !redirectUris.every(isRedirectUri))
    throw new Refusal('redirect_uri_invalid')
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    if ('supplierId' in input && !(await supplierById(tx, input.supplierId))) throw new Refusal('supplier_not_found')
    if ('holderId' in input && !(await holderById(tx, input.holderId))) throw new Refusal('holder_not_found')
    const owner = 'holderId' in input ? { holder_id: input.holderId } : { supplier_id: input.supplierId }
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('clients')
      .values({
        client_id: clientId,
        ...owner,
        way: input.way,
        name: input.name,
        jwks,
        jwks_uri: jwksUri,
        redirect_uris: redirectUris,
        registered_at: at,
      })
      .onConflict((conflict) => conflict.column('client_id').doNothing()) // clients_pkey
      .executeTakeFirst()
    if (numInsertedOrUpdatedRows !== 1n) throw new Refusal('client_id_taken')
    await append(tx, {
      boardId: null,
      approach: 'operator',
      at,
      event: 'client_registered',
      actor: 'operator',
      facts: {
        clientId,
        ...owner,
        way: input.way,
        kids: jwks.keys.map(({ kid }) => kid),
        ...(jwksUri !== null && { jwksUri }),
        redirectUris,
      },
    })
  })
  return clientId
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

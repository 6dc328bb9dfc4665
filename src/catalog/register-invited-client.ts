import { sha256 } from '../canonical.ts'
import { inTransaction, type Scope, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { ClientId, SupplierId } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import { mayHaveUsLook } from './keys-at-address.ts'
import { checkedClient, type NewClient, putClient } from './register-client.ts'
import type { ClientWay } from './tables.ts'

/** What a supplier says of the client it registers by itself. */
export type InvitedClient = { name: string } & ({ keys: NewClient['keys'] & object } | { jwksUri: string }) & {
    way: ClientWay
    redirectUris: readonly string[]
    /** Types of `authorization_details`; absent for all it was invited for. */
    types?: readonly string[] | undefined
    notificationUri?: string | undefined
    assertionAlg?: NewClient['assertionAlg']
    idTokenAlg?: 'EdDSA' | 'ES256' | undefined
  }

export interface RegisteredClient {
  clientId: ClientId
  registeredAt: Date
  /** Types of `authorization_details` it may ask for. */
  types: readonly string[]
}

const AS_OPERATOR: Scope = { actor: 'operator', boards: [] }

/**
 * A supplier registers one client on its invitation, which is used up in the same transaction: of many at once one gets through,
 * and what is refused leaves it to be tried again. It gets no more than the invitation says. Only who is invited has us fetch keys
 * from an address, and while we do nothing is held.
 *
 * @throws Refusal `client_invitation_invalid` for one that is not there, was used or is over; `client_not_as_invited`;
 *   `too_many_requests`; and as `registerClient`
 */
export async function registerInvitedClient(deps: Deps, initialAccessToken: string, client: InvitedClient): Promise<RegisteredClient> {
  const at = deps.now()
  const {
    supplier_id: supplierId,
    detail_types,
    holder_resources: holders,
  } = await inTransaction(deps.db, AS_OPERATOR, (tx) => invitationFor(tx, initialAccessToken, client, at))
  const types = client.types ?? detail_types
  const input = newClient({ ...client, types }, supplierId, holders)
  if (input.jwksUri !== undefined) await mayHaveUsLook(deps, supplierId, at)
  const row = await checkedClient(deps, input, at)
  return await inTransaction(deps.db, AS_OPERATOR, async (tx) => {
    const invitation = await invitationFor(tx, initialAccessToken, client, at)
    await putClient(tx, row, input, at, `client:${row.client_id}`, { invitedBy: invitation.made_by })
    await tx
      .updateTable('client_invitations')
      .set({ used_at: at, client_id: row.client_id })
      .where('token_hash', '=', invitation.token_hash)
      .execute()
    return { clientId: row.client_id, registeredAt: at, types }
  })
}

/** Holds the invitation that this token is, when it is open and for such a client. @throws Refusal `client_invitation_invalid`, `client_not_as_invited` */
async function invitationFor(tx: Tx, initialAccessToken: string, client: InvitedClient, at: Date) {
  const invitation = await tx
    .selectFrom('client_invitations')
    .select(['token_hash', 'supplier_id', 'ways', 'detail_types', 'holder_resources', 'own_domain', 'made_by'])
    .where('token_hash', '=', sha256(initialAccessToken)) // client_invitations_pkey
    .where('used_at', 'is', null)
    .where('expires_at', '>', at)
    .forUpdate()
    .executeTakeFirst()
  if (!invitation) throw new Refusal('client_invitation_invalid')
  const { ways, detail_types, own_domain: ownDomain } = invitation
  if (client.types?.some((type) => !detail_types.includes(type))) throw new Refusal('client_not_as_invited')
  if (!ways.includes(client.way) || (ownDomain !== null && !isAllAt(ownDomain, client))) throw new Refusal('client_not_as_invited')
  return invitation
}

function newClient(client: InvitedClient, supplierId: SupplierId, holders: string[] | null): NewClient {
  const { name, way, redirectUris, types, notificationUri, assertionAlg, idTokenAlg } = client
  const keys = 'keys' in client ? { keys: client.keys } : { jwksUri: client.jwksUri }
  const common = { name, supplierId, ...keys, ...(types && { types }), ...(holders && { holders }), assertionAlg }
  if (way !== 'redirect' && redirectUris.length > 0) throw new Refusal('redirect_uri_invalid')
  if (way === 'redirect') return { ...common, way, redirectUris }
  return way === 'ciba' ? { ...common, way, notificationUri, idTokenAlg } : { ...common, way }
}

/** Its keys and whatever it is sent back to or told at are at the supplier's own domain, or below it. */
function isAllAt(domain: string, client: InvitedClient): boolean {
  if (!('jwksUri' in client)) return false
  const { jwksUri, redirectUris, notificationUri } = client
  return [jwksUri, ...redirectUris, ...(notificationUri === undefined ? [] : [notificationUri])].every((url) => {
    if (!URL.canParse(url)) return false
    const { hostname } = new URL(url)
    return hostname === domain || hostname.endsWith(`.${domain}`)
  })
}

import type { JWK } from 'jose'
import { KeysNotServed, keysAtAddress } from '../catalog/keys-at-address.ts'
import type { Deps } from '../deps.ts'
import type { ClientId } from '../ids.ts'
import { withinRate } from '../rates.ts'
import { Refusal } from '../refusal.ts'

/** Where a client's keys are: given to us, or at its own address, with what was there last. */
export interface ClientKeys {
  client_id: ClientId
  jwks: { keys: JWK[] }
  jwks_uri: string | null
  jwks_fetched_at: Date | null
}

/** What was fetched is looked at again after an hour; while the address does not answer it is good for a day. */
const FRESH_MS = 3_600_000
const GOOD_MS = 86_400_000
/** An assertion with a key we do not know makes us look again: so often at most, over all processes. */
const REFETCHED = { most: 5, seconds: 60 }

/** A client's public keys as far as we know them, fetched anew when they are too old. */
export async function clientKeys(deps: Deps, client: ClientKeys, at: Date): Promise<JWK[]> {
  const { jwks, jwks_uri, jwks_fetched_at } = client
  if (jwks_uri === null) return jwks.keys
  const age = jwks_fetched_at ? at.getTime() - jwks_fetched_at.getTime() : Infinity
  if (age < FRESH_MS) return jwks.keys
  return (await refetchedKeys(deps, client, at)) ?? (age < GOOD_MS ? jwks.keys : [])
}

/**
 * The keys at a client's own address, as they are now; nothing when it has none, does not answer with a sound key set, or was
 * asked too often. Stored for all processes.
 */
export async function refetchedKeys(deps: Deps, client: ClientKeys, at: Date): Promise<JWK[] | undefined> {
  if (client.jwks_uri === null) return undefined
  try {
    return await keysAsServed(deps, { ...client, jwks_uri: client.jwks_uri }, at)
  } catch (error) {
    if (error instanceof Refusal) return undefined
    if (!(error instanceof KeysNotServed)) throw error
    deps.log.info('jwks_not_fetched', { clientId: client.client_id, error })
    return undefined
  }
}

/**
 * The keys at a client's own address, as they are now. Stored for all processes.
 *
 * @throws KeysNotServed
 * @throws Refusal `too_many_requests`
 */
export async function keysAsServed(
  deps: Deps,
  { client_id, jwks_uri }: Pick<ClientKeys, 'client_id'> & { jwks_uri: string },
  at: Date,
): Promise<JWK[]> {
  if (!(await withinRate(deps.db, at, `jwks:${client_id}`, REFETCHED))) throw new Refusal('too_many_requests')
  const jwks = await keysAtAddress(deps, jwks_uri)
  await deps.db
    .updateTable('clients')
    .set({ jwks, jwks_fetched_at: at })
    .where('client_id', '=', client_id) // clients_pkey
    .where('jwks_uri', '=', jwks_uri)
    .execute()
  return jwks.keys
}

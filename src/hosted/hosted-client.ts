import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import { sql } from 'kysely'
import { checkedClient, putClient } from '../catalog/register-client.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { ClientId, SupplierId } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import { seal, unseal } from '../sealing.ts'

/** What the sealed key opens for, and nothing else. */
const SEALED_FOR = 'hosted-client'
const ALG = 'ES256'

/** The client that a supplier has inside the broker, with the key that its tokens are bound to. */
export interface HostedClient {
  clientId: ClientId
  jkt: string
  /** A DPoP proof for one request with one token (RFC 9449 §4.2). */
  proof: (method: 'GET', url: string, ath: string, at: Date) => Promise<string>
}

/**
 * The hosted client of a supplier. The first time it is made, under a lock, with a key of its own that never leaves the broker
 * and is sealed at rest; it is registered as every other client is, so that the operator can take it out of use.
 *
 * Does NOT check who asks.
 *
 * @throws Refusal `client_not_found` when the operator took it out of use
 */
export async function hostedClient(deps: Deps, supplierId: SupplierId): Promise<HostedClient> {
  const row = await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`hosted:${supplierId}`}, 0))`.execute(tx)
    return (await existing(tx, supplierId)) ?? (await make(tx, deps, supplierId))
  })
  if (row.disabled) throw new Refusal('client_not_found')
  const privateJwk = JSON.parse(await unseal(deps.secret, SEALED_FOR, row.sealedKey)) as JWK
  const { kty, crv, x, y } = privateJwk
  const jwk = { kty, crv, x, y } as JWK
  const key = await importJWK(privateJwk, ALG)
  return {
    clientId: row.clientId,
    jkt: await calculateJwkThumbprint(jwk),
    proof: async (htm, url, ath, at) => {
      const { origin, pathname } = new URL(url)
      return await new SignJWT({ htm, htu: origin + pathname, jti: crypto.randomUUID(), ath })
        .setProtectedHeader({ alg: ALG, typ: 'dpop+jwt', jwk })
        .setIssuedAt(at)
        .sign(key)
    },
  }
}

interface Kept {
  clientId: ClientId
  sealedKey: string
  disabled: boolean
}

async function existing(tx: Tx, supplierId: SupplierId): Promise<Kept | undefined> {
  const row = await tx
    .selectFrom('hosted_clients as h')
    .innerJoin('clients as c', 'c.client_id', 'h.client_id')
    .select(['h.client_id', 'h.sealed_key', 'c.disabled_at'])
    .where('h.supplier_id', '=', supplierId) // hosted_clients_pkey
    .executeTakeFirst()
  return row && { clientId: row.client_id, sealedKey: row.sealed_key, disabled: row.disabled_at !== null }
}

async function make(tx: Tx, deps: Deps, supplierId: SupplierId): Promise<Kept> {
  const at = deps.now()
  const pair = await generateKeyPair(ALG, { extractable: true })
  const [publicJwk, privateJwk] = await Promise.all([exportJWK(pair.publicKey), exportJWK(pair.privateKey)])
  const clientId = `hosted-${supplierId}` as ClientId
  const kid = await calculateJwkThumbprint(publicJwk)
  const input = {
    clientId,
    name: 'Web app of the broker',
    way: 'organisation' as const,
    supplierId,
    keys: [{ ...publicJwk, kid, alg: ALG }],
  }
  await putClient(tx, await checkedClient(deps, input, at), input, at, 'job', { hosted: true })
  const sealedKey = await seal(deps.secret, SEALED_FOR, JSON.stringify(privateJwk))
  await tx
    .insertInto('hosted_clients')
    .values({ supplier_id: supplierId, client_id: clientId, sealed_key: sealedKey, made_at: at })
    .execute()
  return { clientId, sealedKey, disabled: false }
}

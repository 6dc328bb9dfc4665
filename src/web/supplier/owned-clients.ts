import type { Db } from '../../database.ts'
import type { ClientId, SupplierId } from '../../ids.ts'

/** A client as the engineers of its supplier see it: never a key, only what it is called. */
export interface OwnedClient {
  clientId: ClientId
  name: string
  way: 'organisation' | 'ciba' | 'redirect' | 'holder'
  jwksUri: string | null
  kids: string[]
  /** Types of `authorization_details` it may ask for. */
  types: string[]
  /** Resources it may ask at; null for any. */
  holders: string[] | null
  /** Names of data sets it may ask for; null for any. */
  datatypes: string[] | null
  disabledAt: Date | null
  /** The broker's own, in the web app. */
  hosted: boolean
  /** It works in the sandbox only. */
  inSandbox: boolean
}

/** The clients of a supplier, of the holders it is and of its sandbox, by name. Does NOT check who asks. */
export async function ownedClients(db: Db, supplierId: SupplierId): Promise<OwnedClient[]> {
  const rows = await db
    .selectFrom('clients as c')
    .leftJoin('suppliers as s', 's.supplier_id', 'c.supplier_id')
    .leftJoin('holders as h', 'h.holder_id', 'c.holder_id')
    .leftJoin('hosted_clients as hc', 'hc.client_id', 'c.client_id')
    .select([
      'c.client_id',
      'c.name',
      'c.way',
      'c.jwks',
      'c.jwks_uri',
      'c.detail_types',
      'c.holder_resources',
      'c.datatypes',
      'c.disabled_at',
      'hc.client_id as hosted',
      's.world',
    ])
    .where((eb) => eb.or([eb('c.supplier_id', '=', supplierId), eb('s.world', '=', supplierId), eb('h.supplier_id', '=', supplierId)])) // clients_by_supplier
    .orderBy('c.name')
    .orderBy('c.client_id')
    .execute()
  return rows.map((row) => ({
    clientId: row.client_id,
    name: row.name,
    way: row.way,
    jwksUri: row.jwks_uri,
    kids: row.jwks.keys.map(({ kid }) => kid ?? '?'),
    types: row.detail_types,
    holders: row.holder_resources,
    datatypes: row.datatypes,
    disabledAt: row.disabled_at,
    hosted: row.hosted !== null,
    inSandbox: row.world === supplierId,
  }))
}

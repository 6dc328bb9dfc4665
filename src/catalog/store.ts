import type { JWK } from 'jose'
import type { Selectable } from 'kysely'
import type { Db } from '../database.ts'
import type { ClientId, HolderId, LeafletId, ServiceId, SupplierId } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import { REAL_WORLD, type World } from '../worlds.ts'
import type { CategoryId } from './categories.ts'
import type { CovenantDays } from './covenant.ts'
import type { LeafletContent } from './leaflet.ts'
import type { SupplierKind } from './supplier-kind.ts'
import type { ClientTable, HolderTable, LeafletTable, ServiceTable, SupplierTable } from './tables.ts'

/** A company as a party to a contract (M01). */
export interface SupplierParty {
  address: string
  /** Its number at the chamber of commerce, or what stands for it elsewhere. */
  registration: string
  /** Who represents it, by name and function. */
  representative: string
}

export interface Supplier {
  supplierId: SupplierId
  legalName: string
  kind: SupplierKind
  domain: string | null
  country: string
  suspendedAt: Date | null
  world: World
  covenant: CovenantDays
  /** How contracts name it; empty for what it has not said yet. */
  party: SupplierParty
}

export interface Service {
  serviceId: ServiceId
  supplierId: SupplierId
  name: string
  kind: 'I' | 'II'
  minimumAge: number | null
}

export interface Leaflet {
  leafletId: LeafletId
  serviceId: ServiceId
  version: number
  content: LeafletContent
  contentHash: Uint8Array
  publishedAt: Date
}

export interface Holder {
  holderId: HolderId
  supplierId: SupplierId
  name: string
  resource: string
  tokenFormat: 'jwt' | 'jwe' | 'opaque'
  encryptionJwk: JWK | null
  /** How it finds that a token was ended. */
  endedBy: 'status-list' | 'introspection'
  suspendedAt: Date | null
}

export interface DataSet {
  datatype: string
  category: CategoryId
  nameNl: string
  nameEn: string
  /** Where below the resource it is read; null: at its own name. */
  path: string | null
  /** Off the list since then; null: offered. */
  withdrawnAt: Date | null
}

interface ClientOf {
  clientId: ClientId
  name: string
  jwks: { keys: JWK[] }
  redirectUris: string[]
  /** Of a client in CIBA ping mode. */
  notificationUri: string | null
  disabledAt: Date | null
}

/** One client id works in one way (NL GOV): a supplier's in one of three, a holder's as holder. */
export type Client =
  | (ClientOf & { way: 'organisation' | 'ciba' | 'redirect'; supplierId: SupplierId })
  | (ClientOf & { way: 'holder'; holderId: HolderId })

/** Suspended ones too: whoever calls decides what that means. So for all of this file; `db` may be a transaction. */
export async function supplierById(db: Db, supplierId: SupplierId): Promise<Supplier | undefined> {
  const row = await db.selectFrom('suppliers').selectAll().where('supplier_id', '=', supplierId).executeTakeFirst() // suppliers_pkey
  return row && supplierOf(row)
}

/** The world a supplier exists in. @throws Refusal `supplier_not_found` */
export async function worldOf(db: Db, supplierId: SupplierId): Promise<World> {
  const supplier = await supplierById(db, supplierId)
  if (!supplier) throw new Refusal('supplier_not_found')
  return supplier.world
}

function supplierOf(row: Selectable<SupplierTable>): Supplier {
  return {
    supplierId: row.supplier_id,
    legalName: row.legal_name,
    kind: row.kind,
    domain: row.domain,
    country: row.country,
    suspendedAt: row.suspended_at,
    world: row.world,
    covenant: { joinedOn: row.covenant_joined_on, leftOn: row.covenant_left_on },
    party: { address: row.address, registration: row.registration, representative: row.representative },
  }
}

/** The suppliers of the real world, or those of `ids`, by legal name. */
export async function suppliers(db: Db, ids?: SupplierId[]): Promise<Supplier[]> {
  if (ids?.length === 0) return []
  const rows = await db
    .selectFrom('suppliers')
    .selectAll()
    .$if(ids !== undefined, (query) => query.where('supplier_id', 'in', ids!)) // suppliers_pkey
    .$if(ids === undefined, (query) => query.where('world', '=', REAL_WORLD))
    .orderBy('legal_name')
    .execute()
  return rows.map(supplierOf)
}

export async function serviceById(db: Db, serviceId: ServiceId): Promise<Service | undefined> {
  const row = await db.selectFrom('services').selectAll().where('service_id', '=', serviceId).executeTakeFirst() // services_pkey
  return row && serviceOf(row)
}

export async function servicesOf(db: Db, supplierId: SupplierId): Promise<Service[]> {
  const rows = await db.selectFrom('services').selectAll().where('supplier_id', '=', supplierId).orderBy('name').execute() // services_by_supplier
  return rows.map(serviceOf)
}

function serviceOf(row: Selectable<ServiceTable>): Service {
  return { serviceId: row.service_id, supplierId: row.supplier_id, name: row.name, kind: row.kind, minimumAge: row.minimum_age }
}

export async function leafletById(db: Db, leafletId: LeafletId): Promise<Leaflet | undefined> {
  const row = await db.selectFrom('leaflets').selectAll().where('leaflet_id', '=', leafletId).executeTakeFirst() // leaflets_pkey
  return row && leafletOf(row)
}

/** The newest version of a service's leaflet; whether a board accepted it is the agreement's business. */
export async function latestLeaflet(db: Db, serviceId: ServiceId): Promise<Leaflet | undefined> {
  const row = await db
    .selectFrom('leaflets')
    .selectAll()
    .where('service_id', '=', serviceId)
    .orderBy('version', 'desc') // leaflets_once_per_version
    .limit(1)
    .executeTakeFirst()
  return row && leafletOf(row)
}

/** All versions of a service's leaflet, the newest first. */
export async function leafletsOf(db: Db, serviceId: ServiceId): Promise<Leaflet[]> {
  const rows = await db.selectFrom('leaflets').selectAll().where('service_id', '=', serviceId).orderBy('version', 'desc').execute() // leaflets_once_per_version
  return rows.map(leafletOf)
}

function leafletOf(row: Selectable<LeafletTable>): Leaflet {
  return {
    leafletId: row.leaflet_id,
    serviceId: row.service_id,
    version: row.version,
    content: JSON.parse(row.content) as LeafletContent, // readLeaflet checked it when it was published
    contentHash: row.content_hash,
    publishedAt: row.published_at,
  }
}

export async function holderById(db: Db, holderId: HolderId): Promise<Holder | undefined> {
  const row = await db.selectFrom('holders').selectAll().where('holder_id', '=', holderId).executeTakeFirst() // holders_pkey
  return row && holderOf(row)
}

/** The holder that answers to this resource indicator (RFC 8707), compared byte for byte. */
export async function holderByResource(db: Db, resource: string): Promise<Holder | undefined> {
  const row = await db.selectFrom('holders').selectAll().where('resource', '=', resource).executeTakeFirst() // holders_resource_key
  return row && holderOf(row)
}

/** The holders of the real world, or those of one supplier, by name. */
export async function holders(db: Db, supplierId?: SupplierId): Promise<Holder[]> {
  const rows = await db
    .selectFrom('holders as h')
    .innerJoin('suppliers as s', 's.supplier_id', 'h.supplier_id')
    .selectAll('h')
    .$if(supplierId !== undefined, (query) => query.where('h.supplier_id', '=', supplierId!))
    .$if(supplierId === undefined, (query) => query.where('s.world', '=', REAL_WORLD))
    .orderBy('h.name')
    .execute()
  return rows.map(holderOf)
}

function holderOf(row: Selectable<HolderTable>): Holder {
  return {
    holderId: row.holder_id,
    supplierId: row.supplier_id,
    name: row.name,
    resource: row.resource,
    tokenFormat: row.token_format,
    encryptionJwk: row.encryption_jwk,
    endedBy: row.ended_by,
    suspendedAt: row.suspended_at,
  }
}

/** What a holder can hand over, by datatype. */
export async function dataSetsOf(db: Db, holderId: HolderId): Promise<DataSet[]> {
  return (await everyDataSetOf(db, holderId)).filter(({ withdrawnAt }) => !withdrawnAt)
}

/** As `dataSetsOf`, with what is off its list: people were asked about that under its name. */
export async function everyDataSetOf(db: Db, holderId: HolderId): Promise<DataSet[]> {
  const rows = await db.selectFrom('data_sets').selectAll().where('holder_id', '=', holderId).orderBy('datatype').execute() // data_sets_pkey
  return rows.map((row) => ({
    datatype: row.datatype,
    category: row.category as CategoryId, // registerHolder checked it
    nameNl: row.name_nl,
    nameEn: row.name_en,
    path: row.path,
    withdrawnAt: row.withdrawn_at,
  }))
}

/** Disabled ones too. Whether its supplier or holder is suspended stands there, not here. */
export async function clientById(db: Db, clientId: ClientId): Promise<Client | undefined> {
  const row = await db.selectFrom('clients').selectAll().where('client_id', '=', clientId).executeTakeFirst() // clients_pkey
  return row && clientOf(row)
}

function clientOf(row: Selectable<ClientTable>): Client {
  const client = {
    clientId: row.client_id,
    name: row.name,
    jwks: row.jwks,
    redirectUris: row.redirect_uris,
    notificationUri: row.notification_uri,
    disabledAt: row.disabled_at,
  }
  if (row.way === 'holder' && row.holder_id) return { ...client, way: 'holder', holderId: row.holder_id }
  if (row.way !== 'holder' && row.supplier_id) return { ...client, way: row.way, supplierId: row.supplier_id }
  throw new Error(`client ${row.client_id} is of nobody`)
}

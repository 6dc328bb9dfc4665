import type { JWK } from 'jose'
import type { Changing, ChangingDefault, Fixed, FixedDefault } from '../columns.ts'
import type { BoardId, ClientId, HolderId, LeafletId, MemberId, NominationId, PersonId, ServiceId, SupplierId } from '../ids.ts'
import type { World } from '../worlds.ts'
import type { SupplierKind } from './supplier-kind.ts'

export interface SupplierTable {
  supplier_id: Fixed<SupplierId>
  legal_name: string
  kind: Fixed<SupplierKind>
  domain: Changing<string | null>
  country: FixedDefault<string>
  registered_at: Fixed<Date>
  suspended_at: Changing<Date | null>
  world: FixedDefault<World>
  /** YYYY-MM-DD */
  covenant_joined_on: Changing<string | null>
  /** YYYY-MM-DD */
  covenant_left_on: Changing<string | null>
  address: ChangingDefault<string>
  registration: ChangingDefault<string>
  representative: ChangingDefault<string>
}

export interface ServiceTable {
  service_id: Fixed<ServiceId>
  supplier_id: Fixed<SupplierId>
  name: Fixed<string>
  kind: Fixed<'I' | 'II'>
  minimum_age: Fixed<number | null>
  created_at: Fixed<Date>
}

export interface LeafletTable {
  leaflet_id: Fixed<LeafletId>
  service_id: Fixed<ServiceId>
  version: Fixed<number>
  content: Fixed<string>
  content_hash: Fixed<Uint8Array>
  published_at: Fixed<Date>
}

export interface LeafletDraftTable {
  service_id: Fixed<ServiceId>
  content: Changing<string>
  changed_at: Changing<Date>
  changed_by: Changing<MemberId>
}

export interface HolderTable {
  holder_id: Fixed<HolderId>
  supplier_id: Fixed<SupplierId>
  name: string
  resource: Fixed<string>
  token_format: ChangingDefault<'jwt' | 'jwe' | 'opaque'>
  encryption_jwk: Changing<JWK | null>
  ended_by: ChangingDefault<'status-list' | 'introspection'>
  registered_at: Fixed<Date>
  suspended_at: Changing<Date | null>
}

export interface DataSetTable {
  holder_id: Fixed<HolderId>
  datatype: Fixed<string>
  category: string
  name_nl: string
  name_en: string
  /** Where below the resource the hosted client reads it; null: at the name of the data set. */
  path: Changing<string | null>
  withdrawn_at: Changing<Date | null>
}

export interface SupplierBoardTable {
  supplier_id: Fixed<SupplierId>
  board_id: Fixed<BoardId>
  linked_at: Fixed<Date>
  world: FixedDefault<World>
}

export interface ClientTable {
  client_id: Fixed<ClientId>
  supplier_id: Fixed<SupplierId | null>
  holder_id: Fixed<HolderId | null>
  way: Fixed<'organisation' | 'ciba' | 'redirect' | 'holder'>
  name: string
  jwks: { keys: JWK[] }
  jwks_uri: Changing<string | null>
  jwks_fetched_at: Changing<Date | null>
  detail_types: ChangingDefault<string[]>
  holder_resources: Changing<string[] | null>
  /** Names of data sets; null for any. */
  datatypes: Changing<string[] | null>
  redirect_uris: ChangingDefault<string[]>
  /** Where a client in CIBA ping mode is told; without it, it polls. */
  notification_uri: Fixed<string | null>
  /** With which algorithm it said to sign its assertions; null for whichever its keys are for. */
  assertion_alg: Changing<'EdDSA' | 'Ed25519' | 'ES256' | null>
  /** With which algorithm its ID tokens are signed. */
  id_token_alg: FixedDefault<'EdDSA' | 'ES256'>
  registered_at: Fixed<Date>
  disabled_at: Changing<Date | null>
}

export interface ClientInvitationTable {
  token_hash: Fixed<Uint8Array>
  supplier_id: Fixed<SupplierId>
  ways: Fixed<ClientWay[]>
  detail_types: FixedDefault<string[]>
  holder_resources: Fixed<string[] | null>
  own_domain: Fixed<string | null>
  made_by: Fixed<string>
  made_at: Fixed<Date>
  expires_at: Fixed<Date>
  used_at: Changing<Date | null>
  client_id: Changing<ClientId | null>
}

export interface SupplierNominationTable {
  board_id: Fixed<BoardId>
  nomination_id: Fixed<NominationId>
  legal_name: Fixed<string>
  kind: Fixed<SupplierKind>
  domain: Fixed<string>
  contact_name: Changing<string | null>
  contact_email: Changing<string | null>
  nominated_by: Fixed<PersonId>
  nominated_at: Fixed<Date>
  settled_at: Changing<Date | null>
  supplier_id: Changing<SupplierId | null>
  declined_because: Changing<string | null>
}

/** How a supplier's client works; one client id works in one way (NL GOV). */
export type ClientWay = 'organisation' | 'ciba' | 'redirect'

export interface CatalogTables {
  suppliers: SupplierTable
  services: ServiceTable
  leaflets: LeafletTable
  leaflet_drafts: LeafletDraftTable
  holders: HolderTable
  data_sets: DataSetTable
  supplier_boards: SupplierBoardTable
  clients: ClientTable
  client_invitations: ClientInvitationTable
  supplier_nominations: SupplierNominationTable
}

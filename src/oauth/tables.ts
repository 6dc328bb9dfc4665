import type { JWK } from 'jose'
import type { Changing, ChangingDefault, Fixed, FixedDefault } from '../columns.ts'
import type { BoardId, ClientId, ConsentId, GrantId, HolderId, InteractionId, ItemId, RequestId, SupplierId } from '../ids.ts'
import type { StoredAsk } from '../requests/stored-ask.ts'
import type { KeyKind } from './keys.ts'

export interface SigningKeyTable {
  kid: Fixed<string>
  kind: Fixed<KeyKind>
  alg: Fixed<'EdDSA' | 'ES256'>
  public_jwk: Fixed<JWK>
  private_jwe: Changing<string | null>
  made_at: Fixed<Date>
  signs_from: Fixed<Date>
  signs_until: Changing<Date | null>
  published_until: Changing<Date | null>
  removed_at: Changing<Date | null>
}

export interface ReplayTable {
  kind: Fixed<string>
  owner: Fixed<string>
  jti: Fixed<string>
  expires_at: Fixed<Date>
}

export interface CibaRequestTable {
  auth_req_id_hash: Fixed<Uint8Array>
  client_id: Fixed<ClientId>
  supplier_id: Fixed<SupplierId>
  board_id: Changing<BoardId | null>
  request_id: Changing<RequestId | null>
  consent_id: Changing<ConsentId | null>
  scope: Fixed<string>
  binding_message: Fixed<string | null>
  consent_revision: ChangingDefault<number>
  replaces: Fixed<GrantId | null>
  replaces_revision: Fixed<number | null>
  interval_seconds: number
  made_at: Fixed<Date>
  expires_at: Fixed<Date>
  last_polled_at: Changing<Date | null>
  used_at: Changing<Date | null>
}

export interface RateTable {
  bucket: string
  starts_at: Date
  count: number
}

export interface IdempotencyKeyTable {
  owner: Fixed<string>
  key: Fixed<string>
  request_hash: Fixed<Uint8Array>
  status: Fixed<number>
  body: Fixed<string>
  headers: FixedDefault<Record<string, string>>
  made_at: Fixed<Date>
}

export interface ParRequestTable {
  request_uri_hash: Fixed<Uint8Array>
  client_id: Fixed<ClientId>
  supplier_id: Fixed<SupplierId>
  redirect_uri: Fixed<string>
  state: Fixed<string | null>
  code_challenge: Fixed<string>
  jkt: Fixed<string>
  ask: Fixed<StoredAsk>
  replaces: Fixed<GrantId | null>
  replaces_revision: Fixed<number | null>
  request_object: Fixed<string | null>
  /** Nothing may be shown (prompt=none): then there is only one answer. */
  silent: FixedDefault<boolean>
  /** A yes takes a sign-in of then or later (prompt=login, max_age). */
  signed_in_since: Fixed<Date | null>
  request_id: Fixed<RequestId>
  item_id: Fixed<ItemId>
  made_at: Fixed<Date>
  expires_at: Fixed<Date>
  decided_at: Changing<Date | null>
}

export interface InteractionTable {
  interaction_id: Fixed<InteractionId>
  request_uri_hash: Fixed<Uint8Array>
  browser_hash: Fixed<Uint8Array>
  opened_at: Fixed<Date>
  expires_at: Fixed<Date>
}

export interface AuthorizationCodeTable {
  code_hash: Fixed<Uint8Array>
  client_id: Fixed<ClientId>
  supplier_id: Fixed<SupplierId>
  redirect_uri: Fixed<string>
  code_challenge: Fixed<string>
  jkt: Fixed<string>
  resource: Fixed<string>
  board_id: Fixed<BoardId>
  consent_id: Fixed<ConsentId>
  consent_revision: FixedDefault<number>
  holder_id: Fixed<HolderId>
  datatypes: Fixed<string[]>
  until_at: Fixed<Date>
  made_at: Fixed<Date>
  expires_at: Fixed<Date>
  used_at: Changing<Date | null>
}

export interface RefreshTokenTable {
  token_hash: Fixed<Uint8Array>
  client_id: Fixed<ClientId>
  supplier_id: Fixed<SupplierId>
  jkt: Fixed<string>
  scope: Fixed<string | null>
  board_id: Fixed<BoardId>
  consent_id: Fixed<ConsentId>
  consent_revision: FixedDefault<number>
  holder_id: Fixed<HolderId>
  datatypes: Fixed<string[]>
  code_hash: Fixed<Uint8Array | null>
  made_at: Fixed<Date>
  expires_at: Fixed<Date>
  ended_at: Changing<Date | null>
}

export interface ClientRequestTable {
  client_id: Fixed<ClientId>
  minute: Fixed<Date>
  route: Fixed<string>
  status: Fixed<number>
  code: Fixed<string>
  count: Changing<number>
}

export interface OauthTables {
  client_requests: ClientRequestTable
  signing_keys: SigningKeyTable
  replay: ReplayTable
  ciba_requests: CibaRequestTable
  par_requests: ParRequestTable
  interactions: InteractionTable
  authorization_codes: AuthorizationCodeTable
  refresh_tokens: RefreshTokenTable
  rates: RateTable
  idempotency_keys: IdempotencyKeyTable
}

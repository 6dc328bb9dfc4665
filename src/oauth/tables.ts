import type { JWK } from 'jose'
import type { Changing, Fixed, FixedDefault } from '../columns.ts'
import type { BoardId, ClientId, ConsentId, RequestId, SupplierId } from '../ids.ts'
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
  board_id: Fixed<BoardId | null>
  request_id: Fixed<RequestId | null>
  consent_id: Fixed<ConsentId | null>
  scope: Fixed<string>
  binding_message: Fixed<string | null>
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

export interface OauthTables {
  signing_keys: SigningKeyTable
  replay: ReplayTable
  ciba_requests: CibaRequestTable
  rates: RateTable
  idempotency_keys: IdempotencyKeyTable
}

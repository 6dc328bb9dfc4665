import type { Selectable } from 'kysely'
import { sha256 } from '../canonical.ts'
import type { Db, Tx } from '../database.ts'
import type { Redeemer } from '../grants/wish.ts'
import { type BoardId, type ClientId, type ConsentId, type HolderId, newSecret } from '../ids.ts'
import type { RefreshTokenTable } from './tables.ts'

/** What a refresh token can give: what was granted, as long as that was granted for. */
export interface Refreshable {
  boardId: BoardId
  consentId: ConsentId
  /** Of the consent, when it was handed out or what it comes from was. */
  revision: number
  holderId: HolderId
  datatypes: readonly string[]
  until: Date
  scope: string | null
  /** Of the code it comes from. */
  codeHash?: Uint8Array
}

/**
 * Makes a refresh token for a consent that was given directly. Kept hashed, and not rotated (FAPI 2.0 §5.3.2.1 (9)): it is
 * worth nothing without the client's key and the DPoP key.
 */
export async function makeRefreshToken(tx: Tx, at: Date, { clientId, supplierId, jkt }: Redeemer, grant: Refreshable): Promise<string> {
  const token = newSecret()
  await tx
    .insertInto('refresh_tokens')
    .values({
      token_hash: sha256(token),
      client_id: clientId,
      supplier_id: supplierId,
      jkt,
      scope: grant.scope,
      code_hash: grant.codeHash ?? null,
      board_id: grant.boardId,
      consent_id: grant.consentId,
      consent_revision: grant.revision,
      holder_id: grant.holderId,
      datatypes: [...grant.datatypes],
      made_at: at,
      expires_at: grant.until,
    })
    .execute()
  return token
}

export type RefreshToken = Selectable<RefreshTokenTable>

/** A refresh token of this client that was not ended and is not over; undefined for any other. */
export async function refreshTokenOf(db: Db, clientId: ClientId, token: string, at: Date): Promise<RefreshToken | undefined> {
  return await db
    .selectFrom('refresh_tokens')
    .selectAll()
    .where('token_hash', '=', sha256(token)) // refresh_tokens_pkey
    .where('client_id', '=', clientId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', at)
    .executeTakeFirst()
}

/** Holds it until commit: whoever ends it waits, and then ends what was made with it. @returns false when it was ended */
export async function holdRefreshToken(tx: Tx, { token_hash }: RefreshToken): Promise<boolean> {
  const held = await tx
    .selectFrom('refresh_tokens')
    .select('token_hash')
    .where('token_hash', '=', token_hash) // refresh_tokens_pkey
    .where('ended_at', 'is', null)
    .forShare()
    .executeTakeFirst()
  return held !== undefined
}

/** Ends the refresh tokens on a consent, of every client of the supplier. */
export async function endRefreshTokensOn(tx: Tx, boardId: BoardId, consentId: ConsentId, at: Date): Promise<void> {
  await tx
    .updateTable('refresh_tokens')
    .set({ ended_at: at })
    .where('board_id', '=', boardId)
    .where('consent_id', '=', consentId) // refresh_tokens_by_consent
    .where('ended_at', 'is', null)
    .execute()
}

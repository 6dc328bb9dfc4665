import { calculateJwkThumbprint, type JWK } from 'jose'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { HolderId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import { readEncryptionKey } from './public-jwk.ts'

export interface NewTokenFormat {
  tokenFormat: 'jwt' | 'jwe' | 'opaque'
  /** For `jwe`, and for nothing else. */
  encryptionJwk?: JWK
}

/**
 * The operator gives a holder its tokens in another form, or encrypts them to another key, from the next token on. Those that
 * are out live on in their old form for their ten minutes.
 *
 * @throws Refusal `holder_not_found`, `client_key_invalid`; `input_invalid` for a key without `jwe` or the other way round
 */
export async function changeTokenFormat(
  deps: Deps,
  { holderId, tokenFormat, encryptionJwk }: NewTokenFormat & { holderId: HolderId },
): Promise<void> {
  const at = deps.now()
  if ((tokenFormat === 'jwe') !== (encryptionJwk !== undefined)) throw new Refusal('input_invalid', { fields: ['encryptionJwk'] })
  const encryption_jwk = encryptionJwk ? await readEncryptionKey(encryptionJwk) : null
  const key = encryption_jwk && (await calculateJwkThumbprint(encryption_jwk))
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('holders')
      .set({ token_format: tokenFormat, encryption_jwk })
      .where('holder_id', '=', holderId) // holders_pkey
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('holder_not_found')
    const facts = { tokenFormat, ...(key && { key }) }
    await append(tx, { boardId: null, approach: 'operator', at, event: 'token_format_changed', actor: 'operator', ref: holderId, facts })
  })
}

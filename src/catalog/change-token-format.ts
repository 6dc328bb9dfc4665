import { calculateJwkThumbprint, type JWK } from 'jose'
import type { MemberActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { HolderId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { mustBeMember } from '../members/members.ts'
import { Refusal } from '../refusal.ts'
import { readEncryptionKey } from './public-jwk.ts'

export interface NewTokenFormat {
  tokenFormat: 'jwt' | 'jwe' | 'opaque'
  /** For `jwe`, and for nothing else. */
  encryptionJwk?: JWK
  /** How the holder finds that a token was ended; when left out the list, or for `opaque`, which is always asked about, by asking. */
  endedBy?: 'status-list' | 'introspection'
}

/**
 * How an end is found of tokens in this form.
 *
 * @throws Refusal `input_invalid` for a list of opaque tokens
 */
export function endedByOf({ tokenFormat, endedBy = tokenFormat === 'opaque' ? 'introspection' : 'status-list' }: NewTokenFormat) {
  if (tokenFormat === 'opaque' && endedBy !== 'introspection') throw new Refusal('input_invalid', { fields: ['endedBy'] })
  return endedBy
}

/**
 * A holder gets its tokens in another form, or encrypted to another key, or finds their end another way, from the next token on.
 * Those that are out live on in their old form for their ten minutes. An engineer does it for a holder of their own; without one it
 * is the operator, whose command checked that.
 *
 * @throws Refusal `member_role_missing`, `holder_not_found` also for a holder of another supplier, `client_key_invalid`; `input_invalid` for a
 * key without `jwe` or the other way round, and as `endedByOf`
 */
export async function changeTokenFormat(
  deps: Deps,
  { holderId, ...format }: NewTokenFormat & { holderId: HolderId },
  engineer?: MemberActor,
): Promise<void> {
  const at = deps.now()
  const { tokenFormat, encryptionJwk } = format
  const ended_by = endedByOf(format)
  if ((tokenFormat === 'jwe') !== (encryptionJwk !== undefined)) throw new Refusal('input_invalid', { fields: ['encryptionJwk'] })
  const encryption_jwk = encryptionJwk ? await readEncryptionKey(encryptionJwk) : null
  const key = encryption_jwk && (await calculateJwkThumbprint(encryption_jwk))
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    if (engineer) await mustBeMember(tx, engineer, ['engineer'])
    const { numUpdatedRows } = await tx
      .updateTable('holders')
      .set({ token_format: tokenFormat, encryption_jwk, ended_by })
      .where('holder_id', '=', holderId) // holders_pkey
      .$if(engineer !== undefined, (query) => query.where('supplier_id', '=', engineer!.supplierId))
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('holder_not_found')
    const actor = engineer ? (`member:${engineer.memberId}` as const) : ('operator' as const)
    const facts = { tokenFormat, endedBy: ended_by, ...(key && { key }) }
    await append(tx, { boardId: null, approach: 'operator', at, event: 'token_format_changed', actor, ref: holderId, facts })
  })
}

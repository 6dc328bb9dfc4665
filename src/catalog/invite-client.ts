import type { PersonActor } from '../actors.ts'
import { sha256 } from '../canonical.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { newSecret, type SupplierId } from '../ids.ts'
import { append, type LedgerActor } from '../ledger/append.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { detailTypes } from './detail-types.ts'
import { holderByResource, supplierById } from './store.ts'
import type { ClientWay } from './tables.ts'

const GOOD_DAYS = 14

export interface ClientInvitation {
  supplierId: SupplierId
  ways: readonly ClientWay[]
  /** Types of `authorization_details` the client may register for; any when not given. */
  types?: readonly string[] | undefined
  /** Resources of the holders the client may ask for; any when not given. */
  holders?: readonly string[]
  /** One that the caller can make again (`secretOfForm`): asked for twice, it is made once and comes back. */
  token?: string
}

export interface MadeInvitation {
  /** The initial access token (RFC 7591 §3). Only its hash is kept: it is shown here and never again. */
  initialAccessToken: string
  expiresAt: Date
}

/**
 * The operator invites a supplier to register one client by itself.
 *
 * @throws Refusal `supplier_not_found`, `holder_not_found`; `input_invalid` without a way, or for an unknown type of details
 */
export async function inviteClient(deps: Deps, invitation: ClientInvitation): Promise<MadeInvitation> {
  const at = deps.now()
  return await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    const { made, facts } = await make(tx, invitation, null, 'operator', at)
    if (facts) await append(tx, { boardId: null, approach: 'operator', at, event: 'client_invited', actor: 'operator', facts })
    return made
  })
}

/**
 * A board's administrator invites a supplier that the board deals with. The board holds the token for a while, and must not be able
 * to become the supplier with it: the client's keys must be at the domain of the supplier that the operator verified.
 *
 * @throws Refusal `mandate_missing`, `supplier_not_found` also for a supplier the board has nothing to do with,
 *   `supplier_without_domain`, `holder_not_found`; `form_used` when this token was made before, and was used or has run out
 */
export async function inviteClientAsBoard(deps: Deps, actor: PersonActor, invitation: ClientInvitation): Promise<MadeInvitation> {
  const at = deps.now()
  const { boardId } = actor
  return await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, ['administrator'], at)
    const known = await tx
      .selectFrom('supplier_boards as l')
      .innerJoin('suppliers as s', 's.supplier_id', 'l.supplier_id')
      .select('s.domain')
      .where('l.supplier_id', '=', invitation.supplierId)
      .where('l.board_id', '=', boardId) // supplier_boards_pkey
      .executeTakeFirst()
    if (!known) throw new Refusal('supplier_not_found')
    if (!known.domain) throw new Refusal('supplier_without_domain')
    const by: LedgerActor = `person:${actor.personId}`
    const { made, facts } = await make(tx, invitation, known.domain, by, at)
    if (facts) await append(tx, { boardId, approach: 'organisation', at, event: 'client_invited', actor: by, facts })
    return made
  })
}

/** @returns no `facts` when this token was made before: nothing happened now */
async function make(
  tx: Tx,
  { supplierId, ways, types, holders, token }: ClientInvitation,
  ownDomain: string | null,
  by: LedgerActor,
  at: Date,
) {
  if (ways.length === 0) throw new Refusal('input_invalid', { fields: ['ways'] })
  if (!(await supplierById(tx, supplierId))) throw new Refusal('supplier_not_found')
  for (const resource of holders ?? []) if (!(await holderByResource(tx, resource))) throw new Refusal('holder_not_found')
  const detail_types = detailTypes(types)
  const initialAccessToken = token ?? newSecret()
  const expiresAt = new Date(at.getTime() + GOOD_DAYS * 86_400_000)
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('client_invitations')
    .values({
      token_hash: sha256(initialAccessToken),
      supplier_id: supplierId,
      ways: [...ways],
      detail_types,
      holder_resources: holders ? [...holders] : null,
      own_domain: ownDomain,
      made_by: by,
      made_at: at,
      expires_at: expiresAt,
    })
    .onConflict((conflict) => conflict.column('token_hash').doNothing())
    .executeTakeFirstOrThrow()
  if (numInsertedOrUpdatedRows !== 1n) {
    const before = await tx
      .selectFrom('client_invitations')
      .select('expires_at')
      .where('token_hash', '=', sha256(initialAccessToken)) // client_invitations_pkey
      .where('used_at', 'is', null)
      .where('expires_at', '>', at)
      .executeTakeFirst()
    if (!before) throw new Refusal('form_used')
    return { made: { initialAccessToken, expiresAt: before.expires_at } }
  }
  return {
    made: { initialAccessToken, expiresAt },
    facts: { supplierId, ways, types: detail_types, ...(holders && { holders }), expiresAt },
  }
}

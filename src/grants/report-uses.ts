import { sql } from 'kysely'
import type { HolderActor } from '../actors.ts'
import type { Approach } from '../approach.ts'
import { type Db, inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type Answer, oncePerKey } from '../idempotency.ts'
import { type BoardId, newId, type TokenId, type UseId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'

/** What a holder handed over on a token. */
export interface Delivery {
  tokenId: TokenId
  deliveredAt: Date
  datatypes: string[]
  records: number
}

/** A holder's clock may run ahead by this much. */
const CLOCK_DIFFERENCE_MS = 60_000

/**
 * Takes down what a holder really handed over: use is not issuance. All of them or none. Whether the token allowed what
 * was handed over is not asked: the report is the evidence either way.
 *
 * @param key the Idempotency-Key, so that a report sent twice counts once
 * @throws Refusal `use_unknown_token` also for a token of another holder; `input_invalid` for a delivery in the future
 * @throws Refusal `idempotency_key_reused`, `idempotency_in_flight`
 */
export async function reportUses(deps: Deps, holder: HolderActor, deliveries: Delivery[], key?: string): Promise<Answer> {
  const at = deps.now()
  if (deliveries.some(({ deliveredAt }) => deliveredAt.getTime() > at.getTime() + CLOCK_DIFFERENCE_MS)) {
    throw new Refusal('input_invalid', { errors: [{ field: 'uses', reason: 'delivered_at is in the future' }] })
  }
  const boards = await boardsOfTokens(deps.db, holder, deliveries)
  return await inTransaction(deps.db, { actor: 'client', boards: [...new Set(boards.values())] }, async (tx) =>
    oncePerKey(tx, { owner: holder.clientId, key, request: deliveries }, at, async () => {
      await record(tx, holder, deliveries, boards, at)
      return { status: 201, body: { accepted: deliveries.length } }
    }),
  )
}

async function boardsOfTokens(db: Db, { holderId }: HolderActor, deliveries: Delivery[]): Promise<Map<TokenId, BoardId>> {
  const tokenIds = [...new Set(deliveries.map(({ tokenId }) => tokenId))]
  const rows = await db
    .selectFrom('status_entries as e')
    .innerJoin('status_lists as l', 'l.list_id', 'e.list_id')
    .select(['e.token_id', 'e.board_id'])
    .where('e.token_id', 'in', tokenIds) // status_entries_by_token
    .where('l.holder_id', '=', holderId)
    .execute()
  if (rows.length < tokenIds.length) throw new Refusal('use_unknown_token')
  return new Map(rows.map((row) => [row.token_id, row.board_id]))
}

async function record(tx: Tx, { clientId, holderId }: HolderActor, deliveries: Delivery[], boards: Map<TokenId, BoardId>, at: Date) {
  const rows = deliveries.map(({ tokenId, deliveredAt, datatypes, records }) => ({
    board_id: boards.get(tokenId)!,
    use_id: newId<UseId>(at),
    token_id: tokenId,
    delivered_at: deliveredAt.toISOString(),
    datatypes,
    records,
  }))
  const made = await sql<{ board_id: BoardId; approach: Approach; use_id: UseId; token_id: TokenId }>`
    insert into uses (board_id, use_id, approach, token_id, holder_id, delivered_at, datatypes, records, reported_at)
    select t.board_id, u.use_id, t.approach, t.token_id, t.holder_id, u.delivered_at, u.datatypes, u.records, ${at}
    from jsonb_to_recordset(${sql.val(rows)}::jsonb) as u (board_id uuid, use_id uuid, token_id uuid, delivered_at timestamptz,
      datatypes text[], records int)
    join tokens t on t.board_id = u.board_id and t.token_id = u.token_id and t.holder_id = ${holderId} -- tokens_pkey
    returning board_id, approach, use_id, token_id`.execute(tx)
  const chains = Map.groupBy(made.rows, ({ board_id, approach }) => `${board_id}:${approach}`)
  // In one order for everybody: each append holds its chain until commit.
  const entries = [...chains.keys()].toSorted().map((chain) => {
    const uses = chains.get(chain)!
    const { board_id: boardId, approach } = uses[0]!
    const facts = { holderId, uses: uses.map(({ use_id, token_id }) => ({ useId: use_id, tokenId: token_id })) }
    return { boardId, approach, at, event: 'use_reported' as const, actor: `client:${clientId}` as const, facts }
  })
  await append(tx, ...entries)
}

import { sql } from 'kysely'
import type { Approach } from '../approach.ts'
import { isResearch, PURPOSES } from '../catalog/purposes.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, ConsentId, RoundId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { endConsent } from './end.ts'
import { proofKeptFrom, researchKeptFrom } from './proof-term.ts'
import { consentsById } from './store.ts'

/** Few enough that no run holds up a parent who answers. */
const AT_ONCE = 200

const RESEARCH = PURPOSES.filter(isResearch).map(({ id }) => id)

/**
 * Erases the proof of consents that ended longer ago than the board keeps it (`proof_years`, by the calendar; of research five
 * years at most, D14): the answers with their receipts, the agreements with parents of rounds that are as old, and the texts that nothing leans on any more.
 * That it was asked, and how and when it ended, stays; the ledger keeps its hashes. An open question of which the time has
 * passed ends here; where a yes stands in it, `settleExpired` comes first, for what follows from that. A job; run it any time.
 *
 * @returns of how many consents the proof was erased
 */
export async function eraseProof(deps: Deps, boardId: BoardId): Promise<number> {
  let erased = 0
  for (const approach of ['organisation', 'subject'] as const) {
    for (let some = AT_ONCE; some === AT_ONCE; erased += some) some = await eraseSome(deps, boardId, approach)
  }
  while (await eraseAgreements(deps, boardId));
  await eraseTexts(deps, boardId)
  return erased
}

async function eraseSome({ db, now }: Deps, boardId: BoardId, approach: Approach): Promise<number> {
  const at = now()
  return await inTransaction(db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const consentIds = await holdOutOfTerm(tx, boardId, approach, at)
    if (consentIds.length === 0) return 0
    const expired: ConsentId[] = []
    for (const before of (await consentsById(tx, boardId, consentIds)).values()) {
      if (before.ended) continue
      await endConsent(tx, before.question.asked.endsAt, before, 'expired', 'job')
      expired.push(before.consentId)
    }
    for (const table of ['receipts', 'answer_shares', 'answers']) {
      await sql`delete from ${sql.table(table)} where board_id = ${boardId} and consent_id = any(${consentIds}::uuid[])`.execute(tx)
    }
    await append(tx, { boardId, approach, at, event: 'proof_erased', actor: 'job', ref: boardId, facts: { consentIds, expired } })
    return consentIds.length
  })
}

/** Takes hold of some consents with answers of which the term is over, in one order for everybody. */
async function holdOutOfTerm(tx: Tx, boardId: BoardId, approach: Approach, at: Date): Promise<ConsentId[]> {
  const [from, ofResearch] = [await proofKeptFrom(tx, boardId, at), await researchKeptFrom(tx, boardId, at)]
  const { rows } = await sql<{ consent_id: ConsentId }>`
    select c.consent_id from consents c
    join items i on i.board_id = c.board_id and i.item_id = c.item_id
    where c.board_id = ${boardId} and c.approach = ${approach} and coalesce(c.ended_at, i.ends_at) < case when i.purpose = any(${RESEARCH}) then ${ofResearch} else ${from} end
      and exists (select from answers a where a.board_id = c.board_id and a.consent_id = c.consent_id) -- answers_one_per_revision
      and (c.ended_at is not null or not exists (
        select from answers a where a.board_id = c.board_id and a.consent_id = c.consent_id -- answers_one_per_revision
          and a.answer = 'yes' and a.undone_at is null
      ))
    order by c.consent_id limit ${AT_ONCE}
    for no key update of c`.execute(tx)
  return rows.map(({ consent_id }) => consent_id)
}

/** Erases the agreements of one round of which everything is out of its term. @returns whether there may be another */
async function eraseAgreements({ db, now }: Deps, boardId: BoardId): Promise<boolean> {
  const at = now()
  return await inTransaction(db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const roundId = await roundOutOfTerm(tx, boardId, at)
    if (!roundId) return false
    await sql`delete from parent_agreements where board_id = ${boardId} and round_id = ${roundId}`.execute(tx) // parent_agreements_pkey
    const facts = { consentIds: [], expired: [], roundIds: [roundId] }
    await append(tx, { boardId, approach: 'organisation', at, event: 'proof_erased', actor: 'job', ref: boardId, facts })
    return true
  })
}

async function roundOutOfTerm(tx: Tx, boardId: BoardId, at: Date): Promise<RoundId | undefined> {
  const [from, ofResearch] = [await proofKeptFrom(tx, boardId, at), await researchKeptFrom(tx, boardId, at)]
  const { rows } = await sql<{ round_id: RoundId }>`
    select r.round_id from rounds r
    cross join lateral (
      select case when exists (
        select from items i where i.board_id = r.board_id and i.round_id = r.round_id and i.purpose = any(${RESEARCH}) -- items_by_round
      ) then ${ofResearch}::timestamptz else ${from}::timestamptz end as kept_from
    ) term
    where r.board_id = ${boardId} and r.ends_at < term.kept_from -- rounds_pkey
      and exists (select from parent_agreements p where p.board_id = r.board_id and p.round_id = r.round_id) -- parent_agreements_pkey
      and not exists (
        select from items i -- items_by_round
        where i.board_id = r.board_id and i.round_id = r.round_id and (i.ends_at >= term.kept_from or exists (
          select from consents c join answers a on a.board_id = c.board_id and a.consent_id = c.consent_id -- answers_one_per_revision
          where c.board_id = i.board_id and c.item_id = i.item_id))
      )
    order by r.round_id limit 1`.execute(tx)
  return rows[0]?.round_id
}

/** Erases the texts that were shown of what is out of its term, where no answer, receipt or agreement leans on them any more. */
async function eraseTexts({ db, now }: Deps, boardId: BoardId): Promise<void> {
  await inTransaction(db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const from = await proofKeptFrom(tx, boardId, now())
    await sql`
      delete from shown_texts t using items i
      where t.board_id = ${boardId} and t.first_shown_at < ${from} -- shown_texts_pkey
        and i.board_id = t.board_id and i.item_id = (t.body::jsonb ->> 'itemId')::uuid and i.ends_at < ${from}
        and not exists (select from answers a where a.board_id = t.board_id and a.shown_hash = t.shown_hash) -- answers_by_shown_text
        and not exists (select from receipts r where r.board_id = t.board_id and r.shown_hash = t.shown_hash) -- receipts_by_shown_text
        and not exists (select from parent_agreements p where p.board_id = i.board_id and p.round_id = i.round_id)`.execute(tx)
  })
}

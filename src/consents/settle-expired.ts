import { sql } from 'kysely'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, ConsentId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { type Change, settle } from './aftermath.ts'
import { expiryOf } from './consent.ts'
import { endConsent } from './end.ts'
import { factsOf } from './facts.ts'
import { type AskedItem, consentsById } from './store.ts'

/** Few enough that no run holds up a parent who answers. */
const AT_ONCE = 200

/**
 * Writes down that a yes has run out by itself, and begins what follows: the supplier destroys what it has, and a picture is
 * taken down (P23, P30), as if somebody had stopped it. Not where another yes of the same meaning stands by now: then it goes
 * on. Access ended at the moment itself, whether this ran or not. A job.
 *
 * @returns how many ran out
 */
export async function settleExpired(deps: Deps, boardId: BoardId): Promise<number> {
  let settled = 0
  for (let after: ConsentId | undefined; ; ) {
    const page = await settlePage(deps, boardId, after)
    settled += page.settled
    if (!page.last) return settled
    after = page.last
  }
}

async function settlePage({ db, now }: Deps, boardId: BoardId, after: ConsentId | undefined) {
  const at = now()
  return await inTransaction(db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const ids = await heldPastTime(tx, boardId, at, after)
    const ran = [...(await consentsById(tx, boardId, ids)).values()].filter((consent) => expiryOf(consent) <= at)
    const goesOn = await meantTheSame(tx, boardId, ran, at)
    for (const approach of ['organisation', 'subject'] as const) {
      const changes: Change[] = []
      for (const before of ran.filter((one) => one.approach === approach)) {
        const expiresAt = expiryOf(before)
        const beforeAt = new Date(expiresAt.getTime() - 1)
        changes.push({ before, after: await endConsent(tx, expiresAt, before, 'expired', 'job'), beforeAt })
      }
      if (changes.length === 0) continue
      const over = changes.filter(({ before }) => !goesOn.has(before.consentId))
      const aftermath = await settle(tx, at, boardId, 'consents_expired', over)
      const facts = { expired: changes.map(({ before }) => before.consentId), ...aftermath }
      await append(tx, { boardId, approach, at, event: 'consents_expired', actor: 'job', ref: boardId, facts })
    }
    return { settled: ran.length, last: ids.length < AT_ONCE ? undefined : ids.at(-1) }
  })
}

/** Takes hold of open consents with a yes of which a time has passed, in one order for everybody. */
async function heldPastTime(tx: Tx, boardId: BoardId, at: Date, after: ConsentId | undefined): Promise<ConsentId[]> {
  const { rows } = await sql<{ consent_id: ConsentId }>`
    select c.consent_id from consents c
    join items i on i.board_id = c.board_id and i.item_id = c.item_id
    where c.board_id = ${boardId} and c.ended_at is null and i.legal_basis = 'consent' -- consents_one_open
      and c.consent_id > ${after ?? '00000000-0000-0000-0000-000000000000'}
      and exists (
        select from answers a where a.board_id = c.board_id and a.consent_id = c.consent_id -- answers_one_per_revision
          and a.answer = 'yes' and a.undone_at is null and (i.ends_at <= ${at} or a.until_at <= ${at})
      )
    order by c.consent_id limit ${AT_ONCE}
    for no key update of c`.execute(tx)
  return rows.map(({ consent_id }) => consent_id)
}

/** Of these, the ones whose like about the same person gives now: it is the same to whoever was asked, whatever item it is. */
async function meantTheSame(tx: Tx, boardId: BoardId, ran: readonly AskedItem[], at: Date): Promise<Set<ConsentId>> {
  const { rows } = await sql<{ ran: ConsentId; other: ConsentId }>`
    select c.consent_id as ran, o.consent_id as other
    from consents c
    join items i on i.board_id = c.board_id and i.item_id = c.item_id
    join consents o on o.board_id = c.board_id and o.subject_id = c.subject_id -- consents_by_subject
      and o.consent_id <> c.consent_id and o.ended_at is null
    join items j on j.board_id = o.board_id and j.item_id = o.item_id and j.approach = i.approach and j.meaning_hash = i.meaning_hash
    where c.board_id = ${boardId} and c.consent_id = any(${ran.map(({ consentId }) => consentId)}::uuid[])`.execute(tx)
  const others = await consentsById(
    tx,
    boardId,
    rows.map(({ other }) => other),
  )
  return new Set(rows.filter(({ other }) => factsOf(others.get(other)!, at).gives !== null).map((row) => row.ran))
}

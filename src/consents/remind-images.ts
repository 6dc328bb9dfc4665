import { sql } from 'kysely'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, ConsentId, PersonId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { schoolYearOf } from '../people/school-year.ts'
import { boardById } from '../people/store.ts'
import { mayStop, stateOf } from './consent.ts'
import { tellOnce } from './notices.ts'
import { latestPerDecider } from './outcome.ts'
import { consentsById } from './store.ts'

/** Who said yes only lately still knows. */
const KNOWN_DAYS = 30

/**
 * Halfway the school year, tells whoever gave a yes to pictures that stands, and may stop it, that they can, with a link to the page
 * on which each stops with one press (P28). A job; each is told once a school year, and the ledger proves how many were.
 *
 * @returns how many were told
 */
export async function remindOfImages(deps: Deps, boardId: BoardId): Promise<number> {
  const at = deps.now()
  return await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const year = schoolYearOf(await boardById(tx, boardId), at)
    if (at.getTime() < (year.startsAt.getTime() + year.endsAt.getTime()) / 2) return 0
    const { rows } = await sql<{ consent_id: ConsentId }>`
      select c.consent_id from items i
      join consents c on c.board_id = i.board_id and c.item_id = i.item_id and c.ended_at is null and c.revision > 0 -- consents_one_open
      where i.board_id = ${boardId} and i.image_channel is not null and i.starts_at <= ${at} and i.ends_at > ${at}`.execute(tx)
    const ids = rows.map(({ consent_id }) => consent_id)
    const longAgo = new Date(at.getTime() - KNOWN_DAYS * 86_400_000)
    const gave = new Set<PersonId>()
    for (const consent of (await consentsById(tx, boardId, ids)).values()) {
      if (stateOf(consent, at).state !== 'given') continue
      for (const { deciderId, answer, answeredAt } of latestPerDecider(consent.answers)) {
        if (answer === 'yes' && answeredAt < longAgo && mayStop(consent, deciderId, at)) gave.add(deciderId)
      }
    }
    const told = await tellOnce(tx, deps, at, boardId, [...gave], 'images', '/consents/images', [`images:${year.name}`])
    if (told > 0) {
      const facts = { schoolYear: year.name, told }
      await append(tx, { boardId, approach: 'organisation', at, event: 'images_reminded', actor: 'job', ref: boardId, facts })
    }
    return told
  })
}

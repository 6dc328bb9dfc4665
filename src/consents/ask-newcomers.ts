import { sql } from 'kysely'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, ItemId, PersonId, RoundId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { askAll, askedFacts } from './ask.ts'
import { personsIn } from './audience.ts'
import { tellDeciders } from './notices.ts'

/**
 * Asks who came to the school or group since a round was published what the others were asked, and who came back after what
 * they said had lapsed, and who has reached the minimum age of a service since (P48). A job; asks nobody twice.
 *
 * @returns how many consents that made
 */
export async function askNewcomers(deps: Deps, boardId: BoardId): Promise<number> {
  const at = deps.now()
  return await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const rounds = await tx
      .selectFrom('rounds')
      .select(['round_id', 'subject_kind', 'audience', 'opens_at'])
      .where('board_id', '=', boardId) // rounds_pkey
      .where('published_at', 'is not', null)
      .where('ends_at', '>', at)
      .orderBy('round_id')
      .forNoKeyUpdate()
      .execute()
    const entries: { roundId: RoundId; facts: Record<string, unknown>; subjectIds: PersonId[]; isOpen: boolean; count: number }[] = []
    for (const { round_id: roundId, subject_kind, audience, opens_at } of rounds) {
      if (!audience) throw new Error(`round ${roundId} was published to nobody`)
      const { rows } = await sql<{ person_id: PersonId; item_ids: ItemId[] }>`
        select p.person_id, array_agg(i.item_id order by i.item_id) as item_ids
        from (${personsIn(audience, subject_kind, boardId, at)}) p
        join items i on i.board_id = ${boardId} and i.round_id = ${roundId} and i.ends_at > ${at}
          and (
            exists (select from consents c where c.board_id = i.board_id and c.item_id = i.item_id and c.ended_at is null) -- consents_one_open
            or exists (select from services s where s.service_id = i.service_id and s.minimum_age is not null) -- services_pkey
              and not exists (select from consents c where c.board_id = i.board_id and c.item_id = i.item_id)
          )
        where not exists (
          select from consents c where c.board_id = ${boardId} and c.item_id = i.item_id and c.subject_id = p.person_id -- consents_by_subject
            and (c.ended_as is distinct from 'lapsed' or exists (
              select from agreement_services s where s.board_id = i.board_id and s.agreement_id = i.agreement_id -- agreement_services_pkey
                and s.service_id = i.service_id and s.leaflet_id = i.leaflet_id and s.superseded_at is not null
            ))
        )
        group by p.person_id order by p.person_id`.execute(tx)
      const alike = Map.groupBy(rows, ({ item_ids }) => item_ids.join())
      const asked = []
      for (const group of alike.values()) {
        const ids = group.map(({ person_id }) => person_id)
        asked.push(...(await askAll(tx, at, { boardId, approach: 'organisation', itemIds: group[0]!.item_ids }, ids)))
      }
      if (asked.length === 0) continue
      const subjectIds = [...new Set(asked.map(({ subjectId }) => subjectId))]
      const isOpen = opens_at === null || opens_at <= at
      entries.push({ roundId, subjectIds, isOpen, count: asked.length, facts: { newcomers: subjectIds.length, ...askedFacts(asked) } })
    }
    await tellDeciders(tx, deps, at, boardId, [...new Set(entries.flatMap(({ subjectIds, isOpen }) => (isOpen ? subjectIds : [])))])
    await append(
      tx,
      ...entries.map(({ roundId, facts }) => {
        return { boardId, approach: 'organisation', at, event: 'consents_asked', actor: 'job', ref: roundId, facts } as const
      }),
    )
    return entries.reduce((sum, { count }) => sum + count, 0)
  })
}

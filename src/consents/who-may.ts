import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, ConsentId, PersonId, SchoolId } from '../ids.ts'
import { noLongerAsked } from './asked-of.ts'
import { mayBe } from './images.ts'
import type { Item } from './item.ts'
import { consentsById } from './store.ts'

/** One thing that is asked of families of a group, a picture on a channel or an activity, and who may and who may not. */
export interface GroupUse {
  /** The same for the same use, whatever round it was asked in. */
  key: string
  /** The newest question for it: its words. */
  item: Item
  may: PersonId[]
  mayNot: PersonId[]
}

/**
 * For a group: each use that rests on consent and is asked in a round, with who may now (P25, P27, P30). Whoever was not
 * asked, has not answered, stopped or has nobody to answer is among those who may not, and nothing tells why. What is extra
 * sensitive, or was asked of hand-picked pupils, is not a teacher's list. Does NOT check who asks.
 */
export async function usesOfGroup(
  tx: Tx,
  boardId: BoardId,
  { schoolId, groupName }: { schoolId: SchoolId; groupName: string | null },
  at: Date,
): Promise<{ pupils: { personId: PersonId; name: string }[]; uses: GroupUse[] }> {
  const pupils = await sql<{ person_id: PersonId; name: string }>`
    select distinct p.given_name, p.family_name, p.person_id, p.given_name || ' ' || p.family_name as name
    from enrolments e -- enrolments_by_school
    join persons p on p.board_id = e.board_id and p.person_id = e.person_id -- persons_pkey
    where e.board_id = ${boardId} and e.school_id = ${schoolId} and e.group_name is not distinct from ${groupName}::text
      and e.starts_at <= ${at} and (e.ends_at is null or e.ends_at > ${at}) and p.erased_at is null
    order by p.given_name, p.family_name, p.person_id`.execute(tx)
  const ids = pupils.rows.map(({ person_id }) => person_id)
  const asked = await sql<{ consent_id: ConsentId }>`
    select c.consent_id from consents c -- consents_by_subject
    join items i on i.board_id = c.board_id and i.item_id = c.item_id
    join rounds r on r.board_id = i.board_id and r.round_id = i.round_id and r.published_at is not null -- rounds_pkey
    where c.board_id = ${boardId} and c.subject_id = any(${ids}::uuid[]) and i.approach = 'organisation'
      and i.legal_basis = 'consent' and not i.special_category and i.starts_at <= ${at} and i.ends_at > ${at}`.execute(tx)
  const consents = await consentsById(
    tx,
    boardId,
    asked.rows.map(({ consent_id }) => consent_id),
  )
  const left = await noLongerAsked(tx, boardId, [...consents.keys()], at)
  const perUse = Map.groupBy(consents.values(), ({ item }) => keyOf(item))
  const uses = [...perUse].map(([key, all]): GroupUse => {
    const perPupil = Map.groupBy(all, ({ question }) => question.subject.personId)
    const allowed = new Set([...perPupil].filter(([, one]) => mayBe(one, left, at)).map(([personId]) => personId))
    return {
      key,
      item: all.at(-1)!.item,
      may: ids.filter((id) => allowed.has(id)),
      mayNot: ids.filter((id) => !allowed.has(id)),
    }
  })
  return {
    pupils: pupils.rows.map(({ person_id, name }) => ({ personId: person_id, name })),
    uses: uses.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
  }
}

/** Images by channel and medium, as the answer counts for those; anything else by what it means. */
const keyOf = ({ image, meaningHash }: Item) =>
  image ? `image:${image.channel}:${image.medium}` : `use:${Buffer.from(meaningHash).toString('hex').slice(0, 16)}`

import { sql } from 'kysely'
import type { CategoryId } from '../catalog/categories.ts'
import type { Tx } from '../database.ts'
import type { PersonId } from '../ids.ts'
import type { DataKind, Incident } from './incident.ts'

/** Which categories each kind of data in a report is; of the others the register of people itself is what leaked. */
const CATEGORIES_OF: Partial<Record<DataKind, CategoryId[]>> = {
  special: ['medical', 'support-needs'],
  financial: ['finance'],
  learning: ['learning-results', 'learning-behaviour', 'usage-data'],
  images: ['images'],
}

/** Whom a leak at the school itself touches. */
export interface AtSchool {
  /** Who learnt or worked there while it went on: more people it cannot be, but for who stands for them and who left before. */
  present: PersonId[]
  /** Of those: about whom data of the kinds that leaked were in use, on consent that was given or on another basis; of staff, asked. */
  used: PersonId[]
}

/**
 * Whom a leak at the school touches: who was there from when it began until it ended, and of those who had a use of data
 * of the leaked kinds then, by the items and what was answered. Ways in, addresses and whatever else the register of people
 * holds are of everybody. What staff answered nobody at school sees (D10): of them who was asked counts. What the school uses
 * outside this site nobody here knows. Does NOT check who asks.
 */
export async function affectedAtSchool(tx: Tx, incident: Incident): Promise<AtSchool> {
  const present = await presentDuring(tx, incident)
  const categories = incident.dataKinds.flatMap((kind) => CATEGORIES_OF[kind] ?? [])
  if (incident.dataKinds.some((kind) => CATEGORIES_OF[kind] === undefined)) return { present, used: present }
  const inUse = new Set(await usedDuring(tx, incident, categories))
  return { present, used: present.filter((id) => inUse.has(id)) }
}

/** When it was over, as far as anybody knows. */
export const untilOf = ({ untilAt, awareAt }: Incident) => untilAt ?? awareAt

async function presentDuring(tx: Tx, incident: Incident): Promise<PersonId[]> {
  const { boardId, schoolId, fromAt } = incident
  const until = untilOf(incident)
  const { rows } = await sql<{ person_id: PersonId }>`
    select person_id from enrolments -- enrolments_by_person
    where board_id = ${boardId} and (${schoolId}::uuid is null or school_id = ${schoolId}::uuid)
      and starts_at <= ${until} and (ends_at is null or ends_at > ${fromAt})
    union
    select person_id from employments -- employments_by_person
    where board_id = ${boardId} and (${schoolId}::uuid is null or school_id = ${schoolId}::uuid)
      and starts_at <= ${until} and (ends_at is null or ends_at > ${fromAt})
    order by person_id`.execute(tx)
  return rows.map(({ person_id }) => person_id)
}

/** Whether a yes was given to a consent `c` before that. */
export const wasYes = (until: Date) => sql`exists (
  select from answers y -- answers_one_per_revision
  where y.board_id = c.board_id and y.consent_id = c.consent_id and y.answer = 'yes' and y.answered_at <= ${until} and y.undone_at is null
)`

async function usedDuring(tx: Tx, incident: Incident, categories: readonly CategoryId[]): Promise<PersonId[]> {
  const { boardId, fromAt } = incident
  const until = untilOf(incident)
  const { rows } = await sql<{ subject_id: PersonId }>`
    select distinct c.subject_id
    from items i -- items_pkey
    left join rounds r on r.board_id = i.board_id and r.round_id = i.round_id -- rounds_pkey
    left join access_requests q on q.board_id = i.board_id and q.request_id = i.request_id -- access_requests_pkey
    join consents c on c.board_id = i.board_id and c.item_id = i.item_id
      and c.asked_at <= ${until} and (c.ended_at is null or c.ended_at > ${fromAt})
    where i.board_id = ${boardId} and i.approach = 'organisation' and i.starts_at <= ${until} and i.ends_at > ${fromAt}
      and (
        (i.image_channel is not null and 'images' = any(${categories}::text[]))
        or (i.image_channel is null and i.holder_id is null and i.datatypes && ${categories}::text[])
        or exists (
          select from data_sets d -- data_sets_pkey
          where d.holder_id = i.holder_id and d.datatype = any(i.datatypes) and d.category = any(${categories}::text[])
        )
      )
      and (i.legal_basis <> 'consent' or coalesce(r.subject_kind, q.subject_kind) = 'employee' or ${wasYes(until)})`.execute(tx)
  return rows.map(({ subject_id }) => subject_id)
}

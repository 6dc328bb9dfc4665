import { sql } from 'kysely'
import type { PersonActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { newId, type PersonId, type SchoolId, type TenureId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import type { TenureKind } from './departures.ts'
import { mustHold } from './mandates.ts'
import { tenureColumns } from './roster/tenures.ts'
import { lockRegister } from './store.ts'

/**
 * Staff take back that a pupil or a member of staff had left: from now on they belong to the school again, in the group or the
 * work of before, and the next roster has its say as always. Mandates that ended are given anew.
 *
 * @throws Refusal `tenure_not_found` also for one that staff did not end; `mandate_missing`
 */
export async function comeBack(
  { db, now }: Deps,
  actor: PersonActor,
  { kind, tenureId }: { kind: TenureKind; tenureId: TenureId },
): Promise<void> {
  const at = now()
  const { boardId } = actor
  const { table, id, label } = tenureColumns[kind]
  await inTransaction(db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await lockRegister(tx, boardId)
    const { rows } = await sql<{ personId: PersonId; schoolId: SchoolId | null }>`
      update ${table} set ended_by = null, still_listed_at = null
      where board_id = ${boardId} and ${id} = ${tenureId} and ended_by is not null
      returning person_id as "personId", school_id as "schoolId"`.execute(tx)
    const [left] = rows
    if (!left) throw new Refusal('tenure_not_found')
    await mustHold(tx, actor, ['administrator', 'school_leader'], at, left.schoolId ?? undefined)
    const again = newId<TenureId>(at)
    // A roster may have brought them back by itself, with a later first day.
    await sql`
      insert into ${table} (board_id, ${id}, person_id, school_id, ${label}, starts_at)
      select t.board_id, ${again}, t.person_id, t.school_id, t.${label}, ${at} from ${table} t
      where t.board_id = ${boardId} and t.${id} = ${tenureId} and not exists (
        select from ${table} o where o.board_id = t.board_id and o.person_id = t.person_id and o.school_id is not distinct from t.school_id
          and (o.ends_at is null or o.ends_at > ${at})
      )`.execute(tx)
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: kind === 'enrolment' ? 'enrolment_resumed' : 'employment_resumed',
      actor: `person:${actor.personId}`,
      ref: again,
      facts: { personId: left.personId, insteadOf: tenureId },
    })
  })
}

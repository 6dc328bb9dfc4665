import { sql } from 'kysely'
import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, MandateId, PersonId, SchoolId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import type { MandateRole } from './mandate.ts'
import { mustHold } from './mandates.ts'
import { lockRegister } from './store.ts'

/**
 * An administrator ends a mandate, or its holder gives it up. Whatever was begun on it and holds it locked is let
 * through first; nothing begins on it afterwards.
 *
 * @throws Refusal `mandate_not_found`, `mandate_missing`, `last_administrator`
 */
export async function endMandate({ db, now }: Deps, actor: PersonActor, mandateId: MandateId): Promise<void> {
  const at = now()
  const { boardId } = actor
  await inTransaction(db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await lockRegister(tx, boardId)
    const mandate = await openMandate(tx, boardId, mandateId, at)
    if (mandate.person_id !== actor.personId) await mustHold(tx, actor, ['administrator'], at, mandate.school_id ?? undefined)
    await endMandates(tx, boardId, [mandateId], at)
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'mandate_ended',
      actor: `person:${actor.personId}`,
      ref: mandateId,
      facts: { personId: mandate.person_id, role: mandate.role },
    })
  })
}

/**
 * Ends these mandates and sees to it that somebody can still give new ones. The caller holds the register alone.
 *
 * @throws Refusal `last_administrator`
 */
async function endMandates(tx: Tx, boardId: BoardId, mandateIds: MandateId[], at: Date): Promise<void> {
  if (mandateIds.length === 0) return
  const ended = await tx
    .updateTable('mandates')
    .set((set) => ({ ends_at: set.fn('greatest', [set.val(at), 'starts_at']) }))
    .where('board_id', '=', boardId)
    .where('mandate_id', 'in', mandateIds) // mandates_pkey
    .returning('role')
    .execute()
  if (ended.some(({ role }) => role === 'administrator')) await mustKeepAnAdministrator(tx, boardId, at)
}

/**
 * Who works here no more can do nothing more here, from the same moment (P41). The caller holds the register alone and has
 * ended the employments.
 *
 * @returns the mandates that ended
 * @throws Refusal `last_administrator`
 */
export async function endMandatesOfLeavers(tx: Tx, boardId: BoardId, personIds: PersonId[], at: Date): Promise<MandateId[]> {
  if (personIds.length === 0) return []
  const { rows } = await sql<{ mandate_id: MandateId }>`
    select m.mandate_id from mandates m
    where m.board_id = ${boardId} and m.person_id = any(${personIds}::uuid[]) -- mandates_by_person
      and (m.ends_at is null or m.ends_at > ${at}::timestamptz)
      and not exists (
        select from employments e where e.board_id = m.board_id and e.person_id = m.person_id -- employments_by_person
          and (e.ends_at is null or e.ends_at > ${at}::timestamptz)
      )
    order by m.mandate_id`.execute(tx)
  const mandateIds = rows.map(({ mandate_id }) => mandate_id)
  await endMandates(tx, boardId, mandateIds, at)
  return mandateIds
}

/** One whose mandate does not end by itself, and who can sign in: else the board could be without anybody who gives new ones. */
async function mustKeepAnAdministrator(tx: Tx, boardId: BoardId, at: Date): Promise<void> {
  const other = await tx
    .selectFrom('mandates as m')
    .innerJoin('account_persons as ap', (join) => join.onRef('ap.board_id', '=', 'm.board_id').onRef('ap.person_id', '=', 'm.person_id')) // account_persons_one_account_per_person
    .select('m.mandate_id')
    .where('m.board_id', '=', boardId)
    .where('m.role', '=', 'administrator')
    .where('m.school_id', 'is', null)
    .where('m.starts_at', '<=', at)
    .where('m.ends_at', 'is', null)
    .executeTakeFirst()
  if (!other) throw new Refusal('last_administrator')
}

async function openMandate(
  tx: Tx,
  boardId: BoardId,
  mandateId: MandateId,
  at: Date,
): Promise<{ person_id: PersonId; role: MandateRole; school_id: SchoolId | null }> {
  const mandate = await tx
    .selectFrom('mandates')
    .select(['person_id', 'role', 'school_id'])
    .where('board_id', '=', boardId)
    .where('mandate_id', '=', mandateId) // mandates_pkey
    .where((where) => where.or([where('ends_at', 'is', null), where('ends_at', '>', at)]))
    .executeTakeFirst()
  if (!mandate) throw new Refusal('mandate_not_found')
  return mandate
}

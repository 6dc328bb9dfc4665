import { sql } from 'kysely'
import type { SupplierActor } from '../actors.ts'
import type { DutyKind } from '../agreements/duties.ts'
import type { Approach } from '../approach.ts'
import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import type { PlaceInTime } from '../cursor.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { AgreementId, BoardId, DutyId, SupplierId } from '../ids.ts'
import { Refusal } from '../refusal.ts'

/** A duty as the supplier that has it sees it: about whom by its own pseudonym and its own references, if it has them. */
export interface SupplierDuty {
  dutyId: DutyId
  kind: DutyKind
  approach: Approach
  agreementId: AgreementId | null
  subject: string | null
  references: string[]
  instruction: string | null
  subprocessors: string[]
  beganAt: Date
  dueAt: Date
  confirmedAt: Date | null
}

export interface DutyPlace {
  dueAt: Date
  dutyId: DutyId
}

type Sql = ReturnType<typeof sql>

const FIRST_DUE: Sql = sql`d.due_at, d.duty_id`

/**
 * What a supplier has to do at all boards it works for, the first due first. A suspended supplier is told too: what it has, it
 * must still destroy.
 *
 * @param open only what is not confirmed yet
 */
export async function dutiesOfSupplier(
  deps: Deps,
  { supplierId }: SupplierActor,
  { open, after, limit }: { open: boolean; after?: DutyPlace | undefined; limit: number },
): Promise<{ duties: SupplierDuty[]; next: DutyPlace | undefined }> {
  const boards = await boardsOfSupplier(deps.db, supplierId)
  const condition = sql`${!open}::boolean or d.confirmed_at is null`
  const beyond = after ? sql`(d.due_at, d.duty_id) > (${after.dueAt}::timestamptz, ${after.dutyId}::uuid)` : sql`true`
  const rows = await inTransaction(deps.db, { actor: 'client', boards }, (tx) =>
    seen(tx, boards, supplierId, { condition: sql`(${condition}) and ${beyond}`, order: FIRST_DUE, limit: limit + 1 }),
  )
  const duties = rows.slice(0, limit)
  return { duties, next: rows.length > limit ? duties.at(-1) : undefined }
}

/** What a supplier confirmed at all boards it works for, the newest first: at most `limit` before a place. */
export async function confirmedBySupplier(
  deps: Deps,
  { supplierId }: SupplierActor,
  { before, limit }: { before: PlaceInTime | undefined; limit: number },
): Promise<{ duties: SupplierDuty[]; next: PlaceInTime | undefined }> {
  const boards = await boardsOfSupplier(deps.db, supplierId)
  const earlier = before ? sql`(d.confirmed_at, d.duty_id) < (${before.at}::timestamptz, ${before.id}::uuid)` : sql`true`
  const [condition, order] = [sql`d.confirmed_at is not null and ${earlier}`, sql`d.confirmed_at desc, d.duty_id desc`]
  const rows = await inTransaction(deps.db, { actor: 'client', boards }, (tx) =>
    seen(tx, boards, supplierId, { condition, order, limit: limit + 1 }),
  )
  const duties = rows.slice(0, limit)
  const last = duties.at(-1)
  return { duties, next: last?.confirmedAt && rows.length > limit ? { at: last.confirmedAt, id: last.dutyId } : undefined }
}

/** @throws Refusal `duty_not_found` also for another supplier's */
export async function dutyOfSupplier(deps: Deps, { supplierId }: SupplierActor, dutyId: DutyId): Promise<SupplierDuty> {
  const boards = await boardsOfSupplier(deps.db, supplierId)
  const [duty] = await inTransaction(deps.db, { actor: 'client', boards }, (tx) =>
    seen(tx, boards, supplierId, { condition: sql`d.duty_id = ${dutyId}`, order: FIRST_DUE, limit: 1 }),
  )
  if (!duty) throw new Refusal('duty_not_found')
  return duty
}

/** A pseudonym only where it has one already: a duty gives it no new name for anybody. */
async function seen(
  tx: Tx,
  boards: readonly BoardId[],
  supplierId: SupplierId,
  { condition, order, limit }: { condition: Sql; order: Sql; limit: number },
): Promise<SupplierDuty[]> {
  const { rows } = await sql<SupplierDuty>`
    select d.duty_id as "dutyId", d.kind, d.approach, d.agreement_id as "agreementId", d.instruction, d.subprocessors,
      d.began_at as "beganAt", d.due_at as "dueAt", d.confirmed_at as "confirmedAt",
      (select pseudonym from pseudonyms p
        where p.board_id = d.board_id and p.audience_id = d.supplier_id and p.subject_id = about.subject_id) as subject, -- pseudonyms_pkey
      array(
        select distinct rs.reference from consents c -- consents_by_subject
        join release_subjects rs on rs.board_id = c.board_id and rs.consent_id = c.consent_id -- release_subjects_by_consent
        join items i on i.board_id = c.board_id and i.item_id = c.item_id
        where c.board_id = d.board_id and c.subject_id = about.subject_id and i.supplier_id = d.supplier_id
        union
        select q.reference from prepared_asks q -- prepared_asks_by_supplier
        where q.supplier_id = d.supplier_id and q.board_id = d.board_id and q.consent_id = d.consent_id
        order by 1
      ) as references
    from duties d
    left join consents dc on dc.board_id = d.board_id and dc.consent_id = d.consent_id -- consents_pkey
    cross join lateral (select coalesce(d.subject_id, dc.subject_id) as subject_id) about
    where d.board_id = any(${boards}::uuid[]) and d.supplier_id = ${supplierId} and (${condition}) -- duties_by_supplier
    order by ${order} limit ${limit}`.execute(tx)
  return rows
}

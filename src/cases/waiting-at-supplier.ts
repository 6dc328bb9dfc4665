import { sql } from 'kysely'
import type { SupplierActor } from '../actors.ts'
import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, SupplierId } from '../ids.ts'
import type { Member, MemberRole } from '../members/member.ts'
import type { Tiding } from '../messages/tidings.ts'

/**
 * What of a school waits for a supplier's people, and whose it is to do: an agreement that the board signed and they did not,
 * words of the school that nobody answered, an addendum that counts now, a no to what they proposed, data to destroy or pictures
 * to take down, what somebody asks about their data, words about a data leak, and a right they sent on that the school set aside.
 */
const WAITING_FOR: Record<Tiding, readonly MemberRole[]> = {
  signature: ['contracts'],
  message: ['contracts'],
  rejected: ['contracts'],
  addendum_signed: ['contracts'],
  addendum_rejected: ['contracts'],
  leaflet_declined: ['contracts'],
  duty: ['contracts'],
  right: ['contracts'],
  incident: ['contracts', 'engineer'],
  set_aside: ['contracts', 'case_worker'],
}

/** Whether something that waits is this member's: a case worker is told of a right that they sent on themselves, and of no other. */
export function isTheirs(
  { kind, about }: Pick<Waiting, 'kind' | 'about'>,
  { memberId, roles }: Pick<Member, 'memberId' | 'roles'>,
): boolean {
  if (!roles.some((role) => WAITING_FOR[kind].includes(role))) return false
  return kind !== 'set_aside' || roles.includes('contracts') || about === `member:${memberId}`
}

export interface Waiting {
  kind: Tiding
  boardId: BoardId
  board: string
  supplierId: SupplierId
  /** What it is, and the agreement or leak on whose page it stands; of a right that was set aside who sent it on. */
  ref: string
  about: string | null
  since: Date
  /** Of `duty` and `right`. */
  dueAt: Date | null
}

/** News that asks for nothing but reading is news for so long; good news, after which there is nothing to do, for a week. */
const NEWS_DAYS = 30
const GOOD_NEWS_DAYS = 7

/**
 * What waits at these boards for their suppliers, or for one of them: duties by their day, then the newest. A supplier whose
 * proposal was rejected is not told of that once it proposed again. Does NOT check who asks.
 */
export async function waitingAt(tx: Tx, boards: readonly BoardId[], at: Date, supplierId: SupplierId | null = null): Promise<Waiting[]> {
  const [recent, lately] = [NEWS_DAYS, GOOD_NEWS_DAYS].map((days) => new Date(at.getTime() - days * 86_400_000))
  const { rows } = await sql<Waiting>`
    with agreements as (
      select * from supplier_agreements
      where board_id = any(${boards}::uuid[]) and (${supplierId}::uuid is null or supplier_id = ${supplierId}) -- supplier_agreements_by_supplier
    ), found as (
      select 'signature' as kind, board_id, supplier_id, agreement_id as ref, agreement_id as about, signed_at as since, null::timestamptz as due_at
      from agreements where signed_at is not null and supplier_signed_at is null and ended_at is null and ends_at > ${at}
      union all
      select 'message', board_id, supplier_id, m.message_id, a.agreement_id, m.said_at, null from agreements a cross join lateral (
        select message_id, said_by, said_at from agreement_messages m
        where m.board_id = a.board_id and m.agreement_id = a.agreement_id order by said_at desc, message_id desc limit 1 -- agreement_messages_by_agreement
      ) m
      where m.said_by like 'person:%' and m.said_at > ${recent} and a.ended_at is null and a.withdrawn_at is null
      union all
      select 'rejected', board_id, supplier_id, agreement_id, agreement_id, rejected_at, null from agreements a
      where rejected_at > ${recent} and not exists (
        select from agreements later where later.board_id = a.board_id and later.supplier_id = a.supplier_id and later.drafted_at > a.rejected_at
      )
      union all
      select 'addendum_signed', a.board_id, supplier_id, d.addendum_id, a.agreement_id, d.signed_at, null
      from agreements a join addenda d on d.board_id = a.board_id and d.agreement_id = a.agreement_id -- addenda_by_agreement
      where d.signed_at > ${lately} and a.ended_at is null
      union all
      select 'addendum_rejected', a.board_id, supplier_id, d.addendum_id, a.agreement_id, d.rejected_at, null
      from agreements a join addenda d on d.board_id = a.board_id and d.agreement_id = a.agreement_id -- addenda_by_agreement
      where d.rejected_at > ${recent} and a.ended_at is null and not exists (
        select from addenda later where later.board_id = a.board_id and later.agreement_id = a.agreement_id and later.drafted_at > d.rejected_at
      )
      union all
      select 'leaflet_declined', a.board_id, supplier_id, d.leaflet_id, a.agreement_id, d.declined_at, null
      from agreements a join declined_leaflets d on d.board_id = a.board_id and d.agreement_id = a.agreement_id -- declined_leaflets_pkey
      join leaflets l on l.leaflet_id = d.leaflet_id
      where d.declined_at > ${recent} and a.ended_at is null and not exists (
        select from leaflets newer where newer.service_id = l.service_id and newer.version > l.version -- leaflets_once_per_version
      ) and not exists (
        select from agreement_services s
        where s.board_id = a.board_id and s.agreement_id = a.agreement_id and s.service_id = l.service_id and s.leaflet_id = l.leaflet_id -- agreement_services_pkey
      )
      union all
      select case when case_id is null then 'duty' else 'right' end, board_id, supplier_id, duty_id, null, began_at, due_at
      from duties
      where board_id = any(${boards}::uuid[]) and supplier_id is not null and (${supplierId}::uuid is null or supplier_id = ${supplierId})
        and confirmed_at is null -- duties_by_supplier
      union all
      select 'incident', board_id, supplier_id, m.message_id, i.incident_id, m.said_at, null from incidents i cross join lateral (
        select message_id, said_by, said_at from incident_messages m
        where m.board_id = i.board_id and m.incident_id = i.incident_id order by said_at desc, message_id desc limit 1
      ) m
      where i.board_id = any(${boards}::uuid[]) and i.supplier_id is not null and (${supplierId}::uuid is null or i.supplier_id = ${supplierId})
        and i.closed_at is null and m.said_by like 'person:%'
      union all
      select 'set_aside', board_id, supplier_id, forwarded_id, null, taken_at, null from forwarded_rights
      where board_id = any(${boards}::uuid[]) and (${supplierId}::uuid is null or supplier_id = ${supplierId})
        and taken_at > ${recent} and case_id is null -- forwarded_rights_by_supplier
    )
    select f.kind, f.board_id as "boardId", b.name as board, f.supplier_id as "supplierId", ref,
      coalesce(about::text, r.forwarded_by) as about, since, due_at as "dueAt"
    from found f join boards b on b.board_id = f.board_id
    left join forwarded_rights r on f.kind = 'set_aside' and r.board_id = f.board_id and r.forwarded_id = f.ref -- forwarded_rights_pkey
    order by due_at nulls last, since desc, ref`.execute(tx)
  return rows
}

/** What waits for a supplier at all its boards. Does NOT check who asks: whoever shows it leaves out what is not theirs (`WAITING_FOR`). */
export async function waitingForSupplier(deps: Deps, { supplierId }: SupplierActor): Promise<Waiting[]> {
  const boards = await boardsOfSupplier(deps.db, supplierId)
  if (boards.length === 0) return []
  return await inTransaction(deps.db, { actor: 'client', boards }, (tx) => waitingAt(tx, boards, deps.now(), supplierId))
}

import type { MemberActor } from '../actors.ts'
import { amsterdamDay } from '../clock.ts'
import type { Deps } from '../deps.ts'
import { type AgreementId, newId, type ServiceId, type TickId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { actorName } from '../members/acting.ts'
import { Refusal } from '../refusal.ts'
import { asItsSupplierSees } from './agreements-of-supplier.ts'
import { atItsBoard } from './at-its-board.ts'
import { agreementById } from './store.ts'
import { type CalendarDay, supplierCalendar, type Tickable } from './supplier-calendar.ts'

/**
 * Somebody of the supplier did what stood on its calendar: a report is gone from it, a leaflet that was looked at comes back
 * after a year.
 *
 * @param on the day (YYYY-MM-DD) under which it stands there
 * @throws Refusal `member_role_missing`, `agreement_not_found` also for another supplier's
 * @throws Refusal `changed_meanwhile` when it does not stand there, or a colleague ticked it
 */
export async function tickCalendar(
  deps: Deps,
  actor: MemberActor,
  { agreementId, what, on, serviceId = null }: { agreementId: AgreementId; what: Tickable; on: string; serviceId?: ServiceId | null },
): Promise<void> {
  const at = deps.now()
  await atItsBoard(deps, actor, agreementId, async (tx, boardId) => {
    const agreement = await agreementById(tx, boardId, agreementId, at)
    if (!agreement) throw new Refusal('agreement_not_found')
    const is = (day: CalendarDay) => day.what === what && (day.service?.serviceId ?? null) === serviceId && amsterdamDay(day.on) === on
    if (!supplierCalendar([await asItsSupplierSees(tx, agreement)], at).some(is)) throw new Refusal('changed_meanwhile')
    const [tickId, by] = [newId<TickId>(at), actorName(actor)]
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('calendar_ticks')
      .values({
        board_id: boardId,
        tick_id: tickId,
        agreement_id: agreementId,
        what,
        service_id: serviceId,
        on_day: on,
        done_at: at,
        done_by: by,
      })
      .onConflict((conflict) => conflict.doNothing()) // calendar_ticks_once
      .executeTakeFirst()
    if (numInsertedOrUpdatedRows !== 1n) throw new Refusal('changed_meanwhile')
    const facts = { agreementId, what, on, serviceId }
    await append(tx, { boardId, approach: 'organisation', at, event: 'calendar_ticked', actor: by, ref: tickId, facts })
  })
}

/**
 * A tick was set by mistake: what it was about stands on the calendar again.
 *
 * @throws Refusal `member_role_missing`, `agreement_not_found`, `changed_meanwhile` when there is no such tick any more
 */
export async function untickCalendar(
  deps: Deps,
  actor: MemberActor,
  { agreementId, tickId }: { agreementId: AgreementId; tickId: TickId },
): Promise<void> {
  const at = deps.now()
  await atItsBoard(deps, actor, agreementId, async (tx, boardId) => {
    const { numUpdatedRows } = await tx
      .updateTable('calendar_ticks')
      .set({ undone_at: at })
      .where('board_id', '=', boardId)
      .where('tick_id', '=', tickId) // calendar_ticks_pkey
      .where('agreement_id', '=', agreementId)
      .where('undone_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('changed_meanwhile')
    const by = actorName(actor)
    await append(tx, { boardId, approach: 'organisation', at, event: 'calendar_unticked', actor: by, ref: tickId, facts: { agreementId } })
  })
}

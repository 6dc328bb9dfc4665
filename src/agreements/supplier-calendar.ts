import { addDays, amsterdamDay, startOfAmsterdamDay } from '../clock.ts'
import type { AgreementId, ServiceId } from '../ids.ts'
import { REPORTS } from '../messages/contracts.ts'
import type { SupplierAgreement, Tick } from './agreements-of-supplier.ts'
import { NEAR_END_DAYS, REVIEW_DAYS } from './attention.ts'

/** What is done by somebody, and is ticked off then. */
export type Tickable = Tick['what']

/** From so long before its day something can be ticked off. */
export const TICKABLE_DAYS = NEAR_END_DAYS

/** A day on which a supplier has to look at something, or to report. */
export interface CalendarDay {
  what: Tickable | 'ends'
  on: Date
  /** Its day is over. */
  late: boolean
  board: string
  agreementId: AgreementId
  /** Of `review`: whose leaflet. */
  service: { serviceId: ServiceId; name: string } | null
}

/**
 * What is coming for a supplier in its agreements that stand, in order: reports about security as often as Annex 2 says (M12), the
 * yearly look at each leaflet (M09), the time to arrange what comes after an agreement, and its end (M28). All of its day a thing is
 * there and not late. A report waits until it is ticked off, a year long; a review until the leaflet is renewed or was looked at,
 * and then for another year.
 */
export function supplierCalendar(agreements: readonly SupplierAgreement[], at: Date): CalendarDay[] {
  const today = amsterdamDay(at)
  return agreements
    .filter(({ agreement: { state } }) => state === 'signed' || state === 'in_force')
    .flatMap((one) => [...reportsOf(one, today), ...reviewsOf(one), ...endOf(one)])
    .map((day) => ({ ...day, late: amsterdamDay(day.on) < today }))
    .toSorted((a, b) => a.on.getTime() - b.on.getTime())
}

type Dated = Omit<CalendarDay, 'late'>

/** The reports of the coming year, evenly over the year from the day the agreement began, and those of the last that nobody ticked off. */
function reportsOf({ agreement, board, ticks }: SupplierAgreement, today: string): Dated[] {
  const perYear = Number(agreement.security[REPORTS] ?? 0)
  if (!(perYear > 0)) return []
  const { agreementId, startsAt, endsAt } = agreement
  const [began, apart] = [amsterdamDay(startsAt), Math.floor(365 / perYear)]
  const ticked = new Set(ticks.flatMap(({ what, on }) => (what === 'report' ? [on] : [])))
  const days: Dated[] = []
  for (let nr = 1, coming = 0; coming < perYear; nr++) {
    const day = addDays(began, nr * apart)
    const on = startOfAmsterdamDay(day)
    if (on > endsAt) break
    if (day >= today) coming++
    if (day > addDays(today, -365) && !ticked.has(day)) days.push({ what: 'report', on, board, agreementId, service: null })
  }
  return days
}

function reviewsOf({ agreement: { agreementId }, board, services, ticks }: SupplierAgreement): Dated[] {
  return services.map(({ service: { serviceId, name }, leaflet }) => {
    const looked = ticks.flatMap((tick) => (tick.what === 'review' && tick.serviceId === serviceId ? [amsterdamDay(tick.doneAt)] : []))
    const last = [leaflet.content.changed, ...looked].toSorted().at(-1)!
    return { what: 'review', on: startOfAmsterdamDay(addDays(last, REVIEW_DAYS)), board, agreementId, service: { serviceId, name } }
  })
}

function endOf({ agreement: { agreementId, endsAt }, board, ticks }: SupplierAgreement): Dated[] {
  const same = { board, agreementId, service: null }
  const renew = { ...same, what: 'renew' as const, on: new Date(endsAt.getTime() - NEAR_END_DAYS * 86_400_000) }
  return [...(ticks.some(({ what }) => what === 'renew') ? [] : [renew]), { ...same, what: 'ends', on: endsAt }]
}

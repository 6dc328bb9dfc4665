import { addDays, amsterdamDay, startOfAmsterdamDay } from '../clock.ts'
import type { AgreementId, ServiceId } from '../ids.ts'
import type { SupplierAgreement } from './agreements-of-supplier.ts'
import { NEAR_END_DAYS, REVIEW_DAYS } from './attention.ts'

/** Under which word Annex 2 says how often a year the supplier reports about security (M12). */
export const REPORTS = 'Rapportages per jaar'

/** A day on which a supplier has to look at something, or to report. */
export interface CalendarDay {
  what: 'report' | 'review' | 'renew' | 'ends'
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
 * there and not late. A report is gone the day after; a review waits until the leaflet is renewed.
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

/** The reports of the coming year, evenly over the year from the day the agreement began. */
function reportsOf({ agreement, board }: SupplierAgreement, today: string): Dated[] {
  const perYear = Number(agreement.security[REPORTS] ?? 0)
  if (!(perYear > 0)) return []
  const { agreementId, startsAt, endsAt } = agreement
  const [began, apart] = [amsterdamDay(startsAt), Math.floor(365 / perYear)]
  const days: Dated[] = []
  for (let nr = 1; days.length < perYear; nr++) {
    const on = startOfAmsterdamDay(addDays(began, nr * apart))
    if (on > endsAt) break
    if (amsterdamDay(on) >= today) days.push({ what: 'report', on, board, agreementId, service: null })
  }
  return days
}

function reviewsOf({ agreement: { agreementId }, board, services }: SupplierAgreement): Dated[] {
  return services.map(({ service, leaflet }) => ({
    what: 'review',
    on: startOfAmsterdamDay(addDays(leaflet.content.changed, REVIEW_DAYS)),
    board,
    agreementId,
    service: { serviceId: service.serviceId, name: service.name },
  }))
}

function endOf({ agreement: { agreementId, endsAt }, board }: SupplierAgreement): Dated[] {
  const same = { board, agreementId, service: null }
  return [
    { ...same, what: 'renew', on: new Date(endsAt.getTime() - NEAR_END_DAYS * 86_400_000) },
    { ...same, what: 'ends', on: endsAt },
  ]
}

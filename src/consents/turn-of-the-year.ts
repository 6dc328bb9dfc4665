import { amsterdamDay, startOfAmsterdamDay } from '../clock.ts'

/** Next year's questions can be answered from 1 May, for a school year that begins on 1 August. */
const OPENS_MONTHS_BEFORE = 3
/** From 1 June the school sees what stops on 1 August. */
const STOPS_MONTHS_BEFORE = 2

/** The moment from which the questions for a year that starts then can be answered. */
export const opensAtFor = (startsAt: Date): Date => monthsBefore(startsAt, OPENS_MONTHS_BEFORE)

/** The moment from which the school is shown what stops at the end of a year that ends then. */
export const showsStopsFrom = (endsAt: Date): Date => monthsBefore(endsAt, STOPS_MONTHS_BEFORE)

/** By the calendar in the Netherlands; a day that the earlier month lacks is its last. */
function monthsBefore(at: Date, months: number): Date {
  const [year, month, day] = amsterdamDay(at).split('-').map(Number) as [number, number, number]
  const last = new Date(Date.UTC(year, month - months, 0)).getUTCDate()
  return startOfAmsterdamDay(new Date(Date.UTC(year, month - 1 - months, Math.min(day, last))).toISOString().slice(0, 10))
}

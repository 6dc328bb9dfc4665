import { addDays, amsterdamDay, startOfAmsterdamDay } from '../clock.ts'

/** Easter Sunday in the Gregorian calendar (Meeus, Jones and Butcher), as YYYY-MM-DD. */
export function easterSunday(year: number): string {
  const golden = year % 19
  const century = Math.floor(year / 100)
  const inCentury = year % 100
  const epact = (19 * golden + century - Math.floor(century / 4) - Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3) + 15) % 30
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(inCentury / 4) - epact - (inCentury % 4)) % 7
  const late = Math.floor((golden + 11 * epact + 22 * weekday) / 451)
  const days = epact + weekday - 7 * late + 114
  return `${year}-${String(Math.floor(days / 31)).padStart(2, '0')}-${String((days % 31) + 1).padStart(2, '0')}`
}

/**
 * The days on which no term of the Dutch law ends, besides Saturdays and Sundays (Algemene termijnenwet, art. 3), Good Friday
 * among them. The King's birthday is on 27 April, or on the day before when that is a Sunday.
 */
export function publicHolidays(year: number): string[] {
  const easter = easterSunday(year)
  const kingsDay = weekdayOf(`${year}-04-27`) === 0 ? `${year}-04-26` : `${year}-04-27`
  return [
    `${year}-01-01`,
    addDays(easter, -2),
    addDays(easter, 1),
    kingsDay,
    `${year}-05-05`,
    addDays(easter, 39),
    addDays(easter, 50),
    `${year}-12-25`,
    `${year}-12-26`,
  ]
}

export function isWorkingDay(day: string): boolean {
  const weekday = weekdayOf(day)
  return weekday !== 0 && weekday !== 6 && !publicHolidays(Number(day.slice(0, 4))).includes(day)
}

/** The `count`-th working day after `day`, which itself does not count. */
export function workingDaysAfter(day: string, count: number): string {
  let at = day
  for (let counted = 0; counted < count; ) {
    at = addDays(at, 1)
    if (isWorkingDay(at)) counted += 1
  }
  return at
}

/** The same day `months` later, or the last of that month when it has no such day. */
export function addMonths(day: string, months: number): string {
  const nr = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + months
  const [year, month] = [Math.floor(nr / 12), nr % 12]
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return `${year}-${String(month + 1).padStart(2, '0')}-${String(Math.min(Number(day.slice(8)), last)).padStart(2, '0')}`
}

/**
 * The end of a term of months that began at `at`: the day itself does not count, and a term that would end on a Saturday, a
 * Sunday or a holiday ends with the next working day (Regulation 1182/71, art. 3).
 */
export function monthsFrom(at: Date, months: number): Date {
  const day = addMonths(amsterdamDay(at), months)
  return endOfDay(isWorkingDay(day) ? day : workingDaysAfter(day, 1))
}

/** The end of the last of `count` working days after the one on which it began. */
export const workingDaysFrom = (at: Date, count: number) => endOfDay(workingDaysAfter(amsterdamDay(at), count))

/** The end of the `count`-th calendar day after. */
export const daysFrom = (at: Date, count: number) => endOfDay(addDays(amsterdamDay(at), count))

const endOfDay = (day: string) => startOfAmsterdamDay(addDays(day, 1))
const weekdayOf = (day: string) => new Date(`${day}T00:00:00Z`).getUTCDay()

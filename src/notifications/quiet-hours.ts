import { addDays, amsterdamDay, startOfAmsterdamDay } from '../clock.ts'

const QUIET_FROM = 21
const QUIET_UNTIL = 7

const hourFormat = new Intl.DateTimeFormat('nl-NL', { timeZone: 'Europe/Amsterdam', hour: '2-digit', hourCycle: 'h23' })

/** The hours in which nobody is mailed: nine in the evening to seven in the morning, by the clock in the Netherlands. */
export function isQuiet(at: Date): boolean {
  const hour = Number(hourFormat.format(at))
  return hour >= QUIET_FROM || hour < QUIET_UNTIL
}

/** The next moment after `at` at which the quiet hours end. */
export function nextMorning(at: Date): Date {
  const today = amsterdamDay(at)
  const morning = morningOf(today)
  return morning > at ? morning : morningOf(addDays(today, 1))
}

/** Seven o'clock by the wall, also on the two days that are an hour shorter or longer. */
function morningOf(day: string): Date {
  const straight = new Date(startOfAmsterdamDay(day).getTime() + QUIET_UNTIL * 3_600_000)
  return new Date(straight.getTime() + (QUIET_UNTIL - Number(hourFormat.format(straight))) * 3_600_000)
}

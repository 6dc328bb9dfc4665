/** Where the time comes from. Commands ask it once and pass the answer on. */
export type Clock = () => Date

export const systemClock: Clock = () => new Date()

/** The calendar day at `at` in the Netherlands, as YYYY-MM-DD: the day that birthdays and school years go by. */
export function amsterdamDay(at: Date): string {
  // Since 1940 midnight in the Netherlands is on the hour in UTC: within one hour the day is the same, and formatting is dear.
  const hour = Math.floor(at.getTime() / 3_600_000)
  const known = dayOfHour.get(hour)
  if (known !== undefined) return known
  if (dayOfHour.size >= 10_000) dayOfHour.clear()
  const day = dayFormat.format(at)
  dayOfHour.set(hour, day)
  return day
}

const dayOfHour = new Map<number, string>()

const dayFormat = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Amsterdam', year: 'numeric', month: '2-digit', day: '2-digit' })

/** The instant at which the calendar day YYYY-MM-DD begins in the Netherlands, daylight saving included. */
export function startOfAmsterdamDay(day: string): Date {
  const utc = new Date(`${day}T00:00:00Z`)
  for (const hours of [2, 1]) {
    const at = new Date(utc.getTime() - hours * 3_600_000)
    if (amsterdamDay(at) === day && amsterdamDay(new Date(at.getTime() - 1)) < day) return at
  }
  throw new Error(`${day} is not a calendar day`)
}

/** The calendar day `days` after `day`, both YYYY-MM-DD. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

/** The same calendar day `years` years before `day`, both YYYY-MM-DD; of 29 February, in a year without it, 1 March. */
export function yearsBefore(day: string, years: number): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  return new Date(Date.UTC(year - years, month - 1, date)).toISOString().slice(0, 10)
}

const LOCAL = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Amsterdam', dateStyle: 'short', timeStyle: 'short' })

/** The time on a Dutch clock at `at`, as YYYY-MM-DDTHH:MM: what a form's field for a moment holds. */
export function amsterdamTime(at: Date): string {
  return LOCAL.format(at).replace(' ', 'T')
}

/** The instant at which a Dutch clock shows YYYY-MM-DDTHH:MM; in the hour that does not exist, the one an hour later. */
export function amsterdamMoment(local: string): Date {
  const utc = Date.parse(`${local}:00Z`)
  const found = [2, 1].map((hours) => new Date(utc - hours * 3_600_000)).find((at) => amsterdamTime(at) === local)
  return found ?? new Date(utc - 3_600_000)
}

/** Where the time comes from. Commands ask it once and pass the answer on. */
export type Clock = () => Date

export const systemClock: Clock = () => new Date()

/** The calendar day at `at` in the Netherlands, as YYYY-MM-DD: the day that birthdays and school years go by. */
export function amsterdamDay(at: Date): string {
  return dayFormat.format(at)
}

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

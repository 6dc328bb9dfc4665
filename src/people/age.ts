/**
 * How old somebody is on a calendar day; both as YYYY-MM-DD. Who was born on 29 February has their birthday on 1 March
 * in common years. Counted by calendar, never by adding intervals: those turn sixteen a day early.
 */
export function ageOn(birthDate: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return day.slice(5) < birthDate.slice(5) ? years - 1 : years
}

/** The day (YYYY-MM-DD) on which somebody turns `years`. It begins at midnight in the Netherlands. */
export function birthdayOn(birthDate: string, years: number): string {
  const year = Number(birthDate.slice(0, 4)) + years
  const monthAndDay = birthDate.slice(5) === '02-29' && !isLeapYear(year) ? '03-01' : birthDate.slice(5)
  return `${String(year).padStart(4, '0')}-${monthAndDay}`
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

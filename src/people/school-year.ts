import { amsterdamDay, startOfAmsterdamDay } from '../clock.ts'

export interface SchoolYear {
  /** As people say it: "2026-2027". */
  name: string
  startsAt: Date
  /** The first moment of the next school year. */
  endsAt: Date
}

/** The school year that `at` falls in, by the board's own first day of the year. */
export function schoolYearOf(board: { schoolYearStarts: string }, at: Date): SchoolYear {
  const day = amsterdamDay(at)
  const year = Number(day.slice(0, 4)) - (day.slice(5) < board.schoolYearStarts ? 1 : 0)
  return {
    name: `${year}-${year + 1}`,
    startsAt: startOfAmsterdamDay(`${year}-${board.schoolYearStarts}`),
    endsAt: startOfAmsterdamDay(`${year + 1}-${board.schoolYearStarts}`),
  }
}

import { addDays, amsterdamDay } from '../clock.ts'
import type { PupilData } from '../holder/verifier.ts'

const RECORDS = 3

/** A few records of made-up data, one for each of the last days that the token allows. */
export function madeUpRecords(datatype: string, { period }: PupilData, at: Date): { day: string; value: string }[] {
  const today = amsterdamDay(at)
  return Array.from({ length: RECORDS }, (_, nr) => ({ day: addDays(today, -nr), value: `${datatype} ${nr + 1}` })).filter(
    ({ day }) => !period || (day >= period.from.slice(0, 10) && day <= period.until.slice(0, 10)),
  )
}

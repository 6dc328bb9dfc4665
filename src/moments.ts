import { z } from 'zod'
import { addDays, startOfAmsterdamDay } from './clock.ts'

/** A moment as machines write it: an ISO 8601 time with its offset, or a calendar day in the Netherlands. */
export const moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()]).refine(isCounted, 'is in a year we do not count')

/** An ISO 8601 time with its offset. */
export const instant = z.iso.datetime({ offset: true }).refine(isCounted, 'is in a year we do not count')

/** A calendar day, as a form gives it. */
export const day = z.iso.date().refine(isCounted, 'is in a year we do not count')

/** A moment as a form's field gives it: the time on a Dutch clock (`amsterdamMoment`). */
export const localMoment = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/)
  .refine((local) => z.iso.datetime({ local: true }).safeParse(`${local}:00`).success && isCounted(local), 'is no moment')

/** Calendars, JavaScript and PostgreSQL part ways at the ends of time; nobody has business there. */
function isCounted(moment: string): boolean {
  return moment >= '2000' && moment < '2200'
}

const DAY = /^\d{4}-\d\d-\d\d$/

/** The moment itself, or the first of the day. */
export const startOf = (moment: string) => (DAY.test(moment) ? startOfAmsterdamDay(moment) : new Date(moment))

/** The moment itself, or the end of the day: a day named as the last is in. */
export const endOf = (moment: string) => (DAY.test(moment) ? startOfAmsterdamDay(addDays(moment, 1)) : new Date(moment))

import { z } from 'zod'
import { addDays, startOfAmsterdamDay } from './clock.ts'

/** A moment as machines write it: an ISO 8601 time with its offset, or a calendar day in the Netherlands. */
export const moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()])

const DAY = /^\d{4}-\d\d-\d\d$/

/** The moment itself, or the first of the day. */
export const startOf = (moment: string) => (DAY.test(moment) ? startOfAmsterdamDay(moment) : new Date(moment))

/** The moment itself, or the end of the day: a day named as the last is in. */
export const endOf = (moment: string) => (DAY.test(moment) ? startOfAmsterdamDay(addDays(moment, 1)) : new Date(moment))

import { addDays } from '../../clock.ts'
import { looksLikeBsn } from './elfproef.ts'
import type { Row } from './table.ts'

const LONGEST = 250
const EMAIL = /^[^\s@<>",;]+@[^\s@<>",;]+\.[^\s@<>",;]+$/
export const ECK_ID = /^https:\/\/ketenid\.nl\/(201703|pilot)\/[0-9a-f]{128}$/
const EARLIEST_BIRTH = '1900-01-01'
/** Control characters, and those that turn the reading direction: on a screen they make a text say something else. */
const NOT_TEXT = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u

/** A text that must be there. What is wrong is told on the row; the answer is then whatever stood there. */
export function required(row: Row, column: string): string {
  const value = text(row, column)
  if (value === '') row.wrong(column, 'is required')
  return value
}

/** A text that may be empty, in Unicode's normal form. */
export function text(row: Row, column: string): string {
  const value = row.get(column)
  if (value.length > LONGEST) row.wrong(column, `is longer than ${LONGEST} characters`)
  if (NOT_TEXT.test(value)) row.wrong(column, 'holds control characters')
  return value.normalize('NFC')
}

/** An identifier that schools fill as they like: never a BSN (it may not be used here, Wabvpz and UAVG art. 46). */
export function freeId(row: Row, column: string): string {
  const value = text(row, column)
  if (looksLikeBsn(value)) row.wrong(column, 'looks like a BSN, which may not be sent')
  return value
}

/** One of a closed list. OneRoster lets senders extend its lists with `ext:…`; those are answered as they are. */
export function oneOf<T extends string>(row: Row, column: string, values: readonly T[]): T | `ext:${string}` | undefined {
  const value = row.get(column)
  if (values.includes(value as T)) return value as T
  if (value.startsWith('ext:')) return value as `ext:${string}`
  row.wrong(column, value === '' ? 'is required' : `is not one of ${values.join(', ')}`)
  return undefined
}

/** A day as YYYY-MM-DD, or null when the cell is empty. */
export function day(row: Row, column: string): string | null {
  const value = row.get(column)
  if (value === '') return null
  if (/^\d{4}-\d\d-\d\d$/.test(value) && isDay(value)) return value
  row.wrong(column, 'is not a day written as YYYY-MM-DD')
  return null
}

/** The day somebody was born, if somebody living can have been born then. */
export function birthDay(row: Row, column: string, value: string | null, today: string): string | null {
  if (value && (value > today || value < EARLIEST_BIRTH)) row.wrong(column, 'is not a day somebody living was born')
  return value
}

/** A mail address in lower case, or null when the cell is empty. */
export function email(row: Row, column: string): string | null {
  const value = text(row, column).toLowerCase()
  if (value === '') return null
  if (!EMAIL.test(value)) row.wrong(column, 'is not an e-mail address')
  return value
}

/** Days come back thousands of times, and a calendar is slow: the answers are kept, of days as few as there are. */
export function isDay(value: string): boolean {
  const known = knownDays.get(value)
  if (known !== undefined) return known
  const is = !Number.isNaN(Date.parse(`${value}T00:00:00Z`)) && addDays(value, 0) === value
  if (knownDays.size < MOST_DAYS) knownDays.set(value, is)
  return is
}

const knownDays = new Map<string, boolean>()
const MOST_DAYS = 50_000

/** The first and last day of something; either may be open. */
export function period(row: Row): { firstDay: string | null; lastDay: string | null } {
  const [firstDay, lastDay] = [day(row, 'beginDate'), day(row, 'endDate')]
  if (firstDay && lastDay && lastDay < firstDay) row.wrong('endDate', 'lies before beginDate')
  return { firstDay, lastDay }
}

/** Several ids in one cell, by commas. */
export function list(row: Row, column: string): string[] {
  const value = row.get(column)
  if (value === '') return []
  return value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

/** A bulk bundle says what is there, not what changed: its rows have no status, or `active`. */
export function bulkStatus(row: Row): void {
  const status = row.get('status')
  if (status !== '' && status !== 'active') row.wrong('status', 'is empty in a bulk bundle')
}

/** The id of a row, not seen before in its file. */
export function ownId(row: Row, seen: { has: (id: string) => boolean }): string {
  const sourceId = freeId(row, 'sourcedId')
  if (sourceId === '') row.wrong('sourcedId', 'is required')
  else if (seen.has(sourceId)) row.wrong('sourcedId', 'stands in this file twice')
  return sourceId
}

/** An id that points to a row of another file; empty only where `optional`. */
export function reference(row: Row, column: string, there: { has: (id: string) => boolean }, file: string, optional = false): string {
  const value = row.get(column)
  if (value === '' && !optional) row.wrong(column, 'is required')
  else if (value !== '' && !there.has(value)) row.wrong(column, `is not in ${file}`)
  return value
}

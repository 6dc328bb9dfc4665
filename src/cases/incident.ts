import type { BoardId, IncidentId, PersonId, SchoolId, SupplierId } from '../ids.ts'
import { workingDaysFrom } from './calendar.ts'

/** What happened to the data: the model agreement's Annex 2 has the first five, the protocol's chapter 12 the last. */
export const NATURES = ['read', 'copied', 'changed', 'deleted', 'stolen', 'unlawful'] as const
export type Nature = (typeof NATURES)[number]

/** What kind of data (Annex 2): special ones, ways in, money, learning results, and what else schools have. */
export const DATA_KINDS = ['special', 'access', 'financial', 'learning', 'contact', 'images', 'other'] as const
export type DataKind = (typeof DATA_KINDS)[number]

/** The law's time to notify the authority (GDPR art. 33), and the protocol's (P43). */
const AUTHORITY_HOURS = 72
const AUTHORITY_WORKING_DAYS = 2

/**
 * A data leak: reported, advised on by the data protection officer, decided, told, closed.
 *
 *     reported ── advised ──╮
 *        ╰──────────────────┴── decided ── told to the authority ── told to the people ── closed
 */
export interface Incident {
  boardId: BoardId
  incidentId: IncidentId
  /** At whom it happened; null: at the school itself. */
  supplierId: SupplierId | null
  /** Of a leak at the school itself: at which one; null: the board's own office, or more than one. */
  schoolId: SchoolId | null
  /** As the ledger names them. */
  reportedBy: string
  reportedAt: Date
  /** When it was discovered. */
  foundAt: Date
  /** When the board knew: both clocks run from here. */
  awareAt: Date
  /** Between when data may have been had; without an end it goes on, or went on until it was found. */
  fromAt: Date
  untilAt: Date | null
  summary: string
  nature: Nature[]
  cause: string | null
  measures: string | null
  /** Who they are and to what degree, in words. */
  persons: string
  /** How many, as far as whoever reports it knows. */
  groupSize: number | null
  dataKinds: DataKind[]
  /** Nobody can read it without a key that was not lost (GDPR art. 34(3)(a)). */
  protected: boolean
  revision: number
  dpoToldAt: Date | null
  advised: { at: Date; by: PersonId; advice: string } | null
  decided: { at: Date; by: PersonId; authority: boolean; people: boolean; reasons: string } | null
  authorityTold: { at: Date; reference: string | null } | null
  peopleToldAt: Date | null
  closed: { at: Date; by: PersonId; lessons: string } | null
}

export interface Clocks {
  /** 72 hours after the board knew (GDPR art. 33(1)). */
  hours: Date
  /** The end of the second working day after (P43). */
  workingDays: Date
  /** Whichever comes first is the one that counts. */
  strictest: Date
}

/** By when the authority must be told. A weekend moves the working days and never the hours. */
export function clocksOf(awareAt: Date): Clocks {
  const hours = new Date(awareAt.getTime() + AUTHORITY_HOURS * 3_600_000)
  const workingDays = workingDaysFrom(awareAt, AUTHORITY_WORKING_DAYS)
  return { hours, workingDays, strictest: hours < workingDays ? hours : workingDays }
}

/** Whether the clock still runs: until the authority was told, or it was decided that it need not be. */
export function clockRuns({ decided, authorityTold, closed }: Incident): boolean {
  return !closed && !authorityTold && !(decided && !decided.authority)
}

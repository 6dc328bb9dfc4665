import { type RawBuilder, sql } from 'kysely'
import { addDays, startOfAmsterdamDay } from '../../clock.ts'
import type { Tx } from '../../database.ts'
import { type BoardId, newIds, type PersonId, type SchoolId, type TenureId } from '../../ids.ts'
import type { TenureKind } from '../departures.ts'
import { othersFirst } from '../in-turns.ts'
import { inBatches, type Written } from './batches.ts'

/** An enrolment or employment as a roster has it. */
export interface WantedTenure {
  personId: PersonId
  schoolId: SchoolId | null
  /** The group of a pupil, the job of an employee. Undefined, as the last day: the roster does not speak of it. */
  label: string | null | undefined
  firstDay: string | null
  lastDay: string | null | undefined
}

export interface KnownTenure {
  tenureId: TenureId
  personId: PersonId
  schoolId: SchoolId | null
  label: string | null
  startsAt: Date
  endsAt: Date | null
  /** Staff recorded that they left. */
  byHand?: boolean
  isStillListed?: boolean
}

export interface TenureChanges {
  started: KnownTenure[]
  changed: { tenureId: TenureId; before: KnownTenure; label: string | null; endsAt: Date | null }[]
  ended: KnownTenure[]
  /** Ended, made to end earlier than it was to, or of another group: tokens that lean on these end. */
  loosened: TenureId[]
  /** Staff recorded that these left, and the roster still names them: what staff recorded stands. */
  stillListed: KnownTenure[]
  /** Those of an earlier roster of which this one says the same as staff. */
  agreed: TenureId[]
  /** Of those open before that this roster is about, how many it no longer names. */
  gone: number
  openBefore: number
}

/** What differs between enrolments and employments, for statements about either. */
export const tenureColumns = {
  enrolment: { table: sql.table('enrolments'), id: sql.ref('enrolment_id'), label: sql.ref('group_name') },
  employment: { table: sql.table('employments'), id: sql.ref('employment_id'), label: sql.ref('job_title') },
} as const

/**
 * Holds the enrolments or employments of a roster against those of persons from rosters. What the roster is about
 * (`covers`) and does not name any more has ended; what somebody has at a school of another roster is left alone.
 */
export async function compareTenures(
  tx: Tx,
  kind: TenureKind,
  boardId: BoardId,
  at: Date,
  wanted: readonly WantedTenure[],
  covers: (tenure: { personId: PersonId; schoolId: SchoolId | null }) => boolean,
): Promise<TenureChanges> {
  const changes: TenureChanges = { started: [], changed: [], ended: [], loosened: [], stillListed: [], agreed: [], gone: 0, openBefore: 0 }
  const waiting = new Map(wanted.map((tenure) => [keyOf(tenure), tenure]))
  const closedUntil = new Map<string, Date>()
  const leftByHand = new Map<string, KnownTenure>()
  const instantOf = memory(startOfAmsterdamDay)
  const endOf = ({ lastDay }: WantedTenure, known: Date | null = null) =>
    lastDay === undefined ? known : lastDay === null ? null : instantOf(addDays(lastDay, 1))

  for (const tenure of await knownTenures(tx, kind, boardId)) {
    const key = keyOf(tenure)
    if (tenure.endsAt && tenure.endsAt <= at) {
      const latest = closedUntil.get(key)
      if (!latest || latest < tenure.endsAt) closedUntil.set(key, tenure.endsAt)
      if (tenure.byHand && covers(tenure)) leftByHand.set(key, tenure)
      continue
    }
    if (!covers(tenure)) continue
    changes.openBefore += 1
    const now = waiting.get(key)
    if (!now) {
      changes.gone += 1
      changes.ended.push(tenure)
      changes.loosened.push(tenure.tenureId)
      continue
    }
    waiting.delete(key)
    const [endsAt, label] = [endOf(now, tenure.endsAt), now.label === undefined ? tenure.label : now.label]
    if (tenure.label === label && tenure.endsAt?.getTime() === endsAt?.getTime()) continue
    const latestEnd = endsAt && endsAt < tenure.startsAt ? tenure.startsAt : endsAt
    changes.changed.push({ tenureId: tenure.tenureId, before: tenure, label, endsAt: latestEnd })
    const movesGroup = kind === 'enrolment' && tenure.label !== label
    if (movesGroup || (endsAt && (!tenure.endsAt || endsAt < tenure.endsAt))) changes.loosened.push(tenure.tenureId)
  }
  await othersFirst()
  const ids = newIds<TenureId>(at, waiting.size)
  const contradicted = new Set<TenureId>()
  for (const [key, tenure] of waiting) {
    const left = leftByHand.get(key)
    if (left?.endsAt && (tenure.firstDay === null || instantOf(tenure.firstDay) <= left.endsAt)) {
      const lastsTo = endOf(tenure)
      if (lastsTo && lastsTo <= at) continue
      changes.stillListed.push(left)
      contradicted.add(left.tenureId)
      continue
    }
    const startsAt = latest(tenure.firstDay === null ? at : instantOf(tenure.firstDay), closedUntil.get(key))
    const endsAt = endOf(tenure)
    if (endsAt && endsAt <= startsAt) continue
    const { personId, schoolId, label = null } = tenure
    changes.started.push({ tenureId: ids.pop()!, personId, schoolId, label, startsAt, endsAt })
  }
  const listed = [...leftByHand.values()].filter(({ isStillListed }) => isStillListed)
  changes.agreed = listed.map(({ tenureId }) => tenureId).filter((tenureId) => !contradicted.has(tenureId))
  return changes
}

/** Writes the changes. Existing rows are locked by id first: redemptions take them in that order (sql/008-grants.sql). */
export async function writeTenures(
  tx: Tx,
  kind: TenureKind,
  boardId: BoardId,
  at: Date,
  changes: TenureChanges,
  written?: Written,
): Promise<void> {
  const { table, id, label } = tenureColumns[kind]
  const contradicted = changes.stillListed.map(({ tenureId }) => tenureId)
  const touched = [...[...changes.changed, ...changes.ended].map(({ tenureId }) => tenureId), ...contradicted, ...changes.agreed]
  if (touched.length > 0) {
    await sql`select from ${table} where board_id = ${boardId} and ${id} = any(${touched}::uuid[]) order by ${id} for no key update`.execute(
      tx,
    )
  }
  if (contradicted.length + changes.agreed.length > 0) {
    await sql`
      update ${table} set still_listed_at = case when ${id} = any(${contradicted}::uuid[]) then ${at}::timestamptz end
      where board_id = ${boardId} and ${id} = any(${[...contradicted, ...changes.agreed]}::uuid[])`.execute(tx)
  }
  const ended = changes.ended.map(({ tenureId, label: kept, startsAt }) => ({ tenureId, label: kept, endsAt: latest(at, startsAt) }))
  const changed = changes.changed.map(({ tenureId, label: now, endsAt }) => ({ tenureId, label: now, endsAt }))
  const update = (batch: RawBuilder<unknown>) =>
    sql`
      update ${table} t set ${label} = r.label, ends_at = r."endsAt" ${
        kind === 'enrolment'
          ? sql`, group_since = case
        when t.group_name is distinct from r.label then ${at} else t.group_since end`
          : sql``
      }
      from json_to_recordset(${batch}) as r ("tenureId" uuid, label text, "endsAt" timestamptz)
      where t.board_id = ${boardId} and t.${id} = r."tenureId"`.execute(tx)
  await inBatches([...changed, ...ended], update, written)
  const insert = (batch: RawBuilder<unknown>) =>
    sql`
      insert into ${table} (board_id, ${id}, person_id, school_id, ${label}, starts_at, ends_at)
      select ${boardId}, "tenureId", "personId", "schoolId", label, "startsAt", "endsAt"
      from json_to_recordset(${batch}) as r (
        "tenureId" uuid, "personId" uuid, "schoolId" uuid, label text, "startsAt" timestamptz, "endsAt" timestamptz
      )`.execute(tx)
  await inBatches(changes.started, insert, written)
}

async function knownTenures(tx: Tx, kind: TenureKind, boardId: BoardId): Promise<KnownTenure[]> {
  const { table, id, label } = tenureColumns[kind]
  const { rows } = await sql<KnownTenure>`
    select t.${id} as "tenureId", t.person_id as "personId", t.school_id as "schoolId", t.${label} as label,
      t.starts_at as "startsAt", t.ends_at as "endsAt", t.ended_by is not null as "byHand", t.still_listed_at is not null as "isStillListed"
    from ${table} t join persons p on p.board_id = t.board_id and p.person_id = t.person_id
    where t.board_id = ${boardId} and p.source_id is not null
    order by t.starts_at, t.${id}`.execute(tx)
  return rows
}

const keyOf = ({ personId, schoolId }: { personId: PersonId; schoolId: SchoolId | null }) => `${personId} ${schoolId}`

function latest(a: Date, b: Date | undefined): Date {
  return b && b > a ? b : a
}

/** The same few days come back for everybody, and a calendar is slow. */
function memory(of: (day: string) => Date): (day: string) => Date {
  const known = new Map<string, Date>()
  return (day) => {
    const before = known.get(day)
    if (before) return before
    const instant = of(day)
    known.set(day, instant)
    return instant
  }
}

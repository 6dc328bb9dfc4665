import { sql } from 'kysely'
import type { Tx } from '../../database.ts'
import type { BoardId, PersonId, SchoolId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { othersFirst } from '../in-turns.ts'
import type { RosterBundle } from '../oneroster/bundle.ts'
import { boardById } from '../store.ts'
import { compareGuardianships, type GuardianshipChanges } from './guardianships.ts'
import { comparePersons, type PersonChanges } from './persons.ts'
import { type MatchedSchools, matchSchools } from './schools.ts'
import { compareTenures, type TenureChanges, type WantedTenure } from './tenures.ts'

/** Everything a roster would change at a board, found by looking only. */
export interface RosterChanges {
  schools: MatchedSchools
  persons: PersonChanges
  enrolments: TenureChanges
  employments: TenureChanges
  guardianships: GuardianshipChanges
  /** Of each school: who is enrolled now, and how many of them would not be any more. */
  endings: { schoolId: SchoolId; gone: number; of: number }[]
}

/**
 * Holds a roster against what the board knows. Changes nothing and locks nothing: who writes the changes holds the register.
 *
 * @throws Refusal `roster_invalid` with `errors` when it names schools that are not the board's
 */
export async function compareRoster(tx: Tx, boardId: BoardId, at: Date, bundle: RosterBundle): Promise<RosterChanges> {
  const { rosterImpliesAuthority } = await boardById(tx, boardId)
  const schools = await matchSchools(tx, boardId, bundle.schools)
  if (schools.errors.length > 0) throw new Refusal('roster_invalid', { errors: schools.errors })
  const { tells } = bundle
  const persons = await comparePersons(tx, boardId, at, bundle)
  const covered = new Set(schools.idOf.values())
  await othersFirst()
  const enrolled = tenuresOf(bundle.enrolments, schools, persons, ({ groupName }) => groupName)
  const employed = tenuresOf(bundle.employments, schools, persons, ({ jobTitle }) => jobTitle)
  const enrolments = await compareTenures(
    tx,
    'enrolment',
    boardId,
    at,
    enrolled,
    ({ schoolId }) => tells.enrolments && schoolId !== null && covered.has(schoolId),
  )
  await othersFirst()
  const elsewhere = await namedElsewhere(tx, boardId, bundle)
  const employments = await compareTenures(
    tx,
    'employment',
    boardId,
    at,
    employed,
    ({ personId, schoolId }) =>
      tells.employments && (schoolId === null ? bundle.coversBoard && !elsewhere.has(personId) : covered.has(schoolId)),
  )
  await othersFirst()
  const guardianships = await compareGuardianships(
    tx,
    boardId,
    at,
    bundle.guardianships.flatMap((pair) => {
      const [guardianId, pupilId] = [persons.idOf.get(pair.guardianSourceId), persons.idOf.get(pair.pupilSourceId)]
      return guardianId && pupilId ? [{ ...pair, guardianId, pupilId }] : []
    }),
    {
      enrolled: tells.guardianships ? new Set(enrolled.map(({ personId }) => personId)) : new Set(),
      boardDeclares: rosterImpliesAuthority,
    },
  )
  return { schools, persons, enrolments, employments, guardianships, endings: await endingsOf(tx, boardId, at, enrolments) }
}

function tenuresOf<
  Row extends { personSourceId: string; schoolSourceId: string | null; firstDay: string | null; lastDay: string | null | undefined },
>(
  rows: readonly Row[],
  { idOf }: MatchedSchools,
  persons: PersonChanges,
  labelOf: (row: Row) => string | null | undefined,
): WantedTenure[] {
  return rows.flatMap((row) => {
    const personId: PersonId | undefined = persons.idOf.get(row.personSourceId)
    if (!personId) return []
    const schoolId = row.schoolSourceId === null ? null : idOf.get(row.schoolSourceId)!
    return [{ personId, schoolId, label: labelOf(row), firstDay: row.firstDay, lastDay: row.lastDay }]
  })
}

/** Those of whom another student system of the board says whether they work for it. */
async function namedElsewhere(tx: Tx, boardId: BoardId, bundle: RosterBundle): Promise<Set<PersonId>> {
  const ids = [...(bundle.namedElsewhere ?? [])]
  if (ids.length === 0 || !bundle.coversBoard) return new Set()
  const rows = await tx
    .selectFrom('persons')
    .select('person_id')
    .where('board_id', '=', boardId)
    .where('source_id', '=', sql<string>`any(${ids}::text[])`) // persons_once_per_source
    .execute()
  return new Set(rows.map(({ person_id }) => person_id))
}

async function endingsOf(tx: Tx, boardId: BoardId, at: Date, { ended }: TenureChanges): Promise<RosterChanges['endings']> {
  const gone = Map.groupBy(ended, ({ schoolId }) => schoolId!)
  if (gone.size === 0) return []
  const { rows } = await sql<{ school_id: SchoolId; open: number }>`
    select school_id, count(*)::int as open from enrolments
    where board_id = ${boardId} and school_id = any(${[...gone.keys()]}::uuid[]) -- enrolments_by_school
      and (ends_at is null or ends_at > ${at}::timestamptz)
    group by school_id order by school_id`.execute(tx)
  return rows.map(({ school_id, open }) => ({ schoolId: school_id, gone: gone.get(school_id)!.length, of: open }))
}

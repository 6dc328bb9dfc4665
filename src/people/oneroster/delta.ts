import { knownTable } from './base.ts'
import type { RosterBase } from './bundle.ts'
import type { RosterFile } from './headers.ts'
import type { Complaints, Row, Table } from './table.ts'

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/

/** The files a delta speaks of, and whether each is a delta or whole; the others stay as they were. */
export interface GivenTables {
  tables: ReadonlyMap<RosterFile, Table>
  isDelta: (file: RosterFile) => boolean
}

/**
 * What the roster is after a delta: rows that are active are new or take the place of the one with their id, rows to be
 * deleted are gone, and with a person or a group goes what was known of them. Rows that stand as they were are of line 0.
 *
 * @returns the tables by file, and the newest `dateLastModified`
 */
export function withDelta(
  base: RosterBase,
  { tables, isDelta }: GivenTables,
  wrong: Complaints,
): { merged: Map<RosterFile, Table>; modifiedTo: string | null } {
  const gone = { users: deletedIn(tables.get('users.csv')), classes: deletedIn(tables.get('classes.csv')) }
  const merged = new Map<RosterFile, Table>()
  let newest = base.modifiedTo
  for (const file of new Set([...(Object.keys(base.files) as RosterFile[]), ...tables.keys()])) {
    const given = tables.get(file)
    if (given && !isDelta(file)) {
      merged.set(file, given)
      continue
    }
    const changed = new Map<string, Row>()
    for (const row of given?.rows ?? []) {
      const moment = momentOf(row)
      if (moment && (!newest || moment > newest)) newest = moment
      const id = row.get('sourcedId')
      if (changed.has(id)) row.wrong('sourcedId', 'stands in this file twice')
      if (!['active', 'tobedeleted'].includes(row.get('status'))) row.wrong('status', 'is not active or tobedeleted, as in a delta')
      changed.set(id, row)
    }
    const before = knownTable(base, file, wrong)?.rows ?? []
    const kept = before.filter(
      (row) =>
        !changed.has(row.get('sourcedId')) && !gone.users.has(row.get('userSourcedId')) && !gone.classes.has(row.get('classSourcedId')),
    )
    const active = [...changed.values()].filter((row) => row.get('status') !== 'tobedeleted')
    merged.set(file, { file, rows: [...kept.map((row) => row.without('agentSourcedIds', gone.users)), ...active] })
  }
  const told = newestOf(tables)
  if (told && base.modifiedTo && told < base.modifiedTo) wrong.add('manifest.csv', 0, null, 'is older than what was taken in before')
  return { merged, modifiedTo: newest }
}

/** The rows of a file that say that somebody or something is gone, by id. */
export function deletedIn(table: Table | undefined): Set<string> {
  const deleted = table?.rows.filter((row) => row.get('status') === 'tobedeleted') ?? []
  return new Set(deleted.map((row) => row.get('sourcedId')))
}

function newestOf(tables: ReadonlyMap<RosterFile, Table>): string | undefined {
  const moments = [...tables.values()].flatMap(({ rows }) => rows.map((row) => instantOf(row.get('dateLastModified')) ?? ''))
  return moments.toSorted().at(-1) || undefined
}

/** In UTC, so that moments of different zones sort. */
function momentOf(row: Row): string | undefined {
  const moment = instantOf(row.get('dateLastModified'))
  if (!moment) row.wrong('dateLastModified', 'is not a moment written as YYYY-MM-DDThh:mm:ssZ')
  return moment
}

function instantOf(value: string): string | undefined {
  const at = MOMENT.test(value) ? new Date(value) : undefined
  return at && !Number.isNaN(at.getTime()) ? at.toISOString() : undefined
}

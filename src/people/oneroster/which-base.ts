import type { KnownBase } from './bundle.ts'
import type { RosterFile } from './headers.ts'
import type { Table } from './table.ts'

/** What a row refers to, by its column: it is there already, or comes with the same delta. */
const REFERS: readonly (readonly [column: string, to: RosterFile])[] = [
  ['userSourcedId', 'users.csv'],
  ['agentSourcedIds', 'users.csv'],
  ['orgSourcedId', 'orgs.csv'],
  ['orgSourcedIds', 'orgs.csv'],
  ['schoolSourcedId', 'orgs.csv'],
  ['parentSourcedId', 'orgs.csv'],
  ['classSourcedId', 'classes.csv'],
]

/**
 * Which of a board's student systems a delta comes from: the one whose roster lacks least of what it leans on. A delta does not
 * say so itself. That an id of its own stands in a roster says nothing: it may be new in the system that sent it, and be of
 * somebody else in the other.
 *
 * @returns the only one there is, whatever it has; of several nothing where all it leans on is in none, or two lack the same number
 */
export function baseOfDelta(known: readonly KnownBase[], given: ReadonlyMap<RosterFile, Table>): KnownBase | undefined {
  if (known.length < 2) return known[0]
  const leansOn = [...leaningOn(given)]
  const [first, second] = known
    .map((one) => {
      const ids = idsByFile(Object.entries(one.base.files).map(([file, rows]) => [file, rows.map(([id]) => id!)]))
      return { one, lacks: leansOn.filter(({ file, id }) => !ids.get(file)?.has(id)).length }
    })
    .toSorted((a, b) => a.lacks - b.lacks)
  return first!.lacks < Math.min(second!.lacks, leansOn.length) ? first!.one : undefined
}

/** What has to be there before a delta: what it refers to and does not bring, and whoever it changes or takes away. */
function* leaningOn(given: ReadonlyMap<RosterFile, Table>): Generator<{ file: RosterFile; id: string }> {
  const brought = idsByFile(Array.from(given, ([file, { rows }]) => [file, rows.map((row) => row.get('sourcedId'))]))
  const withRole = new Set(given.get('roles.csv')?.rows.map((row) => row.get('userSourcedId')))
  for (const [file, { rows }] of given) {
    for (const row of rows) {
      const id = row.get('sourcedId')
      if (file === 'demographics.csv') {
        if (!brought.get('users.csv')?.has(id)) yield { file: 'users.csv', id }
        continue
      }
      // Nobody is new without a role.
      const isNobodyNew = file === 'users.csv' && row.get('orgSourcedIds') === '' && !withRole.has(id)
      if (isNobodyNew || row.get('status') === 'tobedeleted') yield { file, id }
      for (const [column, to] of REFERS) {
        for (const cell of row.get(column).split(',')) {
          const other = cell.trim()
          if (other !== '' && !brought.get(to)?.has(other)) yield { file: to, id: other }
        }
      }
    }
  }
}

const idsByFile = (ids: readonly (readonly [file: string, ids: readonly string[]])[]) =>
  new Map<string, ReadonlySet<string>>(ids.map(([file, some]) => [file, new Set(some)]))

/** Who stands in these rosters, by the ids that they may be known under. */
export function usersOf(known: readonly KnownBase[]): Set<string> {
  return new Set(
    known.flatMap(({ base, brins }) =>
      (base.files['users.csv'] ?? []).flatMap(([id]) => [id!, ...(brins ?? []).map((brin) => idBeside(brin, id!))]),
    ),
  )
}

/** The id under which somebody is known whose own id is somebody else's already: by a school of the system that sent it. */
export const idBeside = (brin: string, sourceId: string) => `${BESIDE}${brin}:${sourceId}`
export const BESIDE = 'beside:'

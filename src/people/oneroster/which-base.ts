import type { KnownBase, RosterBase } from './bundle.ts'
import type { RosterFile } from './headers.ts'
import type { Table } from './table.ts'

const IDS = ['sourcedId', 'userSourcedId', 'orgSourcedId', 'schoolSourcedId', 'classSourcedId'] as const

/**
 * Which of a board's student systems a delta comes from: the one whose roster has most of what it speaks of. A delta does not
 * say so itself, and the systems know each only their own ids.
 *
 * @returns nothing where none has, or two have as much
 */
export function baseOfDelta(known: readonly KnownBase[], given: ReadonlyMap<RosterFile, Table>): KnownBase | undefined {
  if (known.length < 2) return known[0]
  const rows = [...given.values()].flatMap((table) => table.rows)
  const scored = known
    .map((one) => {
      const ids = idsOf(one.base)
      return { one, known: rows.filter((row) => IDS.some((column) => ids.has(row.get(column)))).length }
    })
    .toSorted((a, b) => b.known - a.known)
  const [first, second] = scored
  return first!.known > second!.known ? first!.one : undefined
}

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

/** The first cell of whatever is kept is its id. */
const idsOf = ({ files }: RosterBase) => new Set(Object.values(files).flatMap((rows) => rows.map(([id]) => id!)))

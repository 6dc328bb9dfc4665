import type { Selectable } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, MappingId } from '../ids.ts'
import type { CsvMapping } from '../people/csv-roster/fields.ts'
import { openCsv } from '../people/csv-roster/open-csv.ts'
import { complaints } from '../people/oneroster/table.ts'
import { schoolsOfBoard } from '../people/register.ts'
import type { RosterMappingTable } from './tables.ts'

export interface KnownMapping extends CsvMapping {
  mappingId: MappingId
}

/** What somebody needs to see to say which column is what. Names: kept until they have said so. */
export interface ColumnsToMap {
  header: string[]
  rows: string[][]
}

const SAMPLES = 5
const LONGEST_SAMPLE = 60
/** A header and some rows stand in so many bytes; the rest of the file need not be opened for them. */
const OPENED_BYTES = 256 * 1024

/** The header of a CSV file and its first rows. */
export function columnsOf(content: Uint8Array): ColumnsToMap {
  const { header, rows } = openCsv(content.subarray(0, OPENED_BYTES), complaints())
  return { header, rows: rows.slice(0, SAMPLES).map(({ cells }) => cells.map((cell) => cell.trim().slice(0, LONGEST_SAMPLE))) }
}

/** A mapping of this board. */
export async function mappingById(tx: Tx, boardId: BoardId, mappingId: MappingId): Promise<KnownMapping | undefined> {
  const row = await tx
    .selectFrom('roster_mappings')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('mapping_id', '=', mappingId) // roster_mappings_pkey
    .executeTakeFirst()
  return row && mappingOf(row)
}

/** The newest mapping of the board that read a file before and of which this one has every column. */
export async function mappingThatFits(tx: Tx, boardId: BoardId, header: readonly string[]): Promise<KnownMapping | undefined> {
  const rows = await tx
    .selectFrom('roster_mappings')
    .selectAll()
    .where('board_id', '=', boardId) // roster_mappings_pkey
    .where('proven_at', 'is not', null)
    .orderBy('proven_at', 'desc')
    .execute()
  return rows.map(mappingOf).find(({ columns }) => (Object.values(columns) as string[]).every((name) => header.includes(name)))
}

/**
 * Whether a file that a mapping fits is certainly of the school that the mapping names: the next school of the board sends the
 * same columns out of the same system, and must not be taken for this one. Where a column says it, or there is one school only.
 */
export async function knowsItsSchool(tx: Tx, boardId: BoardId, { brin }: CsvMapping): Promise<boolean> {
  return brin === null || (await schoolsOfBoard(tx, boardId)).length === 1
}

/** A file could be read by it: the next one that looks the same is, without asking. */
export async function proveMapping(tx: Tx, boardId: BoardId, mappingId: MappingId, at: Date): Promise<void> {
  await tx
    .updateTable('roster_mappings')
    .set({ proven_at: at })
    .where('board_id', '=', boardId)
    .where('mapping_id', '=', mappingId) // roster_mappings_pkey
    .execute()
}

const mappingOf = ({ mapping_id, about, brin, columns }: Selectable<RosterMappingTable>): KnownMapping => ({
  mappingId: mapping_id,
  about,
  brin,
  columns,
})

import type { RosterBase } from './bundle.ts'
import type { RosterFile, Version } from './headers.ts'
import { type Complaints, Row, type Table } from './table.ts'

const KEPT: Partial<Record<RosterFile, readonly string[]>> = {
  'orgs.csv': ['sourcedId', 'name', 'type', 'identifier', 'parentSourcedId'],
  'academicSessions.csv': ['sourcedId'],
  'courses.csv': ['sourcedId'],
  'classes.csv': ['sourcedId', 'title', 'classType', 'schoolSourcedId', 'courseSourcedId', 'termSourcedIds'],
  'enrollments.csv': ['sourcedId', 'classSourcedId', 'schoolSourcedId', 'userSourcedId', 'role', 'primary', 'beginDate', 'endDate'],
  'roles.csv': ['sourcedId', 'userSourcedId', 'roleType', 'role', 'beginDate', 'endDate', 'orgSourcedId'],
  'users.csv': ['sourcedId', 'enabledUser', 'agentSourcedIds', 'role', 'orgSourcedIds'],
}

/** What to keep of these tables for the delta that may come next. */
export function baseOf(version: Version, tables: ReadonlyMap<RosterFile, Table>, modifiedTo: string | null): RosterBase {
  const files: RosterBase['files'] = {}
  for (const [file, columns] of Object.entries(KEPT) as [RosterFile, string[]][]) {
    const table = tables.get(file)
    if (table) files[file] = table.rows.map((row) => columns.map((column) => row.get(column)))
  }
  return { version, modifiedTo, files }
}

/** The rows of a file as they were known, of line 0; nothing when the sender has no such file. */
export function knownTable(base: RosterBase, file: RosterFile, wrong: Complaints): Table | undefined {
  const [rows, columns] = [base.files[file], KEPT[file]]
  if (!rows || !columns) return undefined
  const layout = { file, columns: new Map(columns.map((name, index) => [name, index])), wrong }
  return { file, rows: rows.map((cells) => new Row(layout, 0, cells)) }
}

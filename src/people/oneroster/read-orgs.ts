import type { RosterSchool } from './bundle.ts'
import { bulkStatus, oneOf, ownId, reference, required } from './cells.ts'
import type { Table } from './table.ts'

const ORG_TYPES = ['department', 'school', 'district', 'local', 'state', 'national'] as const

/** The organisations of a bundle by id: a school has its BRIN as `identifier`; the others only hold schools together. */
export function readOrgs(table: Table): Map<string, RosterSchool | undefined> {
  const orgs = new Map<string, RosterSchool | undefined>()
  const brins = new Set<string>()
  for (const row of table.rows) {
    bulkStatus(row)
    const sourceId = ownId(row, orgs)
    required(row, 'name')
    const isSchool = oneOf(row, 'type', ORG_TYPES) === 'school'
    const brin = row.get('identifier').toUpperCase()
    if (isSchool && !/^\d\d[A-Z]{2}(\d\d)?$/.test(brin)) row.wrong('identifier', 'is not a BRIN')
    if (isSchool && brins.has(brin)) row.wrong('identifier', 'is the BRIN of two schools')
    brins.add(brin)
    orgs.set(sourceId, isSchool ? { sourceId, brin, line: row.line } : undefined)
  }
  for (const row of table.rows) reference(row, 'parentSourcedId', orgs, 'orgs.csv', true)
  return orgs
}

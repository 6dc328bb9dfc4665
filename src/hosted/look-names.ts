import type { Db } from '../database.ts'

/** What people call holders and their data sets. */
export interface LookNames {
  holder: (resource: string) => string
  data: (resource: string, datatype: string) => string
}

/** The names of these holders, by their resource, and of their data sets. What has no name keeps the one it has for machines. */
export async function lookNames(db: Db, resources: readonly string[], language: 'nl' | 'en'): Promise<LookNames> {
  const rows =
    resources.length === 0
      ? []
      : await db
          .selectFrom('holders as h')
          .innerJoin('data_sets as d', 'd.holder_id', 'h.holder_id')
          .select(['h.resource', 'h.name', 'd.datatype', 'd.name_nl', 'd.name_en'])
          .where('h.resource', 'in', [...new Set(resources)]) // holders_resource_key
          .execute()
  const holders = new Map(rows.map(({ resource, name }) => [resource, name]))
  const data = new Map(rows.map((row) => [`${row.resource} ${row.datatype}`, language === 'en' ? row.name_en : row.name_nl]))
  return {
    holder: (resource) => holders.get(resource) ?? resource,
    data: (resource, datatype) => data.get(`${resource} ${datatype}`) ?? datatype,
  }
}

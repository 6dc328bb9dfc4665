import { type HolderServerOptions, type RunningHolder, startHolder } from './holder-server.ts'
import { administrationRecords } from './records.ts'

/** Leerlinglijn: the schools' administration system, with what secretaries did and what pupils need. */
export const startAdministration = (options: Omit<HolderServerOptions, 'name' | 'records'>): Promise<RunningHolder> =>
  startHolder({ ...options, name: 'Leerlinglijn', records: administrationRecords })

import { type HolderServerOptions, type RunningHolder, startHolder } from './holder-server.ts'
import { publisherRecords } from './records.ts'

/** Uitgeverij Rekenrijk: holds what pupils did in its arithmetic exercises. */
export const startPublisher = (options: Omit<HolderServerOptions, 'name' | 'records'>): Promise<RunningHolder> =>
  startHolder({ ...options, name: 'Rekenrijk Oefenen', records: publisherRecords })

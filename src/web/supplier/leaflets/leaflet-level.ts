import type { LeafletDraft } from '../../../catalog/leaflet.ts'
import { type ReadingLevel, readingLevelOf } from '../../../catalog/reading-level.ts'

/** How the words of a leaflet read that parents read, of the sections that are there (P14); undefined while there are none. */
export function leafletLevel({ general, parts, purposes, data, security, subprocessors }: LeafletDraft): ReadingLevel | undefined {
  const texts = [
    ...(general ? [general.explanation] : []),
    ...(parts ?? []).map(({ explanation }) => explanation),
    ...(purposes ? [purposes.plain] : []),
    ...(data ? [...data.categories, ...data.optional].map(({ why }) => why) : []),
    ...(security ? [security.measures] : []),
    ...(subprocessors ?? []).map(({ task }) => task),
  ]
  return texts.length === 0 ? undefined : readingLevelOf(texts.join('\n'))
}

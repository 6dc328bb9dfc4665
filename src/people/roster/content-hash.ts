import { createHash } from 'node:crypto'
import type { RosterBundle } from '../oneroster/bundle.ts'

/**
 * SHA-256 over what was taken from a roster, whatever the order of its rows: one line of JSON for each school, person,
 * enrolment, employment and guardian, in the order of their kinds and ids, and what it speaks of at all. The ledger keeps this instead of the content.
 */
export function contentHash({ schools, persons, enrolments, employments, guardianships, tells }: RosterBundle): Buffer {
  const hash = createHash('sha256')
  const add = (kind: string, lines: string[]) => hash.update(`${kind}\n${lines.toSorted().join('\n')}\n`)
  add(
    'schools',
    schools.map((s) => JSON.stringify([s.sourceId, s.brin])),
  )
  add(
    'persons',
    persons.map((p) => JSON.stringify([p.sourceId, p.givenName, p.familyName, p.birthDate, p.email, p.phone, p.eckId, p.silentOn ?? []])),
  )
  add(
    'enrolments',
    enrolments.map((e) => JSON.stringify([e.personSourceId, e.schoolSourceId, e.groupName, e.firstDay, e.lastDay])),
  )
  add(
    'employments',
    employments.map((e) => JSON.stringify([e.personSourceId, e.schoolSourceId, e.jobTitle, e.firstDay, e.lastDay])),
  )
  add(
    'guardianships',
    guardianships.map((g) => JSON.stringify([g.guardianSourceId, g.pupilSourceId, g.kind, g.presumed, g.authority ?? null])),
  )
  hash.update(JSON.stringify(Object.entries(tells).toSorted(([a], [b]) => (a < b ? -1 : 1))))
  return hash.digest()
}

import { createHash, type Hash } from 'node:crypto'
import { inPieces, othersFirst } from '../in-turns.ts'
import type { RosterBundle } from '../oneroster/bundle.ts'

/**
 * SHA-256 over what was taken from a roster, whatever the order of its rows: one line of JSON for each school, person,
 * enrolment, employment and guardian, in the order of their kinds and ids, and what it speaks of at all. The ledger keeps this instead of the content.
 */
export async function contentHash({ schools, persons, enrolments, employments, guardianships, tells }: RosterBundle): Promise<Buffer> {
  const hash = createHash('sha256')
  const add = async (kind: string, rows: unknown[][]) => await addLines(hash, kind, rows)
  await add(
    'schools',
    schools.map((s) => [s.sourceId, s.brin]),
  )
  await add(
    'persons',
    persons.map((p) => [p.sourceId, p.givenName, p.familyName, p.birthDate, p.email, p.phone, p.eckId, p.silentOn ?? []]),
  )
  await add(
    'enrolments',
    enrolments.map((e) => [e.personSourceId, e.schoolSourceId, e.groupName, e.firstDay, e.lastDay]),
  )
  await add(
    'employments',
    employments.map((e) => [e.personSourceId, e.schoolSourceId, e.jobTitle, e.firstDay, e.lastDay]),
  )
  await add(
    'guardianships',
    guardianships.map((g) => [g.guardianSourceId, g.pupilSourceId, g.kind, g.presumed, g.authority ?? null]),
  )
  hash.update(JSON.stringify(Object.entries(tells).toSorted(([a], [b]) => (a < b ? -1 : 1))))
  return hash.digest()
}

/** Adds rows to a hash in an order of their own, a line of JSON each; of very many, others go first now and then. */
export async function addLines(hash: Hash, kind: string, rows: readonly unknown[][]): Promise<void> {
  const lines: string[] = []
  for await (const some of inPieces(rows)) lines.push(...some.map((row) => JSON.stringify(row)))
  const text = lines.toSorted().join('\n')
  await othersFirst()
  hash.update(`${kind}\n${text}\n`)
}

import { createHash } from 'node:crypto'
import type { PersonId } from '../ids.ts'
import type { RosterChanges } from '../people/roster/compare.ts'

/**
 * SHA-256 over what a roster would change, so that what is written is what was shown. New people have no id of ours yet:
 * they stand in it by the sender's.
 */
export function changesHash({ persons, enrolments, employments, guardianships }: RosterChanges): Buffer {
  const hash = createHash('sha256')
  const newcomers = new Map(persons.added.map(({ personId, sourceId }) => [personId, sourceId]))
  const who = (personId: PersonId) => newcomers.get(personId) ?? personId
  const add = (kind: string, rows: unknown[][]) =>
    hash.update(
      `${kind}\n${rows
        .map((row) => JSON.stringify(row))
        .toSorted()
        .join('\n')}\n`,
    )
  add(
    'added',
    persons.added.map((p) => [p.sourceId, p.givenName, p.familyName, p.birthDate, p.email, p.phone, p.eckId]),
  )
  add(
    'changed',
    persons.changed.map((p) => [p.personId, p.givenName, p.familyName, p.birthDate, p.email, p.phone, p.eckId]),
  )
  add(
    'aliases',
    persons.aliases.map((p) => [p.sourceId, p.personId]),
  )
  for (const tenures of [enrolments, employments]) {
    add(
      'started',
      tenures.started.map((t) => [who(t.personId), t.schoolId, t.label, t.endsAt]),
    )
    add(
      'tenures',
      tenures.changed.map((t) => [t.tenureId, t.label, t.endsAt]),
    )
    add(
      'ended',
      tenures.ended.map((t) => [t.tenureId]),
    )
  }
  add(
    'guardians',
    guardianships.started.map((g) => [who(g.guardianId), who(g.pupilId), g.kind, g.authority, g.source]),
  )
  add(
    'guardians gone',
    guardianships.ended.map((g) => [g.guardianshipId]),
  )
  return hash.digest()
}

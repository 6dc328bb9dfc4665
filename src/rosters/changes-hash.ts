import { createHash } from 'node:crypto'
import type { PersonId } from '../ids.ts'
import type { RosterChanges } from '../people/roster/compare.ts'
import { addLines } from '../people/roster/content-hash.ts'

/**
 * SHA-256 over what a roster would change, so that what is written is what was shown. New people have no id of ours yet:
 * they stand in it by the sender's.
 */
export async function changesHash({ persons, enrolments, employments, guardianships }: RosterChanges): Promise<Buffer> {
  const hash = createHash('sha256')
  const newcomers = new Map(persons.added.map(({ personId, sourceId }) => [personId, sourceId]))
  const who = (personId: PersonId) => newcomers.get(personId) ?? personId
  const add = async (kind: string, rows: unknown[][]) => await addLines(hash, kind, rows)
  await add(
    'added',
    persons.added.map((p) => [p.sourceId, p.givenName, p.familyName, p.birthDate, p.email, p.phone, p.eckId]),
  )
  await add(
    'changed',
    persons.changed.map((p) => [p.personId, p.givenName, p.familyName, p.birthDate, p.email, p.phone, p.eckId]),
  )
  await add(
    'aliases',
    persons.aliases.map((p) => [p.sourceId, p.personId]),
  )
  for (const tenures of [enrolments, employments]) {
    await add(
      'started',
      tenures.started.map((t) => [who(t.personId), t.schoolId, t.label, t.endsAt]),
    )
    await add(
      'tenures',
      tenures.changed.map((t) => [t.tenureId, t.label, t.endsAt]),
    )
    await add(
      'ended',
      tenures.ended.map((t) => [t.tenureId]),
    )
  }
  await add(
    'guardians',
    guardianships.started.map((g) => [who(g.guardianId), who(g.pupilId), g.kind, g.authority, g.source]),
  )
  await add(
    'guardians gone',
    guardianships.ended.map((g) => [g.guardianshipId]),
  )
  return hash.digest()
}

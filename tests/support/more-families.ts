import { type GuardianshipId, newId, type PersonId, type TenureId } from '../../src/ids.ts'
import type { TestBroker } from './broker.ts'
import type { SmallWorld } from './world.ts'

export interface Child {
  given: string
  family?: string
  /** YYYY-MM-DD; null is unknown. */
  born?: string | null
  group?: string | null
  guardians?: { id?: PersonId; given: string; email?: string | null; authority?: 'yes' | 'no' | 'unknown' }[]
}

/** Puts children with their guardians at the school, row by row: as a roster would leave them. */
export async function addFamilies(
  broker: TestBroker,
  world: SmallWorld,
  children: Child[],
): Promise<{ id: PersonId; guardians: PersonId[] }[]> {
  const { boardId, schoolId, since } = world
  const at = broker.clock.now()
  const made = []
  for (const { given, family = 'Jansen', born = '2016-05-01', group = 'Groep 6', guardians = [] } of children) {
    const id = newId<PersonId>(at)
    await broker.owner`insert into persons (board_id, person_id, given_name, family_name, birth_date, created_at)
      values (${boardId}, ${id}, ${given}, ${family}, ${born}, ${since})`
    await broker.owner`insert into enrolments (board_id, enrolment_id, person_id, school_id, group_name, starts_at)
      values (${boardId}, ${newId<TenureId>(at)}, ${id}, ${schoolId}, ${group}, ${since})`
    const ids: PersonId[] = []
    for (const { id: known, given: name, email = null, authority = 'yes' } of guardians) {
      const guardianId = known ?? newId<PersonId>(at)
      ids.push(guardianId)
      if (!known) {
        await broker.owner`insert into persons (board_id, person_id, given_name, family_name, email, created_at)
          values (${boardId}, ${guardianId}, ${name}, ${family}, ${email}, ${since})`
      }
      await broker.owner`insert into guardianships (board_id, guardianship_id, guardian_id, pupil_id, authority, source, starts_at)
        values (${boardId}, ${newId<GuardianshipId>(at)}, ${guardianId}, ${id}, ${authority}, 'staff', ${since})`
    }
    made.push({ id, guardians: ids })
  }
  return made
}

import { inTransaction } from '../../src/database.ts'
import { type AccountId, type GuardianshipId, newId, type PersonId, type TenureId } from '../../src/ids.ts'
import type { TestBroker } from './broker.ts'
import type { SmallWorld, WorldPerson } from './world.ts'

interface Wish {
  birthDate?: string
  group?: string
  guardians?: ('nadia' | 'karim')[]
}

/** A pupil, and by which right each parent answers. */
export type Sibling = WorldPerson & { guardianships: Partial<SmallWorld['guardianships']> }

/** Another child at Fatima's school, with an account, and with these of her parents. Before anything is asked. */
export async function sibling(broker: TestBroker, world: SmallWorld, name: string, wish: Wish = {}): Promise<Sibling> {
  const { birthDate = '2015-09-09', group = 'Groep 8', guardians = ['nadia', 'karim'] } = wish
  const at = broker.clock.now()
  const { boardId: board_id, schoolId: school_id, people, since } = world
  const [person_id, account_id] = [newId<PersonId>(at), newId<AccountId>(at)]
  const email = `${name}@gezin.example`
  const guardianships: Sibling['guardianships'] = {}
  await inTransaction(broker.db, { actor: 'operator', boards: [board_id] }, async (tx) => {
    const given_name = name[0]!.toUpperCase() + name.slice(1)
    await tx
      .insertInto('persons')
      .values({ board_id, person_id, given_name, family_name: 'Amrani', birth_date: birthDate, email, created_at: since })
      .execute()
    await tx.insertInto('accounts').values({ account_id, email, created_at: since }).execute()
    await tx.insertInto('account_persons').values({ account_id, board_id, person_id, claimed_at: since }).execute()
    await tx
      .insertInto('enrolments')
      .values({ board_id, enrolment_id: newId<TenureId>(at), person_id, school_id, group_name: group, starts_at: since })
      .execute()
    for (const guardian of guardians) {
      guardianships[guardian] = newId<GuardianshipId>(at)
      await tx
        .insertInto('guardianships')
        .values({
          board_id,
          guardianship_id: guardianships[guardian],
          guardian_id: people[guardian].id,
          pupil_id: person_id,
          authority: 'yes',
          source: 'staff',
          starts_at: since,
        })
        .execute()
    }
  })
  return {
    id: person_id,
    account: account_id,
    email,
    actor: { accountId: account_id, boardId: board_id, personId: person_id },
    guardianships,
  }
}

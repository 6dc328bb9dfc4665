import { z } from 'zod'
import type { PersonActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { newId, type PersonId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { mustHold } from './mandates.ts'

export const newPerson = z.strictObject({
  givenName: z.string().trim().min(1).max(100),
  familyName: z.string().trim().min(1).max(100),
  email: z
    .email()
    .transform((email) => email.toLowerCase())
    .optional(),
  phone: z.string().trim().min(6).max(30).optional(),
})
export type NewPerson = z.infer<typeof newPerson>

/**
 * Staff enter somebody no roster brings: a curator, a mentor, the contact of a guardianship institution. By itself this
 * gives no say about anybody; `recordGuardianship` does. A roster never changes them.
 *
 * @throws Refusal `mandate_missing`
 */
export async function addPerson({ db, now }: Deps, actor: PersonActor, person: NewPerson): Promise<PersonId> {
  const at = now()
  const { boardId } = actor
  return await inTransaction(db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, ['administrator', 'school_leader', 'consent_officer'], at, 'any')
    const personId = newId<PersonId>(at)
    await tx
      .insertInto('persons')
      .values({
        board_id: boardId,
        person_id: personId,
        given_name: person.givenName,
        family_name: person.familyName,
        email: person.email,
        phone: person.phone,
        created_at: at,
      })
      .execute()
    await append(tx, { boardId, approach: 'organisation', at, event: 'person_added', actor: `person:${actor.personId}`, ref: personId })
    return personId
  })
}

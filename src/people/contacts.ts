import { amsterdamDay } from '../clock.ts'
import type { Tx } from '../database.ts'
import type { BoardId, PersonId, SchoolId } from '../ids.ts'
import { ageOn } from './age.ts'
import { type FoundPerson, findPersons, patternsOf } from './find-persons.ts'
import { guardiansToCall } from './guardians-to-call.ts'
import type { MandateRole } from './mandate.ts'
import { type Person, personsById } from './store.ts'

/** How to reach somebody, and nothing else about them. */
export interface Contact {
  name: string
  /** The pupil, and not who looks after them. */
  isPupil: boolean
  phone: string | null
  email: string | null
}

/** Who telephones families: the concierge, who sees nothing else (P34), and who settles what two parents disagree about. */
export const CALLERS: MandateRole[] = ['concierge', 'school_leader', 'consent_officer']

export interface PupilContacts extends FoundPerson {
  contacts: Contact[]
}

const ADULT_FROM = 18

/**
 * The pupils of a school (or of the whole board) whose name or group has every word in it, each with whom to call about
 * them: the pupil where they have a number or an address of their own, and until eighteen who looks after them. Of whom the
 * school recorded that they have no say nothing is told. Without words: nobody (P34: no more people than needed). Does NOT
 * check who asks.
 */
export async function contactsOf(
  tx: Tx,
  boardId: BoardId,
  { schoolId, words, at }: { schoolId: SchoolId | null; words: string; at: Date },
): Promise<PupilContacts[]> {
  if (patternsOf(words).length === 0) return []
  const pupils = await findPersons(tx, boardId, { schoolId, kind: 'pupil', words, at })
  const toCall = await guardiansToCall(
    tx,
    boardId,
    pupils.map(({ personId }) => personId),
    at,
  )
  const persons = await personsById(tx, boardId, [...pupils.map(({ personId }) => personId), ...[...toCall.values()].flat()])
  const known = (ids: readonly PersonId[]) => ids.flatMap((id) => persons.get(id) ?? [])
  return pupils.map((pupil) => {
    const themselves = persons.get(pupil.personId)
    const isAdult = !!themselves?.birthDate && ageOn(themselves.birthDate, amsterdamDay(at)) >= ADULT_FROM
    const guardians = isAdult ? [] : known(toCall.get(pupil.personId) ?? [])
    const own = themselves && (themselves.phone || themselves.email) ? [contactOf(themselves, true)] : []
    return { ...pupil, contacts: [...guardians.map((guardian) => contactOf(guardian, false)), ...own] }
  })
}

const contactOf = ({ givenName, familyName, phone, email }: Person, isPupil: boolean): Contact => ({
  name: `${givenName} ${familyName}`,
  isPupil,
  phone,
  email,
})

import { factsOf } from '../consents/facts.ts'
import { type AskedItem, consentsAbout } from '../consents/store.ts'
import type { Tx } from '../database.ts'
import type { BoardId, PersonId } from '../ids.ts'
import type { RosterChanges } from '../people/roster/compare.ts'
import { decidersChangedFor } from '../people/roster/write.ts'
import type { Guardianship, SubjectFacts } from '../people/who-may-answer.ts'

/**
 * What was shared about somebody and will not be any more once the changes are written: who left has nothing left, and what
 * guardians gave who lost their say is asked of whoever is left. Asks before the changes are written; sees what the
 * transaction's actor may see: staff and the school's own pages nothing that is subject-oriented.
 */
export async function whatStops(tx: Tx, boardId: BoardId, at: Date, changes: RosterChanges): Promise<AskedItem[]> {
  const { enrolments, employments } = changes
  const staying = new Set([...enrolments.started, ...employments.started].map(({ personId }) => personId))
  const leavers = new Set([...enrolments.ended, ...employments.ended].map(({ personId }) => personId).filter((id) => !staying.has(id)))
  const others = decidersChangedFor(changes).filter((id) => !leavers.has(id))
  const consents = await consentsAbout(tx, boardId, [...leavers, ...others])
  return consents.filter((consent) => {
    if (factsOf(consent, at).gives === null) return false
    const { personId } = consent.question.subject
    return leavers.has(personId) || factsOf(afterwards(consent, changes, at), at).gives === null
  })
}

/** The same consent with the guardians and the birthday that the roster gives its subject. */
function afterwards(consent: AskedItem, { guardianships, persons }: RosterChanges, at: Date): AskedItem {
  const { subject } = consent.question
  const ended = new Set(guardianships.ended.map(({ guardianshipId }) => guardianshipId))
  const kept = subject.guardianships.map((one): Guardianship => (ended.has(one.guardianshipId) ? { ...one, endsAt: at } : one))
  const started = guardianships.started.filter(({ pupilId }) => pupilId === subject.personId)
  const changed = persons.changed.find(({ personId }) => personId === subject.personId)
  const then: SubjectFacts = {
    ...subject,
    birthDate: changed ? changed.birthDate : subject.birthDate,
    guardianships: [...kept, ...started.map((one): Guardianship => ({ ...one, startsAt: at, endsAt: null }))],
  }
  return { ...consent, question: { ...consent.question, subject: then } }
}

/** How many things stop about each, as the school may know it. */
export function bySubject(consents: readonly AskedItem[]): { subjectId: PersonId; uses: number }[] {
  const own = consents.filter(({ approach }) => approach === 'organisation')
  return [...Map.groupBy(own, ({ question }) => question.subject.personId)].map(([subjectId, uses]) => ({ subjectId, uses: uses.length }))
}

import { noLongerAsked, type TenuresToCome } from '../consents/asked-of.ts'
import { factsOf } from '../consents/facts.ts'
import { type AskedItem, consentsAbout } from '../consents/store.ts'
import type { Tx } from '../database.ts'
import type { BoardId, PersonId } from '../ids.ts'
import type { RosterChanges } from '../people/roster/compare.ts'
import { decidersChangedFor } from '../people/roster/write.ts'
import type { Guardianship, SubjectFacts } from '../people/who-may-answer.ts'

/**
 * What was shared about somebody and will not be any more once the changes are written: of who left, all of it; of who goes
 * to another school or group, what was asked of the one they leave; and what guardians gave who lost their say is asked of
 * whoever is left. Asks before the changes are written; sees what the transaction's actor may see: staff and the school's own
 * pages nothing that is subject-oriented.
 */
export async function whatStops(tx: Tx, boardId: BoardId, at: Date, changes: RosterChanges): Promise<AskedItem[]> {
  const { enrolments, employments } = changes
  const moving = [enrolments, employments].flatMap(({ ended, changed }) => [...ended, ...changed.map(({ before }) => before)])
  const about = new Set([...moving.map(({ personId }) => personId), ...decidersChangedFor(changes)])
  const giving = (await consentsAbout(tx, boardId, [...about])).filter((consent) => factsOf(consent, at).gives !== null)
  const ids = giving.map(({ consentId }) => consentId)
  const before = await noLongerAsked(tx, boardId, ids, at)
  const after = await noLongerAsked(tx, boardId, ids, at, toCome(changes, about, at))
  return giving.filter((consent) => {
    if (before.has(consent.consentId)) return false
    return after.has(consent.consentId) || factsOf(afterwards(consent, changes, at), at).gives === null
  })
}

/** What the roster makes of the enrolments and employments of those about whom something may stop. */
function toCome({ enrolments, employments }: RosterChanges, about: ReadonlySet<PersonId>, at: Date): TenuresToCome {
  const of = ({ ended, changed, started }: RosterChanges['enrolments'], kind: 'pupil' | 'employee') => ({
    ending: [
      ...ended.map(({ tenureId, label }) => ({ tenureId, groupName: label, endsAt: at })),
      ...changed.map(({ tenureId, label, endsAt }) => ({ tenureId, groupName: label, endsAt })),
    ],
    starting: started
      .filter(({ personId }) => about.has(personId))
      .map(({ personId, schoolId, label, endsAt }) => ({ kind, personId, schoolId, groupName: label, endsAt })),
  })
  const [pupils, staff] = [of(enrolments, 'pupil'), of(employments, 'employee')]
  return { ending: [...pupils.ending, ...staff.ending], starting: [...pupils.starting, ...staff.starting] }
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

/** How many things stop about each pupil, as the school may know it. Of staff it does not: that would tell what they said (D10). */
export function bySubject(consents: readonly AskedItem[]): { subjectId: PersonId; uses: number }[] {
  const own = consents.filter(({ approach, question }) => approach === 'organisation' && question.subject.kind === 'pupil')
  return [...Map.groupBy(own, ({ question }) => question.subject.personId)].map(([subjectId, uses]) => ({ subjectId, uses: uses.length }))
}

import type { PersonActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type DisclosureId, newId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { commitment } from '../ledger/commitment.ts'
import { CALLERS } from '../people/contacts.ts'
import { mustHold } from '../people/mandates.ts'
import { currentTenure } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import { holdersOf, mailAboutCase } from './case-mails.ts'
import { decidersOf } from './deciders.ts'
import type { NewEmergencyDisclosure } from './emergency.ts'

/**
 * Staff record that they gave data of a pupil to somebody in an emergency, while nobody who decides could be reached (GDPR art.
 * 6(1)(d); P11). Whoever decides for the pupil is told at once, and the data protection officer.
 *
 * Does NOT look at whether it was an emergency: people do, afterwards.
 *
 * @throws Refusal `mandate_missing`, `person_not_found` for who is no pupil here now
 * @throws Refusal `input_invalid` with the fields that do not fit
 */
export async function recordEmergency(deps: Deps, actor: PersonActor, disclosure: NewEmergencyDisclosure): Promise<DisclosureId> {
  const at = deps.now()
  const { boardId, personId } = actor
  const { subjectId, givenAt } = disclosure
  const words = {
    receiver: disclosure.receiver.trim(),
    data: disclosure.data.trim(),
    reason: disclosure.reason.trim(),
    tried: disclosure.tried.trim(),
  }
  const wrong = [...Object.entries(words).flatMap(([field, said]) => (said === '' ? [field] : [])), ...(givenAt > at ? ['givenAt'] : [])]
  if (wrong.length > 0) throw new Refusal('input_invalid', { fields: wrong })
  const disclosureId = newId<DisclosureId>(at)
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const tenure = await currentTenure(tx, boardId, subjectId, at)
    const schoolId = tenure?.kind === 'enrolment' ? tenure.schoolId : null
    await mustHold(tx, actor, CALLERS, at, schoolId ?? 'any')
    if (!schoolId) throw new Refusal('person_not_found')
    const told = await decidersOf(tx, boardId, subjectId, at)
    const hash = await commitment(tx, boardId, subjectId, JSON.stringify(words))
    await mailAboutCase(tx, deps, at, boardId, told, { mail: 'emergency', path: `/rights/emergencies/${disclosureId}`, key: disclosureId })
    const officers = await holdersOf(tx, boardId, ['dpo'], at)
    const noted = { mail: 'emergency_noted', path: '/school/emergencies', key: `${disclosureId}:noted` } as const
    await mailAboutCase(tx, deps, at, boardId, officers, noted)
    await tx
      .insertInto('emergency_disclosures')
      .values({
        board_id: boardId,
        disclosure_id: disclosureId,
        school_id: schoolId,
        subject_id: subjectId,
        ...words,
        given_at: givenAt,
        recorded_at: at,
        recorded_by: personId,
        told,
      })
      .execute()
    const facts = { subjectId, schoolId, givenAt, told, words: hash }
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'emergency_disclosed',
      actor: `person:${personId}`,
      ref: disclosureId,
      facts,
    })
  })
  return disclosureId
}

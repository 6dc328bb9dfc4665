import type { Context } from 'hono'
import { type PupilInRound, pupilInRound } from '../../../consents/asked-of-pupil.ts'
import { questionText } from '../../../consents/shown-text.ts'
import { idOf } from '../../../http.ts'
import type { ConsentId, ItemId, PersonId } from '../../../ids.ts'
import { isOwnFamily } from '../../../people/same-human.ts'
import { currentTenure, personById } from '../../../people/store.ts'
import { Refusal } from '../../../refusal.ts'
import type { PageEnv } from '../../page.tsx'
import { type Brief, briefsOf } from '../../parent/brief.ts'
import { atDesk } from '../desk.ts'
import { type AtRound, pathOf, roundAtDesk, seesSchool } from './round-desk.ts'

/** The hashes of a question as it reads in each language. */
export interface Shown {
  nl: string
  en: string
}

/** What a form of this page comes back with when something was wrong with it. */
export interface Again {
  wrong?: Set<string>
  typed?: Record<string, string>
  changed?: boolean
}

export interface AtPupil extends AtRound {
  path: string
  personId: PersonId
  name: string
  groupName: string | null
  pupil: PupilInRound
  /** The very text of each question, to be bound to the answer, in the languages it can be read out in. */
  shown: Map<ConsentId, Shown>
  briefs: Map<ItemId, Brief>
  ownFamily: boolean
  /** May record answers here; who only watches sees how it stands. */
  records: boolean
}

/**
 * The pupil of the path, where one may be looked up.
 *
 * @throws Refusal `person_not_found` also for one of another school, and one whom the round asks nothing
 */
export async function pupilAtDesk(c: Context<PageEnv>): Promise<AtPupil> {
  const at = await roundAtDesk(c)
  const { desk, round, items } = at
  const { actor } = desk.around
  const { boardId } = actor
  const id = idOf<PersonId>().safeParse(c.req.param('personId'))
  if (!id.success || round.subjectKind !== 'pupil') throw new Refusal('person_not_found')
  const personId = id.data
  return await atDesk(c, desk, async (tx) => {
    const now = c.var.deps.now()
    const person = await personById(tx, boardId, personId)
    const tenure = await currentTenure(tx, boardId, personId, now)
    if (!person || !tenure || !seesSchool(desk.looksUp, tenure.schoolId)) throw new Refusal('person_not_found')
    const pupil = await pupilInRound(tx, boardId, items, personId, now)
    if (!pupil) throw new Refusal('person_not_found')
    const shown = new Map<ConsentId, Shown>()
    for (const { consent, state } of pupil.questions) {
      if (!['unanswered', 'given', 'refused', 'conflict'].includes(state.state)) continue
      const [nl, en] = [await questionText(tx, boardId, consent.consentId, 'nl'), await questionText(tx, boardId, consent.consentId, 'en')]
      if (nl && en) shown.set(consent.consentId, { nl: nl.hash.toString('hex'), en: en.hash.toString('hex') })
    }
    return {
      ...at,
      path: `${pathOf(round)}/pupils/${personId}`,
      personId,
      name: `${person.givenName} ${person.familyName}`,
      groupName: tenure.groupName,
      pupil,
      shown,
      briefs: await briefsOf(tx, items, c.var.language),
      records: seesSchool(desk.records, tenure.schoolId),
      ownFamily: await isOwnFamily(tx, actor, personId),
    }
  })
}

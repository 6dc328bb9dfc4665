import type { Context } from 'hono'
import { type Consent, mayStop, stateOf } from '../../consents/consent.ts'
import { latestPerDecider } from '../../consents/outcome.ts'
import { questionText, type ShownText } from '../../consents/shown-text.ts'
import { type AskedItem, consentById, consentsAbout } from '../../consents/store.ts'
import { inTransaction, type Tx } from '../../database.ts'
import { idOf } from '../../http.ts'
import type { ConsentId, PersonId } from '../../ids.ts'
import { whoMayAnswer } from '../../people/who-may-answer.ts'
import { Refusal } from '../../refusal.ts'
import type { Around, Subject } from '../around.ts'
import type { PageEnv } from '../page.tsx'

/** A consent as one of the persons of this account sees it. */
export interface Mine {
  around: Around
  subject: Subject
  consent: AskedItem
}

/**
 * Everything about the people around this account that it may see: what one of its persons may answer or stop. A former
 * guardian sees nothing; a parent of a pupil of sixteen sees what they gave themselves, until the pupil is eighteen.
 */
export async function myConsents(c: Context<PageEnv>): Promise<Mine[]> {
  return await inMyBoards(c, async (tx, at) => {
    const seen: Mine[] = []
    for (const around of c.var.around) {
      const about = around.subjects.map(({ personId }) => personId)
      for (const consent of await consentsAbout(tx, around.actor.boardId, about)) {
        const mine = seenBy(around, consent, at)
        if (mine) seen.push(mine)
      }
    }
    return seen
  })
}

/**
 * One consent by the id in the path, with what is shown about it and what else `more` reads in the same transaction.
 *
 * @throws Refusal `consent_not_found` also when it is somebody else's
 */
export async function myConsent<T>(
  c: Context<PageEnv>,
  more: (tx: Tx, mine: Mine) => Promise<T>,
): Promise<Mine & { shown: ShownText; more: T }> {
  const consentId = idOf<ConsentId>().safeParse(c.req.param('consentId'))
  if (!consentId.success) throw new Refusal('consent_not_found')
  return await inMyBoards(c, async (tx, at) => {
    for (const around of c.var.around) {
      const consent = await consentById(tx, around.actor.boardId, consentId.data)
      const mine = consent && seenBy(around, consent, at)
      const shown = mine && (await questionText(tx, around.actor.boardId, consentId.data, c.var.language))
      if (mine && shown) return { ...mine, shown, more: await more(tx, mine) }
    }
    throw new Refusal('consent_not_found')
  })
}

async function inMyBoards<T>(c: Context<PageEnv>, work: (tx: Tx, at: Date) => Promise<T>): Promise<T> {
  const { deps, around } = c.var
  const boards = [...new Set(around.map(({ actor }) => actor.boardId))]
  return await inTransaction(deps.db, { actor: 'account', boards }, (tx) => work(tx, deps.now()))
}

function seenBy(around: Around, consent: AskedItem, at: Date): Mine | undefined {
  const subject = around.subjects.find(({ personId }) => personId === consent.question.subject.personId)
  return subject && mayStop(consent, around.actor.personId, at) ? { around, subject, consent } : undefined
}

/** What this person answered last. */
export function myAnswer({ answers }: Consent, personId: PersonId) {
  return latestPerDecider(answers).find(({ deciderId }) => deciderId === personId)
}

/** Whether this person may answer it now: it is theirs to decide and not over. */
export function mayAnswerNow(consent: Consent, personId: PersonId, at: Date): boolean {
  const may = whoMayAnswer(consent.question.subject, at)
  return isOpen(consent, at) && may.known && may.deciders.some((decider) => decider.personId === personId)
}

/** Asked, not over, and theirs to answer, and they did not yet. */
export function waitsForMe(consent: Consent, personId: PersonId, at: Date): boolean {
  return mayAnswerNow(consent, personId, at) && !myAnswer(consent, personId)
}

/** Whether there is a yes of anybody that this person can stop now. */
export function canStop(consent: Consent, at: Date): boolean {
  return isOpen(consent, at) && latestPerDecider(consent.answers).some(({ answer }) => answer === 'yes')
}

function isOpen(consent: Consent, at: Date): boolean {
  return ['unanswered', 'given', 'refused', 'conflict', 'unknown'].includes(stateOf(consent, at).state)
}

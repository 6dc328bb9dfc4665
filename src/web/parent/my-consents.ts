import type { Context } from 'hono'
import type { State } from '../../consents/consent.ts'
import { latestPerDecider } from '../../consents/outcome.ts'
import { consentSeenBy, openQuestionsOf, type SeenConsent, type SharedItem, sharedAbout } from '../../consents/questions.ts'
import { itemText, type ShownText } from '../../consents/shown-text.ts'
import { inTransaction, type Tx } from '../../database.ts'
import { idOf } from '../../http.ts'
import type { ConsentId } from '../../ids.ts'
import type { Language } from '../../languages.ts'
import { Refusal } from '../../refusal.ts'
import type { Around, Subject } from '../around.ts'
import type { PageEnv } from '../page.tsx'
import { type Brief, briefsOf } from './brief.ts'

/** A consent as one of the persons of this account sees it. */
export interface Mine<Consent extends SeenConsent = SeenConsent> {
  around: Around
  subject: Subject
  consent: Consent
}

/** As a line in a list. */
export interface Listed<Consent extends SeenConsent = SeenConsent> extends Mine<Consent> {
  brief: Brief
}

/** As a page: with all that is shown about it, in the language of the page. */
export interface Whole extends Mine {
  shown: ShownText
}

/** The questions that wait for any of the persons of this account. */
export async function myQuestions(c: Context<PageEnv>): Promise<Listed[]> {
  return await collect(c, (tx, { actor }, at) => openQuestionsOf(tx, actor.boardId, actor.personId, at))
}

/** As lines of a list, in the language of the page. */
async function listed<Consent extends SeenConsent>(
  tx: Tx,
  language: Language,
  found: readonly Mine<Consent>[],
): Promise<Listed<Consent>[]> {
  const briefs = await briefsOf(
    tx,
    found.map(({ consent }) => consent.item),
    language,
  )
  return found.map((mine) => ({ ...mine, brief: briefs.get(mine.consent.itemId)! }))
}

/** Everything that is shared, or was, about the people around this account. */
export async function myShared(c: Context<PageEnv>): Promise<Listed<SharedItem>[]> {
  return await collect(c, async (tx, { actor, subjects }, at) => {
    const shared: SharedItem[] = []
    for (const { personId } of subjects) shared.push(...(await sharedAbout(tx, actor.boardId, personId, at, actor.personId)))
    return shared
  })
}

/**
 * The consent of the path, with what else `more` reads, or keeps, in the same transaction.
 *
 * @throws Refusal `consent_not_found` also when it is somebody else's
 */
export async function myConsent<T = undefined>(
  c: Context<PageEnv>,
  more?: (tx: Tx, mine: Whole) => Promise<T>,
): Promise<Whole & { more: T }> {
  const { deps, language } = c.var
  const id = idOf<ConsentId>().safeParse(c.req.param('consentId'))
  if (!id.success) throw new Refusal('consent_not_found')
  return await inMyBoards(c, async (tx) => {
    for (const around of c.var.around) {
      const { boardId, personId } = around.actor
      const consent = await consentSeenBy(tx, boardId, id.data, personId, deps.now())
      const subject = consent && subjectOf(around, consent)
      if (!subject) continue
      const mine = { around, subject, consent, shown: await itemText(tx, consent.item, language) }
      return { ...mine, more: (await more?.(tx, mine)) as T }
    }
    throw new Refusal('consent_not_found')
  })
}

/** Whether there is a yes of anybody that this person can stop now. */
export function canStop({ answers, state, mayStop }: SeenConsent): boolean {
  const saidYes = latestPerDecider(answers).some(({ answer }) => answer === 'yes')
  return mayStop && saidYes && !OVER.has(state.state)
}

/** Ended for good: a later yes needs a new question. */
export const OVER: ReadonlySet<State> = new Set<State>(['withdrawn', 'invalidated', 'lapsed', 'expired'])

async function collect<Consent extends SeenConsent>(
  c: Context<PageEnv>,
  read: (tx: Tx, around: Around, at: Date) => Promise<Consent[]>,
): Promise<Listed<Consent>[]> {
  const { deps, language } = c.var
  return await inMyBoards(c, async (tx) => {
    const found: Mine<Consent>[] = []
    for (const around of c.var.around) {
      for (const consent of await read(tx, around, deps.now())) {
        const subject = subjectOf(around, consent)
        if (subject) found.push({ around, subject, consent })
      }
    }
    return await listed(tx, language, found)
  })
}

/** Reads, or keeps, in the boards of whoever is signed in. */
export async function inMyBoards<T>(c: Context<PageEnv>, work: (tx: Tx) => Promise<T>): Promise<T> {
  const boards = [...new Set(c.var.around.map(({ actor }) => actor.boardId))]
  return await inTransaction(c.var.deps.db, { actor: 'account', boards }, work)
}

export const subjectOf = ({ subjects }: Around, { subjectId }: SeenConsent) => subjects.find(({ personId }) => personId === subjectId)

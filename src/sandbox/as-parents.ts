import { answerConsent } from '../consents/answer.ts'
import { stateOf } from '../consents/consent.ts'
import { latestPerDecider } from '../consents/outcome.ts'
import { questionText } from '../consents/shown-text.ts'
import { type AskedItem, consentsById } from '../consents/store.ts'
import { withdrawConsent } from '../consents/withdraw.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { PersonId } from '../ids.ts'
import { whoMayAnswer } from '../people/who-may-answer.ts'
import type { AboutRequest } from './as-school.ts'
import { type Rule, SLOW_MINUTES } from './cast.ts'
import { actorOf, rulesOf } from './sandbox.ts'

/** What one parent does about one question, and when. */
interface Act {
  consent: AskedItem
  parentId: PersonId
  does: 'yes' | 'no' | 'stop'
  from: Date
}

/**
 * The parents of a sandbox do what their rules say about the questions of one request, as far as it is time for it.
 *
 * @returns when the next of them will, if there is one
 */
export async function answerAsParents(deps: Deps, about: AboutRequest): Promise<Date | undefined> {
  const at = deps.now()
  const { boardId } = about
  const acts = await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => await actsIn(tx, about, at))
  for (const { consent, parentId, does } of acts.filter(({ from }) => from <= at)) {
    const actor = actorOf(boardId, parentId, at)
    const { consentId } = consent
    if (does === 'stop') await withdrawConsent(deps, actor, consentId)
    else
      await answerConsent(deps, actor, {
        consentId,
        answer: does,
        datatypes: null,
        untilAt: null,
        language: 'nl',
        ...(await shown(deps, consent)),
      })
  }
  const again = await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => await actsIn(tx, about, at))
  return again.map(({ from }) => from).toSorted((a, b) => a.getTime() - b.getTime())[0]
}

async function shown({ db }: Deps, { boardId, consentId }: AskedItem) {
  const text = await inTransaction(db, { actor: 'account', boards: [boardId] }, (tx) => questionText(tx, boardId, consentId, 'nl'))
  return { shownHash: text!.hash }
}

/** What the parents have still to do, now or later. */
async function actsIn(tx: Tx, { boardId, requestId }: AboutRequest, at: Date): Promise<Act[]> {
  const rows = await tx
    .selectFrom('consents as c')
    .innerJoin('items as i', (join) => join.onRef('i.board_id', '=', 'c.board_id').onRef('i.item_id', '=', 'c.item_id')) // items_pkey
    .select('c.consent_id')
    .where('i.board_id', '=', boardId)
    .where('i.request_id', '=', requestId)
    .execute()
  const consents = await consentsById(
    tx,
    boardId,
    rows.map(({ consent_id }) => consent_id),
  )
  const acts: Act[] = []
  for (const consent of consents.values()) {
    const may = whoMayAnswer(consent.question.subject, at)
    const parents = may.known ? may.deciders.map(({ personId }) => personId) : []
    const rules = await rulesOf(tx, boardId, parents)
    for (const parentId of parents) {
      const who = rules.get(parentId)
      const act = who && actOf(consent, parentId, who, at)
      if (act) acts.push({ consent, parentId, ...act })
    }
  }
  return acts
}

function actOf(
  consent: AskedItem,
  parentId: PersonId,
  { rule, nr }: { rule: Rule; nr: number },
  at: Date,
): Omit<Act, 'consent' | 'parentId'> | undefined {
  const { state } = stateOf(consent, at)
  const mine = latestPerDecider(consent.answers).find(({ deciderId }) => deciderId === parentId)
  if (!mine && ['unanswered', 'given', 'refused', 'conflict'].includes(state)) {
    const does = rule === 'no' || (rule === 'conflict' && nr > 0) ? 'no' : 'yes'
    return { does, from: rule === 'slow' ? later(consent.askedAt) : at }
  }
  if (rule === 'stops' && mine && state === 'given') return { does: 'stop', from: later(mine.answeredAt) }
  return undefined
}

const later = (moment: Date) => new Date(moment.getTime() + SLOW_MINUTES * 60_000)

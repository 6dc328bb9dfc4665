import type { PersonActor } from '../actors.ts'
import { sha256 } from '../canonical.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { mustBeFresh } from '../fresh-sign-in.ts'
import { type AccountId, type AnswerId, type BoardId, type ConsentId, newId, type PersonId } from '../ids.ts'
import type { Language } from '../languages.ts'
import { append } from '../ledger/append.ts'
import { mustHold } from '../people/mandates.ts'
import { familyOf, isSameHuman } from '../people/same-human.ts'
import { currentTenure } from '../people/store.ts'
import { type Decider, whoMayAnswer } from '../people/who-may-answer.ts'
import { Refusal } from '../refusal.ts'
import { type Change, settle } from './aftermath.ts'
import { answerBy, type ConsentState, type Reply, stateOf } from './consent.ts'
import { tell } from './notices.ts'
import { latestPerDecider } from './outcome.ts'
import { isVerySensitive, questionText } from './shown-text.ts'
import { type AskedItem, consentById, lockConsent } from './store.ts'

/** An answer, with the hash of what was on the screen or on the paper: `questionText` in that language. */
export interface GivenReply extends Reply {
  consentId: ConsentId
  shownHash: Uint8Array
  language: Language
}

/**
 * A decider answers on the web (steps 3 and K12). Their latest answer counts; what it comes to is derived.
 *
 * @param formToken of the rendered form, which is taken once in this transaction; leave it out where the edge has taken it
 * @returns the state after it
 * @throws Refusal `consent_not_found` also for a question that is not theirs, `consent_ended`, `basis_is_not_consent`,
 *   `may_stop_not_give`, `answer_widens`
 * @throws Refusal `sign_in_again` for a yes about very sensitive data without a fresh sign-in; a no never needs one
 * @throws Refusal `shown_text_differs` when what would be shown now is not what was shown; `form_used`
 */
export async function answerConsent(deps: Deps, actor: PersonActor, input: GivenReply & { formToken?: string }): Promise<ConsentState> {
  const at = deps.now()
  return await inTransaction(deps.db, { actor: 'account', boards: [actor.boardId] }, async (tx) => {
    if (input.formToken !== undefined) await takeForm(tx, actor.accountId, input.formToken, at)
    return await answerIn(tx, deps, at, actor, input)
  })
}

/**
 * As `answerConsent`, in the transaction of an act that takes the form by itself.
 *
 * @throws Refusal as `answerConsent`, but not `form_used`
 */
export async function answerIn(tx: Tx, deps: Deps, at: Date, actor: PersonActor, input: GivenReply): Promise<ConsentState> {
  const before = await heldConsent(tx, actor.boardId, input.consentId)
  return await addAnswer(tx, deps, at, before, actor.personId, input, { method: 'web', recordedBy: null, actor })
}

/**
 * A member of staff records what a decider answered on paper, by phone or at the desk: it weighs the same, and the ledger
 * names who recorded it. Staff answer for themselves: nobody records their answers.
 *
 * @throws Refusal as `answerConsent`, for the decider; and `mandate_missing`, `not_allowed`
 */
export async function recordAnswer(
  deps: Deps,
  actor: PersonActor,
  input: GivenReply & { deciderId: PersonId; method: 'paper' | 'phone' | 'desk' },
): Promise<ConsentState> {
  const at = deps.now()
  const { boardId, personId } = actor
  return await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const before = await heldConsent(tx, boardId, input.consentId)
    await mustRecordFor(tx, actor, before, input.deciderId, at)
    return await addAnswer(tx, deps, at, before, input.deciderId, input, { method: input.method, recordedBy: personId })
  })
}

/**
 * Lets pass who may record for others at the subject's school, but nothing about a colleague, nor about a child of their
 * own family: neither their own answer nor what the other parent is to have said (INV-08).
 *
 * @throws Refusal `mandate_missing`, `not_allowed`
 */
export async function mustRecordFor(tx: Tx, actor: PersonActor, { question }: AskedItem, deciderId: PersonId, at: Date): Promise<void> {
  const tenure = await currentTenure(tx, actor.boardId, question.subject.personId, at)
  await mustHold(tx, actor, ['consent_officer', 'school_leader'], at, tenure?.schoolId ?? undefined)
  if (question.subject.kind === 'employee') throw new Refusal('not_allowed')
  if (await isSameHuman(tx, actor, deciderId, ...familyOf(question.subject))) throw new Refusal('not_allowed')
}

/**
 * Takes hold of a consent for the rest of the transaction and reads it as it then stands.
 *
 * @throws Refusal `consent_not_found`
 */
export async function heldConsent(tx: Tx, boardId: BoardId, consentId: ConsentId): Promise<AskedItem> {
  const held = await lockConsent(tx, boardId, consentId)
  const consent = held ? await consentById(tx, boardId, consentId) : undefined
  if (!consent) throw new Refusal('consent_not_found')
  return consent
}

type HowAnswered =
  | { method: 'web'; recordedBy: null; actor: PersonActor }
  | { method: 'paper' | 'phone' | 'desk'; recordedBy: PersonId; actor?: undefined }

async function addAnswer(
  tx: Tx,
  deps: Deps,
  at: Date,
  before: AskedItem,
  by: PersonId,
  { shownHash, language, ...given }: GivenReply,
  { method, recordedBy, actor }: HowAnswered,
): Promise<ConsentState> {
  const { boardId, consentId, approach } = before
  const { decider, reply } = answerBy(before, by, given, at)
  await holdAuthority(tx, boardId, decider, at)
  const shown = await questionText(tx, boardId, consentId, language)
  if (!shown?.hash.equals(shownHash)) throw new Refusal('shown_text_differs')
  if (actor && reply.answer === 'yes' && isVerySensitive(shown.question, reply.datatypes)) mustBeFresh(actor, at)
  await tx
    .insertInto('shown_texts')
    .values({ board_id: boardId, shown_hash: shown.hash, approach, language, body: shown.body, first_shown_at: at })
    .onConflict((conflict) => conflict.columns(['board_id', 'shown_hash']).doNothing())
    .execute()

  const revision = await nextRevision(tx, before)
  const answerId = newId<AnswerId>(at)
  await tx
    .insertInto('answers')
    .values({
      board_id: boardId,
      answer_id: answerId,
      approach,
      consent_id: consentId,
      revision,
      decider_id: by,
      answer: reply.answer,
      datatypes: reply.datatypes ? [...reply.datatypes] : null,
      until_at: reply.untilAt,
      authority: decider.authority,
      guardianship_id: decider.guardianshipId,
      method,
      recorded_by: recordedBy,
      shown_hash: shown.hash,
      language,
      answered_at: at,
    })
    .execute()

  const { authority, guardianshipId } = decider
  const answer = { ...reply, deciderId: by, revision, authority, guardianshipId, answeredAt: at }
  const after: AskedItem = { ...before, revision, answers: [...before.answers, answer] }
  const change: Change = { before, after }
  await tellFirstYes(tx, deps, at, change, by)
  const { endedTokens, dutyIds } = await settle(tx, at, boardId, 'answer_given', [change])
  const state = stateOf(after, at)
  await append(tx, {
    boardId,
    approach,
    at,
    event: 'answer_given',
    actor: `person:${recordedBy ?? by}`,
    ref: consentId,
    facts: {
      answerId,
      itemId: before.itemId,
      subjectId: before.question.subject.personId,
      revision,
      deciderId: by,
      ...reply,
      authority,
      guardianshipId,
      method,
      recordedBy,
      shownHash: shown.hash.toString('hex'),
      language,
      state: state.state,
      endedTokens,
      dutyIds,
    },
  })
  return state
}

/**
 * Counts an act on the consent, if it is still as it was read: whoever acted on an older one gets nothing done.
 *
 * @throws Refusal `changed_meanwhile`
 */
export async function nextRevision(tx: Tx, { boardId, consentId, revision }: AskedItem): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('consents')
    .set({ revision: revision + 1 })
    .where('board_id', '=', boardId)
    .where('consent_id', '=', consentId) // consents_pkey
    .where('revision', '=', revision)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new Refusal('changed_meanwhile')
  return revision + 1
}

/** Whoever ends the authority waits for the answer, or the answer finds it ended (INV-08). */
async function holdAuthority(tx: Tx, boardId: BoardId, { guardianshipId }: Decider, at: Date): Promise<void> {
  if (guardianshipId === null) return
  const held = await tx
    .selectFrom('guardianships')
    .select('guardianship_id')
    .where('board_id', '=', boardId)
    .where('guardianship_id', '=', guardianshipId) // guardianships_pkey
    .where((where) => where.or([where('ends_at', 'is', null), where('ends_at', '>', at)]))
    .forShare()
    .executeTakeFirst()
  if (!held) throw new Refusal('not_your_consent')
}

/** A first yes is told at once to the other deciders, who may still say no. */
async function tellFirstYes(tx: Tx, deps: Deps, at: Date, { before, after }: Change, by: PersonId): Promise<void> {
  const saidYes = (consent: AskedItem) => latestPerDecider(consent.answers).some(({ answer }) => answer === 'yes')
  if (saidYes(before) || !saidYes(after)) return
  const may = whoMayAnswer(after.question.subject, at)
  const silent = may.known ? may.deciders.filter(({ personId }) => personId !== by) : []
  const path = `/questions/${after.consentId}`
  await tell(
    tx,
    deps,
    at,
    after.boardId,
    silent.map(({ personId }) => personId),
    'first_yes',
    path,
  )
}

/** @throws Refusal `form_used` */
async function takeForm(tx: Tx, accountId: AccountId, formToken: string, at: Date): Promise<void> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('used_forms')
    .values({ form_hash: sha256(formToken), account_id: accountId, used_at: at })
    .onConflict((conflict) => conflict.column('form_hash').doNothing())
    .executeTakeFirstOrThrow()
  if (numInsertedOrUpdatedRows !== 1n) throw new Refusal('form_used')
}

import type { PersonActor } from '../actors.ts'
import { sha256 } from '../canonical.ts'
import { amsterdamDay } from '../clock.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { mustBeFresh } from '../fresh-sign-in.ts'
import { type AccountId, type AnswerId, type BoardId, type ConsentId, newId, type PersonId } from '../ids.ts'
import type { Language } from '../languages.ts'
import { append, type LedgerEntry } from '../ledger/append.ts'
import { mustHold } from '../people/mandates.ts'
import { familyOf, isSameHuman } from '../people/same-human.ts'
import { currentTenure } from '../people/store.ts'
import { type Decider, whoMayAnswer } from '../people/who-may-answer.ts'
import { Refusal } from '../refusal.ts'
import { type Aftermath, type Change, settle } from './aftermath.ts'
import { noLongerAsked } from './asked-of.ts'
import { answerBy, type ConsentState, type Reply, stateOf } from './consent.ts'
import { type Act, giveReceipts } from './give-receipts.ts'
import { tellOnce } from './notices.ts'
import { latestPerDecider } from './outcome.ts'
import { isVerySensitive, keepShown, questionText } from './shown-text.ts'
import { type AskedItem, consentById, lockConsent } from './store.ts'

/** An answer, with the hash of what was on the screen or on the paper: `questionText` in that language. */
export interface GivenReply extends Reply {
  consentId: ConsentId
  shownHash: Uint8Array
  language: Language
  /** The revision of the consent that whoever acts has seen; absent where the latest answer may simply follow. */
  seen?: number
}

/** How an answer came in: by the decider, or through a named member of staff. */
export type Means =
  | { method: 'web'; recordedBy: null; actor: PersonActor }
  | { method: 'paper' | 'phone' | 'desk'; recordedBy: PersonId; actor?: undefined }

/**
 * A decider answers on the web (steps 3 and K12). Their latest answer counts; what it comes to is derived.
 *
 * @param formToken of the rendered form, which is taken once in this transaction; leave it out where the edge has taken it
 * @returns the state after it
 * @throws Refusal `consent_not_found` also for a question that is not theirs, `consent_ended`, `basis_is_not_consent`,
 *   `may_stop_not_give`, `answer_widens`, `subject_left`
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
  const means: Means = { method: 'web', recordedBy: null, actor }
  const [state] = await answersIn(tx, deps, at, { boardId: actor.boardId, deciderId: actor.personId, replies: [input], means })
  return state!
}

/**
 * Takes answers of one decider, each to a question of its own, all of them or none.
 *
 * @param check what else must hold of each consent once it is held
 * @returns the states after them, in the order of the replies
 * @throws Refusal as `answerIn`; `changed_meanwhile` for one that is not as it was seen
 */
async function answersIn(
  tx: Tx,
  deps: Deps,
  at: Date,
  { boardId, deciderId, replies, means }: { boardId: BoardId; deciderId: PersonId; replies: readonly GivenReply[]; means: Means },
  check: (consent: AskedItem) => Promise<void> = async () => {},
): Promise<ConsentState[]> {
  // All are held first, in one order for everybody, so that no two acts wait for each other.
  const held = new Map<ConsentId, AskedItem>()
  for (const consentId of replies.map((reply) => reply.consentId).sort()) held.set(consentId, await heldConsent(tx, boardId, consentId))
  for (const consent of held.values()) await check(consent)
  const given: Given[] = []
  for (const reply of replies) given.push(await addAnswer(tx, at, held.get(reply.consentId)!, deciderId, reply, means))
  const changes = given.map(({ change }) => change)
  await tellFirstYes(tx, deps, at, changes, deciderId)
  await giveReceipts(
    tx,
    deps,
    at,
    deciderId,
    given.map(({ act }) => act),
  )
  const aftermath = await settle(tx, at, boardId, 'answer_given', changes)
  await append(tx, ...given.map((one, nr) => entryOf(one, at, deciderId, means, nr === 0 ? aftermath : { endedTokens: [], dutyIds: [] })))
  return changes.map(({ after }) => stateOf(after, at))
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
  { deciderId, method, ...reply }: GivenReply & { deciderId: PersonId; method: 'paper' | 'phone' | 'desk' },
): Promise<ConsentState> {
  const [state] = await recordAnswers(deps, actor, { deciderId, method, replies: [reply] })
  return state!
}

/**
 * As `recordAnswer`, what one decider answered to several questions on one form or in one call: all or none.
 *
 * @returns the states after them, in the order of the replies
 * @throws Refusal as `recordAnswer`; `changed_meanwhile` when somebody answered since the form was made
 */
export async function recordAnswers(
  deps: Deps,
  actor: PersonActor,
  { deciderId, method, replies }: { deciderId: PersonId; method: 'paper' | 'phone' | 'desk'; replies: readonly GivenReply[] },
): Promise<ConsentState[]> {
  const at = deps.now()
  const { boardId, personId } = actor
  return await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const means: Means = { method, recordedBy: personId }
    return await answersIn(tx, deps, at, { boardId, deciderId, replies, means }, (consent) =>
      mustRecordFor(tx, actor, consent, deciderId, at),
    )
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

interface Given {
  change: Change
  act: Act
  facts: Record<string, unknown>
}

async function addAnswer(
  tx: Tx,
  at: Date,
  before: AskedItem,
  by: PersonId,
  { shownHash, language, seen, ...given }: GivenReply,
  { method, recordedBy, actor }: Means,
): Promise<Given> {
  const { boardId, consentId, approach } = before
  if (seen !== undefined && seen !== before.revision) throw new Refusal('changed_meanwhile')
  const { decider, reply } = answerBy(before, by, given, at)
  const left = reply.answer === 'yes' && (await noLongerAsked(tx, boardId, [consentId], at)).size > 0
  if (left) throw new Refusal('subject_left')
  await holdAuthority(tx, boardId, decider, at)
  const shown = await questionText(tx, boardId, consentId, language)
  if (!shown?.hash.equals(shownHash)) throw new Refusal('shown_text_differs')
  if (actor && reply.answer === 'yes' && isVerySensitive(shown.question, reply.datatypes)) mustBeFresh(actor, at)
  await keepShown(tx, before.item, shown, at)

  const revision = await nextRevision(tx, before)
  const answerId = newId<AnswerId>(at)
  const { authority, guardianshipId } = decider
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
      authority,
      guardianship_id: guardianshipId,
      method,
      recorded_by: recordedBy,
      shown_hash: shown.hash,
      language,
      answered_at: at,
    })
    .execute()
  const answer = { ...reply, deciderId: by, revision, authority, guardianshipId, answeredAt: at }
  const after: AskedItem = { ...before, revision, answers: [...before.answers, answer] }
  const facts = {
    answerId,
    revision,
    ...reply,
    authority,
    guardianshipId,
    method,
    recordedBy,
    shownHash: shown.hash.toString('hex'),
    language,
  }
  const act: Act = { consent: before, act: { kind: reply.answer, answerId }, method, shownHash: shown.hash, language }
  return { change: { before, after }, act, facts }
}

/** What the ledger keeps of an answer. What ended by several at once stands with the first. */
function entryOf({ change: { after }, facts }: Given, at: Date, by: PersonId, { recordedBy }: Means, aftermath: Aftermath): LedgerEntry {
  const { boardId, approach, consentId, itemId } = after
  const subjectId = after.question.subject.personId
  const { state } = stateOf(after, at)
  const all = { ...facts, itemId, subjectId, deciderId: by, state, ...aftermath }
  return { boardId, approach, at, event: 'answer_given', actor: `person:${recordedBy ?? by}`, ref: consentId, facts: all }
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

/**
 * A first yes is told at once to the other deciders, who may still say no: one mail to however many questions, and of each
 * question once a day, so that yes and undo by turns fill nobody's mailbox.
 */
async function tellFirstYes(tx: Tx, deps: Deps, at: Date, changes: readonly Change[], by: PersonId): Promise<void> {
  const saidYes = (consent: AskedItem) => latestPerDecider(consent.answers).some(({ answer }) => answer === 'yes')
  const first = changes.filter(({ before, after }) => !saidYes(before) && saidYes(after)).map(({ after }) => after)
  const silent = new Set<PersonId>()
  for (const { question } of first) {
    const may = whoMayAnswer(question.subject, at)
    if (may.known) for (const { personId } of may.deciders) if (personId !== by) silent.add(personId)
  }
  const [only, ...more] = first
  if (only)
    await tellOnce(
      tx,
      deps,
      at,
      only.boardId,
      [...silent],
      'first_yes',
      more.length === 0 ? `/questions/${only.consentId}/other-yes` : '/questions',
      first.map(({ consentId }) => `first_yes:${consentId}:${amsterdamDay(at)}`),
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

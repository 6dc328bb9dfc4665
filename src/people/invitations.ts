import type { PersonActor } from '../actors.ts'
import { sha256 } from '../canonical.ts'
import { type Db, inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type AccountId, type BoardId, newSecret, type PersonId } from '../ids.ts'
import { append, type LedgerActor, type LedgerEntry } from '../ledger/append.ts'
import { INVITATION_MAIL } from '../messages/invitation-mails.ts'
import { inBothLanguages } from '../messages/mail.ts'
import { enqueueMail } from '../notifications/enqueue.ts'
import { noteInformed } from '../notifications/informed.ts'
import { Refusal } from '../refusal.ts'
import { mustKeepApart } from './keep-apart.ts'
import { mustHold } from './mandates.ts'
import { newPaperCode, paperCodeIn } from './paper-code.ts'
import { isOwnFamily } from './same-human.ts'
import { boardById, lockRegister, personById, schoolsOf } from './store.ts'

/** Long enough for a letter read after the holidays; a newer invitation ends an older one. */
export const INVITATION_DAYS = 30

/**
 * Makes an invitation: whoever signs in with the address it is bound to can claim this person with the code, once.
 * Earlier invitations of this person stop working. Does NOT check who asks; the caller appends `invitationEntry`.
 *
 * @param email where it is sent and what it is bound to; the person's own address when left out
 * @returns the code; only its hash is kept
 * @throws Refusal `person_not_found`, `person_without_email`, `person_claimed_already`
 */
export async function invite(
  tx: Tx,
  at: Date,
  { boardId, personId, email }: { boardId: BoardId; personId: PersonId; email?: string },
): Promise<string> {
  const person = await personById(tx, boardId, personId)
  if (!person) throw new Refusal('person_not_found')
  const to = email ?? person.email
  if (!to) throw new Refusal('person_without_email')
  const code = newSecret()
  await keepInvitation(tx, at, { boardId, personId, code, email: to.toLowerCase() })
  return code
}

/**
 * As `invite`, on paper: whoever holds the letter claims this person with the code, once, by an address of their own or
 * without any. It is for who has no address, or shares it with somebody who has an account on it. Does NOT check who asks;
 * the caller appends `invitationEntry` and sees to it that the letter reaches this person.
 *
 * @param code one that the caller can make again (`paperCodeOf`): asked for twice, it is made once and stays what it was
 * @returns whether it is new; only its hash is kept
 * @throws Refusal `person_not_found`, `person_claimed_already`
 * @throws Refusal `form_used` when this code was made before, and does not work any more
 */
export async function inviteOnPaper(
  tx: Tx,
  at: Date,
  { boardId, personId, code }: { boardId: BoardId; personId: PersonId; code: string },
): Promise<boolean> {
  if (!(await personById(tx, boardId, personId))) throw new Refusal('person_not_found')
  const isNew = await keepInvitation(tx, at, { boardId, personId, code, email: null })
  if (isNew) await noteInformed(tx, boardId, [personId], { at, how: 'letter' })
  return isNew
}

/** Whether this code is of this person and still works. */
export async function paperCodeStands(
  tx: Tx,
  at: Date,
  { boardId, personId, code }: { boardId: BoardId; personId: PersonId; code: string },
): Promise<boolean> {
  const row = await tx
    .selectFrom('invitations')
    .select('expires_at')
    .where('code_hash', '=', sha256(code)) // invitations_pkey
    .where('board_id', '=', boardId)
    .where('person_id', '=', personId)
    .where('used_at', 'is', null)
    .executeTakeFirst()
  return row !== undefined && row.expires_at > at
}

/** An invitation that still works: when it was made, and how it went. */
export interface StandingInvitation {
  madeAt: Date
  on: 'mail' | 'paper'
}

/** There is at most one: the next ends what came before. Does NOT check who asks. */
export async function standingInvitation(
  tx: Tx,
  { boardId, personId }: { boardId: BoardId; personId: PersonId },
  at: Date,
): Promise<StandingInvitation | undefined> {
  const row = await tx
    .selectFrom('invitations')
    .select(['made_at', 'email'])
    .where('board_id', '=', boardId)
    .where('person_id', '=', personId) // invitations_by_person
    .where('used_at', 'is', null)
    .where('expires_at', '>', at)
    .orderBy('made_at', 'desc')
    .executeTakeFirst()
  return row && { madeAt: row.made_at, on: row.email === null ? 'paper' : 'mail' }
}

/** What whoever invites saw on the page: when the invitation that stands was made, null where there was none. */
export type SeenInvitation = Date | null

/**
 * A new invitation makes the one that stands worthless: only who saw that one may do that. The person is held until commit, so
 * that of two who invite at once the second sees the first's.
 *
 * @throws Refusal `changed_meanwhile`
 */
async function mustHaveSeen(tx: Tx, invited: { boardId: BoardId; personId: PersonId }, at: Date, seen: SeenInvitation): Promise<void> {
  await tx
    .selectFrom('persons')
    .select('person_id')
    .where('board_id', '=', invited.boardId)
    .where('person_id', '=', invited.personId) // persons_pkey
    .forNoKeyUpdate()
    .executeTakeFirst()
  const standing = await standingInvitation(tx, invited, at)
  if (standing && standing.madeAt.getTime() !== seen?.getTime()) throw new Refusal('changed_meanwhile')
}

async function keepInvitation(
  tx: Tx,
  at: Date,
  { boardId, personId, code, email }: { boardId: BoardId; personId: PersonId; code: string; email: string | null },
): Promise<boolean> {
  if (await accountOf(tx, boardId, personId)) throw new Refusal('person_claimed_already')
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('invitations')
    .values({
      code_hash: sha256(code),
      board_id: boardId,
      person_id: personId,
      email,
      made_at: at,
      expires_at: new Date(at.getTime() + INVITATION_DAYS * 86_400_000),
    })
    .onConflict((conflict) => conflict.column('code_hash').doNothing())
    .executeTakeFirstOrThrow()
  if (numInsertedOrUpdatedRows !== 1n) {
    if (await paperCodeStands(tx, at, { boardId, personId, code })) return false
    throw new Refusal('form_used')
  }
  await tx
    .updateTable('invitations')
    .set({ expires_at: at })
    .where('board_id', '=', boardId)
    .where('person_id', '=', personId) // invitations_by_person
    .where('code_hash', '<>', sha256(code))
    .where('used_at', 'is', null)
    .where('expires_at', '>', at)
    .execute()
  return true
}

/** What the ledger says of an invitation: for whom, by whom and whether it is on paper, not where it went. */
export function invitationEntry(
  boardId: BoardId,
  personId: PersonId,
  at: Date,
  actor: LedgerActor,
  on: 'mail' | 'paper' = 'mail',
): LedgerEntry {
  return { boardId, approach: 'organisation', at, event: 'invitation_made', actor, ref: personId, ...(on === 'paper' && { facts: { on } }) }
}

/**
 * Staff invite a person of their board by mail, to the address the school has of them. With a mandate for one school:
 * whoever learns or works there, or stands for a pupil of it.
 *
 * @throws Refusal `mandate_missing`, `person_not_found`, `person_without_email`, `person_claimed_already`
 * @throws Refusal `changed_meanwhile` when a colleague invited them since that page
 */
export async function invitePerson(deps: Deps, actor: PersonActor, personId: PersonId, seen: SeenInvitation = null): Promise<void> {
  const at = deps.now()
  const { boardId } = actor
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustInvite(tx, actor, personId, at)
    await mustHaveSeen(tx, { boardId, personId }, at, seen)
    const code = await invite(tx, at, { boardId, personId })
    const [board, person] = [await boardById(tx, boardId), await personById(tx, boardId, personId)]
    const mail = inBothLanguages(INVITATION_MAIL, { issuer: deps.issuer, boardName: board.name, code })
    await enqueueMail(tx, deps, { ...mail, to: person!.email!, at })
    await append(tx, invitationEntry(boardId, personId, at, `person:${actor.personId}`))
  })
}

/**
 * Staff print a letter with a code for a person of their board, as `invitePerson` lets them. Nobody makes one for their own
 * family: who holds the letter answers as the one it is for.
 *
 * @param code as of `inviteOnPaper`: the second press of the button prints the first letter again
 * @returns the code
 * @throws Refusal `mandate_missing`, `not_allowed`, and as `inviteOnPaper`
 * @throws Refusal `changed_meanwhile` as `invitePerson`
 */
export async function printInvitation(
  deps: Deps,
  actor: PersonActor,
  personId: PersonId,
  { code = newPaperCode(), seen = null }: { code?: string; seen?: SeenInvitation } = {},
): Promise<string> {
  const at = deps.now()
  const { boardId } = actor
  return await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustInvite(tx, actor, personId, at)
    if (await isOwnFamily(tx, actor, personId)) throw new Refusal('not_allowed')
    const isPrintedAgain = await paperCodeStands(tx, at, { boardId, personId, code })
    if (!isPrintedAgain) await mustHaveSeen(tx, { boardId, personId }, at, seen)
    if (await inviteOnPaper(tx, at, { boardId, personId, code })) {
      await append(tx, invitationEntry(boardId, personId, at, `person:${actor.personId}`, 'paper'))
    }
    return code
  })
}

/**
 * Who lets people in: for the schools that this person has to do with.
 *
 * @throws Refusal `mandate_missing`
 */
export async function mustInvite(tx: Tx, actor: PersonActor, personId: PersonId, at: Date): Promise<void> {
  const mandates = await mustHold(tx, actor, ['administrator', 'school_leader', 'consent_officer'], at, 'any')
  const schools = await schoolsOf(tx, actor.boardId, personId, at)
  if (!mandates.some(({ schoolId }) => schoolId === null || schools.includes(schoolId))) throw new Refusal('mandate_missing')
}

/**
 * An account claims the person it was invited for. The invitation works once and until its last day. One that went by mail
 * works only for the account of the address it was sent to, which signing in has verified; one on paper for whoever holds
 * the letter. Every other way looks the same: not valid.
 *
 * @throws Refusal `invitation_invalid`, and as `mustKeepApart`
 */
export async function acceptInvitation(
  { db, now }: Deps,
  accountId: AccountId,
  code: string,
): Promise<{ boardId: BoardId; personId: PersonId }> {
  const at = now()
  const boardId = await boardOfInvitation(db, code)
  return await inTransaction(db, { actor: 'account', boards: [boardId] }, async (tx) => {
    return { boardId, personId: await acceptInvitationIn(tx, at, boardId, accountId, code) }
  })
}

/**
 * As `acceptInvitation`, in the transaction of an act that works for the board of the invitation.
 *
 * @throws Refusal as `acceptInvitation`
 */
export async function acceptInvitationIn(tx: Tx, at: Date, boardId: BoardId, accountId: AccountId, code: string): Promise<PersonId> {
  await lockRegister(tx, boardId, 'shared')
  const { email } = await tx
    .selectFrom('accounts')
    .select('email')
    .where('account_id', '=', accountId) // accounts_pkey
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
  const used = await tx
    .updateTable('invitations')
    .set({ used_at: at })
    .where('code_hash', '=', hashOf(code)) // invitations_pkey
    .where((where) => where.or([where('email', 'is', null), where('email', '=', email)]))
    .where('used_at', 'is', null)
    .where('expires_at', '>', at)
    .returning('person_id')
    .executeTakeFirst()
  if (!used) throw new Refusal('invitation_invalid')
  const personId = used.person_id
  const claimed = await tx
    .insertInto('account_persons')
    .values({ account_id: accountId, board_id: boardId, person_id: personId, claimed_at: at })
    .onConflict((conflict) => conflict.constraint('account_persons_one_account_per_person').doNothing())
    .returning('person_id')
    .executeTakeFirst()
  if (!claimed) throw new Refusal('invitation_invalid')
  await mustKeepApart(tx, boardId, accountId, at)
  await append(tx, {
    boardId,
    approach: 'organisation',
    at,
    event: 'person_claimed',
    actor: `person:${personId}`,
    ref: personId,
    facts: { accountId },
  })
  return personId
}

/**
 * The board an invitation is of. Does NOT say that it still works.
 *
 * @throws Refusal `invitation_invalid`
 */
export async function boardOfInvitation(db: Db, code: string): Promise<BoardId> {
  const row = await db.selectFrom('invitations').select('board_id').where('code_hash', '=', hashOf(code)).executeTakeFirst() // invitations_pkey
  if (!row) throw new Refusal('invitation_invalid')
  return row.board_id
}

/** Whether this account came by a person with this code, and has them still: the second press of the button shows the first. */
export async function cameByThis({ db }: Deps, accountId: AccountId, code: string): Promise<boolean> {
  const row = await db
    .selectFrom('invitations')
    .select(['board_id', 'person_id'])
    .where('code_hash', '=', hashOf(code)) // invitations_pkey
    .where('used_at', 'is not', null)
    .executeTakeFirst()
  if (!row) return false
  const { board_id: boardId, person_id: personId } = row
  return await inTransaction(
    db,
    { actor: 'account', boards: [boardId] },
    async (tx) => (await accountOf(tx, boardId, personId)) === accountId,
  )
}

/** Of a code by mail as it is, of one on paper as it was made, however it was typed over. */
function hashOf(code: string): Buffer {
  return sha256(paperCodeIn(code) ?? code)
}

/** The account that claimed this person. */
export async function accountOf(tx: Tx, boardId: BoardId, personId: PersonId): Promise<AccountId | undefined> {
  const row = await tx
    .selectFrom('account_persons')
    .select('account_id')
    .where('board_id', '=', boardId)
    .where('person_id', '=', personId) // account_persons_one_account_per_person
    .executeTakeFirst()
  return row?.account_id
}

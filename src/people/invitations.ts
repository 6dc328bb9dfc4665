import type { PersonActor } from '../actors.ts'
import { sha256 } from '../canonical.ts'
import { type Db, inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type AccountId, type BoardId, newSecret, type PersonId } from '../ids.ts'
import { append, type LedgerActor, type LedgerEntry } from '../ledger/append.ts'
import { enqueueMail } from '../notifications/enqueue.ts'
import { Refusal } from '../refusal.ts'
import { invitationMail } from './invitation-mail.ts'
import { mustKeepApart } from './keep-apart.ts'
import { mustHold } from './mandates.ts'
import { boardById, lockRegister, personById, schoolsOf } from './store.ts'

/** Long enough for a letter read after the holidays; a newer invitation ends an older one. */
const VALID_DAYS = 30

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
  if (await accountOf(tx, boardId, personId)) throw new Refusal('person_claimed_already')

  await tx
    .updateTable('invitations')
    .set({ expires_at: at })
    .where('board_id', '=', boardId)
    .where('person_id', '=', personId) // invitations_by_person
    .where('used_at', 'is', null)
    .where('expires_at', '>', at)
    .execute()
  const code = newSecret()
  await tx
    .insertInto('invitations')
    .values({
      code_hash: sha256(code),
      board_id: boardId,
      person_id: personId,
      email: to.toLowerCase(),
      made_at: at,
      expires_at: new Date(at.getTime() + VALID_DAYS * 86_400_000),
    })
    .execute()
  return code
}

/** What the ledger says of an invitation: for whom and by whom, not where it went. */
export function invitationEntry(boardId: BoardId, personId: PersonId, at: Date, actor: LedgerActor): LedgerEntry {
  return { boardId, approach: 'organisation', at, event: 'invitation_made', actor, ref: personId }
}

/**
 * Staff invite a person of their board by mail, to the address the school has of them. With a mandate for one school:
 * whoever learns or works there, or stands for a pupil of it.
 *
 * @throws Refusal `mandate_missing`, `person_not_found`, `person_without_email`, `person_claimed_already`
 */
export async function invitePerson(deps: Deps, actor: PersonActor, personId: PersonId): Promise<void> {
  const at = deps.now()
  const { boardId } = actor
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const mandates = await mustHold(tx, actor, ['administrator', 'school_leader', 'consent_officer'], at, 'any')
    const schools = await schoolsOf(tx, boardId, personId, at)
    if (!mandates.some(({ schoolId }) => schoolId === null || schools.includes(schoolId))) throw new Refusal('mandate_missing')
    const code = await invite(tx, at, { boardId, personId })
    const [board, person] = [await boardById(tx, boardId), await personById(tx, boardId, personId)]
    await enqueueMail(tx, deps, { ...invitationMail({ issuer: deps.issuer, boardName: board.name, code }), to: person!.email!, at })
    await append(tx, invitationEntry(boardId, personId, at, `person:${actor.personId}`))
  })
}

/**
 * An account claims the person it was invited for. The invitation works once, until its last day, and only for the
 * account of the address it was sent to, which signing in has verified. Every other way looks the same: not valid.
 *
 * @throws Refusal `invitation_invalid`, and as `mustKeepApart`
 */
export async function acceptInvitation(
  { db, now }: Deps,
  accountId: AccountId,
  code: string,
): Promise<{ boardId: BoardId; personId: PersonId }> {
  const at = now()
  const codeHash = sha256(code)
  const boardId = await boardOfInvitation(db, codeHash)
  return await inTransaction(db, { actor: 'account', boards: [boardId] }, async (tx) => {
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
      .where('code_hash', '=', codeHash) // invitations_pkey
      .where('email', '=', email)
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
    return { boardId, personId }
  })
}

async function boardOfInvitation(db: Db, codeHash: Buffer): Promise<BoardId> {
  const row = await db.selectFrom('invitations').select('board_id').where('code_hash', '=', codeHash).executeTakeFirst() // invitations_pkey
  if (!row) throw new Refusal('invitation_invalid')
  return row.board_id
}

async function accountOf(tx: Tx, boardId: BoardId, personId: PersonId): Promise<AccountId | undefined> {
  const row = await tx
    .selectFrom('account_persons')
    .select('account_id')
    .where('board_id', '=', boardId)
    .where('person_id', '=', personId) // account_persons_one_account_per_person
    .executeTakeFirst()
  return row?.account_id
}

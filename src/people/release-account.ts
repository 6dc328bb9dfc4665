import type { PersonActor } from '../actors.ts'
import { type Db, inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { mustBeFresh } from '../fresh-sign-in.ts'
import type { AccountId, PersonId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { RELEASED_MAIL } from '../messages/invitation-mails.ts'
import { inBothLanguages } from '../messages/mail.ts'
import { enqueueMail } from '../notifications/enqueue.ts'
import { Refusal } from '../refusal.ts'
import { mustInvite } from './invitations.ts'
import { mandatesOf } from './mandates.ts'
import { isOwnFamily } from './same-human.ts'
import { boardById, lockRegister, personById } from './store.ts'

/**
 * Staff take a person from the account that holds it, so that a new invitation or letter can bind them anew: for who lost
 * the only way in. From then on the old account sees and does nothing of this person any more, and is told. What they
 * answered stands. Not for one's own family, and not for who has a task at the school: that would hand the task over too.
 *
 * @throws Refusal `mandate_missing`, `not_allowed`, `sign_in_again`
 * @throws Refusal `person_not_found`, `person_not_claimed`, `person_has_task`
 */
export async function releaseAccount(deps: Deps, actor: PersonActor, personId: PersonId): Promise<void> {
  const at = deps.now()
  const { boardId } = actor
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await lockRegister(tx, boardId)
    const person = await personById(tx, boardId, personId)
    if (!person) throw new Refusal('person_not_found')
    await mustInvite(tx, actor, personId, at)
    if (await isOwnFamily(tx, actor, personId)) throw new Refusal('not_allowed')
    if ((await mandatesOf(tx, boardId, personId, at)).length > 0) throw new Refusal('person_has_task')
    mustBeFresh(actor, at)
    const released = await tx
      .deleteFrom('account_persons as ap')
      .using('accounts as a')
      .whereRef('a.account_id', '=', 'ap.account_id')
      .where('ap.board_id', '=', boardId)
      .where('ap.person_id', '=', personId) // account_persons_one_account_per_person
      .returning(['ap.account_id', 'a.email'])
      .executeTakeFirst()
    if (!released) throw new Refusal('person_not_claimed')
    const boardName = (await boardById(tx, boardId)).name
    const personName = `${person.givenName} ${person.familyName}`
    await tx
      .insertInto('account_releases')
      .values({
        account_id: released.account_id,
        board_id: boardId,
        person_id: personId,
        released_at: at,
        board_name: boardName,
        person_name: personName,
      })
      .execute()
    for (const to of new Set([released.email, person.email?.toLowerCase()])) {
      if (to) await enqueueMail(tx, deps, { ...inBothLanguages(RELEASED_MAIL, { issuer: deps.issuer, boardName }), to, at })
    }
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'person_released',
      actor: `person:${actor.personId}`,
      ref: personId,
      facts: { accountId: released.account_id },
    })
  })
}

export interface AccountRelease {
  boardName: string
  personName: string
  at: Date
}

/** So long its holder reads of it on their pages. */
const TOLD_DAYS = 90

/** What was taken from this account lately, the newest first. */
export async function releasesFrom(db: Db, accountId: AccountId, at: Date): Promise<AccountRelease[]> {
  const rows = await db
    .selectFrom('account_releases')
    .select(['board_name', 'person_name', 'released_at'])
    .where('account_id', '=', accountId) // account_releases_pkey
    .where('released_at', '>', new Date(at.getTime() - TOLD_DAYS * 86_400_000))
    .orderBy('released_at', 'desc')
    .execute()
  return rows.map(({ board_name, person_name, released_at }) => ({ boardName: board_name, personName: person_name, at: released_at }))
}

import { sql } from 'kysely'
import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type AccountId, type BoardId, type GuardianshipId, newIds, type PersonId, type TokenId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import { tokensByApproach, tokensEnded } from '../tokens/by-approach.ts'
import { endTokens } from '../tokens/end-tokens.ts'
import { mustKeepApart } from './keep-apart.ts'
import { mustHold } from './mandates.ts'
import { MAY_RECORD } from './record-guardianship.ts'
import { isSameHuman } from './same-human.ts'
import { currentTenures, lockRegister } from './store.ts'
import type { GuardianshipKind } from './who-may-answer.ts'

/** More than a large group of pupils has; a school confirms group by group. */
export const MOST_AT_ONCE = 500

/**
 * Staff of the pupils' schools say of many guardians at once that they have authority: what the school found out, as
 * `recordGuardianship` does for one. All of them or none. Those that are known by now are left as they are.
 *
 * @returns those that were left, for whoever says it to see what a colleague found out
 * @throws Refusal `mandate_missing`; `not_allowed` for one's own; `input_invalid` for none or too many
 * @throws Refusal as `mustKeepApart`, of the guardians' accounts
 */
export async function confirmAuthority(
  { db, now }: Deps,
  actor: PersonActor,
  guardianshipIds: readonly GuardianshipId[],
): Promise<GuardianshipId[]> {
  const at = now()
  const { boardId, personId } = actor
  if (guardianshipIds.length === 0 || guardianshipIds.length > MOST_AT_ONCE)
    throw new Refusal('input_invalid', { fields: ['guardianships'] })
  return await inTransaction(db, { actor: 'job', boards: [boardId] }, async (tx) => {
    await lockRegister(tx, boardId)
    const unknown = await openUnknown(tx, boardId, guardianshipIds, at)
    const stillUnknown = new Set(unknown.map(({ guardianship_id }) => guardianship_id))
    const left = guardianshipIds.filter((id) => !stillUnknown.has(id))
    if (unknown.length === 0) return left
    const pupils = [...new Set(unknown.map(({ pupil_id }) => pupil_id))].toSorted()
    await mustRecordForAll(tx, actor, pupils, at)
    if (await isSameHuman(tx, actor, ...unknown.map(({ guardian_id }) => guardian_id))) throw new Refusal('not_allowed')

    const ids = newIds<GuardianshipId>(at, unknown.length)
    await tx
      .updateTable('guardianships')
      .set((set) => ({ ends_at: set.fn('greatest', [set.val(at), 'starts_at']), ended_by: personId }))
      .where('board_id', '=', boardId)
      .where(
        'guardianship_id',
        'in',
        unknown.map(({ guardianship_id }) => guardianship_id),
      ) // guardianships_pkey
      .execute()
    await tx
      .insertInto('guardianships')
      .values(
        unknown.map(({ guardian_id, pupil_id, kind, ends_at }, nr) => ({
          board_id: boardId,
          guardianship_id: ids[nr]!,
          guardian_id,
          pupil_id,
          kind,
          authority: 'yes' as const,
          source: 'staff' as const,
          recorded_by: personId,
          starts_at: at,
          ends_at,
        })),
      )
      .execute()
    for (const accountId of await accountsOf(tx, boardId, unknown)) await mustKeepApart(tx, boardId, accountId, at)

    const ended: TokenId[] = []
    for (const subjectId of pupils) ended.push(...(await endTokens(tx, boardId, at, { subjectId }, 'authority_confirmed')))
    const tokens = await tokensByApproach(tx, boardId, ended)
    const by = `person:${personId}` as const
    const confirmed = unknown.map(({ guardianship_id, guardian_id, pupil_id }, nr) => {
      return { guardianshipId: ids[nr]!, guardianId: guardian_id, pupilId: pupil_id, replaced: guardianship_id }
    })
    await append(
      tx,
      {
        boardId,
        approach: 'organisation',
        at,
        event: 'authority_confirmed',
        actor: by,
        ref: boardId,
        facts: { confirmed, endedTokens: tokens.organisation },
      },
      ...tokensEnded(boardId, at, by, boardId, 'authority_confirmed', { subject: tokens.subject }),
    )
    return left
  })
}

interface OpenUnknown {
  guardianship_id: GuardianshipId
  guardian_id: PersonId
  pupil_id: PersonId
  kind: GuardianshipKind
  ends_at: Date | null
}

async function openUnknown(tx: Tx, boardId: BoardId, ids: readonly GuardianshipId[], at: Date): Promise<OpenUnknown[]> {
  return await tx
    .selectFrom('guardianships')
    .select(['guardianship_id', 'guardian_id', 'pupil_id', 'kind', 'ends_at'])
    .where('board_id', '=', boardId)
    .where('guardianship_id', '=', sql<GuardianshipId>`any(${ids}::uuid[])`) // guardianships_pkey
    .where('authority', '=', 'unknown')
    .where((where) => where.or([where('ends_at', 'is', null), where('ends_at', '>', at)]))
    .orderBy('guardianship_id')
    .execute()
}

/** A pupil without a tenure is the board's to speak of, not a school's. */
async function mustRecordForAll(tx: Tx, actor: PersonActor, pupils: PersonId[], at: Date): Promise<void> {
  const held = await mustHold(tx, actor, MAY_RECORD, at, 'any')
  if (held.some(({ schoolId }) => schoolId === null)) return
  const tenures = await currentTenures(tx, actor.boardId, pupils, at)
  const schoolOf = (pupil: PersonId) => tenures.get(pupil)?.schoolId
  if (!pupils.every((pupil) => held.some(({ schoolId }) => schoolId === schoolOf(pupil)))) throw new Refusal('mandate_missing')
}

async function accountsOf(tx: Tx, boardId: BoardId, guardians: readonly { guardian_id: PersonId }[]): Promise<AccountId[]> {
  const rows = await tx
    .selectFrom('account_persons')
    .select('account_id')
    .distinct()
    .where('board_id', '=', boardId)
    .where('person_id', '=', sql<PersonId>`any(${guardians.map(({ guardian_id }) => guardian_id)}::uuid[])`) // account_persons_one_account_per_person
    .orderBy('account_id')
    .execute()
  return rows.map(({ account_id }) => account_id)
}

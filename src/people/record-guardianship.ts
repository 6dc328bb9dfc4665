import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type BoardId, type GuardianshipId, newId, type PersonId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import type { LedgerEvent } from '../ledger/events.ts'
import { Refusal } from '../refusal.ts'
import { tokensByApproach, tokensEnded } from '../tokens/by-approach.ts'
import { endTokens } from '../tokens/end-tokens.ts'
import type { Beside } from './beside.ts'
import { mustKeepApart } from './keep-apart.ts'
import type { MandateRole } from './mandate.ts'
import { mustHold } from './mandates.ts'
import { isSameHuman } from './same-human.ts'
import { currentTenure, lockRegister, personsById } from './store.ts'
import type { Authority, GuardianshipKind } from './who-may-answer.ts'

export interface NewGuardianship {
  guardianId: PersonId
  pupilId: PersonId
  kind: GuardianshipKind
  authority: Authority
  /** For a mandate that was given for a time. */
  endsAt?: Date
  /** The pupil's guardianships as whoever records has seen them; absent where what others recorded does not matter. */
  seen?: readonly GuardianshipId[]
}

export const MAY_RECORD: MandateRole[] = ['administrator', 'school_leader', 'consent_officer']

/**
 * Staff of the pupil's school record who somebody is to a pupil and whether they have authority: what the school found
 * out, which from then on no roster overwrites. It replaces what was recorded about the two. Nobody records their own.
 *
 * Who may answer changes with it, so tokens about the pupil end; where everything still stands the next is at hand.
 *
 * @throws Refusal `person_not_found`, `mandate_missing`, `not_allowed`, `input_invalid`; `changed_meanwhile` when they are not as seen
 * @throws Refusal as `mustKeepApart`, of the guardian's account
 */
export async function recordGuardianship(
  { db, now }: Deps,
  actor: PersonActor,
  guardianship: NewGuardianship,
  beside?: Beside,
): Promise<GuardianshipId> {
  const at = now()
  const { boardId } = actor
  const { guardianId, pupilId, kind, authority, endsAt, seen } = guardianship
  if (guardianId === pupilId) throw new Refusal('input_invalid', { fields: ['guardianId'] })
  if (endsAt && endsAt <= at) throw new Refusal('input_invalid', { fields: ['endsAt'] })
  return await inTransaction(db, { actor: 'job', boards: [boardId] }, async (tx) => {
    await lockRegister(tx, boardId)
    await mustRecordFor(tx, actor, pupilId, at)
    if ((await personsById(tx, boardId, [guardianId, pupilId])).size < 2) throw new Refusal('person_not_found')
    if (await isSameHuman(tx, actor, guardianId)) throw new Refusal('not_allowed')
    if (seen) await mustBeAsSeen(tx, boardId, pupilId, seen, at)

    await beside?.before(tx, at)
    const replaced = await endOpen(tx, boardId, guardianId, pupilId, actor.personId, at)
    const guardianshipId = newId<GuardianshipId>(at)
    await tx
      .insertInto('guardianships')
      .values({
        board_id: boardId,
        guardianship_id: guardianshipId,
        guardian_id: guardianId,
        pupil_id: pupilId,
        kind,
        authority,
        source: 'staff',
        recorded_by: actor.personId,
        starts_at: at,
        ends_at: endsAt,
      })
      .execute()
    await mustKeepGuardianApart(tx, boardId, guardianId, at)
    await beside?.after(tx, at)
    await tell(tx, actor, at, 'guardianship_recorded', guardianshipId, { guardianId, pupilId, kind, authority, endsAt, replaced })
    return guardianshipId
  })
}

/**
 * Staff of the pupil's school end a guardianship, now. A roster that still names the two does not open it again.
 *
 * @throws Refusal `guardianship_not_found`, `mandate_missing`, `not_allowed`
 */
export async function endGuardianship(
  { db, now }: Deps,
  actor: PersonActor,
  guardianshipId: GuardianshipId,
  beside?: Beside,
): Promise<void> {
  const at = now()
  const { boardId } = actor
  await inTransaction(db, { actor: 'job', boards: [boardId] }, async (tx) => {
    await lockRegister(tx, boardId)
    const open = await tx
      .selectFrom('guardianships')
      .select(['guardian_id', 'pupil_id'])
      .where('board_id', '=', boardId)
      .where('guardianship_id', '=', guardianshipId) // guardianships_pkey
      .where((where) => where.or([where('ends_at', 'is', null), where('ends_at', '>', at)]))
      .executeTakeFirst()
    if (!open) throw new Refusal('guardianship_not_found')
    await mustRecordFor(tx, actor, open.pupil_id, at)
    if (await isSameHuman(tx, actor, open.guardian_id)) throw new Refusal('not_allowed')
    await beside?.before(tx, at)
    await endOpen(tx, boardId, open.guardian_id, open.pupil_id, actor.personId, at)
    await beside?.after(tx, at)
    await tell(tx, actor, at, 'guardianship_ended', guardianshipId, { guardianId: open.guardian_id, pupilId: open.pupil_id })
  })
}

/** @throws Refusal `changed_meanwhile` */
async function mustBeAsSeen(tx: Tx, boardId: BoardId, pupilId: PersonId, seen: readonly GuardianshipId[], at: Date): Promise<void> {
  const open = await tx
    .selectFrom('guardianships')
    .select('guardianship_id')
    .where('board_id', '=', boardId)
    .where('pupil_id', '=', pupilId) // guardianships_by_pupil
    .where((where) => where.or([where('ends_at', 'is', null), where('ends_at', '>', at)]))
    .execute()
  const now = new Set(open.map(({ guardianship_id }) => guardianship_id))
  if (now.size !== seen.length || seen.some((one) => !now.has(one))) throw new Refusal('changed_meanwhile')
}

/** A pupil without a tenure is the board's to speak of, not a school's. */
async function mustRecordFor(tx: Tx, actor: PersonActor, pupilId: PersonId, at: Date): Promise<void> {
  const tenure = await currentTenure(tx, actor.boardId, pupilId, at)
  await mustHold(tx, actor, MAY_RECORD, at, tenure?.schoolId ?? undefined)
}

async function endOpen(
  tx: Tx,
  boardId: BoardId,
  guardianId: PersonId,
  pupilId: PersonId,
  endedBy: PersonId,
  at: Date,
): Promise<GuardianshipId[]> {
  const ended = await tx
    .updateTable('guardianships')
    .set((set) => ({ ends_at: set.fn('greatest', [set.val(at), 'starts_at']), ended_by: endedBy }))
    .where('board_id', '=', boardId)
    .where('pupil_id', '=', pupilId) // guardianships_by_pupil
    .where('guardian_id', '=', guardianId)
    .where((where) => where.or([where('ends_at', 'is', null), where('ends_at', '>', at)]))
    .returning('guardianship_id')
    .execute()
  return ended.map(({ guardianship_id }) => guardianship_id)
}

async function mustKeepGuardianApart(tx: Tx, boardId: BoardId, guardianId: PersonId, at: Date): Promise<void> {
  const claimed = await tx
    .selectFrom('account_persons')
    .select('account_id')
    .where('board_id', '=', boardId)
    .where('person_id', '=', guardianId) // account_persons_one_account_per_person
    .executeTakeFirst()
  if (claimed) await mustKeepApart(tx, boardId, claimed.account_id, at)
}

async function tell(
  tx: Tx,
  { boardId, personId }: PersonActor,
  at: Date,
  event: LedgerEvent,
  guardianshipId: GuardianshipId,
  facts: { pupilId: PersonId; [fact: string]: unknown },
): Promise<void> {
  const ended = await endTokens(tx, boardId, at, { subjectId: facts.pupilId }, event)
  const tokens = await tokensByApproach(tx, boardId, ended)
  const by = `person:${personId}` as const
  await append(
    tx,
    { boardId, approach: 'organisation', at, event, actor: by, ref: guardianshipId, facts: { ...facts, endedTokens: tokens.organisation } },
    ...tokensEnded(boardId, at, by, guardianshipId, event, { subject: tokens.subject }),
  )
}

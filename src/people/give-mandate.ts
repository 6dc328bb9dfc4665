import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type BoardId, type MandateId, newId, type PersonId, type SchoolId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import { goesWith, type MandateRole } from './mandate.ts'
import { mustHold } from './mandates.ts'
import { isSameHuman } from './same-human.ts'
import { lockRegister } from './store.ts'

export interface NewMandate {
  personId: PersonId
  role: MandateRole
  /** Without it the mandate is for the whole board. */
  schoolId?: SchoolId
  /** For teachers: the one group it is for. */
  groupName?: string
  /** Later than now; without it the mandate begins at once. */
  startsAt?: Date
  endsAt?: Date
}

/**
 * An administrator gives somebody who works for the board a mandate (D11). Nobody gives one to oneself, nor to another
 * person of the same account; a data protection officer gets none that decides (P45), by whichever person of theirs.
 *
 * @throws Refusal `mandate_missing`, `mandate_to_oneself`, `not_employed`, `dpo_cannot_decide`, `school_not_found`, `input_invalid`
 */
export async function giveMandate({ db, now }: Deps, actor: PersonActor, mandate: NewMandate): Promise<MandateId> {
  const at = now()
  const { boardId } = actor
  const { personId, role, schoolId, groupName, endsAt } = mandate
  const startsAt = mandate.startsAt && mandate.startsAt > at ? mandate.startsAt : at
  if (endsAt && endsAt <= startsAt) throw new Refusal('input_invalid', { fields: ['endsAt'] })
  return await inTransaction(db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await lockRegister(tx, boardId)
    await mustHold(tx, actor, ['administrator'], at, schoolId)
    if (await isSameHuman(tx, actor, personId)) throw new Refusal('mandate_to_oneself')
    await mustWorkHere(tx, boardId, personId, at)
    if (schoolId) await mustBeSchool(tx, boardId, schoolId)
    if (!goesWith(role, await rolesFrom(tx, boardId, personId, at))) throw new Refusal('dpo_cannot_decide')

    const mandateId = newId<MandateId>(at)
    await tx
      .insertInto('mandates')
      .values({
        board_id: boardId,
        mandate_id: mandateId,
        person_id: personId,
        role,
        school_id: schoolId,
        group_name: groupName,
        given_by: actor.personId,
        starts_at: startsAt,
        ends_at: endsAt,
      })
      .execute()
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'mandate_given',
      actor: `person:${actor.personId}`,
      ref: mandateId,
      facts: { personId, role, schoolId, groupName, startsAt, endsAt },
    })
    return mandateId
  })
}

async function mustWorkHere(tx: Tx, boardId: BoardId, personId: PersonId, at: Date): Promise<void> {
  const employment = await tx
    .selectFrom('employments')
    .select('employment_id')
    .where('board_id', '=', boardId)
    .where('person_id', '=', personId) // employments_by_person
    .where((where) => where.or([where('ends_at', 'is', null), where('ends_at', '>', at)]))
    .executeTakeFirst()
  if (!employment) throw new Refusal('not_employed')
}

async function mustBeSchool(tx: Tx, boardId: BoardId, schoolId: SchoolId): Promise<void> {
  const school = await tx
    .selectFrom('schools')
    .select('school_id')
    .where('board_id', '=', boardId)
    .where('school_id', '=', schoolId) // schools_pkey
    .executeTakeFirst()
  if (!school) throw new Refusal('school_not_found')
}

/** The roles a human holds now or has been given for later: as this person, and as every other one of the same account. */
async function rolesFrom(tx: Tx, boardId: BoardId, personId: PersonId, at: Date): Promise<MandateRole[]> {
  const rows = await tx
    .selectFrom('mandates')
    .select('role')
    .where('board_id', '=', boardId)
    .where('person_id', 'in', [personId, ...(await personsBeside(tx, boardId, personId))]) // mandates_by_person
    .where((where) => where.or([where('ends_at', 'is', null), where('ends_at', '>', at)]))
    .execute()
  return rows.map(({ role }) => role)
}

async function personsBeside(tx: Tx, boardId: BoardId, personId: PersonId): Promise<PersonId[]> {
  const rows = await tx
    .selectFrom('account_persons as claimed')
    .innerJoin('account_persons as beside', (join) =>
      join.onRef('beside.account_id', '=', 'claimed.account_id').onRef('beside.board_id', '=', 'claimed.board_id'),
    ) // account_persons_pkey
    .select('beside.person_id')
    .where('claimed.board_id', '=', boardId)
    .where('claimed.person_id', '=', personId) // account_persons_one_account_per_person
    .execute()
  return rows.map(({ person_id }) => person_id)
}

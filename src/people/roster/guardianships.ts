import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../../database.ts'
import { type AccountId, type BoardId, type GuardianshipId, newIds, type PersonId } from '../../ids.ts'
import { othersFirst, ROWS_AT_ONCE } from '../in-turns.ts'
import type { Authority } from '../who-may-answer.ts'
import { inBatches, type Written } from './batches.ts'

/** A pair as a roster has it. `presumed`: one of those whose authority the board may vouch for as a group. */
export interface WantedGuardianship {
  guardianId: PersonId
  pupilId: PersonId
  kind: 'parent' | 'guardian'
  presumed: boolean
  /** What the roster itself says of authority. */
  authority?: Authority
}

export interface KnownGuardianship {
  guardianshipId: GuardianshipId
  guardianId: PersonId
  pupilId: PersonId
  kind: string
  authority: Authority
  source: string
  isOpen: boolean
  isOfStaff: boolean
}

interface NewGuardianship {
  guardianshipId: GuardianshipId
  guardianId: PersonId
  pupilId: PersonId
  kind: 'parent' | 'guardian'
  authority: Authority
  source: 'roster' | 'roster_column' | 'board_declaration'
}

export interface GuardianshipChanges {
  started: NewGuardianship[]
  ended: KnownGuardianship[]
  /** Pupils for whom somebody else may answer now. */
  pupils: PersonId[]
  /** Of those open before, how many the roster no longer names; the other endings are replaced at once. */
  gone: number
  openBefore: number
}

/**
 * Holds the guardians of a roster against those recorded. Where staff ever recorded or ended something about two people,
 * the roster has no say. Authority is what a column of the roster says of it; without one it is `unknown` until the school
 * finds out, unless the board declares that whom its roster calls parent or guardian has it.
 *
 * Pairs end only for pupils the roster still enrols; who has left keeps their parents, and nothing stands on it.
 */
export async function compareGuardianships(
  tx: Tx,
  boardId: BoardId,
  at: Date,
  wanted: readonly WantedGuardianship[],
  { enrolled, boardDeclares }: { enrolled: ReadonlySet<PersonId>; boardDeclares: boolean },
): Promise<GuardianshipChanges> {
  const known = await knownGuardianships(tx, boardId, at)
  const sameAccount = await accountsOfSeveral(tx, boardId)
  const guardiansOf = new Map<PersonId, PersonId[]>()
  if (sameAccount.size > 0) {
    for (const { guardianId, pupilId } of [...wanted, ...known.filter(({ isOpen }) => isOpen)]) {
      if (sameAccount.has(guardianId)) guardiansOf.set(pupilId, [...(guardiansOf.get(pupilId) ?? []), guardianId])
    }
  }
  const isOneHuman = (a: PersonId, b: PersonId) => a !== b && sameAccount.has(a) && sameAccount.get(a) === sameAccount.get(b)
  const ids = newIds<GuardianshipId>(at, wanted.length)
  const newGuardianship = ({ guardianId, pupilId, kind, presumed, authority }: WantedGuardianship): NewGuardianship => {
    const shares =
      sameAccount.has(guardianId) && [pupilId, ...(guardiansOf.get(pupilId) ?? [])].some((other) => isOneHuman(other, guardianId))
    const pair = { guardianshipId: ids.pop()!, guardianId, pupilId, kind }
    if (authority !== undefined)
      return { ...pair, authority: authority === 'yes' && shares ? 'unknown' : authority, source: 'roster_column' }
    const declared = boardDeclares && presumed && !shares
    return { ...pair, authority: declared ? 'yes' : 'unknown', source: declared ? 'board_declaration' : 'roster' }
  }

  const ofStaff = new Set(known.filter(({ isOfStaff }) => isOfStaff).map(keyOf))
  const open = new Map(known.filter(({ isOpen }) => isOpen).map((guardianship) => [keyOf(guardianship), guardianship]))
  const changes: GuardianshipChanges = { started: [], ended: [], pupils: [], gone: 0, openBefore: 0 }
  const touched = new Set<PersonId>()
  const kept = new Set<string>()
  for (const [nr, pair] of wanted.entries()) {
    if (nr % ROWS_AT_ONCE === 0) await othersFirst()
    const key = keyOf(pair)
    kept.add(key)
    if (ofStaff.has(key)) continue
    const [before, now] = [open.get(key), newGuardianship(pair)]
    if (before && before.kind === now.kind && before.authority === now.authority && before.source === now.source) continue
    if (before) changes.ended.push(before)
    changes.started.push(now)
    touched.add(pair.pupilId)
  }
  await othersFirst()
  for (const [key, guardianship] of open) {
    if (ofStaff.has(key) || !enrolled.has(guardianship.pupilId)) continue
    changes.openBefore += 1
    if (kept.has(key)) continue
    changes.gone += 1
    changes.ended.push(guardianship)
    touched.add(guardianship.pupilId)
  }
  return { ...changes, pupils: [...touched] }
}

export async function writeGuardianships(
  tx: Tx,
  boardId: BoardId,
  at: Date,
  { started, ended }: GuardianshipChanges,
  written?: Written,
): Promise<void> {
  if (ended.length > 0) {
    await sql`
      update guardianships set ends_at = greatest(${at}::timestamptz, starts_at)
      where board_id = ${boardId} and guardianship_id = any(${ended.map(({ guardianshipId }) => guardianshipId)}::uuid[]) -- guardianships_pkey`.execute(
      tx,
    )
  }
  const insert = (batch: RawBuilder<unknown>) =>
    sql`
      insert into guardianships (board_id, guardianship_id, guardian_id, pupil_id, kind, authority, source, starts_at)
      select ${boardId}, "guardianshipId", "guardianId", "pupilId", kind, authority, source, ${at}::timestamptz
      from json_to_recordset(${batch}) as r (
        "guardianshipId" uuid, "guardianId" uuid, "pupilId" uuid, kind text, authority text, source text
      )`.execute(tx)
  await inBatches(started, insert, written)
}

async function knownGuardianships(tx: Tx, boardId: BoardId, at: Date): Promise<KnownGuardianship[]> {
  const { rows } = await sql<KnownGuardianship>`
    select guardianship_id as "guardianshipId", guardian_id as "guardianId", pupil_id as "pupilId", kind, authority, source,
      (ends_at is null or ends_at > ${at}::timestamptz) as "isOpen", (source = 'staff' or ended_by is not null) as "isOfStaff"
    from guardianships where board_id = ${boardId} -- guardianships_pkey
  `.execute(tx)
  return rows
}

/** Persons of this board who share their account with another person of it. */
async function accountsOfSeveral(tx: Tx, boardId: BoardId): Promise<Map<PersonId, AccountId>> {
  const { rows } = await sql<{ account_id: AccountId; person_ids: PersonId[] }>`
    select account_id, array_agg(person_id) as person_ids from account_persons
    where board_id = ${boardId} group by account_id having count(*) > 1 -- account_persons_one_account_per_person
  `.execute(tx)
  return new Map(rows.flatMap(({ account_id, person_ids }) => person_ids.map((personId) => [personId, account_id] as const)))
}

const keyOf = ({ guardianId, pupilId }: { guardianId: PersonId; pupilId: PersonId }) => `${guardianId} ${pupilId}`

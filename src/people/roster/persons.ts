import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../../database.ts'
import { type BoardId, newIds, type PersonId } from '../../ids.ts'
import type { RosterBundle, RosterPerson, RosterTells } from '../oneroster/bundle.ts'
import { inBatches, type Written } from './batches.ts'

interface KnownPerson extends RosterPerson {
  personId: PersonId
  isErased: boolean
}

export interface PersonChanges {
  idOf: Map<string, PersonId>
  added: (RosterPerson & { personId: PersonId })[]
  changed: (RosterPerson & { personId: PersonId })[]
  /** Who turns out to be of another age: who may answer for them may change with it. */
  ofOtherAge: PersonId[]
}

/**
 * Holds the persons of a roster against those the board knows from earlier ones. Who was erased stays erased. Staff whom
 * the operator entered before the first roster are known by their address.
 */
export async function comparePersons(
  tx: Tx,
  boardId: BoardId,
  at: Date,
  { persons, employments, tells }: Pick<RosterBundle, 'persons' | 'employments' | 'tells'>,
): Promise<PersonChanges> {
  const staff = new Set(employments.map(({ personSourceId }) => personSourceId))
  const known = await knownPersons(tx, boardId)
  const byAddress = await staffByAddress(tx, boardId)
  const unknown: RosterPerson[] = []
  const changes: PersonChanges = { idOf: new Map(), added: [], changed: [], ofOtherAge: [] }
  for (const told of persons) {
    const before = known.get(told.sourceId)
    if (before?.isErased) continue
    const person = before ? withWhatIsKnown(told, before, tells) : told
    const personId = before?.personId ?? (staff.has(person.sourceId) && person.email ? byAddress.get(person.email) : undefined)
    if (!personId) {
      unknown.push(person)
      continue
    }
    changes.idOf.set(person.sourceId, personId)
    if (!before || differs(before, person)) changes.changed.push({ ...person, personId })
    if (before && before.birthDate !== person.birthDate) changes.ofOtherAge.push(personId)
  }
  const ids = newIds<PersonId>(at, unknown.length)
  for (const [nr, person] of unknown.entries()) {
    changes.added.push({ ...person, personId: ids[nr]! })
    changes.idOf.set(person.sourceId, ids[nr]!)
  }
  return changes
}

/** Only adds; existing rows are changed by `changePersons`, later, so that rows are locked in everybody's order. */
export async function addPersons(tx: Tx, boardId: BoardId, at: Date, added: PersonChanges['added'], written?: Written): Promise<void> {
  const insert = (batch: RawBuilder<unknown>) =>
    sql`
      insert into persons (board_id, person_id, given_name, family_name, birth_date, email, phone, eck_id, source_id, created_at)
      select ${boardId}, "personId", "givenName", "familyName", "birthDate", email, phone, "eckId", "sourceId", ${at}::timestamptz
      from jsonb_to_recordset(${batch}) as r (
        "personId" uuid, "givenName" text, "familyName" text, "birthDate" date, email text, phone text, "eckId" text, "sourceId" text
      )`.execute(tx)
  await inBatches(added, insert, written)
}

export async function changePersons(tx: Tx, boardId: BoardId, changed: PersonChanges['changed'], written?: Written): Promise<void> {
  const update = (batch: RawBuilder<unknown>) =>
    sql`
      update persons p set given_name = r."givenName", family_name = r."familyName", birth_date = r."birthDate",
        email = r.email, phone = r.phone, eck_id = r."eckId", source_id = r."sourceId"
      from jsonb_to_recordset(${batch}) as r (
        "personId" uuid, "givenName" text, "familyName" text, "birthDate" date, email text, phone text, "eckId" text, "sourceId" text
      )
      where p.board_id = ${boardId} and p.person_id = r."personId" -- persons_pkey`.execute(tx)
  await inBatches(changed, update, written)
}

async function knownPersons(tx: Tx, boardId: BoardId): Promise<Map<string, KnownPerson>> {
  const { rows } = await sql<KnownPerson>`
    select person_id as "personId", source_id as "sourceId", given_name as "givenName", family_name as "familyName",
      birth_date as "birthDate", email, phone, eck_id as "eckId", erased_at is not null as "isErased"
    from persons where board_id = ${boardId} and source_id is not null -- persons_once_per_source
  `.execute(tx)
  return new Map(rows.map((row) => [row.sourceId, row]))
}

async function staffByAddress(tx: Tx, boardId: BoardId): Promise<Map<string, PersonId>> {
  const { rows } = await sql<{ email: string; ids: PersonId[] }>`
    select p.email, array_agg(p.person_id) as ids from persons p
    where p.board_id = ${boardId} and p.source_id is null and p.erased_at is null and p.email is not null
      and exists (select from employments e where e.board_id = p.board_id and e.person_id = p.person_id) -- employments_by_person
    group by p.email having count(*) = 1
  `.execute(tx)
  return new Map(rows.map(({ email, ids }) => [email, ids[0]!]))
}

/** What the roster does not speak of stays. */
function withWhatIsKnown(told: RosterPerson, known: RosterPerson, tells: RosterTells): RosterPerson {
  if (tells.birthDate && tells.email && tells.phone && tells.eckId) return told
  return {
    ...told,
    birthDate: tells.birthDate ? told.birthDate : known.birthDate,
    email: tells.email ? told.email : known.email,
    phone: tells.phone ? told.phone : known.phone,
    eckId: tells.eckId ? told.eckId : known.eckId,
  }
}

function differs(a: RosterPerson, b: RosterPerson): boolean {
  return (
    a.givenName !== b.givenName ||
    a.familyName !== b.familyName ||
    a.birthDate !== b.birthDate ||
    a.email !== b.email ||
    a.phone !== b.phone ||
    a.eckId !== b.eckId
  )
}

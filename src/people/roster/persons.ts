import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../../database.ts'
import { type BoardId, newIds, type PersonId } from '../../ids.ts'
import { inPieces, othersFirst, ROWS_AT_ONCE } from '../in-turns.ts'
import type { RosterBundle, RosterPerson } from '../oneroster/bundle.ts'
import { nameKey } from '../oneroster/names.ts'
import { inBatches, type Written } from './batches.ts'
import { idsOfHumans } from './whose-id.ts'

interface KnownPerson extends RosterPerson {
  personId: PersonId
  isErased: boolean
}

export interface PersonChanges {
  idOf: Map<string, PersonId>
  added: (RosterPerson & { personId: PersonId })[]
  changed: (RosterPerson & { personId: PersonId })[]
  /** Who turned out to be known under another id: from now on under both. */
  aliases: { sourceId: string; personId: PersonId }[]
  /** Who turns out to be of another age: who may answer for them may change with it. */
  ofOtherAge: PersonId[]
}

/**
 * Holds the persons of a roster against those the board knows. Who was erased stays erased. An id that is new may still be
 * of somebody who is known: by their ECK iD; where several systems speak of the same pupils, by name and birthday together;
 * staff whom the operator entered before the first roster by their address. And an id that is known may be of another human
 * (`idsOfHumans`).
 */
export async function comparePersons(
  tx: Tx,
  boardId: BoardId,
  at: Date,
  bundle: Pick<RosterBundle, 'persons' | 'employments' | 'knowsByName' | 'schools' | 'namedElsewhere' | 'namedBefore'>,
): Promise<PersonChanges> {
  const { persons, employments, knowsByName } = bundle
  const staff = new Set(employments.map(({ personSourceId }) => personSourceId))
  const { known, byId } = await knownPersons(tx, boardId)
  const byAddress = await staffByAddress(tx, boardId)
  const idOf = idsOfHumans(byId, bundle)
  const ownIds: string[] = []
  for await (const some of inPieces(persons)) ownIds.push(...some.map(idOf))
  const recognise = await recogniser(known, { told: new Set(ownIds), knowsByName })
  const unknown: { person: RosterPerson; ownId: string }[] = []
  const changes: PersonChanges = { idOf: new Map(), added: [], changed: [], aliases: [], ofOtherAge: [] }
  for (const [nr, person] of persons.entries()) {
    if (nr % ROWS_AT_ONCE === 0) await othersFirst()
    const { sourceId } = person
    const ownId = ownIds[nr]!
    const before = byId.get(ownId)
    if (before?.isErased) continue
    const recognised = before ?? recognise(person)
    const personId = recognised?.personId ?? (staff.has(sourceId) && person.email ? byAddress.get(person.email) : undefined)
    if (!personId) {
      // Known to the sender, and to us no more.
      if (person.silentOn?.includes('givenName')) continue
      unknown.push({ person, ownId })
      continue
    }
    changes.idOf.set(sourceId, personId)
    const now = recognised ? withWhatIsKnown(person, recognised) : { ...person, sourceId: ownId }
    if (recognised && !before) changes.aliases.push({ sourceId: ownId, personId })
    if (!recognised || differs(recognised, now)) changes.changed.push({ ...now, personId })
    if (recognised && recognised.birthDate !== now.birthDate) changes.ofOtherAge.push(personId)
  }
  const ids = newIds<PersonId>(at, unknown.length)
  for (const [nr, { person, ownId }] of unknown.entries()) {
    changes.added.push({ ...person, sourceId: ownId, personId: ids[nr]! })
    changes.idOf.set(person.sourceId, ids[nr]!)
  }
  return changes
}

/** Nobody who stands in the roster under an id of their own is somebody else in it as well. */
async function recogniser(known: readonly KnownPerson[], { told, knowsByName }: { told: ReadonlySet<string>; knowsByName: boolean }) {
  const others = known.filter(({ sourceId, isErased }) => !isErased && !told.has(sourceId))
  const byEckId = new Map(others.filter(({ eckId }) => eckId !== null).map((person) => [person.eckId, person]))
  const byName = new Map<string, KnownPerson | undefined>()
  for await (const some of inPieces(knowsByName ? others : [])) {
    for (const person of some) {
      const key = humanKey(person)
      if (key !== undefined) byName.set(key, byName.has(key) ? undefined : person)
    }
  }
  return (person: RosterPerson): KnownPerson | undefined => {
    const byId = person.eckId === null ? undefined : byEckId.get(person.eckId)
    if (byId) return byId
    const key = humanKey(person)
    const namesake = key === undefined ? undefined : byName.get(key)
    // Two with the same name and birthday who have each another ECK iD are two.
    return namesake && (namesake.eckId === null || person.eckId === null) ? namesake : undefined
  }
}

const humanKey = ({ givenName, familyName, birthDate }: RosterPerson) =>
  birthDate === null ? undefined : `${nameKey(givenName, familyName)} ${birthDate}`

/** From now on these are known under these ids too. */
export async function addAliases(tx: Tx, boardId: BoardId, aliases: PersonChanges['aliases']): Promise<void> {
  await inBatches(aliases, (batch) =>
    sql`
      insert into person_aliases (board_id, source_id, person_id)
      select ${boardId}, "sourceId", "personId" from json_to_recordset(${batch}) as r ("sourceId" text, "personId" uuid)`.execute(tx),
  )
}

/** Only adds; existing rows are changed by `changePersons`, later, so that rows are locked in everybody's order. */
export async function addPersons(tx: Tx, boardId: BoardId, at: Date, added: PersonChanges['added'], written?: Written): Promise<void> {
  const insert = (batch: RawBuilder<unknown>) =>
    sql`
      insert into persons (board_id, person_id, given_name, family_name, birth_date, email, phone, eck_id, source_id, created_at)
      select ${boardId}, "personId", "givenName", "familyName", "birthDate", email, phone, "eckId", "sourceId", ${at}::timestamptz
      from json_to_recordset(${batch}) as r (
        "personId" uuid, "givenName" text, "familyName" text, "birthDate" date, email text, phone text, "eckId" text, "sourceId" text
      )`.execute(tx)
  await inBatches(added, insert, written)
}

export async function changePersons(tx: Tx, boardId: BoardId, changed: PersonChanges['changed'], written?: Written): Promise<void> {
  const update = (batch: RawBuilder<unknown>) =>
    sql`
      update persons p set given_name = r."givenName", family_name = r."familyName", birth_date = r."birthDate",
        email = r.email, phone = r.phone, eck_id = r."eckId", source_id = r."sourceId"
      from json_to_recordset(${batch}) as r (
        "personId" uuid, "givenName" text, "familyName" text, "birthDate" date, email text, phone text, "eckId" text, "sourceId" text
      )
      where p.board_id = ${boardId} and p.person_id = r."personId" -- persons_pkey`.execute(tx)
  await inBatches(changed, update, written)
}

async function knownPersons(tx: Tx, boardId: BoardId): Promise<{ known: KnownPerson[]; byId: Map<string, KnownPerson> }> {
  const { rows: known } = await sql<KnownPerson>`
    select person_id as "personId", source_id as "sourceId", given_name as "givenName", family_name as "familyName",
      birth_date as "birthDate", email, phone, eck_id as "eckId", erased_at is not null as "isErased"
    from persons where board_id = ${boardId} and source_id is not null -- persons_once_per_source
  `.execute(tx)
  const byId = new Map(known.map((row) => [row.sourceId, row]))
  const aliases = await tx.selectFrom('person_aliases').select(['source_id', 'person_id']).where('board_id', '=', boardId).execute() // person_aliases_pkey
  if (aliases.length > 0) {
    const byPerson = new Map(known.map((row) => [row.personId, row]))
    for (const { source_id, person_id } of aliases) {
      const person = byPerson.get(person_id)
      if (person) byId.set(source_id, person)
    }
  }
  return { known, byId }
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

/** What the roster does not speak of stays, and so does the id by which somebody was known first. */
function withWhatIsKnown(told: RosterPerson, known: KnownPerson): RosterPerson {
  const kept = told.silentOn?.map((detail) => [detail, known[detail]]) ?? []
  if (kept.length === 0 && known.sourceId === told.sourceId) return told
  return { ...told, ...Object.fromEntries(kept), sourceId: known.sourceId }
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

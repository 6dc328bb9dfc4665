import { sql } from 'kysely'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type BoardId, type ImportId, newId, type PersonId, type TokenId } from '../ids.ts'
import { append, type LedgerActor } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import { tokensByApproach, tokensEnded } from '../tokens/by-approach.ts'
import { endTokens } from '../tokens/end-tokens.ts'
import { endMandatesOfLeavers } from './end-mandate.ts'
import type { RosterBundle } from './oneroster/bundle.ts'
import { contentHash } from './roster/content-hash.ts'
import { compareGuardianships, type GuardianshipChanges, writeGuardianships } from './roster/guardianships.ts'
import { addPersons, changePersons, comparePersons } from './roster/persons.ts'
import { matchSchools } from './roster/schools.ts'
import { compareTenures, type TenureChanges, writeTenures } from './roster/tenures.ts'
import { boardById, lockRegister } from './store.ts'

export interface RosterSummary {
  importId: ImportId
  persons: number
  personsAdded: number
  personsChanged: number
  enrolmentsStarted: number
  enrolmentsEnded: number
  employmentsStarted: number
  employmentsEnded: number
  guardianshipsStarted: number
  guardianshipsEnded: number
}

interface Options {
  boardId: BoardId
  by: LedgerActor
  /** Said when more than half of what is there is meant to end. A file that is cut short must not end a school. */
  endsMuch?: boolean
}

/** Below this number nobody is surprised. */
const MUCH = 20

/**
 * Takes in a roster that was read (`readBundle`): persons by the sender's id, enrolments, employments and guardians. What
 * is the same stays; what the roster no longer names, of the schools it is about, has ended, and tokens that lean on it
 * end. What staff recorded about guardians stays as it is. All of it or nothing; one entry in the ledger, by count and hash.
 *
 * Does NOT check who asks (`takeInRoster` does), nor the bundle.
 *
 * @throws Refusal `roster_invalid` with `errors` when it names schools that are not the board's
 * @throws Refusal `roster_ends_too_much`, `last_administrator`
 */
export async function importRoster(
  { db, now }: Deps,
  { boardId, by, endsMuch = false }: Options,
  bundle: RosterBundle,
): Promise<RosterSummary> {
  const at = now()
  const hash = contentHash(bundle)
  return await inTransaction(db, { actor: 'job', boards: [boardId] }, async (tx) => {
    await lockRegister(tx, boardId)
    const { rosterImpliesAuthority } = await boardById(tx, boardId)
    const schools = await matchSchools(tx, boardId, bundle.schools)
    if (schools.errors.length > 0) throw new Refusal('roster_invalid', { errors: schools.errors })

    const staff = new Set(bundle.employments.map(({ personSourceId }) => personSourceId))
    const persons = await comparePersons(tx, boardId, at, bundle.persons, staff)
    const covered = new Set(schools.idOf.values())
    const known = <Row extends { personSourceId: string }>(rows: Row[]) =>
      rows.flatMap((row) => {
        const personId = persons.idOf.get(row.personSourceId)
        return personId ? [{ ...row, personId }] : []
      })
    const enrolments = await compareTenures(
      tx,
      'enrolment',
      boardId,
      at,
      known(bundle.enrolments).map((e) => ({ ...e, schoolId: schools.idOf.get(e.schoolSourceId)!, label: e.groupName })),
      (schoolId) => schoolId !== null && covered.has(schoolId),
    )
    const employments = await compareTenures(
      tx,
      'employment',
      boardId,
      at,
      known(bundle.employments).map((e) => ({
        ...e,
        schoolId: e.schoolSourceId === null ? null : schools.idOf.get(e.schoolSourceId)!,
        label: e.jobTitle,
      })),
      (schoolId) => (schoolId === null ? bundle.coversBoard : covered.has(schoolId)),
    )
    const guardianships = await compareGuardianships(
      tx,
      boardId,
      at,
      bundle.guardianships.flatMap((pair) => {
        const [guardianId, pupilId] = [persons.idOf.get(pair.guardianSourceId), persons.idOf.get(pair.pupilSourceId)]
        return guardianId && pupilId ? [{ ...pair, guardianId, pupilId }] : []
      }),
      { enrolled: new Set(known(bundle.enrolments).map(({ personId }) => personId)), boardDeclares: rosterImpliesAuthority },
    )
    if (!endsMuch) mustNotEndMuch([enrolments, employments, guardianships])

    await addPersons(tx, boardId, at, persons.added)
    await writeTenures(tx, 'enrolment', boardId, at, enrolments)
    await writeTenures(tx, 'employment', boardId, at, employments)
    const leavers = employments.ended.map(({ personId }) => personId)
    const endedMandates = await endMandatesOfLeavers(tx, boardId, leavers, at)
    const isNew = new Set(persons.added.map(({ personId }) => personId))
    const otherDeciders = [...new Set([...persons.ofOtherAge, ...guardianships.pupils])].filter((personId) => !isNew.has(personId))
    await lockPersons(tx, boardId, [...persons.changed.map(({ personId }) => personId), ...otherDeciders])
    await changePersons(tx, boardId, persons.changed)
    await writeGuardianships(tx, boardId, at, guardianships)

    const ended: TokenId[] = []
    for (const tenureId of [...enrolments.shortened, ...employments.shortened])
      ended.push(...(await endTokens(tx, boardId, at, { tenureId }, 'tenure_ended')))
    for (const subjectId of otherDeciders) ended.push(...(await endTokens(tx, boardId, at, { subjectId }, 'deciders_changed')))
    const endedTokens = await tokensByApproach(tx, boardId, ended)

    const summary: RosterSummary = {
      importId: newId<ImportId>(at),
      persons: bundle.persons.length,
      personsAdded: persons.added.length,
      personsChanged: persons.changed.length,
      enrolmentsStarted: enrolments.started.length,
      enrolmentsEnded: enrolments.ended.length,
      employmentsStarted: employments.started.length,
      employmentsEnded: employments.ended.length,
      guardianshipsStarted: guardianships.started.length,
      guardianshipsEnded: guardianships.ended.length,
    }
    const { importId, ...counts } = summary
    await tx
      .insertInto('roster_imports')
      .values({ board_id: boardId, import_id: importId, imported_at: at, imported_by: by, persons: counts.persons, content_hash: hash })
      .execute()
    await append(
      tx,
      {
        boardId,
        approach: 'organisation',
        at,
        event: 'roster_imported',
        actor: by,
        ref: importId,
        facts: { ...counts, contentHash: hash.toString('hex'), endedMandates, endedTokens: endedTokens.organisation },
      },
      ...tokensEnded(boardId, at, by, importId, 'roster_imported', { subject: endedTokens.subject }),
    )
    return summary
  })
}

function mustNotEndMuch(all: (TenureChanges | GuardianshipChanges)[]): void {
  for (const { gone, openBefore } of all) {
    if (gone > MUCH && gone * 2 > openBefore) throw new Refusal('roster_ends_too_much', { ends: gone, of: openBefore })
  }
}

/** After enrolments and employments, as redemptions do (sql/008-grants.sql). */
async function lockPersons(tx: Tx, boardId: BoardId, personIds: PersonId[]): Promise<void> {
  if (personIds.length === 0) return
  await sql`
    select from persons where board_id = ${boardId} and person_id = any(${personIds}::uuid[]) order by person_id for no key update -- persons_pkey
  `.execute(tx)
}

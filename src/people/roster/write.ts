import { sql } from 'kysely'
import type { Tx } from '../../database.ts'
import type { BoardId, MandateId, PersonId, TokenId } from '../../ids.ts'
import { endTokens } from '../../tokens/end-tokens.ts'
import { endMandatesOfLeavers } from '../end-mandate.ts'
import type { Written } from './batches.ts'
import type { RosterChanges } from './compare.ts'
import { writeGuardianships } from './guardianships.ts'
import { addAliases, addPersons, changePersons } from './persons.ts'
import { renameSchools } from './schools.ts'
import { writeTenures } from './tenures.ts'

/** What went with it. */
export interface RosterEndings {
  endedMandates: MandateId[]
  endedTokens: TokenId[]
}

/** How many rows these changes come to. */
export function rowsOf({ persons, enrolments, employments, guardianships }: RosterChanges): number {
  const tenures = [enrolments, employments].flatMap(({ started, changed, ended }) => [started.length, changed.length, ended.length])
  const all = [persons.added.length, persons.changed.length, ...tenures, guardianships.started.length, guardianships.ended.length]
  return all.reduce((sum, count) => sum + count, 0)
}

/**
 * Writes what a roster changes, and ends the mandates and live tokens that leaned on what it ends. Rows are taken in
 * everybody's order: tenures before persons, each by id (sql/008-grants.sql). The caller holds the register alone, has
 * compared after taking it, and tells the ledger.
 *
 * @throws Refusal `last_administrator`
 */
export async function writeRoster(
  tx: Tx,
  boardId: BoardId,
  at: Date,
  changes: RosterChanges,
  written: Written = async () => {},
): Promise<RosterEndings> {
  const { schools, persons, enrolments, employments, guardianships } = changes
  await renameSchools(tx, boardId, schools.renamed)
  await addPersons(tx, boardId, at, persons.added, written)
  await addAliases(tx, boardId, persons.aliases)
  await writeTenures(tx, 'enrolment', boardId, at, enrolments, written)
  await writeTenures(tx, 'employment', boardId, at, employments, written)
  const leavers = employments.ended.map(({ personId }) => personId)
  const endedMandates = await endMandatesOfLeavers(tx, boardId, leavers, at)
  const otherDeciders = decidersChangedFor(changes)
  await lockPersons(tx, boardId, [...persons.changed.map(({ personId }) => personId), ...otherDeciders])
  await changePersons(tx, boardId, persons.changed, written)
  await writeGuardianships(tx, boardId, at, guardianships, written)

  const endedTokens: TokenId[] = []
  for (const tenureId of [...enrolments.loosened, ...employments.loosened])
    endedTokens.push(...(await endTokens(tx, boardId, at, { tenureId }, 'tenure_ended')))
  for (const subjectId of otherDeciders) endedTokens.push(...(await endTokens(tx, boardId, at, { subjectId }, 'deciders_changed')))
  return { endedMandates, endedTokens }
}

/** Who was known before, and for whom somebody else may answer now. */
export function decidersChangedFor({ persons, guardianships }: RosterChanges): PersonId[] {
  const isNew = new Set(persons.added.map(({ personId }) => personId))
  return [...new Set([...persons.ofOtherAge, ...guardianships.pupils])].filter((personId) => !isNew.has(personId))
}

/** After enrolments and employments, as redemptions do (sql/008-grants.sql). */
async function lockPersons(tx: Tx, boardId: BoardId, personIds: PersonId[]): Promise<void> {
  if (personIds.length === 0) return
  await sql`
    select from persons where board_id = ${boardId} and person_id = any(${personIds}::uuid[]) order by person_id for no key update -- persons_pkey
  `.execute(tx)
}

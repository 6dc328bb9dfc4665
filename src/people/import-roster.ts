import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type BoardId, type ImportId, newId } from '../ids.ts'
import { append, type LedgerActor } from '../ledger/append.ts'
import { tokensByApproach, tokensEnded } from '../tokens/by-approach.ts'
import type { RosterBundle } from './oneroster/bundle.ts'
import { isStillABase, packedBase, saveBase } from './roster/bases.ts'
import { compareRoster, type RosterChanges } from './roster/compare.ts'
import { contentHash } from './roster/content-hash.ts'
import { mustNotEndMuch } from './roster/ends-much.ts'
import { rowsOf, writeRoster } from './roster/write.ts'
import { lockRegister } from './store.ts'

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

export interface ImportOptions {
  boardId: BoardId
  by: LedgerActor
  /** Told how far it is, in rows. */
  progress?: (done: number, total: number) => Promise<void>
}

export interface EndsMuch {
  /** Said when much of what is there is meant to end (`mustNotEndMuch`). A file that is cut short must not end a school. */
  endsMuch?: boolean
}

/**
 * Takes in a roster that was read (`readBundle`): persons by the sender's id, enrolments, employments and guardians. What
 * is the same stays; what the roster no longer names, of the schools it is about, has ended, and tokens that lean on it
 * end. What staff recorded about guardians stays as it is. All of it or nothing; one entry in the ledger, by count and hash.
 *
 * Does NOT check who asks, nor the bundle, and shows nothing beforehand: for the operator and the demo world.
 *
 * @throws Refusal `roster_invalid` with `errors` when it names schools that are not the board's
 * @throws Refusal `roster_ends_too_much`, `last_administrator`
 */
export async function importRoster(
  deps: Pick<Deps, 'db' | 'now'>,
  { endsMuch = false, ...options }: ImportOptions & EndsMuch,
  bundle: RosterBundle,
): Promise<RosterSummary> {
  const at = deps.now()
  const { boardId } = options
  return await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => {
    await lockRegister(tx, boardId)
    const changes = await compareRoster(tx, boardId, at, bundle)
    if (!endsMuch) mustNotEndMuch(changes)
    return await takeIn(tx, at, options, bundle, changes)
  })
}

/**
 * Writes what a roster changes and tells the ledger. The caller works as a `job`, has taken the register alone and compared
 * after that, and answers for how much ends.
 *
 * @throws Refusal `last_administrator`
 */
export async function takeIn(
  tx: Tx,
  at: Date,
  { boardId, by, progress }: ImportOptions,
  bundle: RosterBundle,
  changes: RosterChanges,
): Promise<RosterSummary> {
  if (bundle.onBase && !(await isStillABase(tx, boardId, bundle.onBase)))
    throw new Error('the roster that this delta changes was changed meanwhile')
  const total = rowsOf(changes)
  let done = 0
  const [{ endedMandates, endedTokens }, base] = await Promise.all([
    writeRoster(tx, boardId, at, changes, async (rows) => {
      done += rows
      await progress?.(done, total)
    }),
    bundle.base && packedBase(bundle.base),
  ])
  if (base) await saveBase(tx, boardId, at, { content: base, brins: bundle.schools.map(({ brin }) => brin), onBase: bundle.onBase })
  const tokens = await tokensByApproach(tx, boardId, endedTokens)
  const hash = await contentHash(bundle)
  const summary: RosterSummary = {
    importId: newId<ImportId>(at),
    persons: bundle.persons.length,
    personsAdded: changes.persons.added.length,
    personsChanged: changes.persons.changed.length,
    enrolmentsStarted: changes.enrolments.started.length,
    enrolmentsEnded: changes.enrolments.ended.length,
    employmentsStarted: changes.employments.started.length,
    employmentsEnded: changes.employments.ended.length,
    guardianshipsStarted: changes.guardianships.started.length,
    guardianshipsEnded: changes.guardianships.ended.length,
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
      facts: { ...counts, contentHash: hash.toString('hex'), endedMandates, endedTokens: tokens.organisation },
    },
    ...tokensEnded(boardId, at, by, importId, 'roster_imported', { subject: tokens.subject }),
  )
  return summary
}

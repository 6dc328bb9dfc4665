import type { PersonActor } from '../actors.ts'
import { csvLines, csvOf } from '../csv-for-people.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type BoardId, type ExportId, type JobId, newId } from '../ids.ts'
import { enqueueJob } from '../jobs/enqueue.ts'
import type { JobHandler } from '../jobs/run-jobs.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { countEntries, type FoundEntry, findEntries, type LedgerQuery, MOST_EXPORTED } from './ledger-search.ts'

export type ExportFormat = 'csv' | 'json'

/** So many entries in one piece. */
const PIECE = 5000
const HEAD = ['at', 'event', 'actor', 'ref', 'facts', 'hash']

/**
 * The data protection officer wants the entries that fit as a file (P45). A job makes it.
 *
 * @throws Refusal `mandate_missing`
 */
export async function askLedgerExport(
  deps: Deps,
  actor: PersonActor,
  { format, query }: { format: ExportFormat; query: LedgerQuery },
): Promise<ExportId> {
  const at = deps.now()
  const { boardId, personId } = actor
  return await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, ['dpo'], at)
    const exportId = newId<ExportId>(at)
    const { jobId } = await enqueueJob(tx, { boardId, kind: 'ledger_export', payload: { exportId }, askedBy: `person:${personId}`, at })
    await tx
      .insertInto('exports')
      .values({ board_id: boardId, export_id: exportId, format, query: { ...query }, asked_by: personId, asked_at: at, job_id: jobId })
      .execute()
    return exportId
  })
}

export interface LedgerExport {
  format: ExportFormat
  query: LedgerQuery
  askedAt: Date
  jobId: JobId
}

/** An export of this board. Does NOT check who asks. @throws Refusal `not_found` also when it was let go of */
export async function exportById(tx: Tx, boardId: BoardId, exportId: ExportId): Promise<LedgerExport> {
  const row = await tx
    .selectFrom('exports')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('export_id', '=', exportId) // exports_pkey
    .executeTakeFirst()
  if (!row) throw new Refusal('not_found')
  return { format: row.format, query: queryOf(row.query), askedAt: row.asked_at, jobId: row.job_id }
}

/** The whole file of an export whose job is done. Does NOT check who asks, nor the job. @throws Refusal `not_found` */
export async function exportedFile(tx: Tx, boardId: BoardId, exportId: ExportId): Promise<string> {
  const { format } = await exportById(tx, boardId, exportId)
  const pieces = await tx
    .selectFrom('export_pieces')
    .select('content')
    .where('board_id', '=', boardId)
    .where('export_id', '=', exportId) // export_pieces_pkey
    .orderBy('nr')
    .execute()
  const content = pieces.map((piece) => piece.content)
  return format === 'csv' ? csvOf(HEAD, []) + content.join('') : `[\n${content.join(',\n')}\n]\n`
}

interface Reached {
  nr: number
  done: number
  before: string | undefined
}

/** Makes the file piece by piece, the newest entries first; entries that are written meanwhile are not in it. */
export const exportLedgerInJob: JobHandler = async (deps, job) => {
  const { boardId } = job
  const exportId = job.payload.exportId as ExportId
  let reached = (job.reached ?? { nr: 0, done: 0, before: undefined }) as unknown as Reached
  for (;;) {
    const { total, isLast, ...after } = await job.step(async (tx) => {
      await mustHold(tx, job.asker, ['dpo'], deps.now())
      const { format, query, askedAt } = await exportById(tx, boardId, exportId)
      const asked = { until: askedAt, ...query }
      const found = await findEntries(tx, boardId, { ...asked, before: reached.before ?? query.before }, PIECE)
      if (found.length > 0) {
        await tx
          .insertInto('export_pieces')
          .values({ board_id: boardId, export_id: exportId, nr: reached.nr, content: contentOf(format, found) })
          .execute()
      }
      const is: Reached = { nr: reached.nr + 1, done: reached.done + found.length, before: found.at(-1)?.seq ?? reached.before }
      const total = Math.min(await countEntries(tx, boardId, asked), MOST_EXPORTED)
      return { reached: { ...is }, is: { ...is, total, isLast: found.length < PIECE || is.done >= MOST_EXPORTED } }
    })
    reached = after
    await job.progress(Math.min(after.done, total), Math.max(total, 1))
    if (isLast) break
  }
  await job.last(async () => ({ entries: reached.done }))
}

function contentOf(format: ExportFormat, found: readonly FoundEntry[]): string {
  if (format === 'csv') {
    return csvLines(found.map(({ at, event, actor, ref, body, hash }) => [at.toISOString(), event, actor, ref, body, hash]))
  }
  return found.map(({ body, seq: _seq, ...entry }) => JSON.stringify({ ...entry, facts: JSON.parse(body) as unknown })).join(',\n')
}

/** In json a time is a string. */
function queryOf(query: Record<string, unknown>): LedgerQuery {
  const { from, until, ...rest } = query as Record<string, string | undefined>
  return { ...rest, ...(from && { from: new Date(from) }), ...(until && { until: new Date(until) }) }
}

/** Somebody who wants it after so many days asks anew. */
const KEPT_DAYS = 7

/** Lets go of files that were made long enough ago. A job of the board. */
export async function forgetExports({ db, now }: Deps, boardId: BoardId): Promise<void> {
  const before = new Date(now().getTime() - KEPT_DAYS * 86_400_000)
  await inTransaction(db, { actor: 'job', boards: [boardId] }, (tx) =>
    tx.deleteFrom('exports').where('board_id', '=', boardId).where('asked_at', '<', before).execute(),
  )
}

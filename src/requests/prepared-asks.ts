import { type Selectable, sql } from 'kysely'
import type { MemberActor } from '../actors.ts'
import { canonical, sha256 } from '../canonical.ts'
import { stateOf } from '../consents/consent.ts'
import { consentById } from '../consents/store.ts'
import type { PlaceInTime } from '../cursor.ts'
import { type Db, inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { newId, newSecret, type PreparedAskId, type SupplierId } from '../ids.ts'
import { mustActFor } from '../members/acting.ts'
import { Refusal } from '../refusal.ts'
import { type Ask, readAsk } from './ask-directly.ts'
import type { PreparedAskTable } from './tables.ts'

/** How long a page for a tablet is open. */
export const TABLET_MINUTES = 60

/** A question to one person, ready for a link code, or asked with one. */
export interface PreparedAsk {
  askId: PreparedAskId
  /** The supplier's own, opaque name for who it is about. */
  reference: string
  ask: Ask
  endsAt: Date
  preparedAt: Date
  preparedBy: MemberActor['memberId']
  /** `ready`: nobody was asked. After that only whether there is a yes: never who said no, nor why (as CIBA answers). */
  status: 'ready' | 'pending' | 'released' | 'not_released'
}

/**
 * Makes a question ready for one person. What is wrong with it is refused now, and not when the parent stands there.
 *
 * @throws Refusal `member_role_missing`; as `readAsk`
 */
export async function prepareAsk(
  { db, now }: Deps,
  actor: MemberActor,
  { reference, ask }: { reference: string; ask: Ask },
): Promise<PreparedAskId> {
  const at = now()
  const { use } = await readAsk(db, actor, ask, at, { subject: reference, cause: 'link_code' })
  const askId = newId<PreparedAskId>(at)
  await inTransaction(db, { actor: 'client', boards: [] }, async (tx) => {
    await mustActFor(tx, actor, ['contracts'])
    await tx
      .insertInto('prepared_asks')
      .values({
        ask_id: askId,
        supplier_id: actor.supplierId,
        reference,
        body: canonical(ask),
        ends_at: use.endsAt,
        prepared_at: at,
        prepared_by: actor.memberId,
      })
      .execute()
  })
  return askId
}

/** What was made ready and nobody was asked yet. Does NOT check who asks. @throws Refusal `prepared_ask_not_found` also for another's */
export async function preparedToAsk(db: Db, supplierId: SupplierId, askId: PreparedAskId): Promise<Ask | undefined> {
  const row = await preparedRow(db, supplierId, askId)
  return row.asked_at ? undefined : askIn(row)
}

/**
 * Opens a page for the tablet on which the parent types the code: for one question, for an hour, without the tablet being signed
 * in. A newer page closes the older one.
 *
 * @param secret one that the caller can make again (`secretOfForm`), so that the second press opens the same page
 * @returns the secret in its address
 * @throws Refusal `member_role_missing`, `prepared_ask_not_found`
 */
export async function openTablet(
  { db, now }: Deps,
  actor: MemberActor,
  askId: PreparedAskId,
  secret: string = newSecret(),
): Promise<string> {
  const until = new Date(now().getTime() + TABLET_MINUTES * 60_000)
  await change(db, actor, askId, { tablet_hash: sha256(secret), tablet_until: until, prepared_by: actor.memberId })
  return secret
}

/** Throws a question away that nobody was asked. @throws Refusal as `openTablet` */
export async function discardAsk({ db, now }: Deps, actor: MemberActor, askId: PreparedAskId): Promise<void> {
  await change(db, actor, askId, { discarded_at: now(), tablet_hash: null, tablet_until: null })
}

async function change(
  db: Db,
  actor: MemberActor,
  askId: PreparedAskId,
  set: Partial<Pick<Selectable<PreparedAskTable>, 'tablet_hash' | 'tablet_until' | 'discarded_at' | 'prepared_by'>>,
): Promise<void> {
  await inTransaction(db, { actor: 'client', boards: [] }, async (tx) => {
    await mustActFor(tx, actor, ['contracts'])
    const { numUpdatedRows } = await tx
      .updateTable('prepared_asks')
      .set(set)
      .where('ask_id', '=', askId) // prepared_asks_pkey
      .where('supplier_id', '=', actor.supplierId)
      .where('asked_at', 'is', null)
      .where('discarded_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('prepared_ask_not_found')
  })
}

/**
 * The question of a tablet's page, and who opened it, for whom it is asked.
 *
 * @returns undefined when there is no such page, or not any more
 */
export async function askOnTablet(db: Db, secret: string, at: Date): Promise<{ prepared: PreparedAsk; actor: MemberActor } | undefined> {
  const row = await db
    .selectFrom('prepared_asks as p')
    .innerJoin('members as m', 'm.member_id', 'p.prepared_by')
    .selectAll('p')
    .select('m.account_id')
    .where('p.tablet_hash', '=', sha256(secret)) // prepared_asks_by_tablet
    .where('p.tablet_until', '>', at)
    .where('p.asked_at', 'is', null)
    .where('p.discarded_at', 'is', null)
    .executeTakeFirst()
  if (!row) return undefined
  const actor = { accountId: row.account_id, memberId: row.prepared_by, supplierId: row.supplier_id }
  return { prepared: preparedOf(row, 'ready'), actor }
}

/** Whether the question of this tablet's page was asked, in the hour of the page: the second press of the button shows the first. */
export async function wasAskedOnTablet(db: Db, secret: string, at: Date): Promise<boolean> {
  const row = await db
    .selectFrom('prepared_asks')
    .select('ask_id')
    .where('tablet_hash', '=', sha256(secret)) // prepared_asks_by_tablet
    .where('tablet_until', '>', at)
    .where('asked_at', 'is not', null)
    .executeTakeFirst()
  return row !== undefined
}

/** One question of a supplier, with how it stands. @throws Refusal `prepared_ask_not_found` also for another's */
export async function preparedAsk(db: Db, supplierId: SupplierId, askId: PreparedAskId, at: Date): Promise<PreparedAsk> {
  const row = await preparedRow(db, supplierId, askId)
  const [status] = await statusesOf(db, [row], at)
  return preparedOf(row, status!)
}

/**
 * The questions a supplier made ready or asked by link code in the web app, the newest first: at most `limit` before a place.
 * Does NOT check who asks.
 */
export async function preparedAsksOf(
  db: Db,
  supplierId: SupplierId,
  { before, limit }: { before?: PlaceInTime | undefined; limit: number },
  at: Date,
): Promise<{ asks: PreparedAsk[]; next: PlaceInTime | undefined }> {
  const rows = await newestAsks(db, supplierId)
    .$if(before !== undefined, (query) => query.where(sql<boolean>`(prepared_at, ask_id) < (${before!.at}, ${before!.id}::uuid)`))
    .limit(limit + 1)
    .execute()
  const page = rows.slice(0, limit)
  const statuses = await statusesOf(db, page, at)
  const last = page.at(-1)
  return {
    asks: page.map((row, nr) => preparedOf(row, statuses[nr]!)),
    next: last && rows.length > limit ? { at: last.prepared_at, id: last.ask_id } : undefined,
  }
}

/** All that nobody was asked yet, the newest first. Does NOT check who asks. */
export async function readyAsksOf(db: Db, supplierId: SupplierId): Promise<PreparedAsk[]> {
  const rows = await newestAsks(db, supplierId).where('asked_at', 'is', null).execute()
  return rows.map((row) => preparedOf(row, 'ready'))
}

const newestAsks = (db: Db, supplierId: SupplierId) =>
  db
    .selectFrom('prepared_asks')
    .selectAll()
    .where('supplier_id', '=', supplierId) // prepared_asks_by_supplier
    .where('discarded_at', 'is', null)
    .orderBy('prepared_at', 'desc')
    .orderBy('ask_id', 'desc')

type Row = Selectable<PreparedAskTable>

async function preparedRow(db: Db, supplierId: SupplierId, askId: PreparedAskId): Promise<Row> {
  const row = await db
    .selectFrom('prepared_asks')
    .selectAll()
    .where('ask_id', '=', askId) // prepared_asks_pkey
    .where('supplier_id', '=', supplierId)
    .where('discarded_at', 'is', null)
    .executeTakeFirst()
  if (!row) throw new Refusal('prepared_ask_not_found')
  return row
}

async function statusesOf(db: Db, rows: readonly Row[], at: Date): Promise<PreparedAsk['status'][]> {
  const boards = [...new Set(rows.flatMap(({ board_id }) => board_id ?? []))]
  return await inTransaction(db, { actor: 'client', boards }, async (tx) => {
    const statuses: PreparedAsk['status'][] = []
    for (const row of rows) statuses.push(await statusOf(tx, row, at))
    return statuses
  })
}

/** A code that was good for nothing looks as a question that nobody answers: pending until its time is over. */
async function statusOf(tx: Tx, row: Row, at: Date): Promise<PreparedAsk['status']> {
  if (!row.asked_at) return 'ready'
  if (row.ends_at <= at) return 'not_released'
  const consent = row.board_id && row.consent_id ? await consentById(tx, row.board_id, row.consent_id) : undefined
  if (!consent) return 'pending'
  const { state } = stateOf(consent, at)
  if (state === 'given') return 'released'
  return state === 'unanswered' || state === 'conflict' || state === 'unknown' ? 'pending' : 'not_released'
}

function preparedOf(row: Row, status: PreparedAsk['status']): PreparedAsk {
  const { ask_id: askId, reference, ends_at: endsAt, prepared_at: preparedAt, prepared_by: preparedBy } = row
  return { askId, reference, ask: askIn(row), endsAt, preparedAt, preparedBy, status }
}

/** As `prepareAsk` kept it. */
function askIn({ body }: Row): Ask {
  const { startsAt, endsAt, ...ask } = JSON.parse(body) as Omit<Ask, 'startsAt' | 'endsAt'> & { startsAt?: string; endsAt?: string }
  return { ...ask, ...(startsAt && { startsAt: new Date(startsAt) }), ...(endsAt && { endsAt: new Date(endsAt) }) }
}

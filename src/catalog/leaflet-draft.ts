import type { MemberActor } from '../actors.ts'
import { canonical, sha256 } from '../canonical.ts'
import { amsterdamDay } from '../clock.ts'
import { type Db, inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { LeafletId, ServiceId, SupplierId } from '../ids.ts'
import { mustActFor } from '../members/acting.ts'
import { Refusal } from '../refusal.ts'
import { type LeafletDraft, readDraft } from './leaflet.ts'
import { publishIn } from './publish-leaflet.ts'
import { latestLeaflet, type Service, serviceById } from './store.ts'

/** What is being written for a service, or where writing would begin: with the published version, or with nothing. */
export interface Draft {
  content: LeafletDraft
  /** Of the content: what a form names that was made on it. */
  hash: string
  /** Null: nothing is being written. */
  changedAt: Date | null
}

/** Does NOT check who asks: the pages of the service's own supplier do. */
export async function draftOf(db: Db, serviceId: ServiceId): Promise<Draft> {
  const row = await db.selectFrom('leaflet_drafts').selectAll().where('service_id', '=', serviceId).executeTakeFirst() // leaflet_drafts_pkey
  // readDraft checked it
  const content = row ? (JSON.parse(row.content) as LeafletDraft) : ((await latestLeaflet(db, serviceId))?.content ?? {})
  return { content, hash: sha256(content).toString('hex'), changedAt: row?.changed_at ?? null }
}

/** A change of a draft, made on a page that showed the draft with this hash. */
export interface DraftChange {
  serviceId: ServiceId
  seen: string
}

/**
 * Writes one or more sections of a leaflet, each whole; the others stay as they are. What is wrong is refused, and then nothing
 * of it is kept.
 *
 * @param sections not trusted: read by `readDraft`
 * @throws Refusal `member_role_missing`, `service_not_found` also for another supplier's
 * @throws Refusal `leaflet_incomplete`, `purpose_unknown`, `purpose_forbidden`, with the places that are wrong; a day of change (H) that is
 *   still to come is one of them
 * @throws Refusal `changed_meanwhile` when a colleague wrote in between
 */
export async function writeDraft(
  deps: Deps,
  actor: MemberActor,
  { serviceId, seen, sections }: DraftChange & { sections: unknown },
): Promise<void> {
  const at = deps.now()
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    const { kind } = await mustBeOurs(tx, actor, serviceId)
    const before = await heldDraft(tx, serviceId, seen)
    const written = readDraft(kind, sections)
    if (written.changed && written.changed > amsterdamDay(at)) throw new Refusal('leaflet_incomplete', { fields: ['changed'] })
    const content = canonical({ ...before.content, ...written })
    const change = { content, changed_at: at, changed_by: actor.memberId }
    if (before.changedAt) {
      await tx.updateTable('leaflet_drafts').set(change).where('service_id', '=', serviceId).execute() // leaflet_drafts_pkey
      return
    }
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('leaflet_drafts')
      .values({ service_id: serviceId, ...change })
      .onConflict((conflict) => conflict.column('service_id').doNothing())
      .executeTakeFirst()
    if (numInsertedOrUpdatedRows !== 1n) throw new Refusal('changed_meanwhile')
  })
}

/**
 * Throws away what is being written; what is published stays.
 *
 * @throws Refusal `member_role_missing`, `service_not_found`, `changed_meanwhile`
 */
export async function discardDraft(deps: Deps, actor: MemberActor, { serviceId, seen }: DraftChange): Promise<void> {
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    await mustBeOurs(tx, actor, serviceId)
    await heldDraft(tx, serviceId, seen)
    await tx.deleteFrom('leaflet_drafts').where('service_id', '=', serviceId).execute() // leaflet_drafts_pkey
  })
}

/**
 * Publishes what was written as the next version (M26): exactly what the page before showed.
 *
 * @throws Refusal `member_role_missing`, `service_not_found`, `changed_meanwhile`
 * @throws Refusal `leaflet_incomplete` while a section is missing (C05), `leaflet_unchanged` when it says what the last one said
 */
export async function publishDraft(
  deps: Deps,
  actor: MemberActor,
  { serviceId, seen }: DraftChange,
): Promise<{ leafletId: LeafletId; version: number }> {
  const at = deps.now()
  return await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    await mustBeOurs(tx, actor, serviceId)
    const { content } = await heldDraft(tx, serviceId, seen)
    const last = await latestLeaflet(tx, serviceId)
    if (last && saysTheSame(last.content, content)) throw new Refusal('leaflet_unchanged')
    await tx.deleteFrom('leaflet_drafts').where('service_id', '=', serviceId).execute() // leaflet_drafts_pkey
    return await publishIn(tx, at, { serviceId, content }, actor)
  })
}

/** Whether a leaflet says what another says, whenever either was changed. */
export function saysTheSame(one: LeafletDraft, other: LeafletDraft): boolean {
  const undated = (leaflet: LeafletDraft) => canonical({ ...leaflet, changed: null })
  return undated(one) === undated(other)
}

/** @throws Refusal `member_role_missing`, `service_not_found` */
async function mustBeOurs(tx: Tx, actor: MemberActor, serviceId: ServiceId): Promise<Service> {
  await mustActFor(tx, actor, ['contracts'])
  return await ownService(tx, actor.supplierId, serviceId)
}

/**
 * A service of this supplier.
 *
 * @throws Refusal `service_not_found` also for another's
 */
export async function ownService(db: Db, supplierId: SupplierId, serviceId: ServiceId): Promise<Service> {
  const service = await serviceById(db, serviceId)
  if (service?.supplierId !== supplierId) throw new Refusal('service_not_found')
  return service
}

/** The draft, held until commit. @throws Refusal `changed_meanwhile` when it is another than was seen */
async function heldDraft(tx: Tx, serviceId: ServiceId, seen: string): Promise<Draft> {
  await tx.selectFrom('leaflet_drafts').select('service_id').where('service_id', '=', serviceId).forUpdate().execute() // leaflet_drafts_pkey
  const draft = await draftOf(tx, serviceId)
  if (draft.hash !== seen) throw new Refusal('changed_meanwhile')
  return draft
}

import { sql } from 'kysely'
import { z } from 'zod'
import type { Approach } from '../approach.ts'
import type { LegalBasis } from '../catalog/legal-basis.ts'
import { plainText } from '../catalog/plain-text.ts'
import { purposeFor } from '../catalog/purposes.ts'
import { mustNotAdvertise, tellsSpecialCategory } from '../catalog/screening.ts'
import type { Tx } from '../database.ts'
import { type BoardId, type ItemId, newId, type RequestId, type RoundId } from '../ids.ts'
import type { Cause } from '../messages/questions.ts'
import { boardById } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import { type ImageUse, type Item, meaningHash, mustStandOnItsBasis } from './item.ts'
import { mustBeAgreed, mustBeInCatalog, type SupplierUse } from './item-use.ts'
import type { DecisionRule } from './outcome.ts'

export interface NewItem {
  /** Where it is known beforehand, because it was shown beforehand. */
  itemId?: ItemId
  approach: Approach
  roundId?: RoundId
  requestId?: RequestId
  legalBasis: LegalBasis
  basisMotivation?: string | null
  /** Absent: the school's own use. */
  use?: SupplierUse
  image?: ImageUse
  /** An id of the closed list; `image` for images. */
  purpose: string
  occasion: string
  /** Which sentence of ours the occasion is, where nobody said one. */
  cause?: Cause | null
  reason: { nl: string; en?: string | null }
  alternative: { nl: string; en?: string | null }
  needsAssignment?: boolean
  replacesEarlier?: boolean
  /** Absent: the board's own rule. */
  rule?: DecisionRule
  startsAt: Date
  endsAt: Date
}

const words = z.object({ nl: plainText(2000), en: plainText(2000).nullish() })
const texts = z.object({
  occasion: plainText(500),
  reason: words,
  alternative: words,
  basisMotivation: plainText(4000).nullish(),
  image: z.object({ channel: plainText(60), medium: z.enum(['photo', 'video', 'sound']) }).optional(),
})

/**
 * Makes an item, in the transaction of whatever asks it (a round, a request). Does NOT check who makes it, and asks nobody:
 * `askConsents` does.
 *
 * The legal-basis gate stands here (K01): a question about data that rest on another basis cannot be made. In the
 * organisation-oriented approach the agreement covers the use; an item of a request may wait for its addendum and only
 * needs the agreement.
 *
 * @throws Refusal `basis_is_not_consent`, `image_needs_consent`, `basis_unmotivated`, `item_without_alternative`
 * @throws Refusal `purpose_unknown`, `purpose_forbidden`, `datatype_unknown`, `leaflet_lacks_data`, `supplier_not_found`,
 *   `service_not_found`, `leaflet_not_found`, `part_unknown`, `holder_not_found`
 * @throws Refusal `agreement_not_in_force`, `onward_clause_missing`, `input_invalid`
 */
export async function createItem(tx: Tx, at: Date, boardId: BoardId, input: NewItem): Promise<Item> {
  const item = await readItem(tx, at, boardId, input)
  await insertItem(tx, item, at)
  return item
}

/**
 * The item as `createItem` would make it, and refuses it: to be shown before anybody is asked.
 *
 * @throws Refusal as `createItem`
 */
export async function readItem(tx: Tx, at: Date, boardId: BoardId, input: NewItem): Promise<Item> {
  mustStandOnItsBasis(input)
  const read = texts.safeParse(input)
  if (!read.success)
    throw new Refusal('input_invalid', {
      errors: read.error.issues.map(({ path }) => ({ field: path.join('.'), reason: 'is not plain text' })),
    })
  const { occasion, reason, alternative, basisMotivation, image } = read.data
  mustNotAdvertise({ occasion, reason: `${reason.nl}\n${reason.en ?? ''}`, basis: basisMotivation })
  if (input.startsAt >= input.endsAt || input.endsAt <= at)
    throw new Refusal('input_invalid', { errors: [{ field: 'endsAt', reason: 'is past' }] })
  if (!input.use && !image) throw new Refusal('input_invalid', { errors: [{ field: 'use', reason: 'is missing' }] })
  const service = input.use && (await mustBeInCatalog(tx, input.use, input.purpose, Boolean(image)))
  if (!service) purposeFor('image', input.purpose)
  // What a round of next year leans on is what is in force then.
  const agreements = await mustBeAgreed(tx, input.roundId && input.startsAt > at ? input.startsAt : at, boardId, input)

  const board = await boardById(tx, boardId)
  const use = input.use
  const item: Item = {
    boardId,
    itemId: input.itemId ?? newId<ItemId>(at),
    approach: input.approach,
    roundId: input.roundId ?? null,
    requestId: input.requestId ?? null,
    legalBasis: input.legalBasis,
    basisMotivation: basisMotivation ?? null,
    supplierId: use?.supplierId ?? null,
    serviceId: use?.serviceId ?? null,
    partId: use?.partId ?? null,
    leafletId: use?.leafletId ?? null,
    ...agreements,
    holderId: use?.holderId ?? null,
    datatypes: [...new Set(use?.datatypes ?? [])].sort(),
    purpose: service?.purpose ?? input.purpose,
    occasion,
    cause: input.cause ?? null,
    image: image ?? null,
    reason: { nl: reason.nl, en: reason.en ?? null },
    alternative: { nl: alternative.nl, en: alternative.en ?? null },
    specialCategory: (service?.special ?? false) || tellsSpecialCategory([occasion, reason.nl, reason.en ?? ''].join('\n')),
    needsAssignment: input.needsAssignment ?? false,
    replacesEarlier: input.replacesEarlier ?? false,
    rule: input.rule ?? board.decisionRule,
    startsAt: input.startsAt,
    endsAt: input.endsAt,
    meaningHash: new Uint8Array(),
  }
  item.meaningHash = meaningHash(item)
  if (item.legalBasis === 'consent') await mustNotRestOnAnotherBasis(tx, item)
  return item
}

/** K01: the same data for the same purpose cannot be told on one basis and asked on consent at once. A draft tells nobody. */
async function mustNotRestOnAnotherBasis(tx: Tx, item: Item): Promise<void> {
  if (!item.supplierId || !item.serviceId || item.datatypes.length === 0) return
  const told = await tx
    .selectFrom('items')
    .select('item_id')
    .where('board_id', '=', item.boardId)
    .where('supplier_id', '=', item.supplierId) // items_by_supplier
    .where('holder_id', item.holderId ? '=' : 'is', item.holderId)
    .where('service_id', '=', item.serviceId)
    // What is told of a whole service is told of each of its parts; of a whole that has such a part nothing is asked either.
    .$if(item.partId !== null, (query) => query.where((part) => part.or([part('part_id', 'is', null), part('part_id', '=', item.partId)])))
    .where('purpose', '=', item.purpose)
    .where('legal_basis', '<>', 'consent')
    .where(sql<boolean>`datatypes && ${item.datatypes}::text[]`)
    .where('starts_at', '<', item.endsAt)
    .where('ends_at', '>', item.startsAt)
    .where((where) =>
      where.exists(
        where
          .selectFrom('consents as c')
          .select('c.consent_id')
          .whereRef('c.board_id', '=', 'items.board_id')
          .whereRef('c.item_id', '=', 'items.item_id') // consents_one_open
          .where('c.ended_at', 'is', null),
      ),
    )
    .limit(1)
    .executeTakeFirst()
  if (told) throw new Refusal('basis_is_not_consent')
}

/** Puts an item that `readItem` gave where it is asked from. Does NOT check it again. */
export async function insertItem(tx: Tx, item: Item, at: Date): Promise<void> {
  await tx
    .insertInto('items')
    .values({
      board_id: item.boardId,
      item_id: item.itemId,
      approach: item.approach,
      round_id: item.roundId,
      request_id: item.requestId,
      legal_basis: item.legalBasis,
      basis_motivation: item.basisMotivation,
      supplier_id: item.supplierId,
      service_id: item.serviceId,
      part_id: item.partId,
      leaflet_id: item.leafletId,
      agreement_id: item.agreementId,
      holder_id: item.holderId,
      holder_agreement_id: item.holderAgreementId,
      datatypes: item.datatypes,
      purpose: item.purpose,
      occasion: item.occasion,
      cause: item.cause,
      image_channel: item.image?.channel ?? null,
      image_medium: item.image?.medium ?? null,
      reason_nl: item.reason.nl,
      reason_en: item.reason.en,
      alternative_nl: item.alternative.nl,
      alternative_en: item.alternative.en,
      special_category: item.specialCategory,
      needs_assignment: item.needsAssignment,
      replaces_earlier: item.replacesEarlier,
      decision_rule: item.rule,
      starts_at: item.startsAt,
      ends_at: item.endsAt,
      meaning_hash: item.meaningHash,
      created_at: at,
    })
    .execute()
}

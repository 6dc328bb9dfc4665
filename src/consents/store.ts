import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { Tx } from '../database.ts'
import type { BoardId, ConsentId, ItemId, PersonId } from '../ids.ts'
import { subjectFacts } from '../people/store.ts'
import type { SubjectFacts } from '../people/who-may-answer.ts'
import { type Consent, standingAndUndone } from './consent.ts'
import type { Item } from './item.ts'
import type { ItemTable } from './tables.ts'

/** A consent with its item: everything its state and what it would give follow from. */
export interface AskedItem extends Consent {
  item: Item
  /** The pupil lets their parents see what they answered. */
  sharedWithParents?: boolean
}

export async function itemById(tx: Tx, boardId: BoardId, itemId: ItemId): Promise<Item | undefined> {
  const row = await tx.selectFrom('items').selectAll().where('board_id', '=', boardId).where('item_id', '=', itemId).executeTakeFirst() // items_pkey
  return row && itemOf(row)
}

/** Ended ones too. Does NOT check who asks: whose it is decides `consent.ts`. */
export async function consentById(tx: Tx, boardId: BoardId, consentId: ConsentId): Promise<AskedItem | undefined> {
  return (await consentsById(tx, boardId, [consentId])).get(consentId)
}

/** How many acts there were on a consent: what is handed out now is handed out at this revision. */
export async function revisionOf(tx: Tx, boardId: BoardId, consentId: ConsentId): Promise<number> {
  const { revision } = await tx
    .selectFrom('consents')
    .select('revision')
    .where('board_id', '=', boardId)
    .where('consent_id', '=', consentId) // consents_pkey
    .executeTakeFirstOrThrow()
  return revision
}

/** As `consentById`, for many at once; what is not there, or hidden from this actor, is not in the answer. */
export async function consentsById(tx: Tx, boardId: BoardId, consentIds: readonly ConsentId[]): Promise<Map<ConsentId, AskedItem>> {
  return await consentsWhere(tx, boardId, sql`c.consent_id = any(${consentIds}::uuid[])`) // consents_pkey
}

/** All consents about these subjects, ended ones too, in the order they were asked. */
export async function consentsAbout(tx: Tx, boardId: BoardId, subjectIds: readonly PersonId[]): Promise<AskedItem[]> {
  if (subjectIds.length === 0) return []
  return [...(await consentsWhere(tx, boardId, sql`c.subject_id = any(${subjectIds}::uuid[])`)).values()] // consents_by_subject
}

/** The open consents on an item. */
export async function openConsentsOn(tx: Tx, boardId: BoardId, itemIds: readonly ItemId[]): Promise<AskedItem[]> {
  if (itemIds.length === 0) return []
  return [...(await consentsWhere(tx, boardId, sql`c.item_id = any(${itemIds}::uuid[]) and c.ended_at is null`)).values()] // consents_one_open
}

/**
 * Takes hold of a consent that is about to change: whoever else changes it, or redeems on it, waits until this transaction
 * is through. What it says is read afterwards, in a statement that sees what they did.
 *
 * @returns false when there is none that this actor can see
 */
export async function lockConsent(tx: Tx, boardId: BoardId, consentId: ConsentId): Promise<boolean> {
  const row = await tx
    .selectFrom('consents')
    .select('consent_id')
    .where('board_id', '=', boardId)
    .where('consent_id', '=', consentId) // consents_pkey
    .forNoKeyUpdate()
    .executeTakeFirst()
  return row !== undefined
}

async function consentsWhere(tx: Tx, boardId: BoardId, condition: ReturnType<typeof sql>): Promise<Map<ConsentId, AskedItem>> {
  const rows = await tx
    .selectFrom('consents as c')
    .innerJoin('items as i', (join) => join.onRef('i.board_id', '=', 'c.board_id').onRef('i.item_id', '=', 'c.item_id')) // items_pkey
    .innerJoin('boards as b', 'b.board_id', 'c.board_id')
    .leftJoin('rounds as r', (join) => join.onRef('r.board_id', '=', 'i.board_id').onRef('r.round_id', '=', 'i.round_id')) // rounds_pkey
    .selectAll('i')
    .select([
      'c.consent_id',
      'c.subject_id',
      'c.asked_at',
      'c.revision',
      'c.ended_at',
      'c.ended_as',
      'c.ended_by',
      'b.at_sixteen',
      'r.opens_at',
    ])
    .select((select) => [
      select
        .exists(
          select
            .selectFrom('answer_shares as s')
            .select('s.share_id')
            .whereRef('s.board_id', '=', 'c.board_id')
            .whereRef('s.consent_id', '=', 'c.consent_id') // answer_shares_one_open
            .where('s.ended_at', 'is', null),
        )
        .as('shared'),
      jsonArrayFrom(
        select
          .selectFrom('answers as a')
          .select([
            'a.decider_id',
            'a.answer',
            'a.datatypes',
            'a.until_at',
            'a.revision',
            'a.authority',
            'a.guardianship_id',
            'a.answered_at',
            'a.undone_at',
            'a.undone_revision',
            'a.recorded_by',
          ])
          .whereRef('a.board_id', '=', 'c.board_id')
          .whereRef('a.consent_id', '=', 'c.consent_id') // answers_one_per_revision
          .orderBy('a.revision'),
      ).as('answers'),
      jsonArrayFrom(
        select
          .selectFrom('objections as o')
          .select(['o.objection_id', 'o.made_by', 'o.made_at', 'o.decided_at', 'o.granted'])
          .whereRef('o.board_id', '=', 'c.board_id')
          .whereRef('o.consent_id', '=', 'c.consent_id') // objections_by_consent
          .orderBy('o.made_at'),
      ).as('objections'),
    ])
    .where('c.board_id', '=', boardId)
    .where(sql<boolean>`${condition}`)
    .orderBy('c.asked_at')
    .orderBy('c.consent_id')
    .execute()
  const subjects = await subjectFacts(tx, boardId, [...new Set(rows.map(({ subject_id }) => subject_id))])
  return new Map(
    rows.map((row) => {
      const item = itemOf(row)
      return [
        row.consent_id,
        {
          boardId,
          consentId: row.consent_id,
          itemId: item.itemId,
          approach: item.approach,
          legalBasis: item.legalBasis,
          item,
          question: {
            rule: item.rule,
            asked: { datatypes: item.datatypes, endsAt: item.endsAt },
            subject: subjects.get(row.subject_id) ?? erased(row.subject_id),
            atSixteen: row.at_sixteen,
          },
          sharedWithParents: row.shared === true,
          askedAt: row.asked_at,
          opensAt: row.opens_at,
          revision: row.revision,
          ...standingAndUndone(
            row.answers.map((answer) => ({
              deciderId: answer.decider_id,
              answer: answer.answer,
              datatypes: answer.datatypes,
              untilAt: dateOrNull(answer.until_at),
              revision: answer.revision,
              authority: answer.authority,
              guardianshipId: answer.guardianship_id,
              answeredAt: new Date(answer.answered_at),
              ...(answer.recorded_by && { byStaff: true as const }),
              undoneAt: dateOrNull(answer.undone_at),
              undoneIn: answer.undone_revision,
            })),
          ),
          objections: row.objections.map(({ objection_id, made_by, made_at, decided_at, granted }) => ({
            objectionId: objection_id,
            madeBy: made_by,
            madeAt: new Date(made_at),
            decided: decided_at !== null ? { at: new Date(decided_at), granted: granted === true } : null,
          })),
          ended: endOf(row),
        },
      ]
    }),
  )
}

/** Nobody may answer for somebody who was erased. */
function erased(personId: PersonId): SubjectFacts {
  return { personId, kind: 'pupil', birthDate: null, guardianships: [] }
}

/** In json a time is a string. */
const dateOrNull = (time: Date | string | null) => (time === null ? null : new Date(time))

function endOf({
  consent_id,
  ended_at,
  ended_as,
  ended_by,
}: {
  consent_id: ConsentId
  ended_at: Date | null
  ended_as: 'withdrawn' | 'invalidated' | 'lapsed' | 'expired' | null
  ended_by: string | null
}): Consent['ended'] {
  if (ended_at && ended_as && ended_by !== null) return { at: ended_at, as: ended_as, by: ended_by }
  if (!ended_at && !ended_as && ended_by === null) return null
  throw new Error(`consents row ${consent_id} is in no known state`)
}

/** Rows of `items` become items here and nowhere else. */
export function itemOf(row: Selectable<ItemTable>): Item {
  if ((row.image_channel === null) !== (row.image_medium === null)) throw new Error(`items row ${row.item_id} is in no known state`)
  return {
    boardId: row.board_id,
    itemId: row.item_id,
    approach: row.approach,
    roundId: row.round_id,
    requestId: row.request_id,
    legalBasis: row.legal_basis,
    basisMotivation: row.basis_motivation,
    supplierId: row.supplier_id,
    serviceId: row.service_id,
    partId: row.part_id,
    leafletId: row.leaflet_id,
    agreementId: row.agreement_id,
    holderId: row.holder_id,
    holderAgreementId: row.holder_agreement_id,
    datatypes: row.datatypes,
    purpose: row.purpose,
    occasion: row.occasion,
    cause: row.cause,
    image: row.image_channel !== null && row.image_medium !== null ? { channel: row.image_channel, medium: row.image_medium } : null,
    reason: { nl: row.reason_nl, en: row.reason_en },
    alternative: { nl: row.alternative_nl, en: row.alternative_en },
    specialCategory: row.special_category,
    needsAssignment: row.needs_assignment,
    replacesEarlier: row.replaces_earlier,
    rule: row.decision_rule,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    meaningHash: row.meaning_hash,
  }
}

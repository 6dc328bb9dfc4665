import { sql } from 'kysely'
import type { PersonActor } from '../actors.ts'
import { dutiesAbout } from '../agreements/duties.ts'
import { CATEGORIES, isCategory } from '../catalog/categories.ts'
import { suppliers } from '../catalog/store.ts'
import type { ImageUse } from '../consents/item.ts'
import { sharedAbout } from '../consents/questions.ts'
import { receiptsOf } from '../consents/receipt.ts'
import type { ReceiptAct } from '../consents/tables.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, HolderId, PersonId, SupplierId } from '../ids.ts'
import { boardById, personById, subjectFacts } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import { everEnrolled } from './ask-right.ts'
import { emergenciesOf } from './emergency.ts'
import { type HeldTransfer, transfersIn } from './held-transfers.ts'
import { mayUseRightsOf } from './right.ts'
import { casesMadeBy } from './store.ts'

/**
 * Everything the broker itself holds about a person, as far as whoever asks may see it (GDPR art. 15 and 20): plain values
 * under plain names, to read and to carry along. Of the other guardian there is nothing in it: no name, answer, time or
 * address. What companies hold, they tell themselves.
 */
export interface Held {
  madeAt: string
  board: string
  about: PersonId
  person: Record<string, string | null>
  tenures: { kind: 'enrolment' | 'employment'; school: string | null; group: string | null; from: string; until: string | null }[]
  /** Of whoever asks alone: how the register has it that they stand for the person. */
  standsFor: { kind: string; authority: string; from: string; until: string | null }[]
  /** Tasks at the school. */
  mandates: { role: string; from: string; until: string | null }[]
  consents: {
    askedAt: string
    company: string | null
    legalBasis: string
    purpose: string
    data: { nl: string; en: string }[]
    image: ImageUse | null
    state: string
    from: string
    until: string
    /** Whoever asks said this, last. */
    mine: { answer: string; at: string; method: string | null; shown: string | null } | null
    /** All that whoever asks did about it, the newest first, as on their receipts. */
    said: { act: ReceiptAct; at: string; undoneAt: string | null }[]
    issued: number
    delivered: number
    duties: { kind: string; dueAt: string; confirmedAt: string | null }[]
  }[]
  requests: {
    kind: string
    company: string | null
    receivedAt: string
    dueAt: string
    words: string | null
    outcome: string | null
    closing: string | null
  }[]
  /** What whoever asks wrote to the school about a question, and what came back; until it is erased. */
  inquiries: { askedAt: string; question: string; answeredAt: string | null; answer: string | null }[]
  transfers: HeldTransfer[]
  /** What the school gave to others in an emergency. */
  emergencies: { givenAt: string; receiver: string; data: string; reason: string; tried: string }[]
  linkCodes: { company: string; madeAt: string; expiresAt: string; cancelledAt: string | null }[]
  account: {
    email: string | null
    language: string
    since: string
    sessions: { from: string; lastSeen: string; how: string; device: string }[]
  } | null
  /** What the person did here, as the ledger has it. */
  acts: { at: string; event: string }[]
}

/** @throws Refusal `person_not_found` also where they may not use that person's rights */
export async function heldAbout(deps: Deps, actor: PersonActor, subjectId: PersonId): Promise<Held> {
  const at = deps.now()
  const { boardId, personId } = actor
  return await inTransaction(deps.db, { actor: 'account', boards: [boardId] }, async (tx) => {
    const subject = (await subjectFacts(tx, boardId, [subjectId])).get(subjectId)
    const person = await personById(tx, boardId, subjectId)
    if (!person || !subject || !mayUseRightsOf(subject, personId, await everEnrolled(tx, boardId, subjectId), at))
      throw new Refusal('person_not_found')
    const isMe = subjectId === personId
    return {
      madeAt: at.toISOString(),
      board: (await boardById(tx, boardId)).name,
      about: subjectId,
      person: {
        givenName: person.givenName,
        familyName: person.familyName,
        birthDate: person.birthDate,
        email: person.email,
        phone: person.phone,
        eckId: person.eckId,
      },
      tenures: await tenuresOf(tx, boardId, subjectId),
      standsFor: subject.guardianships
        .filter(({ guardianId }) => guardianId === personId)
        .map(({ kind, authority, startsAt, endsAt }) => ({ kind, authority, from: iso(startsAt), until: endsAt && iso(endsAt) })),
      mandates: isMe ? await mandatesEver(tx, boardId, personId) : [],
      consents: await consentsIn(tx, boardId, subjectId, personId, at),
      requests: await requestsIn(tx, boardId, subjectId, personId),
      inquiries: await inquiriesIn(tx, boardId, subjectId, personId),
      transfers: await transfersIn(tx, boardId, subjectId, personId),
      emergencies: (await emergenciesOf(tx, boardId, [subjectId])).map(({ givenAt, receiver, data, reason, tried }) => ({
        givenAt: iso(givenAt),
        receiver,
        data,
        reason,
        tried,
      })),
      linkCodes: await linkCodesIn(tx, boardId, subjectId, personId),
      account: isMe ? await accountOf(tx, actor) : null,
      acts: isMe ? await actsOf(tx, boardId, personId) : [],
    }
  })
}

const iso = (at: Date) => at.toISOString()

async function tenuresOf(tx: Tx, boardId: BoardId, personId: PersonId): Promise<Held['tenures']> {
  const { rows } = await sql<{
    kind: 'enrolment' | 'employment'
    school: string | null
    group: string | null
    starts_at: Date
    ends_at: Date | null
  }>`
    select t.kind, s.name as school, t."group", t.starts_at, t.ends_at from (
      select 'enrolment' as kind, school_id, group_name as "group", starts_at, ends_at from enrolments
      where board_id = ${boardId} and person_id = ${personId} -- enrolments_by_person
      union all
      select 'employment', school_id, job_title, starts_at, ends_at from employments
      where board_id = ${boardId} and person_id = ${personId} -- employments_by_person
    ) t left join schools s on s.board_id = ${boardId} and s.school_id = t.school_id
    order by t.starts_at`.execute(tx)
  return rows.map(({ starts_at, ends_at, ...tenure }) => ({ ...tenure, from: iso(starts_at), until: ends_at && iso(ends_at) }))
}

async function mandatesEver(tx: Tx, boardId: BoardId, personId: PersonId): Promise<Held['mandates']> {
  const rows = await tx
    .selectFrom('mandates')
    .select(['role', 'starts_at', 'ends_at'])
    .where('board_id', '=', boardId)
    .where('person_id', '=', personId) // mandates_by_person
    .orderBy('starts_at')
    .execute()
  return rows.map(({ role, starts_at, ends_at }) => ({ role, from: iso(starts_at), until: ends_at && iso(ends_at) }))
}

async function consentsIn(tx: Tx, boardId: BoardId, subjectId: PersonId, viewerId: PersonId, at: Date): Promise<Held['consents']> {
  const shared = await sharedAbout(tx, boardId, subjectId, at, viewerId)
  const company = await namesOf(
    tx,
    shared.map(({ item }) => item.supplierId),
  )
  const mine = await answersOf(tx, boardId, viewerId)
  const receipts = Map.groupBy(await receiptsOf(tx, boardId, viewerId), (receipt) => receipt.consentId)
  const named = await dataNames(
    tx,
    shared.map(({ item }) => item.holderId),
  )
  const held: Held['consents'] = []
  for (const { consentId, askedAt, legalBasis, item, state, takenOver, issued, delivered } of shared) {
    const duties = takenOver ? [] : await dutiesAbout(tx, boardId, consentId)
    held.push({
      askedAt: iso(askedAt),
      company: company(item.supplierId),
      legalBasis,
      purpose: item.purpose,
      data: item.datatypes.map((datatype) => named(item.holderId, datatype)),
      image: item.image,
      state: takenOver ? 'taken_over' : state.state,
      from: iso(item.startsAt),
      until: iso(item.endsAt),
      mine: mine.get(consentId) ?? null,
      said: (receipts.get(consentId) ?? []).map(({ act, madeAt, undoneAt }) => ({
        act,
        at: iso(madeAt),
        undoneAt: undoneAt && iso(undoneAt),
      })),
      issued: issued.count,
      delivered: delivered.count,
      duties: duties.map(({ kind, dueAt, confirmedAt }) => ({ kind, dueAt: iso(dueAt), confirmedAt: confirmedAt && iso(confirmedAt) })),
    })
  }
  return held
}

/** What a holder calls its data sets; what a service gathers itself is named by category. */
async function dataNames(
  tx: Tx,
  holderIds: readonly (HolderId | null)[],
): Promise<(holderId: HolderId | null, datatype: string) => { nl: string; en: string }> {
  const ids = [...new Set(holderIds.filter((id) => id !== null))]
  const sets =
    ids.length === 0
      ? []
      : await tx.selectFrom('data_sets').select(['holder_id', 'datatype', 'name_nl', 'name_en']).where('holder_id', 'in', ids).execute() // data_sets_pkey
  return (holderId, datatype) => {
    const set = sets.find((one) => one.holder_id === holderId && one.datatype === datatype)
    if (set) return { nl: set.name_nl, en: set.name_en }
    return isCategory(datatype) ? { nl: CATEGORIES[datatype].nl, en: CATEGORIES[datatype].en } : { nl: datatype, en: datatype }
  }
}

/** Somebody's own latest answers, each with the very text that was shown (K26). */
async function answersOf(tx: Tx, boardId: BoardId, deciderId: PersonId) {
  const rows = await tx
    .selectFrom('answers as a')
    .leftJoin('shown_texts as s', (join) => join.onRef('s.board_id', '=', 'a.board_id').onRef('s.shown_hash', '=', 'a.shown_hash'))
    .select(['a.consent_id', 'a.answer', 'a.answered_at', 'a.method', 's.body'])
    .where('a.board_id', '=', boardId)
    .where('a.decider_id', '=', deciderId)
    .orderBy('a.revision')
    .execute()
  return new Map(rows.map((row) => [row.consent_id, { answer: row.answer, at: iso(row.answered_at), method: row.method, shown: row.body }]))
}

async function requestsIn(tx: Tx, boardId: BoardId, subjectId: PersonId, viewerId: PersonId): Promise<Held['requests']> {
  const cases = (await casesMadeBy(tx, boardId, viewerId)).filter((one) => one.subjectId === subjectId)
  const company = await namesOf(
    tx,
    cases.map(({ supplierId }) => supplierId),
  )
  return cases.map(({ kind, supplierId, receivedAt, dueAt, words, closed }) => ({
    kind,
    company: company(supplierId),
    receivedAt: iso(receivedAt),
    dueAt: iso(dueAt),
    words,
    outcome: closed?.outcome ?? null,
    closing: closed?.closing ?? null,
  }))
}

async function inquiriesIn(tx: Tx, boardId: BoardId, subjectId: PersonId, viewerId: PersonId): Promise<Held['inquiries']> {
  const rows = await tx
    .selectFrom('inquiries as q')
    .innerJoin('consents as c', (join) => join.onRef('c.board_id', '=', 'q.board_id').onRef('c.consent_id', '=', 'q.consent_id')) // consents_pkey
    .select(['q.asked_at', 'q.answered_at', 'q.answer'])
    .select((column) => column.ref('q.question').$notNull().as('question'))
    .where('q.board_id', '=', boardId)
    .where('q.asked_by', '=', viewerId)
    .where('c.subject_id', '=', subjectId)
    .where('q.erased_at', 'is', null) // inquiries_in_words
    .orderBy('q.asked_at')
    .execute()
  return rows.map(({ asked_at, question, answered_at, answer }) => ({
    askedAt: iso(asked_at),
    question,
    answeredAt: answered_at && iso(answered_at),
    answer,
  }))
}

async function linkCodesIn(tx: Tx, boardId: BoardId, subjectId: PersonId, viewerId: PersonId): Promise<Held['linkCodes']> {
  const rows = await tx
    .selectFrom('link_codes')
    .select(['supplier_id', 'made_at', 'expires_at', 'cancelled_at'])
    .where('board_id', '=', boardId)
    .where('subject_id', '=', subjectId) // link_codes_by_subject
    .where('made_by', '=', viewerId)
    .orderBy('made_at')
    .execute()
  const company = await namesOf(
    tx,
    rows.map(({ supplier_id }) => supplier_id),
  )
  return rows.map((row) => ({
    company: company(row.supplier_id) ?? '',
    madeAt: iso(row.made_at),
    expiresAt: iso(row.expires_at),
    cancelledAt: row.cancelled_at && iso(row.cancelled_at),
  }))
}

async function accountOf(tx: Tx, { accountId }: PersonActor): Promise<Held['account']> {
  const account = await tx
    .selectFrom('accounts')
    .select(['email', 'language', 'created_at'])
    .where('account_id', '=', accountId) // accounts_pkey
    .executeTakeFirst()
  const sessions = await tx
    .selectFrom('sessions')
    .select(['made_at', 'last_seen_at', 'method', 'device'])
    .where('account_id', '=', accountId) // sessions_by_account
    .orderBy('made_at')
    .execute()
  return account
    ? {
        email: account.email,
        language: account.language,
        since: iso(account.created_at),
        sessions: sessions.map(({ made_at, last_seen_at, method, device }) => ({
          from: iso(made_at),
          lastSeen: iso(last_seen_at),
          how: method,
          device,
        })),
      }
    : null
}

async function actsOf(tx: Tx, boardId: BoardId, personId: PersonId): Promise<Held['acts']> {
  const rows = await tx
    .selectFrom('ledger')
    .select(['at', 'event'])
    .where('board_id', '=', boardId)
    .where('actor', '=', `person:${personId}`)
    .orderBy('at')
    .execute()
  return rows.map(({ at, event }) => ({ at: iso(at), event }))
}

async function namesOf(tx: Tx, ids: readonly (SupplierId | null)[]): Promise<(id: SupplierId | null) => string | null> {
  const known = await suppliers(tx, [...new Set(ids.filter((id): id is SupplierId => id !== null))])
  return (id) => known.find(({ supplierId }) => supplierId === id)?.legalName ?? null
}

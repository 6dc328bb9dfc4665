import { sql } from 'kysely'
import { overdueDuties } from '../agreements/duties.ts'
import { pendingObjections } from '../consents/objections.ts'
import { FEWEST_SHOWN } from '../consents/small-groups.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { AgreementId, BoardId, PersonId, SupplierId } from '../ids.ts'
import { informedSince } from '../notifications/informed.ts'
import { subjectFacts } from '../people/store.ts'
import { whoMayAnswer } from '../people/who-may-answer.ts'
import { type Activity, activitiesOf } from './activities.ts'
import { clockRuns, clocksOf } from './incident.ts'
import { incidentsOf } from './incident-store.ts'
import { demandsAtBoard } from './legal-demand.ts'
import { dueDeletions } from './retention.ts'
import { openCases } from './store.ts'

/** The form the product's agreements have; what is older stays valid until it ends, and is then followed by this (C27). */
const MODEL_VERSION = '2.0'

/** What whoever watches over privacy wants to know at a glance. */
export interface Oversight {
  overdue: { duties: number; cases: number; objections: number; incidents: number; deletions: number }
  /** What suppliers told of demands by law, and nobody at the board noted having seen. */
  unseenDemands: number
  /** K34: must be empty. Companies that get data about somebody of whom nobody was told who is to be told. */
  uninformed: { supplierId: SupplierId; subjects: number }[]
  /** A07, M18 */
  outsideEea: Activity[]
  /** C27 */
  oldModels: { agreementId: AgreementId; supplierId: SupplierId; modelVersion: string; endsAt: Date }[]
  /** Activities of which nothing says on which basis they rest. */
  withoutBasis: Activity[]
  /** Of what companies ask directly: how much of each there is, null for fewer than five. */
  direct: Record<'questions' | 'tokens' | 'deliveries' | 'duties' | 'cases', number | null>
}

/**
 * Everything organisation-oriented that asks for attention, and counts of the rest (P45). Does NOT check who asks. The counts
 * come from a transaction of their own, which gives out nothing but numbers.
 */
export async function oversightOf(deps: Deps, boardId: BoardId): Promise<Oversight> {
  const at = deps.now()
  const direct = await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, (tx) => directCounts(tx, boardId))
  return await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const activities = await activitiesOf(tx, boardId, at)
    return {
      overdue: {
        duties: (await overdueDuties(tx, boardId, at)).length,
        cases: (await openCases(tx, boardId)).filter(({ dueAt }) => dueAt <= at).length,
        incidents: (await incidentsOf(tx, [boardId])).filter((one) => clockRuns(one) && clocksOf(one.awareAt).strictest <= at).length,
        deletions: (await dueDeletions(tx, boardId, at)).filter(({ state }) => state === 'must').length,
        objections: (await pendingObjections(tx, boardId)).filter(({ decideBy }) => decideBy <= at).length,
      },
      unseenDemands: (await demandsAtBoard(tx, boardId)).filter(({ seen }) => !seen).length,
      uninformed: await uninformedOf(tx, boardId, at),
      outsideEea: activities.filter(({ thirdCountries }) => thirdCountries.length > 0),
      oldModels: await oldModelsOf(tx, boardId, at),
      withoutBasis: activities.filter(({ bases }) => bases.length === 0),
      direct,
    }
  })
}

/**
 * On consent nobody gets data about somebody who was not shown it (K26). On another basis people are told: by mail, by letter
 * or on their first page. A company gets data when it was let in at a holder; where the school itself hands them over, as soon
 * as the use has begun. Who may answer for somebody is who is to be told; one of them is enough.
 */
async function uninformedOf(tx: Tx, boardId: BoardId, at: Date): Promise<Oversight['uninformed']> {
  const { rows } = await sql<{ supplier_id: SupplierId; subject_id: PersonId; told_from: Date }>`
    select i.supplier_id, c.subject_id, max(greatest(c.asked_at, r.opens_at)) as told_from
    from consents c
    join items i on i.board_id = c.board_id and i.item_id = c.item_id -- items_pkey
    join supplier_agreements a on a.board_id = i.board_id and a.agreement_id = i.agreement_id -- supplier_agreements_pkey
      and a.signed_at is not null and a.ended_at is null and a.starts_at <= ${at} and a.ends_at > ${at}
    left join rounds r on r.board_id = i.board_id and r.round_id = i.round_id -- rounds_pkey
    where c.board_id = ${boardId} and c.approach = 'organisation' and i.legal_basis <> 'consent' and c.ended_at is null
      and i.starts_at <= ${at} and i.ends_at > ${at}
      and (i.holder_id is null or exists (
        select from token_supports s where s.board_id = c.board_id and s.consent_id = c.consent_id -- token_supports_by_consent
      ))
    group by i.supplier_id, c.subject_id`.execute(tx)
  const subjects = await subjectFacts(tx, boardId, [...new Set(rows.map(({ subject_id }) => subject_id))])
  const toTell = new Map([...subjects].map(([id, facts]) => [id, deciderIds(facts, at)]))
  const told = await informedSince(tx, boardId, [...new Set([...toTell.values()].flat())])
  const isTold = ({ subject_id, told_from }: (typeof rows)[number]) =>
    (toTell.get(subject_id) ?? []).some((id) => (told.get(id)?.getTime() ?? 0) >= told_from.getTime())
  const untold = rows.filter((row) => !isTold(row))
  return [...Map.groupBy(untold, ({ supplier_id }) => supplier_id)].map(([supplierId, of]) => ({ supplierId, subjects: of.length }))
}

function deciderIds(facts: Parameters<typeof whoMayAnswer>[0], at: Date): PersonId[] {
  const may = whoMayAnswer(facts, at)
  return may.known ? may.deciders.map(({ personId }) => personId) : []
}

async function oldModelsOf(tx: Tx, boardId: BoardId, at: Date): Promise<Oversight['oldModels']> {
  const rows = await tx
    .selectFrom('supplier_agreements')
    .select(['agreement_id', 'supplier_id', 'model_version', 'ends_at'])
    .where('board_id', '=', boardId) // supplier_agreements_pkey
    .where('signed_at', 'is not', null)
    .where('ended_at', 'is', null)
    .where('ends_at', '>', at)
    .orderBy('ends_at')
    .execute()
  return rows
    .filter(({ model_version }) => isOlder(model_version, MODEL_VERSION))
    .map((row) => ({ agreementId: row.agreement_id, supplierId: row.supplier_id, modelVersion: row.model_version, endsAt: row.ends_at }))
}

/** Compares versions by their numbers: 1.10 is newer than 1.9. What is no version at all is old. */
export function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((one) => one.split('.').map(Number))
  for (let place = 0; place < Math.max(a!.length, b!.length); place++) {
    const [mine, theirs] = [a![place] ?? 0, b![place] ?? 0]
    if (Number.isNaN(mine)) return true
    if (mine !== theirs) return mine < theirs
  }
  return false
}

async function directCounts(tx: Tx, boardId: BoardId): Promise<Oversight['direct']> {
  const { rows } = await sql<Record<keyof Oversight['direct'], number>>`
    select
      (select count(*) from consents where board_id = ${boardId} and approach = 'subject')::int as questions,
      (select count(*) from tokens where board_id = ${boardId} and approach = 'subject')::int as tokens,
      (select count(*) from uses where board_id = ${boardId} and approach = 'subject')::int as deliveries,
      (select count(*) from duties where board_id = ${boardId} and approach = 'subject')::int as duties,
      (select count(*) from rights_cases where board_id = ${boardId} and approach = 'subject')::int as cases`.execute(tx)
  const told = (count: number) => (count > 0 && count < FEWEST_SHOWN ? null : count)
  const { questions, tokens, deliveries, duties, cases } = rows[0]!
  return { questions: told(questions), tokens: told(tokens), deliveries: told(deliveries), duties: told(duties), cases: told(cases) }
}

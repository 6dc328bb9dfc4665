import { sql } from 'kysely'
import { overdueDuties } from '../agreements/duties.ts'
import { pendingObjections } from '../consents/objections.ts'
import { FEWEST_SHOWN } from '../consents/small-groups.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { AgreementId, BoardId, PersonId, SupplierId } from '../ids.ts'
import { subjectFacts } from '../people/store.ts'
import { whoMayAnswer } from '../people/who-may-answer.ts'
import { type Activity, activitiesOf } from './activities.ts'
import { clockRuns, clocksOf } from './incident.ts'
import { incidentsOf } from './incident-store.ts'
import { dueDeletions } from './retention.ts'
import { openCases } from './store.ts'

/** The form the product's agreements have; what is older stays valid until it ends, and is then followed by this (C27). */
const MODEL_VERSION = '2.0'

/** What whoever watches over privacy wants to know at a glance. */
export interface Oversight {
  overdue: { duties: number; cases: number; objections: number; incidents: number; deletions: number }
  /** K34: must be empty. Companies that get data about somebody of whom nobody who may know could have been told. */
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
      uninformed: await uninformedOf(tx, boardId, at),
      outsideEea: activities.filter(({ thirdCountries }) => thirdCountries.length > 0),
      oldModels: await oldModelsOf(tx, boardId, at),
      withoutBasis: activities.filter(({ bases }) => bases.length === 0),
      direct,
    }
  })
}

/**
 * On consent nobody gets data about somebody who was not shown it (K26). On another basis people are told: by mail, or on
 * their page; so who has neither an address nor an account here was told nothing, and nor was anybody else for them.
 */
async function uninformedOf(tx: Tx, boardId: BoardId, at: Date): Promise<Oversight['uninformed']> {
  const { rows } = await sql<{ supplier_id: SupplierId; subject_id: PersonId }>`
    select distinct g.supplier_id, c.subject_id
    from consents c
    join items i on i.board_id = c.board_id and i.item_id = c.item_id
    join grants g on g.board_id = c.board_id and g.consent_id = c.consent_id -- grants_one_per_consent
    where c.board_id = ${boardId} and i.legal_basis <> 'consent' and c.ended_at is null and i.ends_at > ${at}
      and exists (select from token_supports s where s.board_id = c.board_id and s.consent_id = c.consent_id) -- token_supports_by_consent
  `.execute(tx)
  const subjects = await subjectFacts(tx, boardId, [...new Set(rows.map(({ subject_id }) => subject_id))])
  const tellable = new Map([...subjects].map(([id, facts]) => [id, deciderIds(facts, at)]))
  const reached = await reachable(tx, boardId, [...new Set([...tellable.values()].flat())])
  const untold = rows.filter(({ subject_id }) => !(tellable.get(subject_id) ?? []).some((id) => reached.has(id)))
  return [...Map.groupBy(untold, ({ supplier_id }) => supplier_id)].map(([supplierId, of]) => ({ supplierId, subjects: of.length }))
}

function deciderIds(facts: Parameters<typeof whoMayAnswer>[0], at: Date): PersonId[] {
  const may = whoMayAnswer(facts, at)
  return may.known ? may.deciders.map(({ personId }) => personId) : []
}

async function reachable(tx: Tx, boardId: BoardId, personIds: PersonId[]): Promise<Set<PersonId>> {
  const { rows } = await sql<{ person_id: PersonId }>`
    select p.person_id from persons p -- persons_pkey
    where p.board_id = ${boardId} and p.person_id = any(${personIds}::uuid[]) and (p.email is not null or exists (
      select from account_persons ap where ap.board_id = p.board_id and ap.person_id = p.person_id -- account_persons_one_account_per_person
    ))`.execute(tx)
  return new Set(rows.map(({ person_id }) => person_id))
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

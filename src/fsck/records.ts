import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId } from '../ids.ts'
import type { Entry } from './entries.ts'

/** A record that begins with one event and goes through steps, each with its moment in a column of its own. */
interface RecordKind {
  table: string
  id: string
  begun: string
  /** Where its id stands in the facts, when the entries are about something else. */
  named?: string
  /** By column: the event, or one of two, and where its moment stands in the facts when that is not when it was told. */
  steps: Record<string, { event: string; or?: string; fact?: string }>
  /** By column: what the entry it begins with says of it. */
  said?: Record<string, (facts: Entry['facts']) => unknown>
}

const KINDS: readonly RecordKind[] = [
  {
    table: 'figure_shares',
    id: 'share_id',
    begun: 'figures_shared',
    steps: { shared_at: { event: 'figures_shared' }, ended_at: { event: 'figures_unshared' } },
    said: { round_id: ({ roundId }) => roundId },
  },
  {
    table: 'deletions',
    id: 'deletion_id',
    begun: 'data_deleted',
    steps: { deleted_at: { event: 'data_deleted' } },
    said: { category: ({ category }) => category },
  },
  {
    table: 'transfers',
    id: 'transfer_id',
    begun: 'transfer_offered',
    steps: { sent_at: { event: 'transfer_sent' }, cancelled_at: { event: 'transfer_cancelled' } },
    said: {
      subject_id: ({ subjectId }) => subjectId,
      receiver_scheme: ({ receiver }) => (receiver as { scheme: string }).scheme,
      receiver: ({ receiver }) => (receiver as { value: string }).value,
      asks_consent: ({ asksConsent }) => asksConsent,
    },
  },
  {
    table: 'suggestions',
    id: 'suggestion_id',
    begun: 'suggestion_made',
    steps: { ended_at: { event: 'suggestion_ended' } },
    said: { service_id: ({ serviceId }) => serviceId, ends_at: ({ endsAt }) => endsAt },
  },
  {
    table: 'service_proposals',
    id: 'proposal_id',
    begun: 'service_proposed',
    steps: { settled_at: { event: 'service_proposal_settled' } },
  },
  {
    table: 'supplier_nominations',
    id: 'nomination_id',
    begun: 'supplier_nominated',
    steps: { nominated_at: { event: 'supplier_nominated' }, settled_at: { event: 'supplier_nomination_settled' } },
  },
  {
    table: 'agreement_messages',
    id: 'message_id',
    begun: 'agreement_told',
    named: 'messageId',
    steps: { said_at: { event: 'agreement_told' } },
  },
  {
    table: 'calendar_ticks',
    id: 'tick_id',
    begun: 'calendar_ticked',
    steps: { done_at: { event: 'calendar_ticked' }, undone_at: { event: 'calendar_unticked' } },
    said: { agreement_id: ({ agreementId }) => agreementId, what: ({ what }) => what },
  },
  {
    table: 'forwarded_rights',
    id: 'forwarded_id',
    begun: 'right_forwarded',
    steps: { forwarded_at: { event: 'right_forwarded' }, taken_at: { event: 'forwarded_right_taken', or: 'forwarded_right_set_aside' } },
  },
  {
    table: 'incidents',
    id: 'incident_id',
    begun: 'incident_reported',
    steps: {
      advised_at: { event: 'incident_advised' },
      decided_at: { event: 'incident_decided' },
      authority_told_at: { event: 'incident_authority_told', fact: 'toldAt' },
      people_told_at: { event: 'incident_people_told', fact: 'toldAt' },
      closed_at: { event: 'incident_closed' },
    },
  },
  {
    table: 'checklist_points',
    id: 'point_id',
    begun: 'checklist_point_made',
    steps: { made_at: { event: 'checklist_point_made' }, closed_at: { event: 'checklist_point_closed' } },
    said: {
      school_id: ({ schoolId }) => schoolId,
      statement: ({ statement }) => statement,
      owner_id: ({ ownerId }) => ownerId,
      due_at: ({ dueAt }) => dueAt,
    },
  },
  {
    table: 'legal_demands',
    id: 'demand_id',
    begun: 'legal_demand_told',
    steps: { told_at: { event: 'legal_demand_told' }, seen_at: { event: 'legal_demand_seen' } },
    said: {
      supplier_id: ({ supplierId }) => supplierId,
      outcome: ({ outcome }) => outcome,
      given_at: ({ givenAt }) => givenAt,
      group_size: ({ groupSize }) => groupSize,
      secret: ({ secret }) => secret,
    },
  },
  {
    table: 'emergency_disclosures',
    id: 'disclosure_id',
    begun: 'emergency_disclosed',
    steps: { recorded_at: { event: 'emergency_disclosed' } },
    said: {
      subject_id: ({ subjectId }) => subjectId,
      school_id: ({ schoolId }) => schoolId,
      given_at: ({ givenAt }) => givenAt,
    },
  },
]

/** Per record, by its id, the last entry of each event that concerns it. */
export type ToldRecords = Map<string, Map<string, Entry>>

/** By event, where the id of the record stands in the facts; undefined: it is what the entry is about. */
const EVENTS = new Map(
  KINDS.flatMap(({ begun, named, steps }) =>
    [begun, ...Object.values(steps).flatMap(({ event, or }) => [event, or ?? event])].map((event) => [event, named] as const),
  ),
)

/** Takes one more entry in. */
export function replayRecord(told: ToldRecords, entry: Entry): void {
  if (!EVENTS.has(entry.event)) return
  const named = EVENTS.get(entry.event)
  const id = named ? String(entry.facts[named]) : entry.ref
  if (id) told.set(id, (told.get(id) ?? new Map<string, Entry>()).set(entry.event, entry))
}

/** Every record that is there was told, and the other way round, with the moments of each step (INV-05). */
export async function recordsAreReplay(tx: Tx, boardId: BoardId, told: ToldRecords): Promise<string[]> {
  const found: string[] = []
  for (const kind of KINDS) {
    const { rows } = await sql<Record<string, string | boolean | Date | null>>`
      select ${sql.join([kind.id, ...Object.keys(kind.steps), ...Object.keys(kind.said ?? {})].map((column) => sql.ref(column)))}
      from ${sql.table(kind.table)} where board_id = ${boardId}`.execute(tx)
    for (const row of rows) {
      const entries = told.get(String(row[kind.id]))
      if (!entries?.has(kind.begun)) found.push(`${kind.table} ${String(row[kind.id])} is nowhere in the ledger`)
      else if (!isAsTold(kind, row, entries)) found.push(`${kind.table} ${String(row[kind.id])} differs from the ledger`)
    }
    const there = new Set(rows.map((row) => String(row[kind.id])))
    const gone = [...told].filter(([id, entries]) => entries.has(kind.begun) && !there.has(id))
    found.push(...gone.map(([id]) => `${kind.table} ${id} is in the ledger and not there`))
  }
  return found
}

function isAsTold({ begun, steps, said = {} }: RecordKind, row: Record<string, unknown>, entries: ReadonlyMap<string, Entry>): boolean {
  const { facts } = entries.get(begun)!
  return (
    Object.entries(steps).every(([column, step]) => momentOf(entries, step) === timeOf(row[column])) &&
    // As the ledger writes a moment down.
    Object.entries(said).every(([column, of]) => JSON.stringify(of(facts)) === JSON.stringify(row[column]))
  )
}

function momentOf(entries: ReadonlyMap<string, Entry>, { event, or, fact }: RecordKind['steps'][string]): number | undefined {
  const entry = entries.get(event) ?? (or === undefined ? undefined : entries.get(or))
  if (!entry) return undefined
  return fact ? new Date(String(entry.facts[fact])).getTime() : entry.at.getTime()
}

const timeOf = (value: unknown) => (value instanceof Date ? value.getTime() : undefined)

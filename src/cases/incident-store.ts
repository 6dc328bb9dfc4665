import { createHmac } from 'node:crypto'
import { type Selectable, sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, IncidentId, IncidentMessageId, SupplierId } from '../ids.ts'
import type { Incident } from './incident.ts'
import type { IncidentTable } from './tables.ts'

/** What school and supplier said about it afterwards, the oldest first. */
export interface IncidentMessage {
  messageId: IncidentMessageId
  /** As the ledger names them. */
  saidBy: string
  saidAt: Date
  words: string
}

/** The incidents of these boards, or one supplier's of them, the newest first. Does NOT check who asks. */
export async function incidentsOf(tx: Tx, boards: readonly BoardId[], supplierId?: SupplierId): Promise<Incident[]> {
  const rows = await tx
    .selectFrom('incidents')
    .selectAll()
    .where('board_id', '=', sql<BoardId>`any(${boards}::uuid[])`) // incidents_pkey
    .$if(supplierId !== undefined, (query) => query.where('supplier_id', '=', supplierId!)) // incidents_by_supplier
    .orderBy('aware_at', 'desc')
    .orderBy('incident_id', 'desc')
    .execute()
  return rows.map(incidentOf)
}

/** Does NOT check who asks. */
export async function incidentById(tx: Tx, boardId: BoardId, incidentId: IncidentId): Promise<Incident | undefined> {
  const row = await byId(tx, boardId, incidentId).executeTakeFirst()
  return row && incidentOf(row)
}

/** Takes hold of an incident until commit, and reads it as it is then. */
export async function lockIncident(tx: Tx, boardId: BoardId, incidentId: IncidentId): Promise<Incident | undefined> {
  const row = await byId(tx, boardId, incidentId).forUpdate().executeTakeFirst()
  return row && incidentOf(row)
}

export async function messagesOf(tx: Tx, boardId: BoardId, incidentId: IncidentId): Promise<IncidentMessage[]> {
  const rows = await tx
    .selectFrom('incident_messages')
    .select(['message_id', 'said_by', 'said_at', 'words'])
    .where('board_id', '=', boardId)
    .where('incident_id', '=', incidentId) // incident_messages_by_incident
    .orderBy('said_at')
    .orderBy('message_id')
    .execute()
  return rows.map((row) => ({ messageId: row.message_id, saidBy: row.said_by, saidAt: row.said_at, words: row.words }))
}

/** Stands in the ledger for what people wrote about an incident: HMAC-SHA-256 under the incident's own salt, in hexadecimal. */
export async function incidentHash(tx: Tx, boardId: BoardId, incidentId: IncidentId, text: string): Promise<string> {
  const { salt } = await byId(tx, boardId, incidentId).executeTakeFirstOrThrow()
  return hashUnder(salt, text)
}

export const hashUnder = (salt: Uint8Array, text: string) => createHmac('sha256', salt).update(text).digest('hex')

const byId = (tx: Tx, boardId: BoardId, incidentId: IncidentId) =>
  tx.selectFrom('incidents').selectAll().where('board_id', '=', boardId).where('incident_id', '=', incidentId) // incidents_pkey

function incidentOf(row: Selectable<IncidentTable>): Incident {
  return {
    boardId: row.board_id,
    incidentId: row.incident_id,
    supplierId: row.supplier_id,
    schoolId: row.school_id,
    reportedBy: row.reported_by,
    reportedAt: row.reported_at,
    foundAt: row.found_at,
    awareAt: row.aware_at,
    fromAt: row.from_at,
    untilAt: row.until_at,
    summary: row.summary,
    nature: row.nature,
    cause: row.cause,
    measures: row.measures,
    persons: row.persons,
    groupSize: row.group_size,
    dataKinds: row.data_kinds,
    protected: row.protected,
    revision: row.revision,
    dpoToldAt: row.dpo_told_at,
    advised:
      row.advised_at && row.advised_by && row.advice !== null ? { at: row.advised_at, by: row.advised_by, advice: row.advice } : null,
    decided:
      row.decided_at && row.decided_by && row.notify_authority !== null && row.notify_people !== null && row.reasons !== null
        ? { at: row.decided_at, by: row.decided_by, authority: row.notify_authority, people: row.notify_people, reasons: row.reasons }
        : null,
    authorityTold: row.authority_told_at ? { at: row.authority_told_at, reference: row.authority_reference } : null,
    peopleToldAt: row.people_told_at,
    closed: row.closed_at && row.closed_by && row.lessons !== null ? { at: row.closed_at, by: row.closed_by, lessons: row.lessons } : null,
  }
}

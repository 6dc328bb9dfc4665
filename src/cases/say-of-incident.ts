import type { PersonActor, SupplierActor } from '../actors.ts'
import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type IncidentId, type IncidentMessageId, newId, type SupplierId } from '../ids.ts'
import { append, type LedgerActor } from '../ledger/append.ts'
import { actorName, mustActFor } from '../members/acting.ts'
import { enqueueEvent } from '../notifications/enqueue.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { holdersOf, mailAboutCase } from './case-mails.ts'
import type { Incident } from './incident.ts'
import { incidentHash, incidentsOf, lockIncident, messagesOf } from './incident-store.ts'
import { INCIDENT_DECIDERS, INCIDENT_TELLERS } from './report-incident.ts'

/**
 * The school, its data protection officer too, says something about a leak: to the supplier when it is one at a supplier, who
 * reads it and gets an event; else for the record (M14, art. 8.2).
 *
 * @throws Refusal `mandate_missing`, `incident_not_found`, `incident_closed`, `input_invalid` for nothing said
 */
export async function sayOfIncident(
  deps: Deps,
  actor: PersonActor,
  { incidentId, words }: { incidentId: IncidentId; words: string },
): Promise<IncidentMessageId> {
  const at = deps.now()
  return await inTransaction(deps.db, { actor: 'staff', boards: [actor.boardId] }, async (tx) => {
    await mustHold(tx, actor, [...INCIDENT_DECIDERS, 'dpo'], at)
    const incident = await lockIncident(tx, actor.boardId, incidentId)
    if (!incident) throw new Refusal('incident_not_found')
    return await say(tx, at, incident, `person:${actor.personId}`, words)
  })
}

/**
 * A supplier adds what it found out about a leak it is concerned in: the cause, what it did, how many. The school is told.
 *
 * @throws Refusal `incident_not_found` also for another's, `incident_closed`, `input_invalid` for nothing said
 */
export async function sayOfIncidentAsSupplier(
  deps: Deps,
  actor: SupplierActor,
  { incidentId, words }: { incidentId: IncidentId; words: string },
): Promise<IncidentMessageId> {
  const at = deps.now()
  const { supplierId } = actor
  const boards = await boardsOfSupplier(deps.db, supplierId)
  return await inTransaction(deps.db, { actor: 'client', boards }, async (tx) => {
    await mustActFor(tx, actor, INCIDENT_TELLERS)
    const found = (await incidentsOf(tx, boards, supplierId)).find((one) => one.incidentId === incidentId)
    const incident = found && (await lockIncident(tx, found.boardId, incidentId))
    if (!incident) throw new Refusal('incident_not_found')
    const readers = await holdersOf(tx, incident.boardId, ['dpo', ...INCIDENT_DECIDERS], at)
    const path = `/school/incidents/${incidentId}`
    await mailAboutCase(tx, deps, at, incident.boardId, readers, { mail: 'incident', path, key: `${incidentId}:${at.getTime()}` })
    return await say(tx, at, incident, actorName(actor), words)
  })
}

/** The leaks a supplier is concerned in, at all boards it works for, with what was said. The caller has checked who asks. */
export async function incidentsOfSupplier(deps: Deps, supplierId: SupplierId) {
  const boards = await boardsOfSupplier(deps.db, supplierId)
  if (boards.length === 0) return []
  return await inTransaction(deps.db, { actor: 'client', boards }, async (tx) => {
    const found = []
    for (const incident of await incidentsOf(tx, boards, supplierId)) {
      found.push({ incident, messages: await messagesOf(tx, incident.boardId, incident.incidentId) })
    }
    return found
  })
}

async function say(tx: Tx, at: Date, incident: Incident, by: LedgerActor, words: string): Promise<IncidentMessageId> {
  const { boardId, incidentId, supplierId } = incident
  if (incident.closed) throw new Refusal('incident_closed')
  if (!words.trim()) throw new Refusal('input_invalid', { fields: ['words'] })
  const messageId = newId<IncidentMessageId>(at)
  await tx
    .insertInto('incident_messages')
    .values({ board_id: boardId, message_id: messageId, incident_id: incidentId, said_by: by, said_at: at, words: words.trim() })
    .execute()
  if (supplierId && by.startsWith('person:')) {
    await enqueueEvent(tx, {
      boardId,
      approach: 'organisation',
      receiverId: supplierId,
      event: 'incident_told',
      ref: incidentId,
      facts: { messageId },
      at,
    })
  }
  const facts = { messageId, words: await incidentHash(tx, boardId, incidentId, words.trim()) }
  await append(tx, { boardId, approach: 'organisation', at, event: 'incident_told', actor: by, ref: incidentId, facts })
  return messageId
}

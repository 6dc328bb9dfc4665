import { randomBytes } from 'node:crypto'
import type { PersonActor, SupplierActor } from '../actors.ts'
import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type BoardId, type IncidentId, newId, type SchoolId, type SupplierId } from '../ids.ts'
import { append, type LedgerActor } from '../ledger/append.ts'
import { actorName, mustActFor } from '../members/acting.ts'
import type { MemberRole } from '../members/member.ts'
import type { MandateRole } from '../people/mandate.ts'
import { mustHold } from '../people/mandates.ts'
import { schoolsOfBoard } from '../people/register.ts'
import { Refusal } from '../refusal.ts'
import { holdersOf, mailAboutCase } from './case-mails.ts'
import type { DataKind, Nature } from './incident.ts'
import { hashUnder } from './incident-store.ts'

/** Any member of staff may find a leak and says so; the concierge too (P42). */
const FINDERS: MandateRole[] = ['school_leader', 'consent_officer', 'administrator', 'signatory', 'teacher', 'dpo', 'concierge']

/** Who decides about a leak: it is the board's, so a mandate for the whole board. */
export const INCIDENT_DECIDERS: MandateRole[] = ['school_leader', 'consent_officer', 'signatory', 'administrator']

/** Whoever decides gets the mail this much after the data protection officer: they look at it together (P44). */
const DPO_FIRST_SECONDS = 60

/** Who of a supplier's people tells of a leak: everybody but who only sees data. */
export const INCIDENT_TELLERS: MemberRole[] = ['contracts', 'engineer', 'administrator']

/** The least that a report says (model agreement, Annex 2); each part is people's own words or one of a list. */
export interface NewIncident {
  /** When it was discovered, not after now. */
  foundAt: Date
  /** From when data may have been had, and until when; without an end: until it was found. */
  fromAt: Date
  untilAt?: Date | null
  summary: string
  /** At least one. */
  nature: Nature[]
  /** May come later, as a message. */
  cause?: string | null
  measures?: string | null
  /** Who they are and to what degree. */
  persons: string
  groupSize?: number | null
  /** At least one. */
  dataKinds: DataKind[]
  /** Encrypted, with a key that was not lost. */
  protected?: boolean
}

/**
 * A member of staff reports a leak, at the school or at a supplier they heard of. The clocks run from when it was found: what
 * staff know, the board knows. The data protection officer is told first (P44), then who decides.
 *
 * @param supplierId at whom it happened; absent: at the school
 * @param schoolId at which school; looked at only without a supplier
 * @throws Refusal `mandate_missing`, `supplier_not_found`, `school_not_found`, `input_invalid` for moments out of order or a field left empty
 */
export async function reportIncident(
  deps: Deps,
  actor: PersonActor,
  { supplierId = null, schoolId = null, ...incident }: NewIncident & { supplierId?: SupplierId | null; schoolId?: SchoolId | null },
): Promise<IncidentId> {
  const at = deps.now()
  const { boardId } = actor
  return await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, FINDERS, at, 'any')
    if (supplierId && !(await isOfBoard(tx, boardId, supplierId))) throw new Refusal('supplier_not_found')
    const place = { supplierId, schoolId: supplierId ? null : schoolId }
    if (place.schoolId && !(await schoolsOfBoard(tx, boardId)).some((school) => school.schoolId === place.schoolId))
      throw new Refusal('school_not_found')
    return await write(tx, deps, at, boardId, `person:${actor.personId}`, place, incident, incident.foundAt)
  })
}

/**
 * A supplier tells the boards it works for about a leak at itself or at its subprocessor, with what Annex 2 asks for at least
 * (M14). At each board it becomes an incident of its own, whose clocks run from now: now the board knows. What is found out
 * later goes in `sayOfIncidentAsSupplier`.
 *
 * Does NOT look at whether the supplier is suspended: a leak is told
 * in any case.
 *
 * @param boards whom it touches; absent: every board it works for
 * @throws Refusal `board_not_found` for a board it does not work for, and when there is none
 * @throws Refusal `input_invalid` with the fields that are empty or out of order, `member_role_missing`
 */
export async function reportIncidentAsSupplier(
  deps: Deps,
  actor: SupplierActor,
  { boards, ...incident }: NewIncident & { boards?: readonly BoardId[] },
): Promise<IncidentId[]> {
  const at = deps.now()
  const { supplierId } = actor
  const known = await boardsOfSupplier(deps.db, supplierId)
  const told = boards ? [...new Set(boards)] : known
  if (told.length === 0 || told.some((boardId) => !known.includes(boardId))) throw new Refusal('board_not_found')
  return await inTransaction(deps.db, { actor: 'client', boards: told }, async (tx) => {
    await mustActFor(tx, actor, INCIDENT_TELLERS)
    const incidentIds: IncidentId[] = []
    const place = { supplierId, schoolId: null }
    for (const boardId of told.toSorted()) incidentIds.push(await write(tx, deps, at, boardId, actorName(actor), place, incident, at))
    return incidentIds
  })
}

async function isOfBoard(tx: Tx, boardId: BoardId, supplierId: SupplierId): Promise<boolean> {
  const row = await tx
    .selectFrom('supplier_boards')
    .select('board_id')
    .where('supplier_id', '=', supplierId)
    .where('board_id', '=', boardId) // supplier_boards_pkey
    .executeTakeFirst()
  return row !== undefined
}

function mustBeSound({ foundAt, fromAt, untilAt, nature, dataKinds, summary, persons, groupSize }: NewIncident, at: Date): void {
  const wrong = [
    ...(foundAt > at ? ['foundAt'] : []),
    ...(fromAt > foundAt ? ['fromAt'] : []),
    ...(untilAt && (untilAt < fromAt || untilAt > at) ? ['untilAt'] : []),
    ...(nature.length === 0 ? ['nature'] : []),
    ...(dataKinds.length === 0 ? ['dataKinds'] : []),
    ...(summary.trim() === '' ? ['summary'] : []),
    ...(persons.trim() === '' ? ['persons'] : []),
    ...(groupSize !== null && groupSize !== undefined && (!Number.isSafeInteger(groupSize) || groupSize < 0) ? ['groupSize'] : []),
  ]
  if (wrong.length > 0) throw new Refusal('input_invalid', { fields: wrong })
}

async function write(
  tx: Tx,
  deps: Deps,
  at: Date,
  boardId: BoardId,
  by: LedgerActor,
  { supplierId, schoolId }: { supplierId: SupplierId | null; schoolId: SchoolId | null },
  incident: NewIncident,
  awareAt: Date,
): Promise<IncidentId> {
  mustBeSound(incident, at)
  const incidentId = newId<IncidentId>(at)
  const salt = randomBytes(32)
  const [dpos, deciders] = [await holdersOf(tx, boardId, ['dpo'], at), await holdersOf(tx, boardId, INCIDENT_DECIDERS, at)]
  const words = { summary: incident.summary.trim(), persons: incident.persons.trim(), ...laterWords(incident) }
  const path = `/school/incidents/${incidentId}`
  const mailed = await mailAboutCase(tx, deps, at, boardId, dpos, { mail: 'incident', path, key: `${incidentId}:dpo` })
  const dpoToldAt = mailed > 0 ? at : null
  await tx
    .insertInto('incidents')
    .values({
      board_id: boardId,
      incident_id: incidentId,
      supplier_id: supplierId,
      school_id: schoolId,
      reported_by: by,
      reported_at: at,
      found_at: incident.foundAt,
      aware_at: awareAt,
      from_at: incident.fromAt,
      until_at: incident.untilAt ?? null,
      ...words,
      nature: [...new Set(incident.nature)],
      group_size: incident.groupSize ?? null,
      data_kinds: [...new Set(incident.dataKinds)],
      protected: incident.protected ?? false,
      salt,
      dpo_told_at: dpoToldAt,
    })
    .execute()
  const others = deciders.filter((id) => !dpos.includes(id))
  const notBefore = new Date(at.getTime() + DPO_FIRST_SECONDS * 1000)
  await mailAboutCase(tx, deps, at, boardId, others, { mail: 'incident', path, key: `${incidentId}:decide`, notBefore })
  await append(tx, {
    boardId,
    approach: 'organisation',
    at,
    event: 'incident_reported',
    actor: by,
    ref: incidentId,
    facts: {
      supplierId,
      schoolId,
      awareAt,
      foundAt: incident.foundAt,
      nature: incident.nature,
      dataKinds: incident.dataKinds,
      dpoToldAt,
      words: hashUnder(salt, JSON.stringify(words)),
    },
  })
  return incidentId
}

const laterWords = ({ cause, measures }: NewIncident) => ({ cause: cause?.trim() || null, measures: measures?.trim() || null })

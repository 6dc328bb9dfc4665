import type { Updateable } from 'kysely'
import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { IncidentId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import type { LedgerEvent } from '../ledger/events.ts'
import type { MandateRole } from '../people/mandate.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import type { Incident } from './incident.ts'
import { incidentHash, lockIncident } from './incident-store.ts'
import { INCIDENT_DECIDERS } from './report-incident.ts'
import type { IncidentTable } from './tables.ts'

/** An incident as it was on the page from which somebody acts on it. */
export interface SeenIncident {
  incidentId: IncidentId
  revision: number
}

/** The data protection officer says what they advise; they decide nothing (P44, P45). @throws Refusal as all of this file */
export async function adviseOnIncident(
  deps: Deps,
  actor: PersonActor,
  { advice, ...seen }: SeenIncident & { advice: string },
): Promise<void> {
  const words = mustSay('advice', advice)
  await actOn(deps, actor, ['dpo'], seen, async (tx, at, before) => {
    if (before.advised) throw new Refusal('incident_step_done')
    return {
      set: { advised_at: at, advised_by: actor.personId, advice: words },
      event: 'incident_advised',
      facts: { advice: await incidentHash(tx, before.boardId, before.incidentId, words) },
    }
  })
}

/**
 * Whether the authority and the people are told, with reasons. Where the data cannot be read by whoever has them, nobody needs
 * telling by law (GDPR art. 34(3)(a)); a board may all the same.
 *
 * @throws Refusal `incident_step_done` once decided
 */
export async function decideIncident(
  deps: Deps,
  actor: PersonActor,
  { authority, people, reasons, ...seen }: SeenIncident & { authority: boolean; people: boolean; reasons: string },
): Promise<void> {
  const words = mustSay('reasons', reasons)
  await actOn(deps, actor, INCIDENT_DECIDERS, seen, async (tx, at, before) => {
    if (before.decided) throw new Refusal('incident_step_done')
    return {
      set: { decided_at: at, decided_by: actor.personId, notify_authority: authority, notify_people: people, reasons: words },
      event: 'incident_decided',
      facts: { authority, people, reasons: await incidentHash(tx, before.boardId, before.incidentId, words) },
    }
  })
}

/** Records that the authority was told, and when. @throws Refusal `incident_not_decided`, `incident_step_done`, `input_invalid` */
export async function recordAuthorityTold(
  deps: Deps,
  actor: PersonActor,
  { toldAt, reference, ...seen }: SeenIncident & { toldAt: Date; reference: string | null },
): Promise<void> {
  await actOn(deps, actor, INCIDENT_DECIDERS, seen, async (_tx, at, before) => {
    if (!before.decided?.authority) throw new Refusal('incident_not_decided')
    if (before.authorityTold) throw new Refusal('incident_step_done')
    mustBeBetween('toldAt', toldAt, before.awareAt, at)
    const facts = { toldAt, reference }
    return { set: { authority_told_at: toldAt, authority_reference: reference }, event: 'incident_authority_told', facts }
  })
}

/** Records that the people were told, and when. @throws Refusal `incident_not_decided`, `incident_step_done`, `input_invalid` */
export async function recordPeopleTold(
  deps: Deps,
  actor: PersonActor,
  { toldAt, ...seen }: SeenIncident & { toldAt: Date },
): Promise<void> {
  await actOn(deps, actor, INCIDENT_DECIDERS, seen, async (_tx, at, before) => {
    if (!before.decided?.people) throw new Refusal('incident_not_decided')
    if (before.peopleToldAt) throw new Refusal('incident_step_done')
    mustBeBetween('toldAt', toldAt, before.awareAt, at)
    return { set: { people_told_at: toldAt }, event: 'incident_people_told', facts: { toldAt } }
  })
}

/**
 * Everything that had to be told was told: what was learnt, and it is over.
 *
 * @throws Refusal `incident_not_decided` while something is still to be decided or told
 */
export async function closeIncident(
  deps: Deps,
  actor: PersonActor,
  { lessons, ...seen }: SeenIncident & { lessons: string },
): Promise<void> {
  const words = mustSay('lessons', lessons)
  await actOn(deps, actor, INCIDENT_DECIDERS, seen, async (tx, at, { boardId, incidentId, decided, authorityTold, peopleToldAt }) => {
    if (!decided || (decided.authority && !authorityTold) || (decided.people && !peopleToldAt)) throw new Refusal('incident_not_decided')
    return {
      set: { closed_at: at, closed_by: actor.personId, lessons: words },
      event: 'incident_closed',
      facts: { lessons: await incidentHash(tx, boardId, incidentId, words) },
    }
  })
}

function mustSay(field: string, words: string): string {
  if (!words.trim()) throw new Refusal('input_invalid', { fields: [field] })
  return words.trim()
}

function mustBeBetween(field: string, moment: Date, from: Date, until: Date): void {
  if (moment < from || moment > until) throw new Refusal('input_invalid', { fields: [field] })
}

interface Act {
  set: Updateable<IncidentTable>
  event: LedgerEvent
  facts: Record<string, unknown>
}

/**
 * One act on an open incident, as whoever acts saw it. A leak is the board's: the mandate is for all of it.
 *
 * @throws Refusal `incident_not_found`, `mandate_missing`, `incident_closed`
 * @throws Refusal `changed_meanwhile` when somebody acted on it since that page
 */
async function actOn(
  deps: Deps,
  actor: PersonActor,
  roles: MandateRole[],
  { incidentId, revision }: SeenIncident,
  act: (tx: Tx, at: Date, before: Incident) => Promise<Act>,
): Promise<void> {
  const at = deps.now()
  const { boardId, personId } = actor
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, roles, at)
    const before = await lockIncident(tx, boardId, incidentId)
    if (!before) throw new Refusal('incident_not_found')
    if (before.revision !== revision) throw new Refusal('changed_meanwhile')
    if (before.closed) throw new Refusal('incident_closed')
    const { set, event, facts } = await act(tx, at, before)
    const { numUpdatedRows } = await tx
      .updateTable('incidents')
      .set({ ...set, revision: revision + 1 })
      .where('board_id', '=', boardId)
      .where('incident_id', '=', incidentId) // incidents_pkey
      .where('revision', '=', revision)
      .where('closed_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('changed_meanwhile')
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event,
      actor: `person:${personId}`,
      ref: incidentId,
      facts: { revision: revision + 1, ...facts },
    })
  })
}

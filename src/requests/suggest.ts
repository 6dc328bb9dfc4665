import { sql } from 'kysely'
import type { PersonActor } from '../actors.ts'
import { sha256 } from '../canonical.ts'
import { mustNotAdvertise } from '../catalog/screening.ts'
import type { Audience } from '../consents/audience.ts'
import { tooYoungFor } from '../consents/too-young.ts'
import { type Db, inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type BoardId, newId, type PersonId, type SchoolId, type ServiceId, type SuggestionId, type SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import type { MandateRole } from '../people/mandate.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { REAL_WORLD } from '../worlds.ts'

/** Who speaks to families for the school. */
const SUGGESTERS: MandateRole[] = ['school_leader', 'consent_officer']

/** A service that families can use themselves: its supplier asks them directly. */
export interface DirectService {
  serviceId: ServiceId
  /** Below it a pupil cannot use it (P48). */
  minimumAge: number | null
  name: string
  supplierId: SupplierId
  supplier: string
  /** Where the supplier explains it, by its newest leaflet. */
  link: string | null
  explanation: string
}

export interface Suggestion extends DirectService {
  suggestionId: SuggestionId
  audience: Audience
  words: string
  suggestedAt: Date
  endsAt: Date
  endedAt: Date | null
}

/**
 * A school points the families of some groups or schools to a service (K14). Creates no request and no decision, and nothing
 * comes back: it is shown to them until it ends, and that is all.
 *
 * @throws Refusal `mandate_missing` unless held for every school it is for, `input_invalid` for nobody or an end that is past
 * @throws Refusal `service_not_found` for one that does not ask directly, `purpose_forbidden` for an advertisement (C11)
 */
export async function suggestService(
  deps: Deps,
  actor: PersonActor,
  { serviceId, audience, words, endsAt }: { serviceId: ServiceId; audience: Audience; words: string; endsAt: Date },
): Promise<SuggestionId> {
  const at = deps.now()
  const { boardId, personId } = actor
  const schools = [...new Set<SchoolId>([...audience.schools, ...audience.groups.map(({ schoolId }) => schoolId)])]
  if (schools.length === 0 || audience.persons.length > 0) throw new Refusal('input_invalid', { fields: ['audience'] })
  if (endsAt <= at) throw new Refusal('input_invalid', { fields: ['endsAt'] })
  mustNotAdvertise({ words })
  const suggestionId = newId<SuggestionId>(at)
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    for (const schoolId of schools) await mustHold(tx, actor, SUGGESTERS, at, schoolId)
    if (!(await directServices(tx)).some((service) => service.serviceId === serviceId)) throw new Refusal('service_not_found')
    await tx
      .insertInto('suggestions')
      .values({
        board_id: boardId,
        suggestion_id: suggestionId,
        service_id: serviceId,
        audience,
        words: words.trim(),
        suggested_at: at,
        suggested_by: personId,
        ends_at: endsAt,
      })
      .execute()
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'suggestion_made',
      actor: `person:${personId}`,
      ref: suggestionId,
      facts: { serviceId, schools, endsAt, words: sha256(words.trim()).toString('hex') },
    })
  })
  return suggestionId
}

/** The school no longer points to it. @throws Refusal `suggestion_not_found` also once ended, `mandate_missing` as when it was made */
export async function endSuggestion(deps: Deps, actor: PersonActor, suggestionId: SuggestionId): Promise<void> {
  const at = deps.now()
  const { boardId, personId } = actor
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const found = (await suggestionsOf(tx, boardId)).find((one) => one.suggestionId === suggestionId)
    const schools = found ? [...found.audience.schools, ...found.audience.groups.map(({ schoolId }) => schoolId)] : []
    for (const schoolId of new Set(schools)) await mustHold(tx, actor, SUGGESTERS, at, schoolId)
    if (!found) throw new Refusal('suggestion_not_found')
    const { numUpdatedRows } = await tx
      .updateTable('suggestions')
      .set({ ended_at: at, ended_by: personId })
      .where('board_id', '=', boardId)
      .where('suggestion_id', '=', suggestionId) // suggestions_pkey
      .where('ended_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('suggestion_not_found')
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'suggestion_ended',
      actor: `person:${personId}`,
      ref: suggestionId,
    })
  })
}

/** The services whose supplier asks people directly and is in good standing, by name. */
export async function directServices(db: Db | Tx): Promise<DirectService[]> {
  const { rows } = await sql<DirectService>`
    select s.service_id as "serviceId", s.minimum_age as "minimumAge", s.name, s.supplier_id as "supplierId", p.legal_name as supplier, l.content::jsonb #>> '{general,link}' as link,
      coalesce(l.content::jsonb #>> '{general,explanation}', '') as explanation
    from services s
    join suppliers p on p.supplier_id = s.supplier_id and p.suspended_at is null and p.world = ${REAL_WORLD}
    left join lateral (select content from leaflets where service_id = s.service_id order by version desc limit 1) l on true -- leaflets_once_per_version
    where exists (
      select from clients c where c.supplier_id = s.supplier_id and c.way in ('ciba', 'redirect') and c.disabled_at is null -- clients_by_supplier
    )
    order by s.name, s.service_id`.execute(db)
  return rows
}

/** The suggestions of a board, the newest first; those that ended too. Does NOT check who asks. */
export async function suggestionsOf(tx: Tx, boardId: BoardId): Promise<Suggestion[]> {
  const rows = await tx.selectFrom('suggestions').selectAll().where('board_id', '=', boardId).orderBy('suggested_at', 'desc').execute() // suggestions_pkey
  const services = new Map((await directServices(tx)).map((service) => [service.serviceId, service]))
  return rows.flatMap((row) => {
    const service = services.get(row.service_id)
    if (!service) return []
    return [
      {
        ...service,
        suggestionId: row.suggestion_id,
        audience: row.audience,
        words: row.words,
        suggestedAt: row.suggested_at,
        endsAt: row.ends_at,
        endedAt: row.ended_at,
      },
    ]
  })
}

/**
 * What schools point to now for these pupils of a board, each once, and none for who is below its minimum age (P48). Of a supplier that was suspended since it is not shown.
 * Reads, and leaves no trace that it was read. Does NOT check whose pupils they are.
 */
export async function suggestedFor(tx: Tx, boardId: BoardId, pupilIds: readonly PersonId[], at: Date): Promise<Suggestion[]> {
  if (pupilIds.length === 0) return []
  const { rows } = await sql<{ suggestion_id: SuggestionId; pupil_ids: PersonId[] }>`
    select s.suggestion_id, array_agg(e.person_id) as pupil_ids
    from suggestions s -- suggestions_open
    join enrolments e on e.board_id = s.board_id and e.person_id = any(${pupilIds}::uuid[]) -- enrolments_by_person
      and e.starts_at <= ${at} and (e.ends_at is null or e.ends_at > ${at})
    where s.board_id = ${boardId} and s.ended_at is null and s.ends_at > ${at}
      and (
        jsonb_exists(s.audience -> 'schools', e.school_id::text)
        or s.audience -> 'groups' @> jsonb_build_array(jsonb_build_object('schoolId', e.school_id, 'groupName', e.group_name))
      )
    group by s.suggestion_id`.execute(tx)
  const pupilsOf = new Map(rows.map(({ suggestion_id, pupil_ids }) => [suggestion_id, pupil_ids]))
  const shown: Suggestion[] = []
  for (const suggestion of await suggestionsOf(tx, boardId)) {
    const pupils = new Set(pupilsOf.get(suggestion.suggestionId))
    const tooYoung = await tooYoungFor(tx, boardId, { serviceId: suggestion.serviceId, startsAt: at }, [...pupils], at)
    if (pupils.size > tooYoung.size) shown.push(suggestion)
  }
  return shown
}

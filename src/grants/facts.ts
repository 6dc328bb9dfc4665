import { sql } from 'kysely'
import { isAskedOf, tenuresOf } from '../consents/asked-of.ts'
import type { Tx } from '../database.ts'
import type { AgreementId, BoardId, ConsentId, HolderId, PersonId, ReleaseId, SupplierId } from '../ids.ts'
import { countsAsEmployee } from '../people/store.ts'
import { AHEAD } from '../postgres-dialect.ts'
import { type Candidate, candidateOf, type FactsRow } from './facts-row.ts'

/** What a supplier wants to be held: for subjects by way of the school, or for one consent that was given to it directly. */
export interface Wanted {
  boardId: BoardId
  supplierId: SupplierId
  holderId: HolderId
  purpose: string
  datatypes: readonly string[]
  of: { approach: 'organisation'; subjectIds: PersonId[] } | { approach: 'subject'; consentId: ConsentId }
}

/** The rows that may be relied on, by id; or those that this transaction holds. */
export type Held = { consents: ConsentId[]; releases: ReleaseId[]; agreements: AgreementId[] } | 'held here'

/**
 * Holds `FOR SHARE`, in one order for everybody, every row that standing could lean on, until commit. Whoever ends one of
 * them waits for us, and then ends the token we made (INV-01). Locks only: what stands is read by the next statement.
 */
async function hold(tx: Tx, { boardId, supplierId, holderId, purpose, datatypes, of }: Wanted): Promise<void> {
  const subjects = of.approach === 'organisation' ? of.subjectIds : []
  const consent = of.approach === 'subject' ? of.consentId : null
  await sql`${sql.raw(AHEAD)}select hold_standing(${boardId}, ${of.approach}, ${supplierId}, ${holderId}, ${subjects}::uuid[], ${consent}::uuid,
    ${purpose}, ${datatypes}::text[])`.execute(tx)
}

/**
 * Holds what is wanted and reads it, in that order and in two statements: the one that waited for a lock sees the rest as
 * it was before it waited.
 */
export async function holdAndRead(tx: Tx, wanted: Wanted, at: Date): Promise<Candidate[]> {
  await hold(tx, wanted)
  return await readFacts(tx, wanted, 'held here', at)
}

/**
 * Reads the facts behind the held consents, in one statement: after `hold`, never in the same one, for under READ COMMITTED
 * the statement that waited for a lock sees everything else as it was before it waited.
 *
 * The joins are written in the order in which they are best taken, all by key. To look for a better order would take the
 * planner a hundred milliseconds, on every new connection and again for each of the first executions.
 *
 * @param held only these agreements and releases count, so that none is relied on that was not held
 */
export async function readFacts(
  tx: Tx,
  { boardId, supplierId, holderId }: { boardId: BoardId; supplierId: SupplierId; holderId: HolderId },
  held: Held,
  at: Date,
): Promise<Candidate[]> {
  const { consents, releases, agreements } = held === 'held here' ? HELD_HERE : listed(held)
  await sql`${sql.raw(AHEAD)}select set_config('join_collapse_limit', '1', true), set_config('plan_cache_mode', 'force_generic_plan', true)`.execute(
    tx,
  )
  const { rows } = await sql<FactsRow>`
    select c.consent_id, c.subject_id, c.item_id, c.approach, c.asked_at, c.revision, c.ended_at, c.ended_as, c.ended_by,
      i.legal_basis, i.decision_rule, i.purpose, i.datatypes, i.starts_at, i.ends_at, i.needs_assignment,
      round.starts_at as round_starts_at, round.ends_at as round_ends_at,
      q.request_id, q.datatypes as request_datatypes, q.starts_at as request_starts_at, q.ends_at as request_ends_at,
      coalesce(q.withdrawn_at, q.refused_at) as request_closed_at,
      r.release_id, r.withdrawn_at as release_withdrawn_at, rs.joined_at, rs.reference,
      a.agreement_id, a.signed_at, a.starts_at as agreement_starts_at, a.ends_at as agreement_ends_at, a.ended_at as agreement_ended_at,
      accepted.accepted_at, accepted.superseded_at,
      o.agreement_id as holder_agreement_id, o.signed_at as onward_signed_at, o.starts_at as onward_starts_at,
      o.ends_at as onward_ends_at, o.ended_at as onward_ended_at, o.datatypes as onward_datatypes,
      tenure.tenure_id, tenure.starts_at as tenure_starts_at, tenure.ends_at as tenure_ends_at,
      guide.starts_at as guide_starts_at, guide.ends_at as guide_ends_at,
      p.birth_date, ${countsAsEmployee} as is_employee, service.minimum_age, b.at_sixteen,
      s.suspended_at as supplier_suspended_at, h.suspended_at as holder_suspended_at, hs.suspended_at as holders_supplier_suspended_at,
      g.grant_id, sp.pseudonym as supplier_pseudonym, hp.pseudonym as holder_pseudonym,
      (
        select coalesce(jsonb_agg(jsonb_build_object('revision', an.revision, 'deciderId', an.decider_id, 'answer', an.answer,
          'datatypes', an.datatypes, 'untilAt', an.until_at, 'authority', an.authority, 'guardianshipId', an.guardianship_id,
          'answeredAt', an.answered_at, 'undoneAt', an.undone_at, 'undoneIn', an.undone_revision)), '[]')
        from answers an where an.board_id = c.board_id and an.consent_id = c.consent_id -- answers_one_per_revision
      ) as answers,
      (
        select coalesce(jsonb_agg(jsonb_build_object('objectionId', ob.objection_id, 'madeBy', ob.made_by, 'madeAt', ob.made_at,
          'decidedAt', ob.decided_at, 'granted', ob.granted)), '[]')
        from objections ob where ob.board_id = c.board_id and ob.consent_id = c.consent_id and i.legal_basis <> 'consent'
      ) as objections,
      (
        select coalesce(jsonb_agg(jsonb_build_object('guardianshipId', gs.guardianship_id, 'guardianId', gs.guardian_id,
          'kind', gs.kind, 'authority', gs.authority, 'startsAt', gs.starts_at, 'endsAt', gs.ends_at)), '[]')
        from guardianships gs where gs.board_id = c.board_id and gs.pupil_id = c.subject_id -- guardianships_by_pupil
      ) as guardianships
    from consents c
    join items i on i.board_id = c.board_id and i.item_id = c.item_id
    join persons p on p.board_id = c.board_id and p.person_id = c.subject_id and p.erased_at is null
    join boards b on b.board_id = c.board_id
    join suppliers s on s.supplier_id = i.supplier_id
    join holders h on h.holder_id = i.holder_id
    join suppliers hs on hs.supplier_id = h.supplier_id
    left join services service on service.service_id = i.service_id
    left join rounds round on round.board_id = i.board_id and round.round_id = i.round_id
    left join release_subjects rs on rs.board_id = c.board_id and rs.consent_id = c.consent_id
      and rs.release_id = any (${releases})
    left join releases r on r.board_id = rs.board_id and r.release_id = rs.release_id
    left join access_requests q on q.board_id = c.board_id and q.request_id = coalesce(r.request_id, i.request_id)
    left join supplier_agreements a on a.board_id = r.board_id and a.agreement_id = r.agreement_id and a.supplier_id = i.supplier_id
      and a.agreement_id = any (${agreements})
    left join agreement_services accepted on accepted.board_id = a.board_id and accepted.agreement_id = a.agreement_id
      and accepted.service_id = i.service_id and accepted.leaflet_id = i.leaflet_id and (i.part_id is null or i.part_id = any (accepted.parts))
    left join lateral (
      select oa.agreement_id, oa.signed_at, oa.starts_at, oa.ends_at, oa.ended_at, array_agg(oc.datatype) as datatypes
      from onward_clauses oc
      join supplier_agreements oa on oa.board_id = oc.board_id and oa.agreement_id = oc.agreement_id and oa.supplier_id = h.supplier_id
      where oc.board_id = c.board_id and oc.agreement_id = any (${agreements}) and oc.holder_id = i.holder_id -- onward_clauses_one_standing
        and oc.ended_at is null and oa.signed_at is not null and oa.ended_at is null and oa.starts_at <= ${at} and oa.ends_at > ${at}
      group by oa.agreement_id, oa.signed_at, oa.starts_at, oa.ends_at, oa.ended_at
      order by count(*) filter (where oc.datatype = any (i.datatypes)) desc, oa.ends_at desc, oa.agreement_id limit 1
    ) o on true
    left join lateral (
      select t.tenure_id, t.starts_at, t.ends_at from (${tenuresOf(sql`c.board_id`, sql`c.subject_id`)}) t
      where t.starts_at <= ${at} and (t.ends_at is null or t.ends_at > ${at}) and ${isAskedOf}
      order by t.ends_at desc nulls first, t.tenure_id limit 1
    ) tenure on true
    left join lateral (
      select asg.starts_at, asg.ends_at from assignments asg
      where i.needs_assignment and asg.board_id = c.board_id and asg.subject_id = c.subject_id and asg.supplier_id = i.supplier_id
        and asg.approach = c.approach
        and asg.starts_at <= ${at} and (asg.ends_at is null or asg.ends_at > ${at})
      order by asg.ends_at desc nulls first limit 1
    ) guide on true
    left join grants g on g.board_id = c.board_id and g.consent_id = c.consent_id
      and g.supplier_id = i.supplier_id and g.holder_id = i.holder_id -- grants_one_per_consent
    left join pseudonyms sp on sp.board_id = c.board_id and sp.audience_id = i.supplier_id and sp.subject_id = c.subject_id
    left join pseudonyms hp on hp.board_id = c.board_id and hp.audience_id = i.holder_id and hp.subject_id = c.subject_id -- pseudonyms_pkey
    where c.board_id = ${boardId} and c.consent_id = any (${consents})
      and i.supplier_id = ${supplierId} and i.holder_id = ${holderId}
    order by c.subject_id, c.consent_id, r.release_id`.execute(tx)
  return rows.map((row) => candidateOf(row, boardId, at))
}

const listed = ({ consents, releases, agreements }: Exclude<Held, 'held here'>) => ({
  consents: sql`${consents}::uuid[]`,
  releases: sql`${releases}::uuid[]`,
  agreements: sql`${agreements}::uuid[]`,
})

/** What `hold_standing` left in the settings of the transaction. */
const HELD_HERE = {
  consents: sql`current_setting('app.held_consents')::uuid[]`,
  releases: sql`current_setting('app.held_releases')::uuid[]`,
  agreements: sql`current_setting('app.held_agreements')::uuid[]`,
}

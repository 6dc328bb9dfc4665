import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { AgreementId, BoardId, PersonId, SupplierId } from '../ids.ts'
import { type Lead, type ListedGrant, listGrants } from './list-grants.ts'

/**
 * What of these people was released to a supplier by their school, and what they gave it themselves by the questions that its own
 * people asked them in the web app (`prepared_asks`), by who it is about (`listGrants`). Does NOT check who asks.
 */
export async function grantsOfSubjects(
  tx: Tx,
  { boardId, supplierId }: { boardId: BoardId; supplierId: SupplierId },
  subjectIds: readonly PersonId[],
  at: Date,
): Promise<ListedGrant[]> {
  const grants: ListedGrant[] = []
  const released = await releasedBySchool(tx, boardId, supplierId, subjectIds)
  for (const [agreementId, leads] of Map.groupBy(released, (lead) => lead.agreementId)) {
    grants.push(...(await listGrants(tx, { boardId, supplierId }, leads, [agreementId], at)))
  }
  const given = await givenDirectly(tx, boardId, supplierId, subjectIds)
  return [...grants, ...(await listGrants(tx, { boardId, supplierId }, given, [], at))]
}

async function releasedBySchool(tx: Tx, boardId: BoardId, supplierId: SupplierId, subjectIds: readonly PersonId[]) {
  const { rows } = await sql<Lead & { agreementId: AgreementId }>`
    select rs.consent_id as "consentId", rs.release_id as "releaseId", i.holder_id as "holderId", h.resource, rs.reference,
      r.agreement_id as "agreementId"
    from consents c -- consents_by_subject
    join release_subjects rs on rs.board_id = c.board_id and rs.consent_id = c.consent_id -- release_subjects_by_consent
    join releases r on r.board_id = rs.board_id and r.release_id = rs.release_id
    join supplier_agreements a on a.board_id = r.board_id and a.agreement_id = r.agreement_id
    join items i on i.board_id = c.board_id and i.item_id = c.item_id
    join holders h on h.holder_id = i.holder_id
    where c.board_id = ${boardId} and c.subject_id = any(${subjectIds}::uuid[]) and a.supplier_id = ${supplierId}
    order by r.agreement_id, rs.consent_id, rs.release_id`.execute(tx)
  return rows
}

/** The same question asked again is one consent: the newest reference is what it goes by. No school has a part in these. */
async function givenDirectly(tx: Tx, boardId: BoardId, supplierId: SupplierId, subjectIds: readonly PersonId[]) {
  const { rows } = await sql<Lead>`
    select distinct on (c.consent_id) c.consent_id as "consentId", null as "releaseId", i.holder_id as "holderId", h.resource, q.reference
    from prepared_asks q -- prepared_asks_by_supplier
    join consents c on c.board_id = q.board_id and c.consent_id = q.consent_id -- consents_pkey
    join items i on i.board_id = c.board_id and i.item_id = c.item_id
    join holders h on h.holder_id = i.holder_id
    where q.supplier_id = ${supplierId} and q.board_id = ${boardId} and c.subject_id = any(${subjectIds}::uuid[])
      and i.supplier_id = ${supplierId} and c.approach = 'subject'
    order by c.consent_id, q.asked_at desc`.execute(tx)
  return rows
}

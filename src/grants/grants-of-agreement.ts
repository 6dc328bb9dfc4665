import { sql } from 'kysely'
import type { SupplierActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { locate } from '../handles.ts'
import type { AgreementId, BoardId, ConsentId, GrantId, HolderId, ReleaseId, RequestId } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import { readFacts } from './facts.ts'
import type { Candidate } from './facts-row.ts'
import { makeGrants } from './make-grants.ts'
import { standingAt } from './standing.ts'

/** A grant as its supplier sees it: its own names, and what can be redeemed now. */
export interface ListedGrant {
  grantId: GrantId
  requestId: RequestId
  /** The supplier's own name for the subject in its request. */
  reference: string
  /** The supplier's pseudonym of the subject: the `identifier` to redeem with. */
  identifier: string
  resource: string
  purpose: string
  /** Whether it stands now. When not, it has no data. */
  active: boolean
  /** It stands only while a guide of the supplier is assigned to the subject (K19). */
  needsAssignment: boolean
  datatypes: string[]
  startsAt: Date
  endsAt: Date
}

export interface GrantPlace {
  consentId: ConsentId
  releaseId: ReleaseId
}

/**
 * The grants that a board released to a supplier under an agreement, in a fixed order, from `after` on. Gives them their
 * ids and pseudonyms when they are first listed: also where nothing but a guide is missing, for the supplier assigns the guide
 * by that pseudonym. What was over before it was ever listed is not told.
 *
 * @throws Refusal `agreement_not_found` also for an agreement of another supplier
 */
export async function grantsOfAgreement(
  deps: Deps,
  { supplierId }: SupplierActor,
  agreementId: AgreementId,
  { after, limit }: { after?: GrantPlace; limit: number },
): Promise<{ grants: ListedGrant[]; next?: GrantPlace }> {
  const at = deps.now()
  const located = await locate(deps.db, 'agreement', supplierId, agreementId)
  if (!located) throw new Refusal('agreement_not_found')
  const { boardId } = located
  return await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, async (tx) => {
    const rows = await releasedUnder(tx, boardId, agreementId, after, limit + 1)
    const page = rows.slice(0, limit)
    const grants = new Map<string, ListedGrant>()
    for (const holderId of new Set(page.map((row) => row.holder_id))) {
      const ofHolder = page.filter((row) => row.holder_id === holderId)
      const held = {
        consents: ofHolder.map((row) => row.consent_id),
        releases: ofHolder.map((row) => row.release_id),
        agreements: [agreementId, ...(await onwardAgreements(tx, boardId, holderId))],
      }
      const candidates = await readFacts(tx, { boardId, supplierId, holderId }, held, at)
      const judged = candidates
        .map((candidate) => ({ candidate, standing: standingAt(candidate.facts, at) }))
        .filter(({ candidate, standing }) => standing.stands || standing.why === 'not_assigned' || candidate.grantId)
      const named = await makeGrants(
        tx,
        { boardId, supplierId, holderId },
        judged.map(({ candidate }) => candidate),
        at,
      )
      for (const { candidate, standing } of judged) {
        const { grantId, supplierPseudonym } = named.get(candidate)!
        grants.set(placeOf(candidate.consentId, candidate.releaseId!), {
          grantId,
          requestId: candidate.requestId!,
          reference: candidate.reference!,
          identifier: supplierPseudonym,
          resource: ofHolder[0]!.resource,
          purpose: candidate.purpose,
          active: standing.stands,
          needsAssignment: candidate.facts.item.needsAssignment,
          datatypes: standing.stands ? standing.datatypes : [],
          ...windowOf(candidate),
        })
      }
    }
    const last = rows.length > limit ? page.at(-1) : undefined
    return {
      grants: page.flatMap((row) => grants.get(placeOf(row.consent_id, row.release_id)) ?? []),
      ...(last && { next: { consentId: last.consent_id, releaseId: last.release_id } }),
    }
  })
}

const placeOf = (consentId: ConsentId, releaseId: ReleaseId) => `${consentId}/${releaseId}`

/** What both the item and the request allow. */
function windowOf({ facts: { item, request } }: Candidate): { startsAt: Date; endsAt: Date } {
  return {
    startsAt: request && request.startsAt > item.startsAt ? request.startsAt : item.startsAt,
    endsAt: request?.endsAt && request.endsAt < item.endsAt ? request.endsAt : item.endsAt,
  }
}

interface Released {
  consent_id: ConsentId
  release_id: ReleaseId
  holder_id: HolderId
  resource: string
}

async function releasedUnder(tx: Tx, boardId: BoardId, agreementId: AgreementId, after: GrantPlace | undefined, limit: number) {
  const from = after ? sql`and (rs.consent_id, rs.release_id) > (${after.consentId}::uuid, ${after.releaseId}::uuid)` : sql``
  const { rows } = await sql<Released>`
    select rs.consent_id, rs.release_id, i.holder_id, h.resource
    from releases r -- releases_by_agreement
    join release_subjects rs on rs.board_id = r.board_id and rs.release_id = r.release_id -- release_subjects_pkey
    join consents c on c.board_id = rs.board_id and c.consent_id = rs.consent_id
    join items i on i.board_id = c.board_id and i.item_id = c.item_id
    join holders h on h.holder_id = i.holder_id
    where r.board_id = ${boardId} and r.agreement_id = ${agreementId} ${from}
    order by rs.consent_id, rs.release_id limit ${limit}`.execute(tx)
  return rows
}

async function onwardAgreements(tx: Tx, boardId: BoardId, holderId: HolderId): Promise<AgreementId[]> {
  const rows = await tx
    .selectFrom('onward_clauses')
    .select('agreement_id')
    .distinct()
    .where('board_id', '=', boardId)
    .where('holder_id', '=', holderId)
    .where('ended_at', 'is', null)
    .execute()
  return rows.map((row) => row.agreement_id)
}

import type { Approach } from '../approach.ts'
import type { Tx } from '../database.ts'
import type { AgreementId, BoardId, ConsentId, GrantId, HolderId, ReleaseId, RequestId, SupplierId } from '../ids.ts'
import { readFacts } from './facts.ts'
import type { Candidate } from './facts-row.ts'
import { makeGrants } from './make-grants.ts'
import { standingAt } from './standing.ts'

/** A grant as its supplier sees it: its own names, and what can be redeemed now. */
export interface ListedGrant {
  grantId: GrantId
  approach: Approach
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

/** Where a grant may be: a consent about one subject at one holder, by way of the school with its release. */
export interface Lead {
  consentId: ConsentId
  releaseId: ReleaseId | null
  holderId: HolderId
  resource: string
  /** The supplier's own name for the subject. */
  reference: string
}

/**
 * The grants that these lead to, in the same order. Gives them their ids and pseudonyms when they are first listed: also where nothing
 * but a guide is missing, for the supplier assigns the guide by that pseudonym. What was over before it was ever listed is not told.
 *
 * @param agreementIds of the supplier, on which they may lean
 */
export async function listGrants(
  tx: Tx,
  { boardId, supplierId }: { boardId: BoardId; supplierId: SupplierId },
  leads: readonly Lead[],
  agreementIds: readonly AgreementId[],
  at: Date,
): Promise<ListedGrant[]> {
  const grants = new Map<string, ListedGrant>()
  for (const holderId of new Set(leads.map((lead) => lead.holderId))) {
    const ofHolder = new Map(leads.filter((lead) => lead.holderId === holderId).map((lead) => [placeOf(lead), lead]))
    const held = {
      consents: [...ofHolder.values()].map((lead) => lead.consentId),
      releases: [...ofHolder.values()].flatMap((lead) => lead.releaseId ?? []),
      agreements: [...agreementIds, ...(await onwardAgreements(tx, boardId, holderId))],
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
      const lead = ofHolder.get(placeOf(candidate))
      if (!lead) continue
      const { grantId, supplierPseudonym } = named.get(candidate)!
      grants.set(placeOf(candidate), {
        grantId,
        approach: candidate.approach,
        requestId: candidate.requestId!,
        reference: lead.reference,
        identifier: supplierPseudonym,
        resource: lead.resource,
        purpose: candidate.purpose,
        active: standing.stands,
        needsAssignment: candidate.facts.item.needsAssignment,
        datatypes: standing.stands ? standing.datatypes : [],
        ...windowOf(candidate),
      })
    }
  }
  return leads.flatMap((lead) => grants.get(placeOf(lead)) ?? [])
}

const placeOf = ({ consentId, releaseId }: Pick<Lead, 'consentId' | 'releaseId'>) => `${consentId}/${releaseId ?? ''}`

/** What both the item and the request allow. */
function windowOf({ facts: { item, request } }: Candidate): { startsAt: Date; endsAt: Date } {
  return {
    startsAt: request && request.startsAt > item.startsAt ? request.startsAt : item.startsAt,
    endsAt: request?.endsAt && request.endsAt < item.endsAt ? request.endsAt : item.endsAt,
  }
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

import { type Insertable, sql } from 'kysely'
import type { Approach } from '../approach.ts'
import type { Tx } from '../database.ts'
import { type BoardId, type GrantId, type HolderId, newId, type StatusListId, type TokenId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { WITH_COMMIT } from '../postgres-dialect.ts'
import type { PupilData } from '../tokens/pupil-data.ts'
import { COUNTED, type StatusPlace } from '../tokens/status-lists.ts'
import type { TokenTable } from '../tokens/tables.ts'
import type { Candidate } from './facts-row.ts'
import { makeGrants } from './make-grants.ts'
import { LONGEST_MS, NotGranted, type Redeemer, type Wish } from './wish.ts'

/** A candidate that stands, and until when at the latest. */
export interface Chosen {
  candidate: Candidate
  until: Date
}

/** A token as it was issued and committed, ready to be signed. */
export interface Issued {
  tokenId: TokenId
  resource: string
  /** The subject's pseudonym with the holder; of a batch the client id. */
  sub: string
  /** Not of a batch, which spans several. */
  grantId: GrantId | undefined
  issuedAt: Date
  expiresAt: Date
  statusListId: StatusListId
  statusIndex: number
  /** With the holder's pseudonyms: for the token. */
  forHolder: PupilData
  /** With the supplier's own pseudonyms: for the token response. */
  forSupplier: PupilData
}

export interface About {
  boardId: BoardId
  holderId: HolderId
  resource: string
  approach: Approach
  status: StatusPlace
  datatypes: string[]
  purpose: string
  batch: boolean
  period?: Wish['period']
}

/**
 * Makes the token's rows and its ledger entry, the last statement of the transaction. The caller has found, on rows that
 * this transaction holds, that every grant stands.
 *
 * @throws NotGranted when so little time is left that the token would be over at once
 */
export async function mint(tx: Tx, about: About, redeemer: Redeemer, chosen: readonly Chosen[], at: Date): Promise<Issued> {
  const { boardId, holderId, resource, approach, status, datatypes, purpose, batch, period } = about
  const { clientId, supplierId, jkt, txn } = redeemer
  const until = Math.min(at.getTime() + LONGEST_MS, ...chosen.map((one) => one.until.getTime()))
  const expiresAt = new Date(Math.floor(until / 1000) * 1000)
  if (expiresAt <= at) throw new NotGranted('outside_window', boardId, approach)

  const candidates = chosen.map(({ candidate }) => candidate)
  const grants = await makeGrants(tx, { boardId, supplierId, holderId }, candidates, at)
  const named = candidates.map((candidate) => grants.get(candidate)!)
  const details = (identifiers: string[]): PupilData => ({
    type: 'pupil-data',
    locations: [resource],
    actions: ['read'],
    datatypes,
    purpose,
    ...(batch ? { identifiers } : { identifier: identifiers[0]! }),
    ...(period && { period: { from: period.from, until: period.until } }),
  })
  // Sorted, so that the order links nothing to the supplier's own names.
  const forHolder = details(named.map(({ holderPseudonym }) => holderPseudonym).toSorted())
  const forSupplier = details(named.map(({ supplierPseudonym }) => supplierPseudonym))
  const sub = batch ? clientId : named[0]!.holderPseudonym
  const tokenId = newId<TokenId>(at)
  const supports = candidates.map((candidate) => supportOf(candidate, grants.get(candidate)!.grantId))
  const token = {
    board_id: boardId,
    token_id: tokenId,
    approach,
    client_id: clientId,
    supplier_id: supplierId,
    holder_id: holderId,
    jkt,
    authorization_details: [forHolder],
    sub,
    status_list_id: status.listId,
    status_index: status.index,
    issued_at: at,
    expires_at: expiresAt,
  }
  await insert(tx, token, supports)
  const facts = {
    clientId,
    supplierId,
    holderId,
    datatypes,
    purpose,
    jkt,
    statusListId: status.listId,
    statusIndex: status.index,
    expiresAt,
    txn,
    supports,
  }
  await append(tx, { boardId, approach, at, event: 'token_issued', actor: `client:${clientId}`, ref: tokenId, facts })
  const grantId = batch ? undefined : named[0]!.grantId
  return {
    tokenId,
    resource,
    sub,
    grantId,
    issuedAt: at,
    expiresAt,
    statusListId: status.listId,
    statusIndex: status.index,
    forHolder,
    forSupplier,
  }
}

/** Everything a token leans on, so that whatever ends finds it. */
function supportOf({ consentId, subjectId, releaseId, agreementId, holderAgreementId, tenureId }: Candidate, grantId: GrantId) {
  return { grantId, consentId, subjectId, releaseId, agreementId, holderAgreementId, tenureId }
}

/**
 * All rows in one statement, that goes with the COMMIT: the status entry first, so that a place which somebody took in the
 * meantime fails it all (INV-14) and the whole begins again with another.
 */
async function insert(tx: Tx, token: Insertable<TokenTable>, supports: object[]): Promise<void> {
  const counted = sql`, counted as (update status_lists set taken = taken + ${COUNTED} where list_id = ${token.status_list_id})`
  await sql`${sql.raw(WITH_COMMIT)}
    with entry as (
      insert into status_entries (list_id, index, token_id, board_id)
      values (${token.status_list_id}, ${token.status_index}, ${token.token_id}, ${token.board_id})
    )${token.status_index % COUNTED === 0 ? counted : sql``}, token as (
      insert into tokens (board_id, token_id, approach, client_id, supplier_id, holder_id, jkt, authorization_details, sub,
        status_list_id, status_index, issued_at, expires_at)
      values (${token.board_id}, ${token.token_id}, ${token.approach}, ${token.client_id}, ${token.supplier_id}, ${token.holder_id},
        ${token.jkt}, ${sql.val(token.authorization_details)}::jsonb, ${token.sub}, ${token.status_list_id}, ${token.status_index},
        ${token.issued_at}, ${token.expires_at})
      returning board_id, token_id, approach, expires_at
    )
    insert into token_supports (board_id, token_id, grant_id, approach, consent_id, subject_id, release_id, agreement_id,
      holder_agreement_id, tenure_id, expires_at)
    select t.board_id, t.token_id, s."grantId", t.approach, s."consentId", s."subjectId", s."releaseId", s."agreementId",
      s."holderAgreementId", s."tenureId", t.expires_at
    from token t, jsonb_to_recordset(${sql.val(supports)}::jsonb) as s ("grantId" uuid, "consentId" uuid, "subjectId" uuid,
      "releaseId" uuid, "agreementId" uuid, "holderAgreementId" uuid, "tenureId" uuid)`.execute(tx)
}

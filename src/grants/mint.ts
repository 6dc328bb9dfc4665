import { type Insertable, sql } from 'kysely'
import type { Approach } from '../approach.ts'
import type { Tx } from '../database.ts'
import { type BoardId, type GrantId, type HolderId, newId, type StatusListId, type SupplierId, type TokenId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { WITH_COMMIT } from '../postgres-dialect.ts'
import type { PupilData } from '../tokens/pupil-data.ts'
import { COUNTED, type StatusPlace } from '../tokens/status-lists.ts'
import type { TokenTable } from '../tokens/tables.ts'
import type { Candidate } from './facts-row.ts'
import { makeGrants, type Named } from './make-grants.ts'
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

/** A token to be made: what it is for, to whom it goes, and the grants that were found to stand for it. */
export interface Minting extends Pick<Wish, 'resource' | 'datatypes' | 'purpose' | 'batch' | 'period'> {
  redeemer: Redeemer
  approach: Approach
  chosen: readonly Chosen[]
  /** As `expiryOf` told. */
  expiresAt: Date
  status: StatusPlace
}

/**
 * When a token on these grants is over: ten minutes from now at most, in whole seconds, never past any of them (INV-10).
 *
 * @throws NotGranted when so little time is left that it would be over at once
 */
export function expiryOf(chosen: readonly Chosen[], at: Date, boardId: BoardId, approach: Approach = 'organisation'): Date {
  const until = Math.min(at.getTime() + LONGEST_MS, ...chosen.map((one) => one.until.getTime()))
  const expiresAt = new Date(Math.floor(until / 1000) * 1000)
  if (expiresAt <= at) throw new NotGranted('outside_window', boardId, approach)
  return expiresAt
}

/**
 * Makes the rows of tokens and their ledger entries, the last statements of the transaction. The caller has found, on rows
 * that this transaction holds, that every grant stands.
 */
export async function mint(
  tx: Tx,
  parties: { boardId: BoardId; supplierId: SupplierId; holderId: HolderId },
  mintings: readonly Minting[],
  at: Date,
): Promise<Issued[]> {
  if (mintings.length === 0) return []
  const candidates = new Set(mintings.flatMap(({ chosen }) => chosen.map(({ candidate }) => candidate)))
  const grants = await makeGrants(tx, parties, [...candidates], at)
  const made = mintings.map((minting) => tokenOf(parties, minting, grants, at))
  await insert(tx, made)
  await append(tx, ...made.map(({ entry }) => entry))
  return made.map(({ issued }) => issued)
}

type Made = ReturnType<typeof tokenOf>

function tokenOf(
  { boardId, supplierId, holderId }: { boardId: BoardId; supplierId: SupplierId; holderId: HolderId },
  { redeemer, resource, datatypes, purpose, batch, period, approach, chosen, expiresAt, status }: Minting,
  grants: Map<Candidate, Named>,
  at: Date,
) {
  const { clientId, jkt, txn } = redeemer
  const named = chosen.map(({ candidate }) => grants.get(candidate)!)
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
  const supports = chosen.map(({ candidate }, n) => supportOf(candidate, named[n]!.grantId))
  const row: Insertable<TokenTable> = {
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
  const statusAt = { statusListId: status.listId, statusIndex: status.index }
  const facts = { clientId, supplierId, holderId, datatypes, purpose, jkt, ...statusAt, expiresAt, txn, supports }
  const entry = { boardId, approach, at, event: 'token_issued' as const, actor: `client:${clientId}` as const, ref: tokenId, facts }
  const grantId = batch ? undefined : named[0]!.grantId
  const issued: Issued = { tokenId, resource, sub, grantId, issuedAt: at, expiresAt, ...statusAt, forHolder, forSupplier }
  return { row, supports, entry, issued }
}

/** Everything a token leans on, so that whatever ends finds it. */
function supportOf({ consentId, subjectId, releaseId, agreementId, holderAgreementId, tenureId }: Candidate, grantId: GrantId) {
  return { grantId, consentId, subjectId, releaseId, agreementId, holderAgreementId, tenureId }
}

/**
 * All rows in one statement, that goes with the COMMIT: the status entries first, so that a place which somebody took in the
 * meantime fails it all (INV-14) and the whole begins again with others.
 */
async function insert(tx: Tx, made: readonly Made[]): Promise<void> {
  const rows = made.map(({ row }) => row)
  const supports = made.flatMap(({ row, supports: of }) => of.map((support) => ({ ...support, tokenId: row.token_id })))
  const counting = rows.some(({ status_index }) => status_index % COUNTED === 0)
  const counted = sql`, counted as (
      update status_lists l set taken = l.taken + n.counted * ${COUNTED}
      from (select status_list_id, count(*)::int as counted from wanted where status_index % ${COUNTED} = 0 group by status_list_id) n
      where l.list_id = n.status_list_id
    )`
  await sql`${sql.raw(WITH_COMMIT)}
    with wanted as materialized (
      select * from jsonb_to_recordset(${sql.val(rows)}::jsonb) as w (board_id uuid, token_id uuid, approach text, client_id text,
        supplier_id uuid, holder_id uuid, jkt text, authorization_details jsonb, sub text, status_list_id uuid, status_index integer,
        issued_at timestamptz, expires_at timestamptz)
    ), entry as (
      insert into status_entries (list_id, index, token_id, board_id)
      select status_list_id, status_index, token_id, board_id from wanted
    )${counting ? counted : sql``}, token as (
      insert into tokens (board_id, token_id, approach, client_id, supplier_id, holder_id, jkt, authorization_details, sub,
        status_list_id, status_index, issued_at, expires_at)
      select board_id, token_id, approach, client_id, supplier_id, holder_id, jkt, authorization_details, sub, status_list_id,
        status_index, issued_at, expires_at from wanted
      returning board_id, token_id, approach, expires_at
    )
    insert into token_supports (board_id, token_id, grant_id, approach, consent_id, subject_id, release_id, agreement_id,
      holder_agreement_id, tenure_id, expires_at)
    select t.board_id, t.token_id, s."grantId", t.approach, s."consentId", s."subjectId", s."releaseId", s."agreementId",
      s."holderAgreementId", s."tenureId", t.expires_at
    from token t join jsonb_to_recordset(${sql.val(supports)}::jsonb) as s ("tokenId" uuid, "grantId" uuid, "consentId" uuid,
      "subjectId" uuid, "releaseId" uuid, "agreementId" uuid, "holderAgreementId" uuid, "tenureId" uuid) on s."tokenId" = t.token_id`.execute(
    tx,
  )
}

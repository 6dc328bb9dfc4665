import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { AgreementId, BoardId, ClientId, ConsentId, HolderId, PersonId, ReleaseId, SupplierId, TenureId, TokenId } from '../ids.ts'

/** What ended, or began to stand differently. Every live token that leans on it ends. */
export type EndingFact =
  | { consentIds: readonly ConsentId[] }
  | { releaseId: ReleaseId }
  | { agreementId: AgreementId }
  | { holderAgreementId: AgreementId }
  | { tenureId: TenureId }
  | { supplierId: SupplierId }
  | { holderId: HolderId }
  | { subjectId: PersonId }
  | { assignment: { supplierId: SupplierId; subjectId: PersonId } }
  /** One token, given back by the client it was issued to. */
  | { ofClient: { clientId: ClientId; tokenId: TokenId } }

/** Clocks of two processes may differ by this much: a token is taken for live a little longer than its `exp` says. */
const CLOCK_DIFFERENCE_MS = 120_000

/**
 * Ends the live tokens that lean on a fact and sets their status bits, in the transaction of the act that ended the fact.
 *
 * The caller has updated the fact's own row BEFORE: that waits for every redemption that holds it `FOR SHARE`, so that
 * this statement sees the token it made. For `subjectId` and `assignment`, whose facts are rows that may not be there
 * yet (a new guardianship), this locks the subject's row itself; redemptions hold that row too.
 *
 * A supplier may be a holder too: what ends for it ends there as well.
 *
 * The ids that come back go into the caller's ledger entry as `endedTokens`. Tokens are only ended for this board: an act
 * on a global fact (suspension) calls once per board.
 *
 * @param because the code of the act, as the ledger names it
 * @throws Error when called as staff for a fact that subject-oriented tokens lean on too: staff cannot see those, so they
 *   would live on. Work in a `job` transaction.
 */
export async function endTokens(tx: Tx, boardId: BoardId, at: Date, fact: EndingFact, because: string): Promise<TokenId[]> {
  const subjectId = 'subjectId' in fact ? fact.subjectId : 'assignment' in fact ? fact.assignment.subjectId : undefined
  if (subjectId) {
    await tx
      .selectFrom('persons')
      .select('person_id')
      .where('board_id', '=', boardId)
      .where('person_id', '=', subjectId)
      .forNoKeyUpdate()
      .execute()
  }
  const { support = sql`true`, token = sql`true` } = leansOn(fact)
  const { rows } = await sql<{ ended: TokenId[]; actor: string }>`
    with leaning as (
      select t.token_id from tokens t
      where t.board_id = ${boardId} and t.ended_at is null and ${token} and t.token_id in (
        select s.token_id from token_supports s
        where s.board_id = ${boardId} and s.expires_at > ${new Date(at.getTime() - CLOCK_DIFFERENCE_MS)} and ${support}
      )
      order by t.token_id for update
    ), ended as (
      update tokens t set ended_at = greatest(${at}, t.issued_at), ended_because = ${because}
      from leaning where t.board_id = ${boardId} and t.token_id = leaning.token_id
      returning t.token_id, t.status_list_id, t.status_index
    ), bits as (
      update status_entries e set set_at = ${at} from ended where e.list_id = ended.status_list_id and e.index = ended.status_index
    )
    select coalesce(array_agg(token_id order by token_id), '{}') as ended, app_actor() as actor from ended`.execute(tx)
  const { ended, actor } = rows[0]!
  if (actor === 'staff' && !ofOneApproach(fact)) throw new Error('staff cannot end subject-oriented tokens: end them as a job')
  return ended
}

/** A release and a supplier's agreement carry organisation-oriented tokens only; a consent is of one approach itself. */
function ofOneApproach(fact: EndingFact): boolean {
  return 'consentIds' in fact || 'releaseId' in fact || 'agreementId' in fact
}

/**
 * What a live token that leans on the fact has in what supports it and in itself. Apart, so that the supports are read once
 * and not once for each token.
 */
function leansOn(fact: EndingFact): { support?: RawBuilder<unknown>; token?: RawBuilder<unknown> } {
  if ('consentIds' in fact) return { support: sql`s.consent_id = any(${fact.consentIds}::uuid[])` } // token_supports_by_consent
  if ('releaseId' in fact) return { support: sql`s.release_id = ${fact.releaseId}` } // this and what follows: token_supports_live
  if ('agreementId' in fact) return { support: sql`s.agreement_id = ${fact.agreementId}` }
  if ('holderAgreementId' in fact) return { support: sql`s.holder_agreement_id = ${fact.holderAgreementId}` }
  if ('tenureId' in fact) return { support: sql`s.tenure_id = ${fact.tenureId}` }
  if ('subjectId' in fact) return { support: sql`s.subject_id = ${fact.subjectId}` }
  if ('holderId' in fact) return { token: sql`t.holder_id = ${fact.holderId}` }
  if ('supplierId' in fact) {
    const { supplierId } = fact
    return {
      token: sql`(t.supplier_id = ${supplierId} or t.holder_id in (select h.holder_id from holders h where h.supplier_id = ${supplierId}))`,
    }
  }
  if ('ofClient' in fact) {
    const { tokenId, clientId } = fact.ofClient
    return { support: sql`s.token_id = ${tokenId}`, token: sql`t.client_id = ${clientId}` } // token_supports_pkey
  }
  const { subjectId, supplierId } = fact.assignment
  return { support: sql`s.subject_id = ${subjectId}`, token: sql`t.supplier_id = ${supplierId}` }
}

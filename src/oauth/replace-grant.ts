import { sql } from 'kysely'
import type { ClientActor } from '../actors.ts'
import { startDestruction } from '../agreements/start-duty.ts'
import { heldConsent } from '../consents/answer.ts'
import { stateOf } from '../consents/consent.ts'
import { endConsent } from '../consents/end.ts'
import { keptSince } from '../consents/kept-since.ts'
import { consentById } from '../consents/store.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, ClientId, ConsentId, GrantId, PersonId, SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { enqueueEvent } from '../notifications/enqueue.ts'
import { Refusal } from '../refusal.ts'
import { endTokens } from '../tokens/end-tokens.ts'
import { type ManagedGrant, managedGrant } from './managed-grant.ts'
import { OAuthError } from './oauth-error.ts'
import type { PushedRequest } from './pushed-request.ts'
import { endRefreshTokensOn } from './refresh-token.ts'

/** What somebody asked, perhaps in the place of a grant. */
type Replacing = Pick<PushedRequest, 'supplier_id' | 'replaces' | 'replaces_revision' | 'made_at'>

/**
 * The grant that a pushed request wants replaced, with the one it is about; undefined when this board has none such, or it is over:
 * what ended a grant ended what was to take its place.
 */
export async function grantToReplace(
  tx: Tx,
  at: Date,
  boardId: BoardId,
  { supplier_id, replaces, replaces_revision, made_at }: Replacing,
): Promise<(ManagedGrant & { subjectId: PersonId }) | undefined> {
  const grant = replaces && (await managedGrant(tx, supplier_id, [boardId], replaces))
  if (!grant) return undefined
  const consent = await consentById(tx, boardId, grant.consentId)
  if (!consent || stateOf(consent, at).state !== 'given') return undefined
  // It gave something when it was asked to be replaced; one that took its place meanwhile counts from its own yes.
  const handedOut = { revision: replaces_revision ?? 0, at: made_at, awaiting: true }
  if (keptSince(consent, handedOut, at).length === 0) return undefined
  return { ...grant, subjectId: consent.question.subject.personId }
}

/**
 * Replaces the grant, where one is to be replaced, for who was asked while they were elsewhere (CIBA), when their yes is collected. Polling again, or many at once,
 * comes to the same.
 *
 * @throws OAuthError `access_denied` when the grant is over, or was never one of this supplier about this subject
 */
export async function replaceWhenCollected(
  deps: Deps,
  at: Date,
  { clientId, supplierId }: ClientActor,
  asked: Replacing,
  given: { boardId: BoardId; consentId: ConsentId; datatypes: readonly string[] },
): Promise<void> {
  const { boardId } = given
  const { replaces } = asked
  if (!replaces) return
  await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, async (tx) => {
    await holdGrant(tx, boardId, replaces)
    const old = await grantToReplace(tx, at, boardId, asked)
    const subject = (await consentById(tx, boardId, given.consentId))?.question.subject.personId
    if (!old || old.subjectId !== subject) throw new OAuthError('access_denied', 'there is no grant', { attempted: true })
    await replaceGrant(tx, at, old, { by: `client:${clientId}`, supplierId }, given)
  })
}

/** Whoever replaces the same grant waits, and then sees what took its place. */
async function holdGrant(tx: Tx, boardId: BoardId, grantId: GrantId): Promise<void> {
  await tx
    .selectFrom('grants')
    .select('grant_id')
    .where('board_id', '=', boardId)
    .where('grant_id', '=', grantId) // grants_pkey
    .forNoKeyUpdate()
    .execute()
}

/**
 * Puts a consent in the place of the one a grant leaned on, in the transaction of its yes: the grant keeps its id, the old
 * consent is over with its tokens and refresh tokens (Grant Management §5.2), and what the new one does not give any more
 * is to be destroyed. Appends to the ledger.
 *
 * @throws Refusal `authorization_over` when the grant ended meanwhile
 */
export async function replaceGrant(
  tx: Tx,
  at: Date,
  { boardId, grantId, consentId, holderId }: ManagedGrant,
  { by, supplierId }: { by: `person:${PersonId}` | `client:${ClientId}`; supplierId: SupplierId },
  given: { consentId: ConsentId; datatypes: readonly string[] },
): Promise<void> {
  if (consentId === given.consentId) return
  // The refresh tokens first: a refresh holds its own before it holds the consent, and nobody waits in a ring.
  await endRefreshTokensOn(tx, boardId, consentId, at)
  const before = await heldConsent(tx, boardId, consentId)
  const had = stateOf(before, at)
  if (had.state !== 'given') throw new Refusal('authorization_over')
  await tx
    .updateTable('grants')
    .set({ consent_id: given.consentId })
    .where('board_id', '=', boardId)
    .where('grant_id', '=', grantId) // grants_pkey
    .where(sql<boolean>`not exists (select from grants g where g.board_id = ${boardId} and g.consent_id = ${given.consentId})`)
    .execute()
  const { item } = await endConsent(tx, at, before, 'lapsed', by)
  const endedTokens = await endTokens(tx, boardId, at, { consentIds: [consentId] }, 'consent_lapsed')
  const loses = had.datatypes.some((datatype) => !given.datatypes.includes(datatype))
  const leaflets = item.leafletId ? [item.leafletId] : []
  const dutyIds = loses ? [await startDestruction(tx, boardId, 'subject', supplierId, { consentId }, leaflets, at)] : []
  const subjectId = before.question.subject.personId
  const facts = { itemId: item.itemId, requestId: item.requestId, stands: false }
  const event = { boardId, approach: 'subject', event: 'consent_lapsed', subjectId, ref: consentId, facts, at } as const
  await enqueueEvent(tx, { ...event, receiverId: supplierId }, { ...event, receiverId: holderId })
  await append(tx, {
    boardId,
    approach: 'subject',
    at,
    event: 'consent_lapsed',
    actor: by,
    ref: consentId,
    facts: { because: 'grant_replaced', grantId, replacedBy: given.consentId, lapsed: [consentId], endedTokens, dutyIds },
  })
}

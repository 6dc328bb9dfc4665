import type { ClientActor } from '../actors.ts'
import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import { type ConsentState, stateOf } from '../consents/consent.ts'
import { lapseConsents } from '../consents/lapse.ts'
import { latestPerDecider } from '../consents/outcome.ts'
import { type AskedItem, consentById } from '../consents/store.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, ConsentId, GrantId, HolderId, SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import type { PupilData } from '../tokens/pupil-data.ts'
import { endRefreshTokensOn } from './refresh-token.ts'

/** A grant that was given to a supplier directly. Those of a school are in the list of its agreement, and end with it. */
export interface ManagedGrant {
  boardId: BoardId
  grantId: GrantId
  consentId: ConsentId
  holderId: HolderId
  createdAt: Date
}

/** A grant of this supplier, through whichever of its clients it came (Grant Management §8.1); undefined for any other. */
export async function managedGrant(tx: Tx, supplierId: SupplierId, boards: BoardId[], grantId: GrantId): Promise<ManagedGrant | undefined> {
  if (boards.length === 0) return undefined
  const row = await tx
    .selectFrom('grants')
    .select(['board_id', 'grant_id', 'consent_id', 'holder_id', 'created_at'])
    .where('board_id', 'in', boards)
    .where('grant_id', '=', grantId) // grants_pkey
    .where('supplier_id', '=', supplierId)
    .where('approach', '=', 'subject')
    .executeTakeFirst()
  return (
    row && {
      boardId: row.board_id,
      grantId: row.grant_id,
      consentId: row.consent_id,
      holderId: row.holder_id,
      createdAt: row.created_at,
    }
  )
}

/** What a grant comes to now: as the person who gave it left it. Standing hangs on more, and is told by the token endpoint. */
export interface GrantStatus {
  scopes: string[]
  details: PupilData[]
  createdAt: Date
  updatedAt: Date
  expiresAt: Date | undefined
}

/**
 * What stands of a grant (Grant Management §6.3).
 *
 * @throws Refusal `grant_not_found` also for another supplier's, a school's, and one that is over
 */
export async function queryGrant(deps: Deps, { supplierId }: ClientActor, grantId: GrantId): Promise<GrantStatus> {
  const at = deps.now()
  return await ofSupplier(deps, supplierId, grantId, async (tx, grant) => {
    const { consent, state } = await openConsent(tx, grant, at)
    const given = state.state === 'given' ? state : undefined
    const { resource } = await tx.selectFrom('holders').select('resource').where('holder_id', '=', grant.holderId).executeTakeFirstOrThrow() // holders_pkey
    const identifier = await tx
      .selectFrom('pseudonyms')
      .select('pseudonym')
      .where('board_id', '=', grant.boardId)
      .where('audience_id', '=', supplierId)
      .where('subject_id', '=', consent.question.subject.personId) // pseudonyms_pkey
      .executeTakeFirstOrThrow()
    const details = given && {
      type: 'pupil-data' as const,
      locations: [resource] as [string],
      actions: ['read'] as ['read'],
      datatypes: given.datatypes,
      purpose: consent.item.purpose,
      identifier: identifier.pseudonym,
    }
    const scopes = await scopesOn(tx, grant)
    const answered = latestPerDecider(consent.answers).at(-1)
    return {
      scopes,
      details: details ? [details] : [],
      createdAt: grant.createdAt,
      updatedAt: answered && answered.answeredAt > grant.createdAt ? answered.answeredAt : grant.createdAt,
      expiresAt: given?.until,
    }
  })
}

/** The scopes that were granted along with it: of CIBA `openid`, of a code none. */
async function scopesOn(tx: Tx, { boardId, consentId }: ManagedGrant): Promise<string[]> {
  const rows = await tx
    .selectFrom('refresh_tokens')
    .select('scope')
    .distinct()
    .where('board_id', '=', boardId)
    .where('consent_id', '=', consentId) // refresh_tokens_by_consent
    .where('scope', 'is not', null)
    .execute()
  return [...new Set(rows.flatMap(({ scope }) => scope!.split(' ')))].toSorted()
}

/**
 * A supplier gives a grant up (Grant Management §6.4): it needs the data no longer. The consent is over for good, with the
 * tokens and refresh tokens of all its clients, and what it has it must destroy. Also while it is suspended.
 *
 * @throws Refusal as `queryGrant`
 */
export async function giveUpGrant(deps: Deps, { clientId, supplierId }: ClientActor, grantId: GrantId): Promise<void> {
  const at = deps.now()
  await ofSupplier(deps, supplierId, grantId, async (tx, grant) => {
    const { boardId, consentId } = grant
    const by = `client:${clientId}` as const
    // The refresh tokens first: a refresh holds its own before it holds the consent, and nobody waits in a ring.
    await endRefreshTokensOn(tx, boardId, consentId, at)
    const { lapsed, ...aftermath } = await lapseConsents(tx, at, boardId, [consentId], by)
    if (lapsed.length === 0) throw new Refusal('grant_not_found')
    const facts = { because: 'grant_given_up', grantId, lapsed, ...aftermath }
    await append(tx, { boardId, approach: 'subject', at, event: 'consent_lapsed', actor: by, ref: consentId, facts })
  })
}

async function ofSupplier<T>(
  { db }: Deps,
  supplierId: SupplierId,
  grantId: GrantId,
  work: (tx: Tx, grant: ManagedGrant) => Promise<T>,
): Promise<T> {
  const boards = await boardsOfSupplier(db, supplierId)
  return await inTransaction(db, { actor: 'client', boards }, async (tx) => {
    const grant = await managedGrant(tx, supplierId, boards, grantId)
    if (!grant) throw new Refusal('grant_not_found')
    return await work(tx, grant)
  })
}

const OVER: ReadonlySet<ConsentState['state']> = new Set(['withdrawn', 'invalidated', 'lapsed', 'expired'])

async function openConsent(tx: Tx, { boardId, consentId }: ManagedGrant, at: Date): Promise<{ consent: AskedItem; state: ConsentState }> {
  const consent = await consentById(tx, boardId, consentId)
  const state = consent && stateOf(consent, at)
  if (!consent || !state || OVER.has(state.state)) throw new Refusal('grant_not_found')
  return { consent, state }
}

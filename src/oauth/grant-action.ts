import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import { stateOf } from '../consents/consent.ts'
import { consentById } from '../consents/store.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { idOf } from '../http.ts'
import type { GrantId, HolderId, PersonId, SupplierId } from '../ids.ts'
import { managedGrant } from './managed-grant.ts'
import { OAuthError } from './oauth-error.ts'

/** A grant that is to be replaced, and whom it is about. */
export interface Replaced {
  grantId: GrantId
  subjectId: PersonId
  /** Of the consent under it, now. */
  revision: number
}

/**
 * What a request wants with grants (Grant Management for OAuth 2.0 §5.2): a new one, which is also what happens when it
 * says nothing, or another in the place of one that was given.
 *
 * @param holderId of what is asked: a grant stays at its holder
 * @returns the grant to replace
 * @throws OAuthError `invalid_request`; `invalid_grant_id` also for a grant of another supplier or of a school, and one that is over
 */
export async function grantAction(
  deps: Deps,
  supplierId: SupplierId,
  request: Map<string, string>,
  holderId: HolderId,
  at: Date,
): Promise<Replaced | null> {
  const [action = 'create', given] = [request.get('grant_management_action'), request.get('grant_id')]
  if (action !== 'create' && action !== 'replace') throw new OAuthError('invalid_request', 'grant_management_action is create or replace')
  if ((action === 'replace') !== (given !== undefined))
    throw new OAuthError('invalid_request', 'a grant_id goes with replace, and with nothing else')
  if (given === undefined) return null
  const id = idOf<GrantId>().safeParse(given)
  if (!id.success) throw unknownGrant()
  const boards = await boardsOfSupplier(deps.db, supplierId)
  const grant = await inTransaction(deps.db, { actor: 'client', boards }, async (tx) => {
    const found = await managedGrant(tx, supplierId, boards, id.data)
    const consent = found && (await consentById(tx, found.boardId, found.consentId))
    return consent && stateOf(consent, at).state === 'given'
      ? { ...found, subjectId: consent.question.subject.personId, revision: consent.revision }
      : undefined
  })
  if (!grant) throw unknownGrant()
  if (grant.holderId !== holderId) throw new OAuthError('invalid_request', 'a grant is replaced at its own holder')
  return grant
}

const unknownGrant = () => new OAuthError('invalid_grant_id', 'there is no such grant to replace', { attempted: true })

import type { MemberActor } from '../actors.ts'
import type { Approach } from '../approach.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { ListedGrant } from '../grants/list-grants.ts'
import type { Issued } from '../grants/mint.ts'
import { redeem } from '../grants/redeem.ts'
import { redeemDirectly } from '../grants/redeem-directly.ts'
import type { Redeemer } from '../grants/wish.ts'
import { locate } from '../handles.ts'
import { type BoardId, type ClientId, type ConsentId, type HolderId, newId, type PersonId, type ViewId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { mustBeMember } from '../members/members.ts'
import { accessTokenAnswer } from '../oauth/access-token.ts'
import { OAuthError } from '../oauth/oauth-error.ts'
import { partsThatFit } from '../oauth/token-size.ts'
import { Refusal } from '../refusal.ts'
import { hostedClient } from './hosted-client.ts'
import { type Readable, readable } from './readable.ts'

/** What a case worker wants to see: data of one subject at one holder. */
export type Look = Pick<ListedGrant, 'grantId' | 'identifier' | 'resource' | 'purpose' | 'datatypes'>

/** Where the grant of a look is, and in which of the two ways it came about. */
interface Place {
  boardId: BoardId
  subjectId: PersonId
  consentId: ConsentId
  holderId: HolderId
  approach: Approach
}

/**
 * A case worker looks at the data of one subject to whom they are assigned, which a school released or a yes in person gave (K12):
 * redeemed now, fetched from the holder now, shown
 * once and kept nowhere. What one token cannot carry comes with several. It is looked at before and after the fetch whether they still may, and a look that was not taken down
 * (`views`, which parents see, and the ledger) shows nothing.
 *
 * @throws Refusal `member_role_missing`, `person_not_found`; `not_assigned` for who is not assigned to this subject
 * @throws Refusal `grant_not_found` when it does not stand, whatever the reason; `holder_unreachable`, also when it takes tokens in a form that no header
 *   holds; `client_not_found`
 */
export async function lookAt(deps: Deps, actor: MemberActor, look: Look): Promise<Readable> {
  const place = await mustBeAssigned(deps, actor, look)
  const { clientId, jkt, proof } = await hostedClient(deps, actor.supplierId)
  const redeemer = { clientId, supplierId: actor.supplierId, jkt, txn: crypto.randomUUID() }
  const data: unknown[] = []
  const names = [look.identifier]
  for (const datatypes of await inTokens(deps, clientId, look)) {
    const part = { ...look, datatypes }
    const issued = await redeemed(deps, redeemer, place, part)
    const { access_token: token } = await accessTokenAnswer(deps, issued, redeemer, { key: null })
    for (const datatype of datatypes) {
      const url = new URL(await pathOf(deps, look.resource, datatype), look.resource).href
      const ath = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(token as string))).toString('base64url')
      const dpop = await proof('GET', url, ath, deps.now())
      data.push(await fetched(deps, url, { accept: 'application/json', authorization: `DPoP ${token as string}`, dpop }))
    }
    await takeDown(deps, actor, place, issued, part)
    names.push(issued.sub)
  }
  return readable(data, names)
}

/** What is looked at, in as many tokens as it takes: none is larger than a header holds. */
async function inTokens(deps: Deps, clientId: ClientId, look: Look): Promise<string[][]> {
  return await partsThatFit(deps, clientId, look).catch((error: unknown) => {
    throw error instanceof OAuthError ? new Refusal('holder_unreachable') : error
  })
}

async function redeemed(deps: Deps, redeemer: Redeemer, place: Place, { identifier, resource, purpose, datatypes }: Look): Promise<Issued> {
  if (place.approach === 'subject') return await redeemDirectly(deps, redeemer, { ...place, wished: datatypes }, async () => {})
  return await redeem(deps, redeemer, { resource, purpose, datatypes, identifiers: [identifier], batch: false })
}

/** Whether this member is assigned to the subject now. @throws Refusal `person_not_found`, `not_assigned`, `member_role_missing` */
async function mustBeAssigned(deps: Deps, actor: MemberActor, { identifier, grantId }: Look): Promise<Place> {
  const located = await locate(deps.db, 'pseudonym', actor.supplierId, identifier)
  if (!located) throw new Refusal('person_not_found')
  const { boardId } = located
  return await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, async (tx) => {
    const grant = await tx
      .selectFrom('grants')
      .select(['consent_id', 'holder_id', 'approach'])
      .where('board_id', '=', boardId)
      .where('grant_id', '=', grantId) // grants_pkey
      .where('supplier_id', '=', actor.supplierId)
      .where('subject_id', '=', located.ref as PersonId)
      .executeTakeFirst()
    if (!grant) throw new Refusal('grant_not_found')
    const { consent_id: consentId, holder_id: holderId, approach } = grant
    const place = { boardId, subjectId: located.ref as PersonId, consentId, holderId, approach }
    await holdAssignment(tx, actor, place, deps.now())
    return place
  })
}

/**
 * Holds until commit that this member works here as a case worker and is assigned to the subject: for what a school released, with its
 * knowledge.
 */
async function holdAssignment(tx: Tx, actor: MemberActor, { boardId, subjectId, approach }: Place, at: Date): Promise<void> {
  await mustBeMember(tx, actor, ['case_worker'])
  const assignment = await tx
    .selectFrom('assignments')
    .select('assignment_id')
    .where('board_id', '=', boardId)
    .where('subject_id', '=', subjectId) // assignments_by_subject
    .where('supplier_id', '=', actor.supplierId)
    .where('member_id', '=', actor.memberId)
    .where('approach', 'in', approach === 'organisation' ? ['organisation'] : ['organisation', 'subject'])
    .where('starts_at', '<=', at)
    .where((eb) => eb.or([eb('ends_at', 'is', null), eb('ends_at', '>', at)]))
    .forShare()
    .executeTakeFirst()
  if (!assignment) throw new Refusal('not_assigned')
}

async function pathOf(deps: Deps, resource: string, datatype: string): Promise<string> {
  const row = await deps.db
    .selectFrom('data_sets as d')
    .innerJoin('holders as h', 'h.holder_id', 'd.holder_id')
    .select('d.path')
    .where('h.resource', '=', resource) // holders_resource_key
    .where('d.datatype', '=', datatype)
    .executeTakeFirst()
  return row?.path ?? datatype
}

/** Data of a whole school year are larger, and longer on their way, than a set of keys. */
const OF_DATA = { mostBytes: 2_000_000, timeoutMs: 10_000 }

/** What the holder hands over. Its no is one of ours: the token was ended on the way. */
async function fetched(deps: Deps, url: string, headers: Record<string, string>): Promise<unknown> {
  const answer = await deps.outsideFetch(url, { headers, ...OF_DATA }).catch(() => undefined)
  if (answer?.status === 401 || answer?.status === 403) throw new Refusal('grant_not_found')
  if (answer?.status !== 200) throw new Refusal('holder_unreachable')
  try {
    return JSON.parse(answer.text)
  } catch {
    throw new Refusal('holder_unreachable')
  }
}

/** The look is a fact before anything is shown; a token that was ended meanwhile shows nothing. */
async function takeDown(deps: Deps, actor: MemberActor, place: Place, { tokenId }: Issued, look: Look): Promise<void> {
  const at = deps.now()
  const { boardId, subjectId, approach } = place
  await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, async (tx) => {
    await holdAssignment(tx, actor, place, at)
    const token = await tx
      .selectFrom('tokens')
      .select('ended_at')
      .where('board_id', '=', boardId)
      .where('token_id', '=', tokenId) // tokens_pkey
      .forShare()
      .executeTakeFirst()
    if (!token || token.ended_at) throw new Refusal('grant_not_found')
    await tx
      .insertInto('views')
      .values({
        board_id: boardId,
        view_id: newId<ViewId>(at),
        approach,
        token_id: tokenId,
        supplier_id: actor.supplierId,
        subject_id: subjectId,
        member_id: actor.memberId,
        datatypes: look.datatypes,
        viewed_at: at,
      })
      .execute()
    const facts = { supplierId: actor.supplierId, subjectId, datatypes: look.datatypes }
    await append(tx, {
      boardId,
      approach,
      at,
      event: 'data_viewed',
      actor: `member:${actor.memberId}`,
      ref: tokenId,
      facts,
    })
  })
}

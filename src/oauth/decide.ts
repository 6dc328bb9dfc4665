import type { PersonActor } from '../actors.ts'
import { sha256 } from '../canonical.ts'
import { answerIn, type GivenReply } from '../consents/answer.ts'
import { revisionOf } from '../consents/store.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type ConsentId, newSecret, type PersonId } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import { askPresent } from '../requests/ask-present.ts'
import { askOf, type InBrowser, type PushedRequest, useUpPushed } from './pushed-request.ts'
import { grantToReplace, replaceGrant } from './replace-grant.ts'
import { mustHaveSignedIn } from './sign-in-wanted.ts'

/** A code is good for this long, once (FAPI 2.0 §5.3.2.1 (11)). */
const CODE_SECONDS = 60

/** What somebody decided on the page, about a subject they chose. */
export type Decision = Omit<GivenReply, 'consentId'> & { subjectId: PersonId }

/**
 * Somebody at a supplier's site decides here: the question is asked and answered in one transaction, the pushed request is
 * used up in it, and where there is a yes that stands a code is made. A grant to replace is replaced then, and by a no left as it is. Whatever is refused leaves all of it as it was.
 *
 * @returns where the browser goes: back to the supplier with a code or `access_denied`
 * @throws Refusal `authorization_over`; `sign_in_again` where the supplier wants it; `person_not_found` for another subject than the grant to replace is about; as `presentQuestion` and `answerConsent`
 */
export async function decide(deps: Deps, actor: PersonActor, inBrowser: InBrowser, { subjectId, ...reply }: Decision): Promise<string> {
  const at = deps.now()
  const { boardId } = actor
  return await inTransaction(deps.db, { actor: 'account', boards: [boardId] }, async (tx) => {
    const pushed = await useUpPushed(tx, inBrowser, at)
    if (reply.answer === 'yes') mustHaveSignedIn(actor, pushed.signed_in_since)
    const old = await grantToReplace(tx, at, boardId, pushed)
    if (pushed.replaces && !old) throw new Refusal('authorization_over')
    if (old && old.subjectId !== subjectId) throw new Refusal('person_not_found')
    const consentId = await askPresent(tx, at, askOf(pushed), { boardId, subjectId })
    const state = await answerIn(tx, deps, at, actor, { ...reply, consentId })
    // Still open where it takes the yes of others too: the supplier asks again once they said it.
    if (state.state !== 'given' || reply.answer === 'no') return goBack(deps, pushed, DENIED)
    const { personId } = actor
    const by = { by: `person:${personId}`, supplierId: pushed.supplier_id } as const
    if (old) await replaceGrant(tx, at, old, by, { consentId, datatypes: state.datatypes })
    return goBack(deps, pushed, { code: await makeCode(tx, at, pushed, actor, consentId, state) })
  })
}

/**
 * Somebody goes back to the supplier without deciding about anybody.
 *
 * @returns where the browser goes
 * @throws Refusal `authorization_over`
 */
export async function decline(deps: Deps, inBrowser: InBrowser): Promise<string> {
  const at = deps.now()
  return await deps.db.transaction().execute(async (tx) => goBack(deps, await useUpPushed(tx, inBrowser, at), DENIED))
}

/**
 * The answer to a request that nothing may be shown for (prompt=none, OpenID Connect Core §3.1.2.6): a decision is always somebody's,
 * so it is never a code. Uses nothing up.
 *
 * @returns where the browser goes; undefined for a request that may be shown
 */
export function silentAnswer(deps: Deps, pushed: PushedRequest, signedIn: boolean): string | undefined {
  if (!pushed.silent) return undefined
  const [error, description] = signedIn ? ['interaction_required', 'somebody has to decide'] : ['login_required', 'nobody is signed in']
  return goBack(deps, pushed, { error: error!, error_description: description! })
}

const DENIED = { error: 'access_denied', error_description: 'there is no grant' }

/** The authorization response (RFC 6749 §4.1.2), with our name in it, errors too (RFC 9207 §2). */
function goBack({ issuer }: Deps, { redirect_uri, state }: PushedRequest, answer: Record<string, string>): string {
  const url = new URL(redirect_uri)
  for (const [name, value] of Object.entries({ ...answer, ...(state !== null && { state }), iss: issuer }))
    url.searchParams.append(name, value)
  return url.href
}

/**
 * About which consent a code was made that cannot be sent on any more: the supplier collected what it gives, or its minute is over.
 *
 * @param goesTo where the browser was sent with it
 */
export async function consentOfSpentCode({ db, issuer, now }: Deps, goesTo: string): Promise<ConsentId | undefined> {
  const code = new URL(goesTo, issuer).searchParams.get('code')
  const at = now()
  const made = await db
    .selectFrom('authorization_codes')
    .select(['consent_id', 'used_at', 'expires_at'])
    .where('code_hash', '=', sha256(code ?? '')) // authorization_codes_pkey
    .executeTakeFirst()
  return made && (made.used_at || made.expires_at <= at) ? made.consent_id : undefined
}

async function makeCode(
  tx: Tx,
  at: Date,
  pushed: PushedRequest,
  { boardId }: PersonActor,
  consentId: ConsentId,
  given: { datatypes: string[]; until: Date },
): Promise<string> {
  const { use } = pushed.ask
  const { resource } = await tx.selectFrom('holders').select('resource').where('holder_id', '=', use.holderId).executeTakeFirstOrThrow() // holders_pkey
  const code = newSecret()
  await tx
    .insertInto('authorization_codes')
    .values({
      code_hash: sha256(code),
      client_id: pushed.client_id,
      supplier_id: pushed.supplier_id,
      redirect_uri: pushed.redirect_uri,
      code_challenge: pushed.code_challenge,
      jkt: pushed.jkt,
      resource,
      board_id: boardId,
      consent_id: consentId,
      consent_revision: await revisionOf(tx, boardId, consentId),
      holder_id: use.holderId,
      datatypes: given.datatypes,
      until_at: given.until,
      made_at: at,
      expires_at: new Date(at.getTime() + CODE_SECONDS * 1000),
    })
    .execute()
  return code
}

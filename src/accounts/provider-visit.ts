import { createHmac } from 'node:crypto'
import { AuthorizationResponseError, buildAuthorizationUrl, calculatePKCECodeChallenge } from 'openid-client'
import type { Deps } from '../deps.ts'
import type { IdentityProvider } from '../identity-providers.ts'
import { type AccountId, newId, newSecret, type VisitId } from '../ids.ts'
import type { Language } from '../languages.ts'
import { Refusal } from '../refusal.ts'
import { hashOf, type Identity, identityIn, VISIT_SECONDS } from './provider-answer.ts'
import { providerClient } from './provider-client.ts'
import { type AtBrowser, startSession } from './sessions.ts'

/** Whoever is known there is asked again after so long, even with a session at the provider. */
const LONGEST_SESSION_SECONDS = 12 * 3600

export function providerNamed({ identityProviders }: Pick<Deps, 'identityProviders'>, id: string): IdentityProvider {
  const provider = identityProviders.find((one) => one.id === id)
  if (!provider) throw new Refusal('not_found')
  return provider
}

/**
 * Begins a visit to an identity provider (OpenID Connect Core, code flow): with PKCE (RFC 7636), a state that only this
 * browser can bring back, and a nonce. What is secret follows from the broker's secret; the database keeps a hash.
 *
 * @param accountId who is signed in already, and wants to prove it again or to bind this provider: they are asked to sign
 *   in there anew (`prompt=login`), and nobody else can come back
 * @returns where the browser goes
 * @throws Refusal `provider_unreachable`
 */
export async function beginVisit(
  deps: Deps,
  provider: IdentityProvider,
  input: { browser: string; next: string; language: Language; accountId?: AccountId | undefined },
): Promise<URL> {
  const at = deps.now()
  const client = await reached(deps, provider, () => providerClient(deps, provider))
  const [visitId, state] = [newId<VisitId>(at), newSecret()]
  await deps.db
    .insertInto('provider_visits')
    .values({
      visit_id: visitId,
      state_hash: hashOf(state),
      browser_hash: hashOf(input.browser),
      provider: provider.id,
      issuer: provider.issuer,
      next_path: input.next,
      account_id: input.accountId,
      made_at: at,
      expires_at: new Date(at.getTime() + VISIT_SECONDS * 1000),
    })
    .execute()
  return buildAuthorizationUrl(client, {
    redirect_uri: comesBackAt(deps, provider),
    scope: provider.scope,
    state,
    nonce: secretOf(deps, visitId, 'nonce'),
    code_challenge: await calculatePKCECodeChallenge(secretOf(deps, visitId, 'verifier')),
    code_challenge_method: 'S256',
    max_age: String(maxAgeOf(input)),
    ui_locales: input.language,
    ...(input.accountId && { prompt: 'login' }),
    ...(provider.acr.length > 0 && { acr_values: provider.acr.join(' ') }),
  })
}

export type CameBack = { as: 'known'; token: string; next: string } | { as: 'stranger'; visitId: VisitId; next: string }

/**
 * The browser comes back from a provider. The state is used up first, whatever the answer is worth (INV-11); then the code is
 * redeemed and everything in the answer checked: issuer (RFC 9207), state, nonce, PKCE, signature, audience, time, level of
 * assurance, and that userinfo is about the same subject.
 *
 * A subject that is bound to an account signs in to it. One that is not signs in nowhere: an e-mail address that the provider
 * names binds nothing, verified or not, or any of several providers could let somebody in as anybody.
 *
 * @param url as the browser came with it, below our own issuer
 * @throws Refusal `visit_over` for a state that is unknown, used, too old or of another browser
 * @throws Refusal `provider_refused` when they did not go through with it there, `provider_answer_invalid`, `provider_unreachable`
 * @throws Refusal `provider_taken` when who was signed in comes back as the owner of another account
 */
export async function comeBack(deps: Deps, provider: IdentityProvider, url: URL, browser: string, device: AtBrowser): Promise<CameBack> {
  const { db } = deps
  const at = deps.now()
  const state = url.searchParams.get('state') ?? ''
  const visit = await db
    .updateTable('provider_visits')
    .set({ used_at: at })
    .where('state_hash', '=', hashOf(state)) // provider_visits_state_hash_key
    .where('browser_hash', '=', hashOf(browser))
    .where('provider', '=', provider.id)
    .where('issuer', '=', provider.issuer)
    .where('used_at', 'is', null)
    .where('expires_at', '>', at)
    .returning(['visit_id', 'next_path', 'account_id', 'made_at'])
    .executeTakeFirst()
  if (!visit) throw new Refusal('visit_over')
  const { visit_id: visitId, next_path: next, account_id: accountId, made_at: madeAt } = visit
  const identity = await reached(deps, provider, async () =>
    identityIn(await providerClient(deps, provider), provider, url, {
      redirectUri: comesBackAt(deps, provider),
      state,
      nonce: secretOf(deps, visitId, 'nonce'),
      verifier: secretOf(deps, visitId, 'verifier'),
      maxAge: maxAgeOf({ accountId }),
      notBefore: accountId ? madeAt : undefined,
    }),
  )
  const subjectMac = macOf(deps, provider, identity)
  const bound = await db
    .updateTable('provider_subjects')
    .set({ last_used_at: at })
    .where('issuer', '=', provider.issuer)
    .where('subject_mac', '=', subjectMac) // provider_subjects_pkey
    .returning('account_id')
    .executeTakeFirst()
  if (bound) {
    if (accountId && accountId !== bound.account_id) throw new Refusal('provider_taken')
    await db.updateTable('accounts').set({ last_seen_at: at }).where('account_id', '=', bound.account_id).execute()
    const token = await startSession(db, bound.account_id, at, { ...device, method: 'provider', provenAt: identity.signedInAt })
    return { as: 'known', token, next }
  }
  await db
    .updateTable('provider_visits')
    .set({ subject_mac: subjectMac, label: identity.label })
    .where('visit_id', '=', visitId) // provider_visits_pkey
    .execute()
  return { as: 'stranger', visitId, next }
}

const comesBackAt = ({ issuer }: Deps, { id }: IdentityProvider) => `${issuer}/sign-in/with/${id}/back`

const maxAgeOf = ({ accountId }: { accountId?: AccountId | null | undefined }) => (accountId ? VISIT_SECONDS : LONGEST_SESSION_SECONDS)

/** What only the broker can make for a visit: 32 bytes under its secret. */
function secretOf({ secret }: Pick<Deps, 'secret'>, visitId: VisitId, what: 'nonce' | 'verifier'): string {
  return createHmac('sha256', Buffer.from(secret, 'base64url')).update(`provider visit\n${what}\n${visitId}`).digest('base64url')
}

function macOf({ secret }: Pick<Deps, 'secret'>, { issuer }: IdentityProvider, { subject }: Identity): Buffer {
  return createHmac('sha256', Buffer.from(secret, 'base64url')).update(`provider subject\n${issuer}\n${subject}`).digest()
}

/** What goes wrong at the provider or on the way is told as such; the log says where, never what came. */
async function reached<T>(deps: Deps, provider: IdentityProvider, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Refusal) throw error
    if (error instanceof AuthorizationResponseError) {
      deps.log.info('provider_refused', { provider: provider.id, error: error.error })
      throw new Refusal('provider_refused')
    }
    const code = (error as { code?: string }).code
    deps.log.warning('provider_failed', { provider: provider.id, kind: (error as Error).name, code })
    throw new Refusal(code?.startsWith('OAUTH_') && code !== 'OAUTH_TIMEOUT' ? 'provider_answer_invalid' : 'provider_unreachable')
  }
}

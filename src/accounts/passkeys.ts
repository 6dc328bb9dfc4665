import {
  type AuthenticationResponseJSON,
  type AuthenticatorTransport,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { Db } from '../database.ts'
import type { Deps } from '../deps.ts'
import { mustBeFresh } from '../fresh-sign-in.ts'
import type { AccountId } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import { type Asking, credentialIn, newChallenge, takeChallenge } from './passkey-challenge.ts'
import { type AtBrowser, type Session, startSession } from './sessions.ts'
import { holdAccount, type MailWords, takeWayIn, tellOwner } from './ways-in.ts'

const MOST_PASSKEYS = 20
/** EdDSA, ES256 and RS256 (COSE): what devices have. */
const ALGORITHMS = [-8, -7, -257]

/** The party that passkeys are made for: they work at no other host. */
const partyOf = ({ issuer }: Deps) => ({ rpID: new URL(issuer).hostname, expectedRPID: new URL(issuer).hostname, expectedOrigin: issuer })

/**
 * What a browser needs to add a passkey to the account of whoever is signed in.
 *
 * @param name what the device shows it by: their address, or their name
 * @throws Refusal `sign_in_again` without a fresh sign-in, `too_many_requests`
 */
export async function addingOptions(
  deps: Deps,
  session: Pick<Session, 'accountId' | 'signedInAt'>,
  { name, product, ...asking }: Asking & { name: string; product: string },
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  mustBeFresh(session, deps.now())
  const { accountId } = session
  const own = await passkeysOf(deps.db, accountId)
  return await generateRegistrationOptions({
    rpName: product,
    rpID: partyOf(deps).rpID,
    userName: name,
    userDisplayName: name,
    userID: handleOf(accountId),
    challenge: await newChallenge(deps, 'add', { ...asking, accountId }),
    attestationType: 'none',
    excludeCredentials: own.map(({ credentialId: id, transports }) => ({ id, transports })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
  })
}

/**
 * Adds the passkey that a device made. The device asked its owner for a finger, face or PIN.
 *
 * @throws Refusal `sign_in_again`, `passkey_invalid` for an answer that does not hold, or one more than there may be
 */
export async function addPasskey(
  deps: Deps,
  session: Pick<Session, 'accountId' | 'signedInAt'>,
  { answer, device, mail, ...asking }: Asking & { answer: string; device: string; mail: MailWords },
): Promise<void> {
  const at = deps.now()
  mustBeFresh(session, at)
  const { accountId } = session
  const read = credentialIn<RegistrationResponseJSON>(answer)
  if (!read || !(await takeChallenge(deps, 'add', read.challenge, { ...asking, accountId }))) throw new Refusal('passkey_invalid')
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    ...partyOf(deps),
    response: read.credential,
    expectedChallenge: read.challenge,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch(() => ({ verified: false, registrationInfo: undefined }))
  if (!verified || !registrationInfo) throw new Refusal('passkey_invalid')
  const { credential, credentialBackedUp } = registrationInfo
  await deps.db.transaction().execute(async (tx) => {
    const owner = await holdAccount(tx, accountId)
    if ((await passkeysOf(tx, accountId)).length >= MOST_PASSKEYS) throw new Refusal('passkey_invalid')
    const added = await tx
      .insertInto('passkeys')
      .values({
        credential_id: credential.id,
        account_id: accountId,
        public_key: Buffer.from(credential.publicKey),
        counter: credential.counter,
        transports: credential.transports ?? [],
        device,
        synced: credentialBackedUp,
        made_at: at,
      })
      .onConflict((conflict) => conflict.column('credential_id').doNothing())
      .returning('credential_id')
      .executeTakeFirst()
    if (!added) throw new Refusal('passkey_invalid')
    await tellOwner(tx, deps, at, owner, mail)
  })
}

/**
 * What a browser needs to sign in with a passkey. It names no account and no key, so it tells nobody who is known here; only
 * who is signed in already is asked for a key of their own.
 *
 * @throws Refusal `too_many_requests`
 */
export async function signingInOptions(deps: Deps, asking: Asking): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const own = asking.accountId ? await passkeysOf(deps.db, asking.accountId) : []
  return await generateAuthenticationOptions({
    rpID: partyOf(deps).rpID,
    challenge: await newChallenge(deps, 'sign_in', asking),
    userVerification: 'required',
    allowCredentials: own.map(({ credentialId: id, transports }) => ({ id, transports })),
  })
}

/**
 * Signs in with what a passkey signed.
 *
 * @returns the session's token; nothing for an answer that does not hold, whatever is wrong with it
 */
export async function signInWithPasskey(
  deps: Deps,
  { answer, ...asking }: Asking & AtBrowser & { answer: string },
): Promise<string | undefined> {
  const { db } = deps
  const at = deps.now()
  const read = credentialIn<AuthenticationResponseJSON>(answer)
  if (!read || !(await takeChallenge(deps, 'sign_in', read.challenge, asking))) return undefined
  const { credential: given, challenge } = read
  const key = await db.selectFrom('passkeys').selectAll().where('credential_id', '=', given.id).executeTakeFirst() // passkeys_pkey
  if (!key || (asking.accountId && asking.accountId !== key.account_id)) return undefined
  const { userHandle } = given.response
  if (userHandle && Buffer.from(userHandle, 'base64url').compare(handleOf(key.account_id)) !== 0) return undefined
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    ...partyOf(deps),
    response: given,
    expectedChallenge: challenge,
    credential: { id: key.credential_id, publicKey: new Uint8Array(key.public_key), counter: Number(key.counter) },
    requireUserVerification: true,
  }).catch(() => ({ verified: false, authenticationInfo: undefined }))
  if (!verified || !authenticationInfo) return undefined
  // A counter that went back is a copy of the key; of two uses at once the later number wins.
  const { numUpdatedRows } = await db
    .updateTable('passkeys')
    .set({ counter: authenticationInfo.newCounter, last_used_at: at, synced: authenticationInfo.credentialBackedUp })
    .where('credential_id', '=', key.credential_id) // passkeys_pkey
    .where('counter', '<=', String(authenticationInfo.newCounter))
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) return undefined
  await db.updateTable('accounts').set({ last_seen_at: at }).where('account_id', '=', key.account_id).execute()
  return await startSession(db, key.account_id, at, { ...asking, method: 'passkey' })
}

export interface Passkey {
  credentialId: string
  transports: AuthenticatorTransport[]
  device: string
  /** Kept by a password manager, so that it is on more devices than one. */
  synced: boolean
  madeAt: Date
  lastUsedAt: Date | null
}

export async function passkeysOf(db: Db, accountId: AccountId): Promise<Passkey[]> {
  const rows = await db
    .selectFrom('passkeys')
    .select(['credential_id', 'transports', 'device', 'synced', 'made_at', 'last_used_at'])
    .where('account_id', '=', accountId) // passkeys_by_account
    .orderBy('made_at')
    .orderBy('credential_id')
    .execute()
  return rows.map(({ credential_id, transports, device, synced, made_at, last_used_at }) => ({
    credentialId: credential_id,
    transports: transports as AuthenticatorTransport[],
    device,
    synced,
    madeAt: made_at,
    lastUsedAt: last_used_at,
  }))
}

/**
 * Takes a passkey away from one's own account.
 *
 * @throws Refusal `sign_in_again`, `not_found` also for somebody else's, `last_way_in`
 */
export async function removePasskey(
  deps: Deps,
  session: Pick<Session, 'accountId' | 'signedInAt'>,
  { credentialId, mail }: { credentialId: string; mail: MailWords },
): Promise<void> {
  await takeWayIn(deps, session, mail, (tx, accountId) =>
    tx
      .deleteFrom('passkeys')
      .where('credential_id', '=', credentialId) // passkeys_pkey
      .where('account_id', '=', accountId)
      .executeTakeFirst(),
  )
}

/** What a device keeps an account by: opaque, and the same for all its keys. */
function handleOf(accountId: AccountId): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(accountId.replaceAll('-', ''), 'hex'))
}

import { createHash, createHmac, randomInt } from 'node:crypto'
import { sql } from 'kysely'
import type { Db } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type AccountId, newId, type SignInCodeId } from '../ids.ts'
import type { Language } from '../languages.ts'
import { deliverMails } from '../notifications/deliver-mail.ts'
import { enqueueMail } from '../notifications/enqueue.ts'
import { withinRate } from '../rates.ts'
import { Refusal } from '../refusal.ts'
import { type AtBrowser, startSession } from './sessions.ts'

const CODE_MINUTES = 10
export const CODE_DIGITS = 8
const MOST_GUESSES = 5
/** A school behind one address signs in together at half past eight. */
const PER_NETWORK = { most: 60, seconds: 900 }
const MAILS_PER_ASKER = { most: 6, seconds: 900 }
/** To one address from all networks together; a browser that signed in with it before stands outside this. */
const MAILS_PER_ADDRESS = { most: 30, seconds: 900 }
const GUESSES_PER_NETWORK = { most: 120, seconds: 900 }

/**
 * Sends a one-time code to an e-mail address, known here or not: the answer, the mail and the time it takes are the
 * same. A browser that signed in with this address before has a count of its own, and so has each network for the others,
 * so that somebody who keeps asking for codes for another's address does not lock them out.
 *
 * @param browser the secret in this browser's cookie: only with it the code is worth anything
 * @param mailOf the mail that brings the code
 * @throws Refusal `too_many_requests` by the caller's network, never by the address asked for
 */
export async function sendSignInCode(
  deps: Deps,
  input: { email: string; browser: string; network: string; mailOf: (code: string) => { subject: string; text: string } },
): Promise<SignInCodeId> {
  const { db } = deps
  const at = deps.now()
  if (!(await withinRate(db, at, `sign-in:${input.network}`, PER_NETWORK))) throw new Refusal('too_many_requests')
  const browserHash = hashOf(input.browser)
  const known = await signedInBefore(db, input.email, browserHash)
  const asker = known ? input.browser : input.network
  // Only what the asker may still ask counts for the address, so that no asker takes up by itself what is for all.
  const mayMail =
    (await withinRate(db, at, mailBucket(`${input.email} ${asker}`), MAILS_PER_ASKER)) &&
    (known || (await withinRate(db, at, mailBucket(input.email), MAILS_PER_ADDRESS)))

  const codeId = newId<SignInCodeId>(at)
  const code = String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0')
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto('sign_in_codes')
      .values({
        code_id: codeId,
        email: input.email,
        code_mac: macOf(deps, codeId, code),
        browser_hash: browserHash,
        made_at: at,
        expires_at: new Date(at.getTime() + CODE_MINUTES * 60_000),
      })
      .execute()
    if (mayMail) await enqueueMail(tx, deps, { to: input.email, ...input.mailOf(code), at })
  })
  deps.afterwards(() => deliverMails(deps))
  return codeId
}

/** The address a code was sent to, for the browser that asked for it and as long as the code may be used. */
export async function waitingCode(deps: Deps, codeId: SignInCodeId, browser: string): Promise<string | undefined> {
  const row = await deps.db
    .selectFrom('sign_in_codes')
    .select('email')
    .where('code_id', '=', codeId)
    .where('browser_hash', '=', hashOf(browser))
    .where('used_at', 'is', null)
    .where('attempts', '<', MOST_GUESSES)
    .where('expires_at', '>', deps.now())
    .executeTakeFirst()
  return row?.email
}

/** Whether this browser signed in as this address with this very code: the second press of the button shows the first. */
export async function signedInByThis(
  deps: Deps,
  input: { codeId: SignInCodeId; code: string; browser: string; email: string },
): Promise<boolean> {
  const row = await deps.db
    .selectFrom('sign_in_codes')
    .select('code_id')
    .where('code_id', '=', input.codeId) // sign_in_codes_pkey
    .where('code_mac', '=', macOf(deps, input.codeId, input.code))
    .where('browser_hash', '=', hashOf(input.browser))
    .where('email', '=', input.email)
    .where('used_at', 'is not', null)
    .where('expires_at', '>', deps.now())
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Signs in with a code. The try is counted in the statement that compares, so that guesses at the same moment count
 * each for one; only the browser that asked can try at all.
 *
 * @returns the session's token; nothing for a code that is wrong, used, too old, tried too often or of another browser
 * @throws Refusal `too_many_requests`
 */
export async function redeemSignInCode(
  deps: Deps,
  input: { codeId: SignInCodeId; code: string; browser: string; network: string; language: Language } & AtBrowser,
): Promise<{ token: string; accountId: AccountId } | undefined> {
  const email = await addressOfCode(deps, input)
  if (email === undefined) return undefined
  const at = deps.now()
  const accountId = await accountWith(deps.db, email, input.language, at)
  return { token: await startSession(deps.db, accountId, at, { ...input, method: 'code' }), accountId }
}

/**
 * The address that a code proves somebody reads. The code is used up by it.
 *
 * @returns nothing for a code that is wrong, used, too old, tried too often or of another browser
 * @throws Refusal `too_many_requests`
 */
export async function addressOfCode(
  deps: Deps,
  input: { codeId: SignInCodeId; code: string; browser: string; network: string },
): Promise<string | undefined> {
  const { db } = deps
  const at = deps.now()
  if (!(await withinRate(db, at, `sign-in-guess:${input.network}`, GUESSES_PER_NETWORK))) throw new Refusal('too_many_requests')
  const tried = await db
    .updateTable('sign_in_codes')
    .set({
      attempts: sql`attempts + 1`,
      used_at: sql`case when code_mac = ${macOf(deps, input.codeId, input.code)} then ${at}::timestamptz end`,
    })
    .where('code_id', '=', input.codeId) // sign_in_codes_pkey
    .where('browser_hash', '=', hashOf(input.browser))
    .where('used_at', 'is', null)
    .where('attempts', '<', MOST_GUESSES)
    .where('expires_at', '>', at)
    .returning(['email', sql<boolean>`used_at is not null`.as('right')])
    .executeTakeFirst()
  return tried?.right ? tried.email : undefined
}

/** An account is only a verified address. Whom it stands for comes by invitation. */
async function accountWith(db: Db, email: string, language: Language, at: Date): Promise<AccountId> {
  await db
    .insertInto('accounts')
    .values({ account_id: newId<AccountId>(at), email, language, created_at: at })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .execute()
  const { account_id } = await db
    .updateTable('accounts')
    .set({ last_seen_at: at })
    .where('email', '=', email)
    .returning('account_id')
    .executeTakeFirstOrThrow()
  return account_id
}

function mailBucket(counted: string): string {
  return `sign-in-mail:${hashOf(counted).toString('base64url')}`
}

async function signedInBefore(db: Db, email: string, browserHash: Buffer): Promise<boolean> {
  const row = await db
    .selectFrom('sign_in_codes')
    .select('code_id')
    .where('email', '=', email) // sign_in_codes_by_email
    .where('browser_hash', '=', browserHash)
    .where('used_at', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Under the broker's secret, so that who reads the table cannot try all codes at home. */
function macOf(deps: Deps, codeId: SignInCodeId, code: string): Buffer {
  return createHmac('sha256', Buffer.from(deps.secret, 'base64url')).update(`sign-in code\n${codeId}\n${code}`).digest()
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

import { createHash, createHmac, randomBytes, randomInt } from 'node:crypto'
import { sql } from 'kysely'
import type { Db } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type AccountId, newId, type SignInCodeId } from '../ids.ts'
import type { Language } from '../languages.ts'
import { deliverMails } from '../notifications/deliver-mail.ts'
import { enqueueMail } from '../notifications/enqueue.ts'
import { type Rate, withinRate } from '../rates.ts'
import { addressesKnownAt } from './known-browsers.ts'
import { type AtBrowser, startSession } from './sessions.ts'

const CODE_MINUTES = 10
export const CODE_DIGITS = 8
const MOST_GUESSES = 5
/** Longer than a quarter of an hour, in which no further mail may follow. After it a code is worth nothing and is swept. */
export const LONG_MINUTES = 20
export const LONG_DIGITS = 24
const MAILS_PER_ASKER = { most: 6, seconds: 900 }
/** To one address from all strangers' networks together, … */
const MAILS_PER_ADDRESS = { most: 30, seconds: 900 }
/** … and of these, as of those of a browser that is known, so many a day have a short code. */
const SHORT_CODES = { most: 50, seconds: 86_400 }
/** Asked for by the strangers of one network: to addresses that somebody here has or is invited at, and to all others. */
const MAILS_PER_NETWORK = { expected: { most: 1200, seconds: 900 }, unexpected: { most: 60, seconds: 900 } }
/** A network that asked for so many still gets this many for each address that somebody here has. */
const MAILS_PER_ADDRESS_AFTER = { most: 1, seconds: 900 }

/**
 * Sends a one-time code to an e-mail address, known here or not: the answer, the mail and the time it takes are the same.
 *
 * Nobody locks out somebody else, also not at a school whose 500 parents and pupils share one address: nobody is told to wait, only
 * mails are counted, so that nobody's mailbox is flooded. To an address that somebody here has at least one goes in each quarter of an
 * hour in which it was asked for, whoever asked. Its long code works in any browser, for as long as no other may follow.
 *
 * Guessing is no way in. A short code takes five guesses of 10⁸, in the browser that asked; there are 50 such codes a day to guess
 * at for one address, so 1 chance in 400,000 a day, and in 1,000 if they go on for a year. A long code is one of 10²⁴, of which an
 * address has fewer than a hundred at once: a million guesses a second for a year come to 1 chance in 300,000,000, uncounted.
 *
 * Nor does asking fill a table, though nobody is refused: a row of an asker lasts for as long as its code could, so there are never
 * more than a server can take in twenty minutes; and who asks for addresses that nobody has is counted by network, not by address.
 *
 * @param browser the secret in this browser's cookie: only with it the short code is worth anything
 * @param mailOf the mail that brings both codes; where no more short ones are sent the first is the long one too
 */
export async function sendSignInCode(
  deps: Deps,
  input: { email: string; browser: string; network: string; mailOf: (code: string, long: string) => { subject: string; text: string } },
): Promise<SignInCodeId> {
  const { db } = deps
  const at = deps.now()
  const known = (await addressesKnownAt(db, input.browser)).includes(input.email)
  const mayMail = known
    ? await withinRate(db, at, mailBucket(`${input.email} ${input.browser}`), MAILS_PER_ASKER)
    : await strangerMayMail(db, at, input)

  const codeId = newId<SignInCodeId>(at)
  const asker = known ? `${input.email} ${input.browser}` : input.email
  const isShort = mayMail && (await withinRate(db, at, mailBucket(`${asker} short`), SHORT_CODES))
  const [code, long] = [digits(CODE_DIGITS), digits(LONG_DIGITS)]
  const inFours = long.match(/.{4}/g)!.join(' ')
  const mail = input.mailOf(isShort ? code : inFours, inFours)
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto('sign_in_codes')
      .values({
        code_id: codeId,
        email: input.email,
        code_mac: isShort ? macOf(deps, codeId, code) : randomBytes(32),
        long_mac: mayMail ? macOf(deps, input.email, long) : null,
        browser_hash: hashOf(input.browser),
        made_at: at,
        expires_at: new Date(at.getTime() + CODE_MINUTES * 60_000),
      })
      .execute()
    if (mayMail) await enqueueMail(tx, deps, { to: input.email, ...mail, at })
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
    .where('browser_hash', '=', hashOf(input.browser))
    .where('email', '=', input.email)
    .where('used_at', 'is not', null)
    .where('expires_at', '>', deps.now())
    .where((the) =>
      the.or([
        the('code_mac', '=', macOf(deps, input.codeId, input.code)),
        the.exists(
          the
            .selectFrom('sign_in_codes as mailed')
            .select('mailed.code_id')
            .where('mailed.email', '=', input.email) // sign_in_codes_by_email
            .where('mailed.long_mac', '=', macOf(deps, input.email, input.code))
            .whereRef('mailed.long_used_at', '=', 'sign_in_codes.used_at'),
        ),
      ]),
    )
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Signs in with a code. The try is counted in the statement that compares, so that guesses at the same moment count
 * each for one; only the browser that asked can try at all.
 *
 * @returns the session's token; nothing for a code that is wrong, used, too old, tried too often or of another browser
 */
export async function redeemSignInCode(
  deps: Deps,
  input: { codeId: SignInCodeId; code: string; browser: string; language: Language } & AtBrowser,
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
 */
export async function addressOfCode(
  deps: Deps,
  input: { codeId: SignInCodeId; code: string; browser: string },
): Promise<string | undefined> {
  const at = deps.now()
  if (input.code.length === LONG_DIGITS) return await addressOfLongCode(deps, input, at)
  const tried = await deps.db
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

/** As `addressOfCode`, by the long code of whatever mail went to the address that this browser asked for. */
async function addressOfLongCode(
  deps: Deps,
  { codeId, code, browser }: { codeId: SignInCodeId; code: string; browser: string },
  at: Date,
): Promise<string | undefined> {
  const email = await waitingCode(deps, codeId, browser)
  if (email === undefined) return undefined
  return await deps.db.transaction().execute(async (tx) => {
    const used = await tx
      .updateTable('sign_in_codes')
      .set({ long_used_at: at })
      .where('email', '=', email) // sign_in_codes_by_email
      .where('made_at', '>', new Date(at.getTime() - LONG_MINUTES * 60_000))
      .where('long_mac', '=', macOf(deps, email, code))
      .where('long_used_at', 'is', null)
      .executeTakeFirst()
    if (used.numUpdatedRows !== 1n) return undefined
    await tx.updateTable('sign_in_codes').set({ used_at: at }).where('code_id', '=', codeId).execute() // sign_in_codes_pkey
    return email
  })
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

function digits(howMany: number): string {
  return Array.from({ length: howMany }, () => randomInt(10)).join('')
}

function mailBucket(counted: string): string {
  return `sign-in-mail:${hashOf(counted).toString('base64url')}`
}

/**
 * Only what a network may still ask counts for the address, so that no network takes up by itself what is for all. Addresses that
 * nobody has are without end: they are counted only while their network may still ask.
 */
async function strangerMayMail(db: Db, at: Date, { email, network }: { email: string; network: string }): Promise<boolean> {
  const within = async (counted: string, rate: Rate) => await withinRate(db, at, mailBucket(counted), rate)
  const asker = () => within(`${email} ${network}`, MAILS_PER_ASKER)
  const ofNetwork = (whom: keyof typeof MAILS_PER_NETWORK) => within(`${whom} ${network}`, MAILS_PER_NETWORK[whom])
  const may = (await isExpected(db, email))
    ? (await asker()) && ((await ofNetwork('expected')) || (await within(`${email} ${network} after`, MAILS_PER_ADDRESS_AFTER)))
    : (await ofNetwork('unexpected')) && (await asker())
  return may && (await within(email, MAILS_PER_ADDRESS))
}

/** Whether somebody here has this address, or is invited at it. Nothing but whether a mail is sent shows it, and that only who reads there sees. */
async function isExpected(db: Db, email: string): Promise<boolean> {
  const { expected } = await db
    .selectNoFrom((the) => [
      the
        .or([
          the.exists(the.selectFrom('accounts').select('account_id').where('email', '=', email)),
          the.exists(the.selectFrom('invitations').select('code_hash').where('email', '=', email).where('used_at', 'is', null)), // invitations_by_email
          the.exists(the.selectFrom('member_invitations').select('code_hash').where('email', '=', email).where('used_at', 'is', null)), // member_invitations_by_email
        ])
        .as('expected'),
    ])
    .executeTakeFirstOrThrow()
  return Boolean(expected)
}

/** Under the broker's secret, so that who reads the table cannot try all codes at home. */
function macOf(deps: Deps, of: string, code: string): Buffer {
  return createHmac('sha256', Buffer.from(deps.secret, 'base64url')).update(`sign-in code\n${of}\n${code}`).digest()
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

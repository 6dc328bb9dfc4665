import { createHash } from 'node:crypto'
import type { Db } from '../database.ts'
import { type AccountId, newId, newSecret, type SessionId } from '../ids.ts'
import type { Language } from '../languages.ts'
import { knowBrowser } from './known-browsers.ts'
import type { SignInMethod } from './tables.ts'

/** A session ends by itself after this long, and sooner when nothing was done with it. */
export const SESSION_SECONDS = 12 * 3600
const IDLE_SECONDS = 2 * 3600
const TOUCH_SECONDS = 60

/** Who is at the browser. What they may do is no part of it: that is read in the transaction of each act (INV-08). */
export interface Session {
  sessionId: SessionId
  accountId: AccountId
  /** Absent for an account that came in with a code on paper and has no address. */
  email: string | null
  language: Language
  /** When they last proved who they are: what asks for a fresh sign-in looks at this. */
  signedInAt: Date
  /** When this visit began: proving again who one is goes on with it. */
  begunAt: Date
}

/** What a sign-in knows of the browser it comes from. */
export interface AtBrowser {
  /** From `deviceOf`. */
  device?: string
  /** The secret of its cookie: from then on the account is known there. */
  browser?: string | undefined
  /** The token of the session that the new one takes the place of: whoever signs in again keeps no older cookie. */
  insteadOf?: string | undefined
}

/**
 * Opens a session.
 *
 * @param how `provenAt`: when they proved who they are, if that was elsewhere and earlier than now
 * @returns the token for the cookie; the database knows only its hash
 */
export async function startSession(
  db: Db,
  accountId: AccountId,
  at: Date,
  { method, device = '', browser, insteadOf, provenAt = at }: AtBrowser & { method: SignInMethod; provenAt?: Date },
): Promise<string> {
  const token = newSecret()
  const before = insteadOf ? await sessionOf(db, insteadOf, at) : undefined
  await db
    .insertInto('sessions')
    .values({
      token_hash: hashOf(token),
      session_id: newId<SessionId>(at),
      account_id: accountId,
      begun_at: before?.accountId === accountId ? before.begunAt : at,
      made_at: at,
      signed_in_at: provenAt < at ? provenAt : at,
      last_seen_at: at,
      expires_at: new Date(at.getTime() + SESSION_SECONDS * 1000),
      method,
      device,
    })
    .execute()
  if (insteadOf) await endSession(db, insteadOf, at)
  if (browser) await knowBrowser(db, accountId, browser, at)
  return token
}

/** The session behind a cookie, or nothing when it ended, expired or was idle too long. */
export async function sessionOf(db: Db, token: string, at: Date): Promise<Session | undefined> {
  const row = await db
    .selectFrom('sessions as s')
    .innerJoin('accounts as a', 'a.account_id', 's.account_id')
    .select(['s.session_id', 's.account_id', 's.signed_in_at', 's.begun_at', 's.last_seen_at', 'a.email', 'a.language'])
    .where('s.token_hash', '=', hashOf(token)) // sessions_pkey
    .where('s.ended_at', 'is', null)
    .where('s.expires_at', '>', at)
    .where('s.last_seen_at', '>', idleSince(at))
    .executeTakeFirst()
  if (!row) return undefined
  if (at.getTime() - row.last_seen_at.getTime() > TOUCH_SECONDS * 1000) {
    await db.updateTable('sessions').set({ last_seen_at: at }).where('token_hash', '=', hashOf(token)).execute()
  }
  const { session_id: sessionId, account_id: accountId, email, language, signed_in_at: signedInAt, begun_at: begunAt } = row
  return { sessionId, accountId, email, language, signedInAt, begunAt }
}

/** Whose session this was that is over by itself. One that somebody ended is nobody's any more. */
export async function accountOfLapsed(db: Db, token: string): Promise<AccountId | undefined> {
  const row = await db
    .selectFrom('sessions')
    .select('account_id')
    .where('token_hash', '=', hashOf(token)) // sessions_pkey
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return row?.account_id
}

/** A session as its owner sees it in a list. */
export interface OpenSession {
  sessionId: SessionId
  method: SignInMethod
  device: string
  since: Date
  lastSeenAt: Date
}

/** The sessions of an account that still work, the one used last first. */
export async function openSessions(db: Db, accountId: AccountId, at: Date): Promise<OpenSession[]> {
  const rows = await db
    .selectFrom('sessions')
    .select(['session_id', 'method', 'device', 'made_at', 'last_seen_at'])
    .where('account_id', '=', accountId) // sessions_by_account
    .where('ended_at', 'is', null)
    .where('expires_at', '>', at)
    .where('last_seen_at', '>', idleSince(at))
    .orderBy('last_seen_at', 'desc')
    .orderBy('session_id')
    .execute()
  return rows.map(({ session_id, method, device, made_at, last_seen_at }) => ({
    sessionId: session_id,
    method,
    device,
    since: made_at,
    lastSeenAt: last_seen_at,
  }))
}

/** Signs out. A session that is not there is no error. */
export async function endSession(db: Db, token: string, at: Date): Promise<void> {
  await db.updateTable('sessions').set({ ended_at: at }).where('token_hash', '=', hashOf(token)).where('ended_at', 'is', null).execute()
}

/**
 * Ends sessions of this account: the named one, or all but the one that asks. One that is not of this account stays.
 *
 * @returns how many ended
 */
export async function endSessions(
  db: Db,
  accountId: AccountId,
  which: { sessionId: SessionId } | { allBut: SessionId },
  at: Date,
): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('sessions')
    .set({ ended_at: at })
    .where('account_id', '=', accountId) // sessions_by_account
    .where('session_id', 'sessionId' in which ? '=' : '<>', 'sessionId' in which ? which.sessionId : which.allBut)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

export async function chooseLanguage(db: Db, accountId: AccountId, language: Language): Promise<void> {
  await db.updateTable('accounts').set({ language }).where('account_id', '=', accountId).execute()
}

function idleSince(at: Date): Date {
  return new Date(at.getTime() - IDLE_SECONDS * 1000)
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

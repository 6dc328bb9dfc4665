import { createHash } from 'node:crypto'
import type { Db } from '../database.ts'
import { type AccountId, newSecret } from '../ids.ts'
import type { Language } from '../languages.ts'

/** A session ends by itself after this long, and sooner when nothing was done with it. */
export const SESSION_SECONDS = 12 * 3600
const IDLE_SECONDS = 2 * 3600
const TOUCH_SECONDS = 60

/** Who is at the browser. What they may do is no part of it: that is read in the transaction of each act (INV-08). */
export interface Session {
  accountId: AccountId
  email: string
  language: Language
  /** When they last proved who they are: what asks for a fresh sign-in looks at this. */
  signedInAt: Date
}

/** Opens a session. @returns the token for the cookie; the database knows only its hash */
export async function startSession(db: Db, accountId: AccountId, at: Date): Promise<string> {
  const token = newSecret()
  await db
    .insertInto('sessions')
    .values({
      token_hash: hashOf(token),
      account_id: accountId,
      made_at: at,
      signed_in_at: at,
      last_seen_at: at,
      expires_at: new Date(at.getTime() + SESSION_SECONDS * 1000),
    })
    .execute()
  return token
}

/** The session behind a cookie, or nothing when it ended, expired or was idle too long. */
export async function sessionOf(db: Db, token: string, at: Date): Promise<Session | undefined> {
  const row = await db
    .selectFrom('sessions as s')
    .innerJoin('accounts as a', 'a.account_id', 's.account_id')
    .select(['s.account_id', 's.signed_in_at', 's.last_seen_at', 'a.email', 'a.language'])
    .where('s.token_hash', '=', hashOf(token)) // sessions_pkey
    .where('s.ended_at', 'is', null)
    .where('s.expires_at', '>', at)
    .where('s.last_seen_at', '>', new Date(at.getTime() - IDLE_SECONDS * 1000))
    .executeTakeFirst()
  if (!row) return undefined
  if (at.getTime() - row.last_seen_at.getTime() > TOUCH_SECONDS * 1000) {
    await db.updateTable('sessions').set({ last_seen_at: at }).where('token_hash', '=', hashOf(token)).execute()
  }
  return { accountId: row.account_id, email: row.email, language: row.language, signedInAt: row.signed_in_at }
}

/** Signs out. A session that is not there is no error. */
export async function endSession(db: Db, token: string, at: Date): Promise<void> {
  await db.updateTable('sessions').set({ ended_at: at }).where('token_hash', '=', hashOf(token)).where('ended_at', 'is', null).execute()
}

export async function chooseLanguage(db: Db, accountId: AccountId, language: Language): Promise<void> {
  await db.updateTable('accounts').set({ language }).where('account_id', '=', accountId).execute()
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

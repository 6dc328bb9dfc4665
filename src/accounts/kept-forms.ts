import { createHmac } from 'node:crypto'
import { sha256 } from '../canonical.ts'
import type { Deps } from '../deps.ts'
import { type AccountId, newSecret } from '../ids.ts'
import { withinRate } from '../rates.ts'
import { seal, unseal } from '../sealing.ts'

const KEPT_MINUTES = 60
const KEPT_PER_ACCOUNT = { most: 20, seconds: 3600 }

/** A form that was sent when its session was over, or did not prove who they are. */
export interface KeptForm {
  /** Where it was sent, and the page it stood on. */
  action: string
  back: string
  fields: [name: string, value: string][]
}

/**
 * Keeps what somebody wrote until they have signed in again: for the account whose session this was, sealed, for an hour.
 *
 * @returns the key that opens it, which is kept nowhere; undefined when too much was kept already
 */
export async function keepForm(deps: Deps, accountId: AccountId, form: KeptForm): Promise<string | undefined> {
  const { db, secret } = deps
  const at = deps.now()
  if (!(await withinRate(db, at, `kept-form:${accountId}`, KEPT_PER_ACCOUNT))) return undefined
  const key = newSecret()
  await db
    .insertInto('kept_forms')
    .values({
      kept_hash: sha256(key),
      account_id: accountId,
      sealed: await seal(sealingKey(secret, key), 'kept form', JSON.stringify(form)),
      expires_at: new Date(at.getTime() + KEPT_MINUTES * 60_000),
    })
    .execute()
  return key
}

/** What was kept under this key for this account; undefined when there is no such thing, or not any more, or it is another's. */
export async function keptForm({ db, secret, now }: Deps, accountId: AccountId, key: string): Promise<KeptForm | undefined> {
  const row = await db
    .selectFrom('kept_forms')
    .select('sealed')
    .where('kept_hash', '=', sha256(key)) // kept_forms_pkey
    .where('account_id', '=', accountId)
    .where('expires_at', '>', now())
    .executeTakeFirst()
  return row && (JSON.parse(await unseal(sealingKey(secret, key), 'kept form', row.sealed)) as KeptForm)
}

function sealingKey(secret: string, key: string): string {
  return createHmac('sha256', Buffer.from(secret, 'base64url')).update(`kept form\n${key}`).digest('base64url')
}

import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import type { AccountId } from '../ids.ts'

/** From the button to the answer of the device. */
const CHALLENGE_SECONDS = 300

export type ChallengeKind = 'add' | 'sign_in'

/** Who asks: the account when somebody is signed in, and in any case the browser. */
export interface Asking {
  accountId?: AccountId | undefined
  browser: string
}

/**
 * What the passkey has to sign, for this browser, once.
 */
export async function newChallenge({ db, now }: Deps, kind: ChallengeKind, asking: Asking): Promise<Uint8Array<ArrayBuffer>> {
  const at = now()
  const challenge = new Uint8Array(randomBytes(32))
  await db
    .insertInto('passkey_challenges')
    .values({
      challenge_hash: hashOf(Buffer.from(challenge).toString('base64url')),
      kind,
      browser_hash: hashOf(asking.browser),
      account_id: asking.accountId,
      made_at: at,
      expires_at: new Date(at.getTime() + CHALLENGE_SECONDS * 1000),
    })
    .execute()
  return challenge
}

/**
 * Uses a challenge up, before anything about the answer is looked at: of two with the same challenge one gets further.
 *
 * @returns whether it was there for this kind, this browser and this account
 */
export async function takeChallenge({ db, now }: Deps, kind: ChallengeKind, challenge: string, asking: Asking): Promise<boolean> {
  const at = now()
  const { numUpdatedRows } = await db
    .updateTable('passkey_challenges')
    .set({ used_at: at })
    .where('challenge_hash', '=', hashOf(challenge)) // passkey_challenges_pkey
    .where('kind', '=', kind)
    .where('browser_hash', '=', hashOf(asking.browser))
    .where('account_id', asking.accountId ? '=' : 'is', asking.accountId ?? null)
    .where('used_at', 'is', null)
    .where('expires_at', '>', at)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

const answered = z.looseObject({ id: z.string().max(1400), response: z.looseObject({ clientDataJSON: z.string().max(4000) }) })
const clientData = z.looseObject({ challenge: z.string().max(200) })

/** What a device answered, as the browser wrote it into a form, and the challenge in it; nothing for what cannot be such an answer. */
export function credentialIn<T>(text: string): { credential: T; challenge: string } | undefined {
  try {
    const credential: unknown = JSON.parse(text)
    const { response } = answered.parse(credential)
    const { challenge } = clientData.parse(JSON.parse(Buffer.from(response.clientDataJSON, 'base64url').toString('utf8')))
    return { credential: credential as T, challenge }
  } catch {
    return undefined
  }
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

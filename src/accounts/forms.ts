import { createHmac } from 'node:crypto'
import { sha256 } from '../canonical.ts'
import type { Db } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type AccountId, newSecret } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import { seal, unseal } from '../sealing.ts'

/** The token of one rendered form. */
export const newFormToken = newSecret

/** The second press waits this long for what comes of the first. */
const FIRST_PRESS_MS = 10_000
const LOOK_EVERY_MS = 50

/**
 * Does what a rendered form asks for, once (INV-06): its second press waits for the first, and leads where that led. A form whose
 * press was refused was not used: pressed again, it is refused again, with what was typed. Whether the form was taken is committed
 * before the work runs.
 *
 * @param accountId whose form it is; nobody's where nobody signs in
 * @param work what the form asks for, and where that leads
 * @param back where the second press leads when the first came to nothing known: an error of ours, a process that died
 * @returns where to go on, and whether this was the press that did it
 */
export async function useForm(
  deps: Deps,
  accountId: AccountId | null,
  { form, back }: { form: string; back: string },
  work: () => Promise<string>,
): Promise<{ to: string; first: boolean }> {
  const { db } = deps
  const formHash = sha256(form)
  while (!(await takeForm(db, accountId, formHash, deps.now()))) {
    const led = await whereFormLed(deps, { form, back })
    if (led) return { to: led, first: false }
  }
  let to = back
  try {
    to = await work()
  } catch (error) {
    if (error instanceof Refusal) await db.deleteFrom('used_forms').where('form_hash', '=', formHash).execute()
    else await ledTo(deps, form, back)
    throw error
  }
  await ledTo(deps, form, to)
  return { to, first: true }
}

async function ledTo(deps: Deps, form: string, to: string): Promise<void> {
  const led_to = await seal(sealingKey(deps, form), 'where a form led', to)
  await deps.db.updateTable('used_forms').set({ led_to }).where('form_hash', '=', sha256(form)).execute() // used_forms_pkey
}

function sealingKey({ secret }: Deps, form: string): string {
  return createHmac('sha256', Buffer.from(secret, 'base64url')).update(`where a form led\n${form}`).digest('base64url')
}

/** Where the first press of a form led, which may still run; undefined when there was none, or it was refused. */
export async function whereFormLed(deps: Deps, { form, back }: { form: string; back: string }): Promise<string | undefined> {
  const waitsUntil = performance.now() + FIRST_PRESS_MS
  for (;;) {
    const used = await deps.db.selectFrom('used_forms').select('led_to').where('form_hash', '=', sha256(form)).executeTakeFirst() // used_forms_pkey
    if (!used) return undefined
    if (used.led_to) return await unseal(sealingKey(deps, form), 'where a form led', used.led_to)
    if (performance.now() > waitsUntil) return back
    await new Promise((look) => setTimeout(look, LOOK_EVERY_MS))
  }
}

async function takeForm(db: Db, accountId: AccountId | null, formHash: Buffer, at: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('used_forms')
    .values({ form_hash: formHash, account_id: accountId, used_at: at })
    .onConflict((conflict) => conflict.column('form_hash').doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

/**
 * 32 bytes that one rendered form always gives, in base64url: a code made of them is kept nowhere, and the second press of the
 * button gives the first code again. Nobody makes them without the broker's secret and the page that this account has open.
 *
 * @param what the kind of thing, and whom it is for: another choice on the same page makes another code
 */
export function secretOfForm(
  secret: string,
  { accountId, formToken, what }: { accountId: AccountId; formToken: string; what: string },
): string {
  return createHmac('sha256', Buffer.from(secret, 'base64url')).update(`form\n${what}\n${accountId}\n${formToken}`).digest('base64url')
}

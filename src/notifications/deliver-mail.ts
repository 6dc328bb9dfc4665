import type { Deps, Mail } from '../deps.ts'
import { unseal } from '../sealing.ts'
import { deliverWaiting } from './deliver.ts'
import { stillHolds } from './reminds.ts'

/** Sends the mails that wait, but for reminders of what was answered meanwhile. @returns how many were sent */
export async function deliverMails(deps: Deps): Promise<number> {
  return await deliverWaiting(
    deps,
    'mail',
    async ({ delivery_id, payload }) => {
      await deps.sendMail(JSON.parse(await unseal(deps.secret, `mail:${delivery_id}`, payload)) as Mail)
    },
    async ({ reminds }) => reminds === null || (await stillHolds(deps, reminds)),
  )
}

import type { Deps, Mail } from '../deps.ts'
import { unseal } from '../sealing.ts'
import { deliverWaiting } from './deliver.ts'

/** Sends the mails that wait. @returns how many were sent */
export async function deliverMails(deps: Deps): Promise<number> {
  return await deliverWaiting(deps, 'mail', async ({ delivery_id, payload }) => {
    await deps.sendMail(JSON.parse(await unseal(deps.secret, `mail:${delivery_id}`, payload)) as Mail)
  })
}

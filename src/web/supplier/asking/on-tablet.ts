import type { Context } from 'hono'
import { Refusal } from '../../../refusal.ts'
import { askOnTablet } from '../../../requests/prepared-asks.ts'
import type { PageEnv } from '../../page.tsx'

/**
 * The question of the tablet's page in the path, and who opened it.
 *
 * @throws Refusal `prepared_ask_not_found` also when the page is closed, or the question was asked
 */
export async function onTablet(c: Context<PageEnv>) {
  const found = await askOnTablet(c.var.deps.db, c.req.param('secret') ?? '', c.var.deps.now())
  if (!found) throw new Refusal('prepared_ask_not_found')
  return found
}

import type { Context } from 'hono'
import type { SeenConsent } from '../../consents/questions.ts'
import type { Tx } from '../../database.ts'
import { type Guide, runningAssignments } from '../../requests/assignments.ts'
import { Fact } from '../blocks.tsx'
import type { PageEnv } from '../page.tsx'
import { dayIn, listIn } from '../texts/dates.ts'
import { OVER } from './my-consents.ts'

/** Who may look now, where only an assigned guide may (K19); undefined where anybody at the supplier may. */
export async function guidesFor(tx: Tx, { item, subjectId, state }: SeenConsent, at: Date): Promise<Guide[] | undefined> {
  if (!item.needsAssignment || !item.supplierId || OVER.has(state.state)) return undefined
  return await runningAssignments(tx, item.boardId, item.supplierId, [subjectId], at)
}

export function Guides({ c, guides, supplier }: { c: Context<PageEnv>; guides: Guide[] | undefined; supplier: string }) {
  const { t, language } = c.var
  if (!guides) return null
  const named = guides.map(({ guide, startsAt }) => t.consents.guideSince(guide, dayIn(language, startsAt)))
  return <Fact name={t.consents.guides}>{named.length > 0 ? listIn(language, named) : t.consents.noGuide(supplier)}</Fact>
}

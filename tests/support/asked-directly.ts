import type { SupplierActor } from '../../src/actors.ts'
import type { Deps } from '../../src/deps.ts'
import { type AimedAt, type Ask, askHinted, type DirectlyAsked, readAsk } from '../../src/requests/ask-directly.ts'
import { causeOf } from '../../src/requests/direct-hint.ts'

export type DirectAsk = Ask & AimedAt

/** A supplier asks by a hint, and whoever it is about is asked at once. */
export async function askDirectly(deps: Deps, supplier: SupplierActor, ask: DirectAsk): Promise<DirectlyAsked | undefined> {
  const read = await readAsk(deps.db, supplier, ask, deps.now(), { subject: 'whoever is hinted at', cause: causeOf(ask.hint) })
  return await askHinted(deps, supplier, read, ask)
}

import { readItem } from '../consents/create-item.ts'
import type { Tx } from '../database.ts'
import { Refusal, type RefusalCode } from '../refusal.ts'
import { type Decided, decide, questionOf } from './forward-request.ts'
import type { AccessRequest } from './store.ts'

/** What a request that waits for the school comes to. */
export type Verdict =
  /** Everybody was asked before about this very use: there is nothing to ask (K11). */
  | { is: 'covered' }
  /** Something that nobody foresaw. How many are to be asked and how many answered before; of staff nobody is told. */
  | { is: 'unforeseen'; of?: { ask: number; covered: number } }
  /** It is not known yet who it is about. */
  | { is: 'to_match' }
  | { is: 'not_allowed'; because: RefusalCode }

/** Read only to see whether it could be asked; what it would say at a no is the school's to write. */
const ANY = { alternative: { nl: '–' } }

/**
 * What the school can do with a request, before it does it: the same rules as `forwardRequest`, which looks again with
 * everything held. Does NOT look whether the staff council consented: that is a step of its own.
 */
export async function verdictOf(tx: Tx, request: AccessRequest, at: Date): Promise<Verdict> {
  const because = await refusalOf(() => readItem(tx, at, request.boardId, questionOf(request, ANY)))
  // Where it rests on another basis than consent people are told, not asked.
  if (because && because !== 'basis_is_not_consent') return { is: 'not_allowed', because }
  let decided: Decided[] = []
  const open = await refusalOf(async () => (decided = await decide(tx, request, at)))
  if (open === 'nobody_to_ask' || open === 'request_subject_unmatched') return { is: 'to_match' }
  if (open) return { is: 'not_allowed', because: open }
  // That somebody of staff need not be asked again could tell what they said.
  if (request.subjectKind === 'employee') return { is: 'unforeseen' }
  const count = (how: Decided['decision']['how']) => decided.filter(({ decision }) => decision.how === how).length
  return count('ask') === 0 ? { is: 'covered' } : { is: 'unforeseen', of: { ask: count('ask'), covered: count('covered') } }
}

async function refusalOf(work: () => Promise<unknown>): Promise<RefusalCode | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}

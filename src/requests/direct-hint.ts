import type { Db } from '../database.ts'
import { locate } from '../handles.ts'
import type { BoardId, LinkCodeId, PersonId, SupplierId } from '../ids.ts'
import type { Cause } from '../messages/questions.ts'
import { standingLinkCode } from './link-codes.ts'

/** Whom a supplier means: by the link code that a decider handed over, or by its own pseudonym of somebody it had a grant about. */
export type DirectHint = { linkCode: string } | { pseudonym: string }

/** Whom a hint came to. */
export interface Hinted {
  boardId: BoardId
  subjectId: PersonId
  /** When the family invited the supplier to ask: a no from before then is lifted by it. Absent: nobody invited. */
  invitedAt?: Date
  /** What the ledger keeps of it. */
  how: { linkCodeId: LinkCodeId } | { hint: 'id_token' }
}

/** Whom a hint is about. @returns undefined for one that is good for nothing, whatever the reason */
export async function hintedSubject(db: Db, supplierId: SupplierId, hint: DirectHint, at: Date): Promise<Hinted | undefined> {
  if ('linkCode' in hint) {
    const code = await standingLinkCode(db, supplierId, hint.linkCode, at)
    return code && { boardId: code.boardId, subjectId: code.subjectId, invitedAt: code.madeAt, how: { linkCodeId: code.linkCodeId } }
  }
  const located = await locate(db, 'pseudonym', supplierId, hint.pseudonym)
  return located && { boardId: located.boardId, subjectId: located.ref as PersonId, how: { hint: 'id_token' } }
}

/** What gave cause to ask, where the supplier does not say. */
export function causeOf(hint: DirectHint): Cause {
  return 'linkCode' in hint ? 'link_code' : 'asked_before'
}

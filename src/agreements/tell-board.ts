import type { Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId } from '../ids.ts'
import { CONTRACT_MAIL } from '../messages/supplier-mail.ts'
import { tellStaff } from '../people/tell-staff.ts'
import { SCHOOL_SIDE } from './mandates.ts'

/** Mails whoever may act on contracts for the board that a supplier put something before it, or wrote, as `tellStaff`. */
export async function tellBoard(tx: Tx, deps: Pick<Deps, 'secret' | 'issuer'>, at: Date, boardId: BoardId): Promise<void> {
  await tellStaff(tx, deps, at, { boardId, schoolId: null }, { roles: SCHOOL_SIDE, mail: CONTRACT_MAIL, path: '/school/contracts' })
}

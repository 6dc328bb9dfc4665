import type { Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, PersonId } from '../ids.ts'
import { SUPPLIER_MAIL } from '../messages/supplier-mail.ts'
import { enqueueMails } from '../notifications/enqueue.ts'
import { nextMorning } from '../notifications/quiet-hours.ts'
import { addressesOf } from '../people/addresses.ts'
import { boardById } from '../people/store.ts'
import { SCHOOL_SIDE } from './mandates.ts'

/**
 * Mails whoever may act on a contract that a supplier put something before the board, or wrote: once the next morning, however
 * much came until then and of how many suppliers. Before the ledger, as every mail. Does NOT check who asks.
 */
export async function tellBoard(tx: Tx, deps: Pick<Deps, 'secret' | 'issuer'>, at: Date, boardId: BoardId): Promise<void> {
  const addresses = await addressesOf(tx, boardId, await whoMayAct(tx, boardId, at))
  if (addresses.length === 0) return
  const { name } = await boardById(tx, boardId)
  const notBefore = nextMorning(at)
  await enqueueMails(
    tx,
    deps,
    addresses.map(({ personId, email, language }) => ({
      to: email,
      ...SUPPLIER_MAIL[language](name, `${deps.issuer}/school/contracts`),
      dedupKey: `contracts:${boardId}:${personId}:${notBefore.toISOString()}`,
      notBefore,
      byDay: true,
      at,
    })),
  )
}

/** Whom `mustHold` lets act for the board: a mandate for one school is not enough. */
async function whoMayAct(tx: Tx, boardId: BoardId, at: Date): Promise<PersonId[]> {
  const rows = await tx
    .selectFrom('mandates')
    .select('person_id')
    .distinct()
    .where('board_id', '=', boardId)
    .where('role', 'in', SCHOOL_SIDE)
    .where('school_id', 'is', null)
    .where('starts_at', '<=', at)
    .where((where) => where.or([where('ends_at', 'is', null), where('ends_at', '>', at)]))
    .orderBy('person_id')
    .execute()
  return rows.map(({ person_id }) => person_id)
}
